package store

import (
	"context"
	"database/sql"
	"fmt"

	"broadsheet"
)

// PutSubscribers stores many subscriptions with their recipients in one
// transaction, as an import of a list does, and gives how many were new. Who
// subscribes to a topic already, or did once, is left as they are, and so is who
// has ended everything: they do not come back by a list. Tokens and salts are the
// caller's.
func (s *Store) PutSubscribers(ctx context.Context, list []Subscriber) (added int, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		added = 0
		fresh := make([]Subscriber, 0, len(list))
		here := map[string]bool{} // of this list: recipient and topic
		for i := range list {
			x := list[i]
			known := false
			if x.RecipientID, known, err = s.recipientOf(ctx, tx, &x.Recipient); err != nil {
				return fmt.Errorf("recipient %d: %w", i+1, err)
			}
			name := fmt.Sprint(x.RecipientID, " ", x.Topic)
			if here[name] {
				continue
			}
			here[name] = true
			if known {
				if known, err = s.subscribes(ctx, tx, x.RecipientID, x.Topic); err != nil {
					return err
				}
			}
			if !known {
				fresh = append(fresh, x)
			}
		}
		rows := s.newBulk(tx, "subscriptions", bulkSubscription, "")
		for i := range fresh {
			if err := rows.add(ctx, subscriptionArgs(&fresh[i].Subscription)...); err != nil {
				return err
			}
		}
		added = len(fresh)
		return rows.flush(ctx)
	})
	if err != nil {
		return 0, err
	}
	return added, nil
}

// recipientOf is the number of a recipient, who is made where there is none and
// cannot be erased before the transaction ends.
func (s *Store) recipientOf(ctx context.Context, tx *txn, r *broadsheet.Recipient) (id int64, known bool, err error) {
	for range 2 { // again where who was there was erased in between
		err = tx.QueryRowContext(ctx, s.dialect.rebind(`INSERT INTO recipients (channel, address, key, salt, created_at) VALUES ($1, $2, $3, $4, $5)
		  ON CONFLICT (channel, key) DO NOTHING RETURNING id`), string(r.Channel), r.Address, r.Key, r.Salt, r.CreatedAt.UnixMicro()).Scan(&id)
		if err != sql.ErrNoRows {
			return id, false, err
		}
		err = tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT id FROM recipients WHERE channel = $1 AND key = $2`+s.dialect.shareRow()), string(r.Channel), r.Key).Scan(&id)
		if err != sql.ErrNoRows {
			return id, true, err
		}
	}
	return id, false, err
}

// subscribes tells whether a recipient has, or had, a subscription to a topic, or
// has ended all there were.
func (s *Store) subscribes(ctx context.Context, tx *txn, recipient int64, topic broadsheet.Topic) (bool, error) {
	var all, ended, same int
	err := tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT count(*), coalesce(sum(CASE WHEN state = 'ended' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN topic = $2 THEN 1 ELSE 0 END), 0)
	  FROM subscriptions WHERE recipient_id = $1`), recipient, topic.String()).Scan(&all, &ended, &same)
	return same > 0 || all > 0 && ended == all, err
}

// bulkSubscription are the columns of subscriptionArgs.
const bulkSubscription = `recipient_id, token, state, topic, days, hour, zone, as_it_comes, max_papers, min_score, send_empty, cursor, due_at,
  last_slot, created_at, confirmed_at, ended_at, reason`

func subscriptionArgs(x *broadsheet.Subscription) []any {
	return []any{x.RecipientID, x.Token, string(x.State), x.Topic.String(), int64(x.Rhythm.Days), x.Rhythm.Hour, x.Rhythm.Zone.String(), flag(x.Rhythm.AsItComes),
		x.MaxPapers, x.MinScore, flag(x.SendEmpty), x.Cursor, micros(x.DueAt), x.LastSlot, x.CreatedAt.UnixMicro(), micros(x.ConfirmedAt), micros(x.EndedAt), x.Reason}
}
