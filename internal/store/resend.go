package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"broadsheet"
)

// Resendable are the states of which a delivery can be planned again.
var Resendable = []broadsheet.DeliveryState{broadsheet.DeliveryFailed, broadsheet.DeliveryExpired, broadsheet.DeliveryUnknown}

// ResendQuery says what is sent again; zero fields narrow nothing, but for
// States.
type ResendQuery struct {
	States  []broadsheet.DeliveryState // some of Resendable
	ID      int64
	Edition int64
	Channel broadsheet.Channel
	Since   time.Time // when it ended, at the earliest
}

// resendBatch is how many are planned again in a transaction, so that senders
// need not wait.
const resendBatch = 500

// Resend plans deliveries that ended without success once more, due at now, and
// gives how many. Who has unsubscribed since, or must not be written to, is left
// out when they are claimed.
func (s *Store) Resend(ctx context.Context, q ResendQuery, now, expires time.Time) (n int64, err error) {
	for _, state := range q.States {
		if !slices.Contains(Resendable, state) {
			return 0, broadsheet.InvalidField("state", string(state)+" cannot be sent again", "use failed, expired or unknown")
		}
	}
	if len(q.States) == 0 {
		return 0, nil
	}
	states := make([]any, len(q.States))
	for i, x := range q.States {
		states[i] = string(x)
	}
	for after := int64(0); ; {
		rows, err := s.query(ctx, `SELECT id FROM deliveries WHERE id > $1 AND (CAST($2 AS BIGINT) = 0 OR id = $2) AND (CAST($3 AS BIGINT) = 0 OR edition_id = $3)
		  AND ($4 = '' OR channel = $4) AND ended_at >= $5 AND state IN (`+placeholders(7, len(states))+`) ORDER BY id LIMIT $6`,
			append([]any{after, q.ID, q.Edition, string(q.Channel), max(0, q.Since.UnixMicro()), resendBatch}, states...)...)
		ids, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
		if err != nil || len(ids) == 0 {
			return n, s.explain(err)
		}
		after = ids[len(ids)-1]
		var did int64
		err = s.quietTx(ctx, func(tx *txn) error {
			args := append([]any{now.UnixMicro(), expires.UnixMicro()}, states...)
			res, err := tx.exec(ctx, `UPDATE deliveries SET state = 'planned', next_at = $1, expires_at = $2, ended_at = NULL
			  WHERE state IN (`+placeholders(3, len(states))+`) AND id IN (`+placeholders(3+len(states), len(ids))+`)`, append(args, anys(ids)...)...)
			if err != nil {
				return err
			}
			did, err = res.RowsAffected()
			return err
		})
		if n += did; err != nil {
			return n, err
		}
	}
}
