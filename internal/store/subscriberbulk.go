package store

import (
	"context"
	"database/sql"
	"fmt"

	"broadsheet"
)

// PutSubscribers stores many subscriptions with their recipients in one
// transaction, as an import of a list does, and gives how many were new. A
// recipient who is here already is left as it is, with what is subscribed for
// it, and counts as not new. Tokens and salts are the caller's.
func (s *Store) PutSubscribers(ctx context.Context, list []Subscriber) (added int, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		added = 0
		fresh := make([]Subscriber, 0, len(list))
		for i := range list {
			r := &list[i].Recipient
			var id int64
			err := tx.QueryRowContext(ctx, s.dialect.rebind(`INSERT INTO recipients (channel, address, key, salt, created_at) VALUES ($1, $2, $3, $4, $5)
			  ON CONFLICT (channel, key) DO NOTHING RETURNING id`), string(r.Channel), r.Address, r.Key, r.Salt, r.CreatedAt.UnixMicro()).Scan(&id)
			if err == sql.ErrNoRows {
				continue
			}
			if err != nil {
				return fmt.Errorf("recipient %d: %w", i+1, err)
			}
			x := list[i]
			x.RecipientID = id
			fresh = append(fresh, x)
		}
		rows := s.newBulk(tx, "subscriptions", `recipient_id, token, state, topic, days, hour, zone, as_it_comes, max_papers, min_score, send_empty, cursor, due_at,
		  last_slot, created_at, confirmed_at, ended_at, reason`, "")
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

func subscriptionArgs(x *broadsheet.Subscription) []any {
	return []any{x.RecipientID, x.Token, string(x.State), x.Topic.String(), int64(x.Rhythm.Days), x.Rhythm.Hour, x.Rhythm.Zone.String(), flag(x.Rhythm.AsItComes),
		x.MaxPapers, x.MinScore, flag(x.SendEmpty), x.Cursor, micros(x.DueAt), x.LastSlot, x.CreatedAt.UnixMicro(), micros(x.ConfirmedAt), micros(x.EndedAt), x.Reason}
}
