package digest

import (
	"context"

	"broadsheet"
	"broadsheet/internal/store"
)

// plan says what becomes of one subscription, and of which edition its delivery
// is. told is what its recipient was told by others; nil where there are none.
func (r *run) plan(ctx context.Context, x *broadsheet.Subscription, told map[string]bool) (store.Plan, *broadsheet.Edition, error) {
	at := r.at(x.Rhythm)
	p := store.Plan{Subscription: *x, Cursor: x.Cursor, Slot: x.LastSlot, NextDue: at.next}
	if !at.ok || at.slot == x.LastSlot || at.due.Before(x.ConfirmedAt) && !x.Rhythm.AsItComes {
		return p, nil, nil // nothing is due after all
	}
	edition, err := r.edition(ctx, x.Topic, x.Cursor)
	if err != nil {
		return p, nil, err
	}
	p.Slot, p.Cursor = at.slot, edition.To
	papers := pick(edition, &x.Wish, told)
	if len(papers) == 0 && (!x.SendEmpty || x.Rhythm.AsItComes) {
		return p, nil, nil
	}
	if x.Rhythm.AsItComes {
		p.NextDue = r.now.Add(broadsheet.AsItComesEvery)
	}
	p.Delivery = &broadsheet.Delivery{Papers: papers, PlannedAt: r.now, NextAt: r.now, ExpiresAt: expiry(r.now, p.NextDue)}
	return p, edition, nil
}

// pick is what an edition has for a wish, and adds it to what was told.
func pick(x *broadsheet.Edition, w *broadsheet.Wish, told map[string]bool) []string {
	papers := make([]string, 0, min(w.MaxPapers, len(x.Picks)))
	for i := range x.Picks {
		if len(papers) == w.MaxPapers {
			break
		}
		if k := &x.Picks[i]; k.Score >= w.MinScore && !told[k.PaperID] {
			papers = append(papers, k.PaperID)
		}
	}
	if told != nil {
		for _, id := range papers {
			told[id] = true
		}
	}
	return papers
}

// edition is the edition of a topic for who was told up to from: the one that
// was frozen before, or a fresh one. What cannot be composed is not tried again
// in this run, for however many subscriptions.
func (r *run) edition(ctx context.Context, topic broadsheet.Topic, from int64) (*broadsheet.Edition, error) {
	k := editionKey{topic.String(), from}
	if x := r.editions[k]; x != nil {
		return x, nil
	}
	if err := r.failed[k]; err != nil {
		return nil, err
	}
	x, err := r.composed(ctx, topic, from)
	if err != nil {
		if broadsheet.KindOf(err) != broadsheet.Internal {
			r.o.Log.Warn("an edition waits", "topic", topic, "error", err)
			r.failed[k] = err
		}
		return nil, err
	}
	r.editions[k] = &x
	return &x, nil
}

func (r *run) composed(ctx context.Context, topic broadsheet.Topic, from int64) (broadsheet.Edition, error) {
	to, err := r.upTo(topic)
	if err != nil {
		return broadsheet.Edition{}, err
	}
	to = max(from, to)
	x, err := r.o.Store.EditionOf(ctx, topic, from, to)
	if err != nil && broadsheet.KindOf(err) == broadsheet.NotFound {
		return r.compose(ctx, topic, from, to)
	}
	return x, err
}
