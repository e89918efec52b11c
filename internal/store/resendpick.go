package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
)

// again is a delivery that is to be sent again.
type again struct {
	id, recipient int64
	papers        []string
	fewer         bool // than it had
}

// sendable are those of some deliveries that are worth sending again: their
// subscription is active, and they hold papers of which the recipient was not
// told since, by a later edition or for another subscription. They are locked.
func (s *Store) sendable(ctx context.Context, tx *txn, ids []int64, states []any) ([]again, error) {
	rows, err := tx.query(ctx, `SELECT id, recipient_id, papers FROM deliveries WHERE state IN (`+placeholders(1, len(states))+`) AND id IN (`+placeholders(1+len(states), len(ids))+`)
	  AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.id = deliveries.subscription_id AND s.state = 'active')`+s.dialect.lockRows(), append(slices.Clone(states), anys(ids)...)...)
	scan := func(r *sql.Rows) (x again, err error) {
		var papers string
		err = r.Scan(&x.id, &x.recipient, &papers)
		x.papers = strings.Fields(papers)
		return x, err
	}
	all, err := collect(rows, err, scan)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	slices.SortFunc(all, func(a, b again) int { return cmp.Compare(a.id, b.id) })
	mine := map[int64]bool{}
	told := map[int64]map[string]bool{}
	for _, x := range all {
		mine[x.id], told[x.recipient] = true, map[string]bool{}
	}
	rows, err = tx.query(ctx, `SELECT id, recipient_id, papers FROM deliveries WHERE recipient_id IN (`+placeholders(1, len(all))+`)
	  AND state NOT IN ('failed', 'expired', 'suppressed')`, anys(recipientsOf(all))...)
	others, err := collect(rows, err, scan)
	if err != nil {
		return nil, err
	}
	for _, x := range others {
		for _, p := range x.papers {
			if !mine[x.id] {
				told[x.recipient][p] = true
			}
		}
	}
	out := all[:0]
	for _, x := range all {
		known := told[x.recipient]
		had := len(x.papers)
		x.papers = slices.DeleteFunc(x.papers, func(p string) bool { return known[p] })
		for _, p := range x.papers {
			known[p] = true // by this one, for those after it
		}
		if x.fewer = len(x.papers) < had; len(x.papers) > 0 || had == 0 {
			out = append(out, x)
		}
	}
	return out, nil
}

func recipientsOf(all []again) []int64 {
	out := make([]int64, len(all))
	for i, x := range all {
		out[i] = x.recipient
	}
	return out
}
