package store

import (
	"context"
	"database/sql"
	"slices"
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

// movedAtOnce is how many subscriptions one statement moves on: with more, what
// one costs grows no less.
const movedAtOnce = 200

// PutPlans stores plans, all or none, and gives how many took effect. A plan
// whose subscription was changed since it was read, or planned by another
// process, or whose slot is taken, is dropped: the subscription is still due and
// comes again.
func (s *Store) PutPlans(ctx context.Context, plans []Plan) (done int, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		done = 0
		rows := s.newBulk(tx, "deliveries", `edition_id, subscription_id, recipient_id, channel, slot, token, papers, state, attempt, planned_at, next_at, expires_at, reply`, "")
		for part := range slices.Chunk(plans, movedAtOnce) {
			moved, err := s.moveOn(ctx, tx, part)
			if err != nil {
				return err
			}
			done += len(moved)
			for i := range part {
				p := &part[i]
				d := p.Delivery
				if d == nil || !moved[p.Subscription.ID] {
					continue
				}
				err := rows.add(ctx, d.EditionID, p.Subscription.ID, p.Subscription.RecipientID, string(p.Channel), p.Slot, d.Token, strings.Join(d.Papers, " "),
					string(broadsheet.DeliveryPlanned), 0, d.PlannedAt.UnixMicro(), d.NextAt.UnixMicro(), d.ExpiresAt.UnixMicro(), "")
				if err != nil {
					return err
				}
			}
		}
		return rows.flush(ctx)
	})
	return done, err
}

// moveOn gives subscriptions their next times and cursors, and tells which: one
// statement for all, since what one costs is mostly getting to the database.
func (s *Store) moveOn(ctx context.Context, tx *txn, plans []Plan) (map[int64]bool, error) {
	const columns = 7
	var text strings.Builder
	text.WriteString(`WITH v (sub, due, had, upto, next, slot, tells) AS (VALUES `)
	args := make([]any, 0, columns*len(plans))
	for i := range plans {
		p := &plans[i]
		row := []string{"", ",", ",", ",", ",", ",", ","}
		if i == 0 {
			// PostgreSQL goes by the first row for the types of all.
			row = []string{"CAST(@ AS BIGINT)", ", CAST(@ AS BIGINT)", ", CAST(@ AS BIGINT)", ", CAST(@ AS BIGINT)", ", CAST(@ AS BIGINT)", ", CAST(@ AS TEXT)", ", CAST(@ AS BIGINT)"}
		} else {
			text.WriteByte(',')
		}
		text.WriteByte('(')
		for j, x := range row {
			before, after, _ := strings.Cut(x, "@")
			text.WriteString(before)
			text.WriteString(tx.dialect.placeholder(i*columns + j + 1))
			text.WriteString(after)
		}
		text.WriteByte(')')
		args = append(args, p.Subscription.ID, micros(p.Subscription.DueAt), p.Subscription.Cursor, p.Cursor, micros(p.NextDue), p.Slot, flag(p.Delivery != nil))
	}
	text.WriteString(`) UPDATE subscriptions SET cursor = v.upto, due_at = v.next, last_slot = v.slot FROM v
	  WHERE id = v.sub AND due_at = v.due AND cursor = v.had AND state = 'active'
	  AND (v.tells = 0 OR NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.subscription_id = v.sub AND d.slot = v.slot)) RETURNING id`)
	rows, err := tx.query(ctx, text.String(), args...)
	moved := make(map[int64]bool, len(plans))
	_, err = collect(rows, err, func(r *sql.Rows) (id int64, err error) {
		err = r.Scan(&id)
		moved[id] = true
		return id, err
	})
	return moved, err
}
