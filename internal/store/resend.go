package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
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

// text is the query for the numbers of the next batch.
func (q *ResendQuery) text(after int64, states []any) (string, []any) {
	var where conditions
	where.add("id > ", after)
	if q.ID != 0 {
		where.add("id = ", q.ID)
	}
	if q.Edition != 0 {
		where.add("edition_id = ", q.Edition)
	}
	if q.Channel != "" {
		where.add("channel = ", string(q.Channel))
	}
	if !q.Since.IsZero() {
		where.add("ended_at >= ", q.Since.UnixMicro())
	}
	where.text = append(where.text, strings.ReplaceAll(badOnes, "d.", ""), "state IN ("+placeholders(len(where.args)+1, len(states))+")")
	args := append(append(where.args, states...), resendBatch)
	return `SELECT id FROM deliveries` + where.String() + ` ORDER BY id LIMIT ` + placeholders(len(args), 1), args
}

// Resend plans deliveries that ended without success once more, due at now, and
// gives how many. Papers of which the recipient was told since are left out, and
// so is a delivery of nothing else, or of a subscription that does not go on. Who
// must not be written to is left out when they are claimed.
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
		text, args := q.text(after, states)
		rows, err := s.query(ctx, text, args...)
		ids, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
		if err != nil || len(ids) == 0 {
			return n, s.explain(err)
		}
		after = ids[len(ids)-1]
		var did int64
		err = s.quietTx(ctx, func(tx *txn) error {
			again, err := s.sendable(ctx, tx, ids, states)
			if err != nil || len(again) == 0 {
				did = 0
				return err
			}
			args := []any{now.UnixMicro(), expires.UnixMicro()}
			for _, x := range again {
				args = append(args, x.id)
				if !x.fewer {
					continue
				}
				if _, err := tx.exec(ctx, `UPDATE deliveries SET papers = $2 WHERE id = $1`, x.id, strings.Join(x.papers, " ")); err != nil {
					return err
				}
			}
			did, err = affected(tx.exec(ctx, `UPDATE deliveries SET state = 'planned', next_at = $1, expires_at = $2, ended_at = NULL
			  WHERE id IN (`+placeholders(3, len(again))+`)`, args...))
			return err
		})
		if n += did; err != nil {
			return n, err
		}
	}
}
