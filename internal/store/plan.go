package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"broadsheet"
)

// Due is a subscription that is due, with what planning it needs.
type Due struct {
	broadsheet.Subscription
	Channel broadsheet.Channel
	Several bool // its recipient has other subscriptions: only then can two tell of one paper
}

// DueSubscriptions are at most limit active ones that are due at now, those due
// longest first.
func (s *Store) DueSubscriptions(ctx context.Context, now time.Time, limit int) ([]Due, error) {
	rows, err := s.query(ctx, `SELECT `+subscriptionColumns+`, r.channel,
	  (SELECT count(*) FROM (SELECT 1 FROM subscriptions o WHERE o.recipient_id = s.recipient_id LIMIT 2) two)
	  FROM subscriptions s JOIN recipients r ON r.id = s.recipient_id WHERE s.due_at <= $1 ORDER BY s.due_at, s.id LIMIT $2`, now.UnixMicro(), limit)
	out, err := collect(rows, err, func(rows *sql.Rows) (d Due, err error) {
		var r subscriptionRow
		var n int
		if err = rows.Scan(append(r.into(), &d.Channel, &n)...); err != nil {
			return d, err
		}
		d.Several = n > 1
		d.Subscription, err = r.value()
		return d, err
	})
	return out, s.explain(err)
}

// Plan is what becomes of a due subscription: a delivery, or none where there
// is nothing to say, and its next time.
type Plan struct {
	Subscription broadsheet.Subscription // as it was read
	Delivery     *broadsheet.Delivery    // nil: nothing is sent this time
	Channel      broadsheet.Channel
	Cursor       int64
	NextDue      time.Time
	Slot         string // also of a time at which nothing is sent
}

// PutPlans stores plans, all or none, and gives how many took effect. A plan
// whose subscription was changed since it was read, or planned by another
// process, or whose slot is taken, is dropped: the subscription is still due and
// comes again.
func (s *Store) PutPlans(ctx context.Context, plans []Plan) (done int, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		done = 0
		rows := s.newBulk(tx, "deliveries", `edition_id, subscription_id, recipient_id, channel, slot, token, papers, state, attempt, planned_at, next_at, expires_at, reply`, "")
		for _, p := range plans {
			x := &p.Subscription
			text := `UPDATE subscriptions SET cursor = $1, due_at = $2, last_slot = $3 WHERE id = $4 AND due_at = $5 AND cursor = $6 AND state = 'active'`
			if p.Delivery != nil {
				text += ` AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.subscription_id = $4 AND d.slot = $3)`
			}
			res, err := tx.exec(ctx, text, p.Cursor, micros(p.NextDue), p.Slot, x.ID, micros(x.DueAt), x.Cursor)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			done += int(n)
			if d := p.Delivery; n == 1 && d != nil {
				err = rows.add(ctx, d.EditionID, x.ID, x.RecipientID, string(p.Channel), p.Slot, d.Token, strings.Join(d.Papers, " "), string(broadsheet.DeliveryPlanned), 0,
					d.PlannedAt.UnixMicro(), d.NextAt.UnixMicro(), d.ExpiresAt.UnixMicro(), "")
			}
			if err != nil {
				return err
			}
		}
		return rows.flush(ctx)
	})
	return done, err
}

// Told are the papers that deliveries planned since a time hold for each of the
// recipients, whatever became of them: unless the delivery surely never left,
// telling them again could be telling them twice.
func (s *Store) Told(ctx context.Context, recipients []int64, since time.Time) (map[int64]map[string]bool, error) {
	out := map[int64]map[string]bool{}
	for len(recipients) > 0 {
		part := recipients[:min(500, len(recipients))]
		recipients = recipients[len(part):]
		rows, err := s.query(ctx, `SELECT recipient_id, papers FROM deliveries WHERE planned_at >= $1 AND recipient_id IN (`+placeholders(2, len(part))+`)
		  AND state NOT IN ('failed', 'expired', 'suppressed')`, append([]any{since.UnixMicro()}, anys(part)...)...)
		_, err = collect(rows, err, func(r *sql.Rows) (id int64, err error) {
			var papers string
			if err = r.Scan(&id, &papers); err != nil {
				return id, err
			}
			if out[id] == nil {
				out[id] = map[string]bool{}
			}
			for p := range strings.FieldsSeq(papers) {
				out[id][p] = true
			}
			return id, nil
		})
		if err != nil {
			return nil, s.explain(err)
		}
	}
	return out, nil
}
