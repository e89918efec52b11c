package cli

// Help of the commands that need no more than examples.

func examples(lines ...string) string {
	text := "Examples:\n"
	for _, l := range lines {
		text += "\n  broadsheet " + l
	}
	return text
}

func (digestStatusCmd) Help() string { return examples("digest status", "digest status --json") }

func (digestResumeCmd) Help() string { return examples("digest resume") }

func (subscribersListCmd) Help() string {
	return examples("subscribers list", "subscribers list --state paused")
}

func (subscribersShowCmd) Help() string {
	return examples("subscribers show ada@example.org", "subscribers show 12")
}

func (subscribersActCmd) Help() string {
	return examples("subscribers pause ada@example.org --reason 'on leave'", "subscribers resume ada@example.org", "subscribers end 12")
}

func (editionsListCmd) Help() string { return examples("editions list", "editions list --limit 5") }

func (editionsShowCmd) Help() string { return examples("editions show 12") }

func (deliveriesListCmd) Help() string {
	return examples("deliveries list --state failed --since 24h", "deliveries list --edition 12")
}

func (deliveriesShowCmd) Help() string { return examples("deliveries show 345") }

func (suppressionsListCmd) Help() string { return examples("suppressions list") }

func (suppressionsAddCmd) Help() string {
	return examples("suppressions add spamtrap@example.org --reason 'asked by letter'")
}

func (suppressionsRemoveCmd) Help() string { return examples("suppressions remove ada@example.org") }

func (straysCmd) Help() string { return examples("strays list", "strays show 3") }

func (straysListCmd) Help() string { return examples("strays list --limit 5") }

func (straysShowCmd) Help() string { return examples("strays show 3") }

func (mailCmd) Help() string { return examples("mail dns") }

func (adminCmd) Help() string { return examples("admin link") }
