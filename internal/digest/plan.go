package digest

import (
	"context"
	"fmt"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

const (
	planBatch = 2000                // subscriptions in a transaction: one wait for the disk
	toldFor   = 60 * 24 * time.Hour // how long a recipient is not told of a paper again: newsFor twice
	// farOff is further than any rhythm's next time. A clock that stood wrong for a
	// while would otherwise silence subscriptions until then.
	farOff = (lookDays + 1) * 24 * time.Hour
	// Old news is no news: a delivery is dropped when the next one is about due,
	// but not before leastTime, nor after mostTime.
	leastTime = 6 * time.Hour
	// againAfter is when an edition is tried again that could not be composed.
	againAfter = 2 * time.Minute
	mostTime   = 48 * time.Hour
)

// Plan plans all that is due and gives how many deliveries it planned. It may
// end in the middle at any time: what was planned is planned, the rest is due.
func (e *Engine) Plan(ctx context.Context) (planned int, err error) {
	now := e.o.Now()
	head, err := e.o.Store.LastArrival(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := e.o.Store.PullDue(ctx, now.Add(farOff), now); err != nil {
		return 0, err
	}
	r := run{Engine: e, now: now, head: head, editions: map[editionKey]*broadsheet.Edition{}}
	for {
		if e.o.Paused != nil && e.o.Paused(ctx) {
			return planned, nil
		}
		due, err := e.o.Store.DueSubscriptions(ctx, now, planBatch)
		if err != nil || len(due) == 0 {
			return planned, err
		}
		n, err := r.batch(ctx, due)
		planned += n
		if n > 0 && e.o.Planned != nil {
			e.o.Planned()
		}
		if err != nil {
			return planned, err
		}
	}
}

// run is one pass over what is due.
type run struct {
	*Engine
	now      time.Time
	head     int64
	editions map[editionKey]*broadsheet.Edition // composed in this pass; stored ones have a number
}

type editionKey struct {
	topic string
	from  int64
}

func (r *run) batch(ctx context.Context, due []store.Due) (planned int, err error) {
	var several []int64
	for i := range due {
		if due[i].Several {
			several = append(several, due[i].RecipientID)
		}
	}
	told, err := r.o.Store.Told(ctx, several, r.now.Add(-toldFor))
	if err != nil {
		return 0, err
	}
	for _, id := range several {
		if told[id] == nil {
			told[id] = map[string]bool{} // so that two of one batch see each other
		}
	}
	plans := make([]store.Plan, 0, len(due))
	for i := range due {
		p, err := r.plan(ctx, &due[i].Subscription, told[due[i].RecipientID])
		if err != nil && (ctx.Err() != nil || broadsheet.KindOf(err) == broadsheet.Internal) {
			return 0, err
		}
		if err != nil {
			// One that cannot be composed now, such as a search without its index, holds up
			// nobody else: it is looked at again, with all that is news until then.
			r.o.Log.Warn("an edition waits", "topic", due[i].Topic, "error", err)
			p = store.Plan{Subscription: due[i].Subscription, Cursor: due[i].Cursor, Slot: due[i].LastSlot, NextDue: r.now.Add(againAfter)}
		}
		p.Channel = due[i].Channel
		plans = append(plans, p)
		if p.Delivery != nil {
			planned++
		}
	}
	done, err := r.o.Store.PutPlans(ctx, plans)
	if err != nil || done == len(plans) {
		return planned, err
	}
	// Some were changed in between and come again as they are now. Some slots are
	// taken, by a clock that went back: those wait for their next time, with what
	// is news for them.
	for i := range plans {
		plans[i].Delivery, plans[i].Cursor, plans[i].Slot = nil, plans[i].Subscription.Cursor, plans[i].Subscription.LastSlot
	}
	_, err = r.o.Store.PutPlans(ctx, plans)
	return planned, err
}

// plan says what becomes of one subscription. told is what its recipient was
// told by others; nil where there are none.
func (r *run) plan(ctx context.Context, x *broadsheet.Subscription, told map[string]bool) (store.Plan, error) {
	p := store.Plan{Subscription: *x, Cursor: r.head, NextDue: Next(x.Rhythm, r.now)}
	slot, due, ok := Slot(x.Rhythm, r.now)
	if !ok || slot == x.LastSlot || due.Before(x.ConfirmedAt) && !x.Rhythm.AsItComes {
		p.Cursor, p.Slot = x.Cursor, x.LastSlot // nothing is due after all
		return p, nil
	}
	p.Slot = slot
	edition, err := r.edition(ctx, x.Topic, x.Cursor)
	if err != nil {
		return p, err
	}
	var papers []string
	for _, pick := range edition.Picks {
		if len(papers) == x.MaxPapers {
			break
		}
		if pick.Score >= x.MinScore && !told[pick.PaperID] {
			papers = append(papers, pick.PaperID)
		}
	}
	if len(papers) == 0 && (!x.SendEmpty || x.Rhythm.AsItComes) {
		return p, nil
	}
	for _, id := range papers {
		if told != nil {
			told[id] = true
		}
	}
	if err := r.store(ctx, edition); err != nil {
		return p, err
	}
	if x.Rhythm.AsItComes {
		p.NextDue = r.now.Add(broadsheet.AsItComesEvery)
	}
	p.Delivery = &broadsheet.Delivery{EditionID: edition.ID, Token: timed(r.now, r.o.Token()), Papers: papers, PlannedAt: r.now, NextAt: r.now,
		ExpiresAt: expiry(r.now, p.NextDue)}
	return p, nil
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

// edition is the edition of a topic for who was told up to from.
func (r *run) edition(ctx context.Context, topic broadsheet.Topic, from int64) (*broadsheet.Edition, error) {
	k := editionKey{topic.String(), from}
	if x := r.editions[k]; x != nil {
		return x, nil
	}
	x, err := r.compose(ctx, topic, from, r.head)
	if err != nil {
		return nil, err
	}
	r.editions[k] = &x
	return &x, nil
}

// store freezes an edition that a delivery needs. Where another process has
// composed the same one, that stands.
func (r *run) store(ctx context.Context, x *broadsheet.Edition) error {
	if x.ID != 0 {
		return nil
	}
	x.Token = r.o.Token()
	stored, err := r.o.Store.PutEdition(ctx, *x)
	if err != nil {
		return fmt.Errorf("keep the edition of %s: %w", x.Topic, err)
	}
	*x = stored
	return nil
}
