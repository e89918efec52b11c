package app

// jobTexts say what the jobs of each kind do.
var jobTexts = map[string]string{
	"harvest":             "Get new papers from the sources",
	"replay":              "Read again what was kept aside",
	"lookup":              "Look a submitted paper up at its source",
	"pictures":            "Fetch pictures of papers",
	"digest.plan":         "Put together letters and chat messages that are due",
	"mail.ask":            "Answer who asked to subscribe or for their links",
	"mail.notice":         "Mail a link to who asked for it",
	"mail.sign-in":        "Mail a link to sign in",
	"mail.notifications":  "See who has notifications to be mailed",
	"mail.notification":   "Mail somebody their notifications",
	"damp-votes":          "Weigh votes that look arranged",
	"backup":              "Make a backup",
	"prune-changes":       "Clean up the list of changes",
	"prune-deliveries":    "Delete old records of deliveries",
	"prune-notifications": "Delete old notifications",
	"prune-sessions":      "Delete sign-ins that have ended",
	"prune-submissions":   "Delete submissions that were begun and never sent",
}

// JobText says in words what jobs of a kind do, "" for a kind that is not known,
// such as one of a newer version of the program.
func JobText(kind string) string { return jobTexts[kind] }
