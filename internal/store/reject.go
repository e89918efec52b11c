package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"broadsheet"
)

// MaxRejectBody is how much of a record that could not be stored is kept.
const MaxRejectBody = 64 << 10

// RejectQuery asks for records kept aside, oldest first.
type RejectQuery struct {
	Source string // "" is any
	Open   bool   // only those not replayed yet
	After  int64  // ID of the last one seen
	Limit  int    // 0 is 100
}

const rejectColumns = "id, source, ref, layout, reason, body, rejected_at, replayed_at"

func scanReject(r *sql.Rows) (x broadsheet.Reject, err error) {
	var at, replayed sql.NullInt64
	err = r.Scan(&x.ID, &x.Source, &x.Ref, &x.Layout, &x.Reason, &x.Body, &at, &replayed)
	x.At, x.ReplayedAt = fromMicros(at), fromMicros(replayed)
	return x, err
}

// Rejects reads records kept aside.
func (s *Store) Rejects(ctx context.Context, q RejectQuery) ([]broadsheet.Reject, error) {
	if q.Limit <= 0 {
		q.Limit = 100
	}
	rows, err := s.query(ctx, `SELECT `+rejectColumns+` FROM rejects
	  WHERE id > $1 AND ($2 = '' OR source = $2) AND ($3 = 0 OR replayed_at IS NULL) ORDER BY id LIMIT $4`,
		q.After, q.Source, flag(q.Open), q.Limit)
	out, err := collect(rows, err, scanReject)
	return out, s.explain(err)
}

// RejectCount is how many records wait to be replayed.
func (s *Store) RejectCount(ctx context.Context) (open int, err error) {
	err = s.queryRow(ctx, `SELECT count(*) FROM rejects WHERE replayed_at IS NULL`).Scan(&open)
	return open, s.explain(err)
}

func (s *Store) putRejects(ctx context.Context, tx *txn, rejects []broadsheet.Reject) (int, error) {
	added := 0
	for _, r := range rejects {
		body := append([]byte{}, r.Body[:min(len(r.Body), MaxRejectBody)]...)
		sum := sha256.Sum256(body) // of what is kept: an exported reject comes back as the same
		res, err := tx.exec(ctx, `INSERT INTO rejects (source, ref, hash, layout, reason, body, rejected_at, replayed_at)
		  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (source, ref, hash) DO NOTHING`,
			r.Source, r.Ref, hex.EncodeToString(sum[:]), r.Layout, r.Reason, body, micros(r.At), micros(r.ReplayedAt))
		if err != nil {
			return added, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return added, err
		}
		added += int(n)
	}
	return added, nil
}

// markReplayed closes rejects.
func (s *Store) markReplayed(ctx context.Context, tx *txn, ids []int64, at time.Time) error {
	if len(ids) > 0 && at.IsZero() {
		return errors.New("a batch with replayed rejects needs its time")
	}
	for _, id := range ids {
		if _, err := tx.exec(ctx, `UPDATE rejects SET replayed_at = $1 WHERE id = $2`, micros(at), id); err != nil {
			return fmt.Errorf("mark reject %d: %w", id, err)
		}
	}
	return nil
}
