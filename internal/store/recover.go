package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"broadsheet"
)

// Recovery says which deliveries Recover looks after.
type Recovery struct {
	Channel broadsheet.Channel
	Now     time.Time
	// Held are what the caller itself has claimed and not ended: it is not dead,
	// however late it has become.
	Held []int64
	// Lease is the longest lease that anybody takes, Wait the longest that anybody
	// puts a delivery off: what stands further away was written by a clock that
	// was ahead.
	Lease, Wait time.Duration
	// Repeat sends again what may have arrived.
	Repeat bool
}

// Recovered counts what Recover found.
type Recovered struct {
	Again   int64 // claimed by a dead sender and not begun: planned again
	Unknown int64 // being sent by a dead sender: unknown, or with Repeat planned again
	Pulled  int64 // planned, or leased, for a time that is too far away
}

// Any tells whether there was anything.
func (r Recovered) Any() bool { return r != Recovered{} }

// Recover looks after deliveries whose lease is over: their sender is dead. What
// was only claimed is planned again. What was being sent may have arrived: it is
// unknown, or with Repeat planned again and perhaps sent twice. What a clock that
// was ahead put off too far is due at once; what such a clock planned keeps the
// time that it had. Where there is nothing to do nothing is written.
func (s *Store) Recover(ctx context.Context, q Recovery) (r Recovered, err error) {
	now, far, leased := q.Now.UnixMicro(), q.Now.Add(q.Wait).UnixMicro(), q.Now.Add(q.Lease).UnixMicro()
	const open = `state IN ('claimed', 'sending') AND channel = $1`
	var any int64
	err = s.queryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE `+open+` AND (next_at < $2 OR next_at > $3)
	  UNION ALL SELECT 1 FROM (SELECT 1 FROM deliveries WHERE state = 'planned' AND channel = $1 AND next_at > $4 LIMIT 1) one) found`,
		string(q.Channel), now, leased, far).Scan(&any)
	if err != nil || any == 0 {
		return r, s.explain(err)
	}
	err = s.quietTx(ctx, func(tx *txn) error {
		r = Recovered{}
		rows, err := tx.QueryContext(ctx, s.dialect.rebind(`SELECT id, state FROM deliveries WHERE `+open+` AND next_at < $2`+s.dialect.lockRows()), string(q.Channel), now)
		type found struct {
			id    int64
			state broadsheet.DeliveryState
		}
		dead, err := collect(rows, err, func(rows *sql.Rows) (f found, err error) { return f, rows.Scan(&f.id, &f.state) })
		if err != nil {
			return err
		}
		held := make(map[int64]bool, len(q.Held))
		for _, id := range q.Held {
			held[id] = true
		}
		for _, f := range dead {
			if held[f.id] {
				continue
			}
			text := `UPDATE deliveries SET state = 'planned', next_at = $2 WHERE id = $1`
			count := &r.Again
			if f.state == broadsheet.DeliverySending {
				count = &r.Unknown
				text = `UPDATE deliveries SET state = 'unknown', next_at = 0, ended_at = $2, reply = 'the sender ended while sending' WHERE id = $1`
				if q.Repeat {
					text = `UPDATE deliveries SET state = 'planned', next_at = $2, reply = 'the sender ended while sending; sent again' WHERE id = $1`
				}
			}
			if _, err := tx.exec(ctx, text, f.id, now); err != nil {
				return fmt.Errorf("delivery %d: %w", f.id, err)
			}
			*count++
		}
		// A lease that is too long is cut, not ended: its holder may live.
		leases, err := affected(tx.exec(ctx, `UPDATE deliveries SET next_at = $2 WHERE `+open+` AND next_at > $2`, string(q.Channel), leased))
		if err != nil {
			return err
		}
		// Its Date is in what was handed over already: only what was never begun gets
		// another.
		waits, err := affected(tx.exec(ctx, `UPDATE deliveries SET next_at = $2,
		  expires_at = CASE WHEN planned_at > $2 THEN expires_at - planned_at + $2 ELSE expires_at END,
		  planned_at = CASE WHEN planned_at > $2 AND attempt = 0 THEN $2 ELSE planned_at END
		  WHERE state = 'planned' AND channel = $1 AND next_at > $3`, string(q.Channel), now, far))
		r.Pulled = leases + waits
		return err
	})
	return r, err
}

// affected counts the rows of a statement.
func affected(res sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
