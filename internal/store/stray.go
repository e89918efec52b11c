package store

import (
	"context"
	"database/sql"
	"time"

	"broadsheet"
)

// Stray is a mail that came back and was not understood.
type Stray struct {
	ID         int64
	ReceivedAt time.Time
	Why        string
	Body       []byte
	Recipient  int64 // of the delivery that it came back of, 0 where nobody knows
}

// PutStray keeps one.
func (s *Store) PutStray(ctx context.Context, x Stray) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `INSERT INTO strays (received_at, why, body, recipient_id) VALUES ($1, $2, $3, $4)`, x.ReceivedAt.UnixMicro(), x.Why, x.Body, x.Recipient)
		return err
	})
}

// Strays are the latest, at most limit, without their bodies unless whole.
func (s *Store) Strays(ctx context.Context, limit int, whole bool) ([]Stray, error) {
	body := "NULL"
	if whole {
		body = "body"
	}
	rows, err := s.query(ctx, `SELECT id, received_at, why, `+body+`, recipient_id FROM strays ORDER BY id DESC LIMIT $1`, limit)
	out, err := collect(rows, err, func(r *sql.Rows) (x Stray, err error) {
		var at int64
		err = r.Scan(&x.ID, &at, &x.Why, &x.Body, &x.Recipient)
		x.ReceivedAt = microTime(at)
		return x, err
	})
	return out, s.explain(err)
}

// StrayByID reads one with its body; NotFound where there is none.
func (s *Store) StrayByID(ctx context.Context, id int64) (x Stray, err error) {
	var at int64
	err = s.queryRow(ctx, `SELECT id, received_at, why, body, recipient_id FROM strays WHERE id = $1`, id).Scan(&x.ID, &at, &x.Why, &x.Body, &x.Recipient)
	if err == sql.ErrNoRows {
		return x, broadsheet.Errorf(broadsheet.NotFound, "there is no stray mail %d", id)
	}
	x.ReceivedAt = microTime(at)
	return x, s.explain(err)
}

// PruneStraysBefore removes those that came before a time.
func (s *Store) PruneStraysBefore(ctx context.Context, at time.Time) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `DELETE FROM strays WHERE received_at < $1`, at.UnixMicro())
		return err
	})
}

// PruneStrays removes all but the latest keep.
func (s *Store) PruneStrays(ctx context.Context, keep int) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `DELETE FROM strays WHERE id NOT IN (SELECT id FROM strays ORDER BY id DESC LIMIT $1)`, keep)
		return err
	})
}
