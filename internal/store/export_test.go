package store

import (
	"testing"
	"time"
)

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
