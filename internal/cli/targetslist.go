package cli

import (
	"fmt"
	"strconv"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/store"
)

type targetsListCmd struct {
	JSON bool `help:"Print JSON."`
}

func (targetsListCmd) Help() string {
	return `Addresses are not shown: most are secrets. What stands in brackets tells targets at one host apart.

Examples:

  broadsheet targets list
  broadsheet targets list --json`
}

// targetRow is a target for people and scripts.
type targetRow struct {
	ID      int64              `json:"id"`
	Channel broadsheet.Channel `json:"channel"`
	Where   string             `json:"where"`
	Topic   string             `json:"topic"`
	Rhythm  string             `json:"rhythm"`
	Max     int                `json:"max"`
	State   string             `json:"state"` // "active", "paused", "ended", "suppressed"
	Why     string             `json:"why,omitempty"`
	Next    time.Time          `json:"next,omitzero"`
	Last    string             `json:"last,omitempty"` // state of the latest delivery
	Reply   string             `json:"reply,omitempty"`
	LastAt  time.Time          `json:"lastAt,omitzero"`
	Failed  int                `json:"failedInRow,omitempty"` // editions that did not arrive, up to now
	Since   time.Time          `json:"failedSince,omitzero"`
}

func rowOf(t *app.ChatTarget) targetRow {
	x := targetRow{ID: t.ID, Channel: t.Recipient.Channel, Where: t.Where, Topic: t.Topic.String(), Rhythm: rhythmText(t.Rhythm), Max: t.MaxPapers, State: string(t.State), Why: t.Reason, Next: t.DueAt}
	if t.Suppressed != nil {
		x.State, x.Why, x.Next = "suppressed", t.Suppressed.Detail, time.Time{}
	}
	x.Failed, x.Since = t.Failing.N, t.Failing.Since
	if t.Last != nil {
		x.Last, x.Reply, x.LastAt = string(t.Last.State), t.Last.Reply, t.Last.EndedAt
		if x.LastAt.IsZero() {
			x.LastAt = t.Last.PlannedAt
		}
	}
	return x
}

// trouble says what is wrong with a target, "" where nothing is.
func (x *targetRow) trouble(zone *time.Location) string {
	switch {
	case x.State == "suppressed":
		return "suppressed: " + x.Why
	case x.Failed > 0:
		return fmt.Sprintf("%s in a row did not arrive, since %s: %s", plural(x.Failed, "edition"), x.Since.In(zone).Format(time.DateOnly), x.Reply)
	}
	return ""
}

// Run lists targets.
func (c *targetsListCmd) Run(r *run) (err error) {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	s, err := r.openReadOnly()
	if err != nil {
		return err
	}
	defer closing(s, &err)
	a, err := app.New(app.Options{Store: s, Zone: cfg.Site.TimeZone})
	if err != nil {
		return err
	}
	targets, err := a.ChatTargets(r.ctx)
	if err != nil {
		return err
	}
	rows := []targetRow{}
	t := table{head: []string{"ID", "CHANNEL", "WHERE", "TOPIC", "RHYTHM", "MAX", "STATE", "NEXT", "LAST", "WHAT WAS SAID"}, flex: 9, right: map[int]bool{0: true, 5: true}}
	for i := range targets {
		x := rowOf(&targets[i])
		rows = append(rows, x)
		said := x.Reply
		switch {
		case x.Why != "":
			said = x.Why
		case x.Failed > 0:
			said = x.trouble(cfg.Site.TimeZone)
		}
		t.add(strconv.FormatInt(x.ID, 10), string(x.Channel), x.Where, x.Topic, x.Rhythm, strconv.Itoa(x.Max), x.State, stamp(x.Next, cfg.Site.TimeZone), x.Last, said)
	}
	if c.JSON {
		return printSafeJSON(r.Stdout, rows)
	}
	if len(rows) == 0 {
		fmt.Fprintln(r.Stderr, "no chats or hooks; `broadsheet targets add --help` says how to have one")
		return nil
	}
	t.write(r.Stdout, width(r.Stdout))
	return nil
}

type targetsPauseCmd struct {
	ID int64 `arg:"" help:"Number of the target."`
}

func (targetsPauseCmd) Help() string {
	return "Examples:\n\n  broadsheet targets pause 3"
}

// Run pauses a target.
func (c *targetsPauseCmd) Run(r *run) error {
	return r.withTargets(func(a *app.App, _ *store.Store) error { return r.tell(a.PauseTarget(r.ctx, c.ID)) })
}

type targetsResumeCmd struct {
	ID int64 `arg:"" help:"Number of the target."`
}

func (targetsResumeCmd) Help() string {
	return `What came while a target was paused is not told. A target that is suppressed, since the other side did not know it, is written to again.

Examples:

  broadsheet targets resume 3`
}

// Run resumes a target.
func (c *targetsResumeCmd) Run(r *run) error {
	return r.withTargets(func(a *app.App, _ *store.Store) error { return r.tell(a.ResumeTarget(r.ctx, c.ID)) })
}

type targetsRemoveCmd struct {
	ID int64 `arg:"" help:"Number of the target."`
}

func (targetsRemoveCmd) Help() string {
	return "Examples:\n\n  broadsheet targets remove 3"
}

// Run removes a target.
func (c *targetsRemoveCmd) Run(r *run) error {
	return r.withTargets(func(a *app.App, _ *store.Store) error {
		t, err := a.RemoveTarget(r.ctx, c.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(r.Stdout, "%d: %s at %s is removed\n", t.ID, t.Recipient.Channel, t.Where)
		return nil
	})
}

// tell says how a target is now.
func (r *run) tell(t *app.ChatTarget, err error) error {
	if err != nil {
		return err
	}
	x := rowOf(t)
	fmt.Fprintf(r.Stdout, "%d: %s at %s is %s\n", x.ID, x.Channel, x.Where, x.State)
	return nil
}
