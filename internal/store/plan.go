package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"broadsheet"
)

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

// Several are those of the recipients who have more than one subscription: only
// they could be told of a paper by two.
func (s *Store) Several(ctx context.Context, recipients []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	for len(recipients) > 0 {
		part := recipients[:min(500, len(recipients))]
		recipients = recipients[len(part):]
		rows, err := s.query(ctx, `SELECT recipient_id FROM subscriptions WHERE recipient_id IN (`+placeholders(1, len(part))+`) GROUP BY recipient_id HAVING count(*) > 1`, anys(part)...)
		_, err = collect(rows, err, func(r *sql.Rows) (id int64, err error) {
			err = r.Scan(&id)
			out[id] = true
			return id, err
		})
		if err != nil {
			return nil, s.explain(err)
		}
	}
	return out, nil
}

// ChannelsOf gives the channel of each of the recipients.
func (s *Store) ChannelsOf(ctx context.Context, recipients []int64) (map[int64]broadsheet.Channel, error) {
	out := map[int64]broadsheet.Channel{}
	for len(recipients) > 0 {
		part := recipients[:min(500, len(recipients))]
		recipients = recipients[len(part):]
		rows, err := s.query(ctx, `SELECT id, channel FROM recipients WHERE id IN (`+placeholders(1, len(part))+`)`, anys(part)...)
		_, err = collect(rows, err, func(r *sql.Rows) (id int64, err error) {
			var c broadsheet.Channel
			err = r.Scan(&id, &c)
			out[id] = c
			return id, err
		})
		if err != nil {
			return nil, s.explain(err)
		}
	}
	return out, nil
}
