package digest

import (
	"context"
	"time"

	"broadsheet"
)

const (
	// planBatch is how many subscriptions are read, and written in a transaction.
	planBatch = 4000
	toldFor   = 60 * 24 * time.Hour // how long a recipient is not told of a paper again: newsFor twice
	// Old news is no news: a delivery is dropped when the next one is about due,
	// but not before leastTime, nor after mostTime.
	leastTime = 6 * time.Hour
	mostTime  = 48 * time.Hour
	// againAfter is when an edition is tried again that could not be composed.
	againAfter = 2 * time.Minute
	// passes is how often what is due is walked: once, and again while readers
	// change their subscriptions just then.
	passes = 5
)

// Plan plans all that is due and gives how many deliveries it planned. It may
// end in the middle at any time: what was planned is planned, the rest is due.
func (e *Engine) Plan(ctx context.Context) (planned int, err error) {
	now := e.o.Now()
	head, err := e.o.Store.LastArrival(ctx)
	if err != nil {
		return 0, err
	}
	if err := e.noteHead(ctx, head, now); err != nil {
		return 0, err
	}
	if err := e.heal(ctx, now); err != nil {
		return 0, err
	}
	r := newRun(e, now, head)
	for range passes {
		n, more, err := r.pass(ctx)
		planned += n
		if err != nil || !more {
			return planned, err
		}
	}
	return planned, nil
}

// run is one Plan.
type run struct {
	*Engine
	now      time.Time
	head     int64  // the last arrival
	search   *place // up to which searches look; nil: not known yet, or the index is far behind
	editions map[editionKey]*broadsheet.Edition
	failed   map[editionKey]error // those that cannot be composed now
	arrivals map[windowKey]*window
	times    map[broadsheet.Rhythm]*times
	stored   map[*broadsheet.Edition]int64 // numbers of those that deliveries need; the storing goroutine's
}

func newRun(e *Engine, now time.Time, head int64) *run {
	return &run{Engine: e, now: now, head: head, editions: map[editionKey]*broadsheet.Edition{}, failed: map[editionKey]error{}, arrivals: map[windowKey]*window{},
		times: map[broadsheet.Rhythm]*times{}, stored: map[*broadsheet.Edition]int64{}}
}

type editionKey struct {
	topic string
	from  int64
}

// times are those of a rhythm in a run.
type times struct {
	slot string
	due  time.Time // of the slot
	ok   bool      // there is one
	next time.Time
}

func (r *run) at(x broadsheet.Rhythm) *times {
	t := r.times[x]
	if t == nil {
		t = &times{next: Next(x, r.now)}
		t.slot, t.due, t.ok = Slot(x, r.now)
		r.times[x] = t
	}
	return t
}

func expiry(now, next time.Time) time.Time {
	switch {
	case next.Before(now.Add(leastTime)):
		return now.Add(leastTime)
	case next.After(now.Add(mostTime)):
		return now.Add(mostTime)
	}
	return next
}
