package cli

import (
	"fmt"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/jobs"
	"broadsheet/internal/store"
)

type statusCmd struct {
	Rejects bool `help:"List the records kept aside, with reasons."`
	Limit   int  `help:"Most rows of a list." default:"20" placeholder:"N"`
	JSON    bool `help:"Print JSON."`
}

func (statusCmd) Help() string {
	return `Examples:

  broadsheet status
  broadsheet status --rejects --limit 100
  broadsheet status --json`
}

type statusReport struct {
	Database string              `json:"database"`
	Schema   int                 `json:"schema"`
	Stats    store.Stats         `json:"stats"`
	Latest   broadsheet.Day      `json:"latestDay,omitempty"`
	Sources  []statusSource      `json:"sources"`
	Jobs     []statusJob         `json:"jobs"`
	Delivery statusDelivery      `json:"delivery"`
	Rejects  []broadsheet.Reject `json:"rejects,omitempty"`
}

type statusSource struct {
	broadsheet.Source
	Health     string  `json:"health"`
	LagSeconds float64 `json:"lagSeconds,omitempty"`
}

type statusDelivery struct {
	Mail              bool                                                        `json:"mail"` // it is configured
	Sending           store.Sending                                               `json:"sending"`
	Subscriptions     map[broadsheet.Channel]map[broadsheet.SubscriptionState]int `json:"subscriptions"`
	Open              map[broadsheet.Channel]map[broadsheet.DeliveryState]int     `json:"open"`
	OldestDueSeconds  float64                                                     `json:"oldestDueSeconds"`
	PlannerLagSeconds float64                                                     `json:"plannerLagSeconds"`
	Troubled          []string                                                    `json:"troubledTargets,omitempty"`
	state             *app.DeliveryState
}

type statusJob struct {
	Kind    string    `json:"kind"`
	Unique  string    `json:"unique,omitempty"`
	State   string    `json:"state"`
	Next    time.Time `json:"next,omitzero"`
	Attempt int       `json:"attempt,omitempty"`
	Error   string    `json:"error,omitempty"`
}

// Run shows the status.
func (c *statusCmd) Run(r *run) (err error) {
	if c.Limit < 1 {
		return usage(broadsheet.InvalidField("--limit", fmt.Sprintf("%d is less than 1", c.Limit), "give a number of rows, such as --limit=20"))
	}
	s, err := r.openReadOnly()
	if err != nil {
		return err
	}
	defer closing(s, &err)
	rep, err := c.gather(r, s)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(r.Stdout, rep)
	}
	c.print(r, rep, time.Now())
	return nil
}

func (c *statusCmd) gather(r *run, s *store.Store) (rep statusReport, err error) {
	a, err := app.New(app.Options{Store: s, Zone: r.cfg.Site.TimeZone})
	if err != nil {
		return rep, err
	}
	st, err := a.Status(r.ctx)
	if err != nil {
		return rep, err
	}
	rep = statusReport{Database: config.Redact(r.cfg.Database), Stats: st.Stats, Latest: st.Latest, Sources: []statusSource{}, Jobs: []statusJob{}}
	if rep.Schema, _, err = s.SchemaVersion(r.ctx); err != nil {
		return rep, err
	}
	d, err := a.Console().State(r.ctx)
	if err != nil {
		return rep, err
	}
	now := time.Now()
	rep.Delivery = statusDelivery{r.cfg.Mail.Enabled(), d.Sending, d.Subscribers, d.Open, d.Late(now).Seconds(), d.PlannerLag(now).Seconds(), nil, d}
	trouble, _, err := troubled(r, a, r.cfg.Site.TimeZone)
	if err != nil {
		return rep, err
	}
	for _, l := range trouble {
		rep.Delivery.Troubled = append(rep.Delivery.Troubled, l[0]+": "+l[1])
	}
	for _, src := range st.Sources {
		rep.Sources = append(rep.Sources, statusSource{src.Source, string(src.Health), src.Lag.Seconds()})
	}
	queue, err := jobs.New(s, jobs.Options{})
	if err != nil {
		return rep, err
	}
	list, err := queue.Status(r.ctx)
	if err != nil {
		return rep, err
	}
	for _, j := range list[:min(len(list), c.Limit)] {
		rep.Jobs = append(rep.Jobs, statusJob{j.Kind, j.Unique, string(j.State), j.Next, j.Attempt, j.Error})
	}
	if c.Rejects {
		rep.Rejects, err = s.Rejects(r.ctx, store.RejectQuery{Open: true, Limit: c.Limit})
	}
	return rep, err
}

func (c *statusCmd) print(r *run, rep statusReport, now time.Time) {
	w, cols := r.Stdout, width(r.Stdout)
	st := rep.Stats
	latest := string(rep.Latest)
	if latest == "" {
		latest = "none"
	}
	fmt.Fprintf(w, "database    %s (schema %d, %s)\n", rep.Database, rep.Schema, bytesText(st.Bytes))
	fmt.Fprintf(w, "papers      %s, featured %s\n", count(st.Papers), count(st.Features))
	fmt.Fprintf(w, "people      %s, organizations %s\n", count(st.People), count(st.Organizations))
	fmt.Fprintf(w, "latest day  %s\n", latest)
	fmt.Fprintf(w, "kept aside  %s\n", count(st.Rejects))
	if rep.Delivery.Mail || len(rep.Delivery.Subscriptions) > 0 {
		fmt.Fprintln(w)
		for _, l := range deliveryWords(rep.Delivery.state, rep.Delivery.Mail, now) {
			fmt.Fprintf(w, "%-14s %s\n", l[0], printable(l[1]))
		}
		for _, text := range rep.Delivery.Troubled {
			fmt.Fprintf(w, "%-14s %s\n", "in trouble", printable(text))
		}
	}
	if len(rep.Sources) > 0 {
		fmt.Fprintln(w)
		t := table{head: []string{"SOURCE", "HEALTH", "LAST SUCCESS", "NEXT RUN", "NEWEST", "PAPERS", "NOTE"}, flex: 6, right: map[int]bool{5: true}}
		for _, s := range rep.Sources {
			note := s.Note
			if s.Error != "" {
				note = s.Error
			}
			t.add(s.Name, s.Health, agoText(s.LastSuccess, now), nextText(s.NextRun, now), agoText(s.LatestItem, now), count(s.Papers), note)
		}
		t.write(w, cols)
	}
	if len(rep.Jobs) > 0 {
		fmt.Fprintln(w)
		t := table{head: []string{"JOB", "STATE", "DUE", "TRY", "ERROR"}, flex: 4, right: map[int]bool{3: true}}
		for _, j := range rep.Jobs {
			t.add(strings.TrimSpace(j.Kind+" "+j.Unique), j.State, nextText(j.Next, now), count(j.Attempt), j.Error)
		}
		t.write(w, cols)
	}
	if len(rep.Rejects) > 0 {
		fmt.Fprintln(w)
		t := table{head: []string{"KEPT ASIDE", "SOURCE", "WHERE", "REASON"}, flex: 3}
		for _, x := range rep.Rejects {
			t.add(fmt.Sprint(x.ID), x.Source, x.Ref, x.Reason)
		}
		t.write(w, cols)
	}
}

func nextText(t, now time.Time) string {
	switch {
	case t.IsZero():
		return "-"
	case t.Before(now):
		return "now"
	}
	return agoText(t, now)
}
