package store

import (
	"context"
	"database/sql"

	"broadsheet"
)

// takeBack ends what is planned for a subscription that does not go on and was
// not begun to be sent: nothing comes while it is paused. The papers of that count
// as not told: the cursor goes back before them, but not before what was begun
// since, so that what is still news when the subscription goes on comes then, and
// nothing comes twice.
//
// It ends at the time at which it was planned, where no other is known: the store
// has no clock.
func (s *Store) takeBack(ctx context.Context, tx *txn, x *broadsheet.Subscription) error {
	why := "the subscription is paused"
	if x.State == broadsheet.SubscriptionEnded {
		why = "the subscription has ended"
	}
	rows, err := tx.query(ctx, `UPDATE deliveries SET state = 'suppressed', ended_at = CASE WHEN planned_at < $2 THEN $2 ELSE planned_at END, next_at = 0, reply = $3
	  WHERE subscription_id = $1 AND state IN ('planned', 'claimed') RETURNING edition_id`, x.ID, sortMicros(x.EndedAt), why)
	gone, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
	if err != nil || len(gone) == 0 {
		return err
	}
	var first, told sql.NullInt64
	err = tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT (SELECT min(from_seq) FROM editions WHERE id IN (`+placeholders(2, len(gone))+`)),
	  (SELECT max(e.to_seq) FROM deliveries d JOIN editions e ON e.id = d.edition_id WHERE d.subscription_id = $1 AND d.state NOT IN ('suppressed', 'expired', 'failed'))`),
		append([]any{x.ID}, anys(gone)...)...).Scan(&first, &told)
	if err != nil || !first.Valid {
		return err
	}
	back := max(first.Int64, told.Int64)
	if _, err = tx.exec(ctx, `UPDATE subscriptions SET cursor = $2 WHERE id = $1 AND cursor > $2`, x.ID, back); err == nil {
		x.Cursor = min(x.Cursor, back)
	}
	return err
}
