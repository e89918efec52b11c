package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"broadsheet"
)

// Holding is a recipient with all that it has, as it is carried from one database
// to another, whose rows have other numbers.
type Holding struct {
	Recipient     broadsheet.Recipient
	Subscriptions []HeldSubscription // in the order in which they were made
	// Told are papers that it was told of lately, of who has several subscriptions:
	// only then can two tell of one paper. Until is when it was told last.
	Told  []string
	Until time.Time
}

// HeldSubscription is a subscription whose cursor is a time: arrivals up to then
// were looked at for it.
type HeldSubscription struct {
	broadsheet.Subscription
	LookedAt time.Time
}

const holdingPage = 500

// EachHolding calls fn with every recipient, by channel and key, with what it was
// told of since a time.
func (s *Store) EachHolding(ctx context.Context, since time.Time, fn func(Holding) error) error {
	channel, key := "", ""
	for {
		rows, err := s.query(ctx, `SELECT `+recipientColumns+` FROM recipients r WHERE r.channel > $1 OR r.channel = $1 AND r.key > $2 ORDER BY r.channel, r.key LIMIT $3`, channel, key, holdingPage)
		page, err := collect(rows, err, scanRecipient)
		if err != nil || len(page) == 0 {
			return s.explain(err)
		}
		list, err := s.holdings(ctx, page, since)
		if err != nil {
			return err
		}
		for _, h := range list {
			if err := fn(h); err != nil {
				return err
			}
		}
		last := page[len(page)-1]
		channel, key = string(last.Channel), last.Key
	}
}

func (s *Store) holdings(ctx context.Context, page []broadsheet.Recipient, since time.Time) ([]Holding, error) {
	out, at, ids := make([]Holding, len(page)), map[int64]*Holding{}, make([]int64, len(page))
	for i, r := range page {
		out[i].Recipient, at[r.ID], ids[i] = r, &out[i], r.ID
	}
	rows, err := s.query(ctx, `SELECT `+subscriptionColumns+`, (SELECT max(a.at) FROM arrivals a WHERE a.seq <= s.cursor)
	  FROM subscriptions s WHERE s.recipient_id IN (`+placeholders(1, len(ids))+`) ORDER BY s.created_at, s.token`, anys(ids)...)
	_, err = collect(rows, err, func(rows *sql.Rows) (none struct{}, err error) {
		var r subscriptionRow
		var looked sql.NullInt64
		if err = rows.Scan(append(r.into(), &looked)...); err != nil {
			return none, err
		}
		x, err := r.value()
		h := at[x.RecipientID]
		h.Subscriptions = append(h.Subscriptions, HeldSubscription{x, fromMicros(looked)})
		return none, err
	})
	if err != nil {
		return nil, s.explain(err)
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool { return len(at[id].Subscriptions) < 2 })
	if len(ids) == 0 {
		return out, nil
	}
	rows, err = s.query(ctx, `SELECT recipient_id, papers, planned_at FROM deliveries WHERE planned_at >= $1 AND recipient_id IN (`+placeholders(2, len(ids))+`)
	  AND state NOT IN ('failed', 'expired', 'suppressed')`, append([]any{since.UnixMicro()}, anys(ids)...)...)
	_, err = collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var id, planned int64
		var papers string
		if err = r.Scan(&id, &papers, &planned); err != nil {
			return none, err
		}
		h := at[id]
		h.Told = append(h.Told, strings.Fields(papers)...)
		if t := microTime(planned); t.After(h.Until) {
			h.Until = t
		}
		return none, nil
	})
	for i := range out {
		slices.Sort(out[i].Told)
		out[i].Told = slices.Compact(out[i].Told)
	}
	return out, s.explain(err)
}

// EachArrival calls fn with what became news and still counts, in order.
func (s *Store) EachArrival(ctx context.Context, fn func(broadsheet.Arrival) error) error {
	for after := int64(-1); ; {
		rows, err := s.query(ctx, `SELECT a.seq, p.key, a.kind, a.at FROM arrivals a JOIN papers p ON p.id = a.paper_id WHERE a.seq > $1 ORDER BY a.seq LIMIT 2000`, after)
		page, err := collect(rows, err, func(r *sql.Rows) (a broadsheet.Arrival, err error) {
			var at int64
			err = r.Scan(&a.Seq, &a.PaperID, &a.Kind, &at)
			a.At = microTime(at)
			return a, err
		})
		if err != nil || len(page) == 0 {
			return s.explain(err)
		}
		for _, a := range page {
			if err := fn(a); err != nil {
				return err
			}
			after = a.Seq
		}
	}
}

// EachSuppression calls fn with every suppression, by channel and key.
func (s *Store) EachSuppression(ctx context.Context, fn func(broadsheet.Suppression) error) error {
	channel, key := "", ""
	for {
		rows, err := s.query(ctx, `SELECT channel, key, reason, detail, at FROM suppressions WHERE channel > $1 OR channel = $1 AND key > $2 ORDER BY channel, key LIMIT 1000`, channel, key)
		page, err := collect(rows, err, scanSuppression)
		if err != nil || len(page) == 0 {
			return s.explain(err)
		}
		for _, x := range page {
			if err := fn(x); err != nil {
				return err
			}
			channel, key = string(x.Channel), x.Key
		}
	}
}
