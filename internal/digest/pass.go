package digest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/store"
)

// batch is what was chosen for some subscriptions and is to be stored.
type batch struct {
	plans    []store.Plan
	editions []*broadsheet.Edition // of the plans, nil of those without a delivery
}

// pass walks what is due once: while a batch is being stored the next is chosen.
// more tells that there was something, so that there may be again.
func (r *run) pass(ctx context.Context) (planned int, more bool, err error) {
	walk, err := r.o.Store.WalkDue(ctx, r.now)
	if err != nil {
		return 0, false, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// Unbuffered: whoever has handed a batch over knows that the one before is in
	// the database, which told relies on.
	batches := make(chan *batch)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for b := range batches {
			if ctx.Err() != nil {
				continue
			}
			n, err := r.put(ctx, b)
			planned += n
			if n > 0 && r.o.Planned != nil {
				r.o.Planned()
			}
			if err != nil {
				cancel(err)
			}
		}
	}()
	more, err = r.choose(ctx, walk, batches)
	close(batches)
	<-done
	if cause := context.Cause(ctx); cause != nil {
		err = cause // what choosing met then is that it was called off
	}
	return planned, more, err
}

// choose makes batches of all that is due.
func (r *run) choose(ctx context.Context, walk *store.DueWalk, to chan<- *batch) (more bool, err error) {
	var last map[int64]map[string]bool // what the batch before tells, which may not be in the database yet
	for {
		if r.o.Paused != nil && r.o.Paused(ctx) {
			return false, nil
		}
		due, err := r.o.Store.Next(ctx, walk, planBatch)
		if err != nil || len(due) == 0 {
			return more, err
		}
		more = true
		told, err := r.told(ctx, due, last)
		if err != nil {
			return more, err
		}
		b := &batch{plans: make([]store.Plan, 0, len(due)), editions: make([]*broadsheet.Edition, 0, len(due))}
		last = map[int64]map[string]bool{}
		for i := range due {
			x := &due[i]
			p, edition, err := r.plan(ctx, &x.Subscription, told[x.RecipientID])
			if err != nil && (ctx.Err() != nil || broadsheet.KindOf(err) == broadsheet.Internal) {
				return more, err
			}
			if err != nil {
				// One that cannot be composed now, such as a search without its index, holds up
				// nobody else: it is looked at again, with all that is news until then.
				p = store.Plan{Subscription: x.Subscription, Cursor: x.Cursor, Slot: x.LastSlot, NextDue: r.now.Add(againAfter)}
			}
			p.Channel = x.Channel
			if x.Several && p.Delivery != nil {
				last[x.RecipientID] = told[x.RecipientID]
			}
			b.plans, b.editions = append(b.plans, p), append(b.editions, edition)
		}
		r.name(b)
		select {
		case to <- b:
		case <-ctx.Done():
			return more, ctx.Err()
		}
	}
}

// told is what the recipients of several subscriptions were told of, in the
// database and by the batch before; others are not in it.
func (r *run) told(ctx context.Context, due []store.Due, last map[int64]map[string]bool) (map[int64]map[string]bool, error) {
	var several []int64
	for i := range due {
		if due[i].Several {
			several = append(several, due[i].RecipientID)
		}
	}
	told, err := r.o.Store.Told(ctx, several, r.now.Add(-toldFor))
	if err != nil {
		return nil, err
	}
	for _, id := range several {
		if told[id] == nil {
			told[id] = map[string]bool{} // so that two of one batch see each other
		}
		for paper := range last[id] {
			told[id][paper] = true
		}
	}
	return told, nil
}

// name gives deliveries their tokens, in ascending order: strewn over the
// database's index of them, a million would take twice as long.
func (r *run) name(b *batch) {
	var all []*broadsheet.Delivery
	for i := range b.plans {
		if d := b.plans[i].Delivery; d != nil {
			all = append(all, d)
		}
	}
	tokens := make([]string, len(all))
	at := r.o.Now()
	for i := range tokens {
		tokens[i] = timed(at, r.o.Token())
	}
	slices.SortFunc(tokens, strings.Compare)
	for i, d := range all {
		d.Token = tokens[i]
	}
}

// put stores a batch and gives how many deliveries are planned with it.
func (r *run) put(ctx context.Context, b *batch) (planned int, err error) {
	for i := range b.plans {
		d := b.plans[i].Delivery
		if d == nil {
			continue
		}
		if d.EditionID, err = r.freeze(ctx, b.editions[i]); err != nil {
			return 0, err
		}
		planned++
	}
	done, err := r.o.Store.PutPlans(ctx, b.plans)
	if err != nil {
		return 0, err
	}
	if done == len(b.plans) {
		return planned, nil
	}
	// Some were changed in between and come again as they are now. Some slots are
	// taken, by a clock that went back: those wait for their next time, with what
	// is news for them.
	for i := range b.plans {
		p := &b.plans[i]
		p.Delivery, p.Cursor, p.Slot = nil, p.Subscription.Cursor, p.Subscription.LastSlot
	}
	_, err = r.o.Store.PutPlans(ctx, b.plans)
	return min(planned, done), err
}

// freeze stores an edition that a delivery needs and gives its number. Where
// another process has composed the same one, that stands.
func (r *run) freeze(ctx context.Context, x *broadsheet.Edition) (int64, error) {
	if x.ID != 0 {
		return x.ID, nil
	}
	if id := r.stored[x]; id != 0 {
		return id, nil
	}
	fresh := *x
	fresh.Token = r.o.Token()
	stored, err := r.o.Store.PutEdition(ctx, fresh)
	if err != nil {
		return 0, fmt.Errorf("keep the edition of %s: %w", x.Topic, err)
	}
	r.stored[x] = stored.ID
	return stored.ID, nil
}
