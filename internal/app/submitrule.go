package app

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/clean"
)

// maySubmit checks what the rules of the site ask of who submits, whatever the
// paper. Every refusal names the rule and tells when it would be otherwise.
func (a *App) maySubmit(ctx context.Context, by Actor) (broadsheet.Rules, error) {
	if err := a.may(by, RightSubmit); err != nil {
		return broadsheet.Rules{}, err
	}
	if a.desk == nil {
		return broadsheet.Rules{}, errNoDesk
	}
	rules, err := a.Rules(ctx)
	if err != nil || Allowed(by, RightCurate) == nil {
		return rules, err
	}
	if err := submitter(&rules, by.Account, a.Now()); err != nil {
		return rules, err
	}
	if rules.SubmitPerDay > 0 {
		n, err := a.store.SubmissionsSince(ctx, by.id(), a.midnight())
		if err != nil {
			return rules, err
		}
		if n >= rules.SubmitPerDay {
			return rules, denied(broadsheet.Limited, "submitPerDay", fmt.Sprintf("you have submitted %s today, and nobody may submit more than %d a day", papers(n), rules.SubmitPerDay),
				"come back tomorrow, "+long(a.Today().Add(1)))
		}
	}
	return rules, nil
}

// SubmitRules are the rules of the site as they stand, and why the actor may not
// submit now: for the page before anything was typed.
func (a *App) SubmitRules(ctx context.Context, by Actor) (broadsheet.Rules, error) {
	return a.maySubmit(ctx, by)
}

// submitter holds an account against the rules at a time in the site's zone.
func submitter(rules *broadsheet.Rules, who *broadsheet.Account, now time.Time) error {
	today := broadsheet.DayOf(now, now.Location())
	if !who.Role.Includes(rules.SubmitRole) {
		return denied(broadsheet.Denied, "submitRole", fmt.Sprintf("only %ss submit papers here", rules.SubmitRole), "ask one to submit it")
	}
	if rules.SubmitMinAge > 0 {
		from := who.CreatedAt.AddDate(0, 0, rules.SubmitMinAge)
		if now.Before(from) {
			return denied(broadsheet.Denied, "submitMinAge", fmt.Sprintf("an account must be %s old before it submits", days(rules.SubmitMinAge)),
				"yours is on "+long(broadsheet.DayOf(from, now.Location())))
		}
	}
	if !rules.SubmitWeekends {
		switch now.Weekday() {
		case time.Saturday:
			return denied(broadsheet.Denied, "submitWeekends", "nothing is submitted here on weekends", "come back on "+long(today.Add(2)))
		case time.Sunday:
			return denied(broadsheet.Denied, "submitWeekends", "nothing is submitted here on weekends", "come back tomorrow, "+long(today.Add(1)))
		}
	}
	return nil
}

// refusal holds the paper of a submission against the rules; nil: it may be submitted
// by the actor. That it was on the front page comes before any rule.
func (a *App) refusal(ctx context.Context, by Actor, rules *broadsheet.Rules, v *SubmissionView) error {
	p := v.Card
	if err := a.taken(ctx, p); err != nil {
		return err
	}
	if v.Featured != "" {
		return denied(broadsheet.Conflict, "", "this paper is here already: it was on the front page of "+long(v.Featured), "vote for it")
	}
	for _, l := range p.Links {
		if err := blockedAddress(rules, l.URL); err != nil {
			return err
		}
	}
	if Allowed(by, RightCurate) == nil {
		return nil
	}
	if at := p.PublishedAt; rules.SubmitMaxAge > 0 && !at.IsZero() && at.Before(a.now().AddDate(0, 0, -rules.SubmitMaxAge)) {
		text := fmt.Sprintf("papers are submitted here within %s of their publication, and this one is of %s", days(rules.SubmitMaxAge), long(broadsheet.DayOf(at, a.zone)))
		if v.Here {
			return denied(broadsheet.Denied, "submitMaxAge", "this paper is here already, but was never on the front page: "+text, "vote for it on its page; a curator can choose an older one")
		}
		return denied(broadsheet.Denied, "submitMaxAge", text, "a curator can choose an older one")
	}
	if !rules.AuthorsOnly {
		return nil
	}
	ok, err := a.wrote(ctx, by, p)
	if err != nil || ok {
		return err
	}
	return denied(broadsheet.Denied, "authorsOnly", "here only authors submit their papers", "claim it on its page, or give your account the ORCID iD that stands on it")
}

// wrote tells whether the actor is known to be an author: by the ORCID iD that
// the paper names, or by a claim.
func (a *App) wrote(ctx context.Context, by Actor, p *broadsheet.Paper) (bool, error) {
	if orcid := by.Account.ORCID; orcid != "" && slices.ContainsFunc(p.Authors, func(x broadsheet.Author) bool { return x.ORCID == orcid }) {
		return true, nil
	}
	authors, err := a.claimedAuthors(ctx, p.ID)
	return authors[by.id()], err
}

// blockedAddress is an error for an address at a domain that the rules refuse.
func blockedAddress(rules *broadsheet.Rules, address string) error {
	u, err := url.Parse(address)
	if address == "" || err != nil {
		return nil
	}
	if d := listed(clean.Host(u.Hostname()), rules.BlockedDomains); d != "" {
		return denied(broadsheet.Denied, "blockedDomains", fmt.Sprintf("addresses at %s are not taken here", d), "give another")
	}
	return nil
}

// midnight is when the site's day began.
func (a *App) midnight() time.Time {
	now := a.Now()
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, a.zone)
}

func denied(kind broadsheet.Kind, rule, text, fix string) error {
	return &broadsheet.Error{Kind: kind, Field: rule, Text: text, Fix: fix}
}

func days(n int) string {
	if n == 1 {
		return "a day"
	}
	return fmt.Sprint(n, " days")
}

func papers(n int) string {
	if n == 1 {
		return "a paper"
	}
	return fmt.Sprint(n, " papers")
}

// long is a day as people say it.
func long(d broadsheet.Day) string { return d.Time().Format("Monday, 2 January 2006") }
