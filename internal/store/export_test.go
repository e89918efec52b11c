package store

import (
	"context"
	"testing"
	"time"
)

// Forget is what ForgetRecipients does with those that it found.
func (s *Store) Forget(ctx context.Context, k Kept, found []int64) (int64, error) {
	return s.forget(ctx, k, found)
}

// MovePlanned moves the times of a delivery, as if another clock had planned it.
func (s *Store) MovePlanned(t testing.TB, id int64, by time.Duration) {
	t.Helper()
	err := s.quietTx(t.Context(), func(tx *txn) error {
		_, err := tx.exec(t.Context(), `UPDATE deliveries SET planned_at = planned_at + $2, expires_at = expires_at + $2 WHERE id = $1`, id, by.Microseconds())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Erasing runs do as erasures run.
func (s *Store) Erasing(ctx context.Context, do func(context.Context) error) error {
	return s.erasing(ctx, do)
}

// SecureDelete is what SQLite does now with what is deleted: 1 is overwriting all.
func (s *Store) SecureDelete(ctx context.Context) (n int, err error) {
	err = s.write.QueryRowContext(ctx, `PRAGMA secure_delete`).Scan(&n)
	return n, err
}
