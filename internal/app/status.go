package app

import (
	"context"
	"time"

	"broadsheet"
	"broadsheet/internal/harvest"
	"broadsheet/internal/store"
)

// Stats counts what the database holds.
type Stats = store.Stats

// Status is how the site is doing.
type Status struct {
	At      time.Time
	Sources []SourceStatus
	Rejects int // records kept aside that wait to be replayed
	Stats   Stats
	Latest  broadsheet.Day // newest day with papers, "" for none
	Index   *IndexState    // nil: there is none in this process
	Mail    *MailStatus    // nil: this site sends none
}

// MailStatus is how sending does, as anybody may know it.
type MailStatus struct {
	Paused bool
	Late   time.Duration // how long what is due longest has waited for a sender; 0: nothing waits
	Lag    time.Duration // how long an edition has waited to be planned
}

// Health says in a word how a source is doing.
type Health string

// Healths of sources.
const (
	HealthNew     Health = "not yet" // never tried
	HealthGood    Health = "good"
	HealthLate    Health = "late"    // the next run is overdue
	HealthFailing Health = "failing" // the last attempt did not succeed
	HealthOffline Health = "waiting for the network"
)

// SourceStatus is a source with what follows from its state.
type SourceStatus struct {
	broadsheet.Source
	Health Health
	Lag    time.Duration // since the newest item that the source dated; 0 unknown
}

// overdue is how long after its time a run may start.
const overdue = 15 * time.Minute

// Status reads how every source is doing and counts what is here.
func (a *App) Status(ctx context.Context) (*Status, error) {
	s := &Status{At: a.Now()}
	sources, err := a.store.Sources(ctx)
	if err != nil {
		return nil, err
	}
	for _, src := range sources {
		st := SourceStatus{Source: src, Health: HealthGood}
		switch {
		case src.LastAttempt.IsZero():
			st.Health = HealthNew
		case harvest.Offline(src):
			st.Health = HealthOffline
		case src.Failures > 0 || src.Error != "":
			st.Health = HealthFailing
		case !src.NextRun.IsZero() && s.At.Sub(src.NextRun) > overdue:
			st.Health = HealthLate
		}
		if !src.LatestItem.IsZero() {
			st.Lag = max(0, s.At.Sub(src.LatestItem))
		}
		s.Sources = append(s.Sources, st)
	}
	if s.Rejects, err = a.store.RejectCount(ctx); err != nil {
		return nil, err
	}
	if s.Latest, err = a.store.LatestDay(ctx, a.Today()); err != nil {
		return nil, err
	}
	if s.Index, err = a.Index(ctx); err != nil {
		return nil, err
	}
	if s.Mail, err = a.mailStatus(ctx); err != nil {
		return nil, err
	}
	s.Stats, err = a.stats.get(ctx, a.now(), time.Minute, struct{}{}, func(ctx context.Context) (store.Stats, error) { return a.store.Stats(ctx) })
	return s, err
}

func (a *App) mailStatus(ctx context.Context) (*MailStatus, error) {
	if a.post == nil {
		return nil, nil
	}
	sending, err := a.store.Sending(ctx)
	if err != nil {
		return nil, err
	}
	_, oldest, err := a.store.OpenDeliveries(ctx)
	if err != nil {
		return nil, err
	}
	next, err := a.store.NextDue(ctx)
	return &MailStatus{sending.Paused, overdueBy(oldest, a.now()), overdueBy(next, a.now())}, err
}
