package store

import (
	"context"
	"database/sql"
	"time"

	"broadsheet"
)

// DeliveryByToken finds the delivery that a bounce address names; NotFound where
// there is none.
func (s *Store) DeliveryByToken(ctx context.Context, token string) (broadsheet.Delivery, error) {
	rows, err := s.query(ctx, `SELECT `+deliveryColumns+` FROM deliveries d WHERE d.token = $1`, token)
	found, err := collect(rows, err, scanDelivery)
	if err == nil && len(found) == 0 {
		return broadsheet.Delivery{}, broadsheet.Errorf(broadsheet.NotFound, "there is no such delivery")
	}
	if err != nil {
		return broadsheet.Delivery{}, s.explain(err)
	}
	return found[0], nil
}

func scanDelivery(r *sql.Rows) (broadsheet.Delivery, error) {
	var d deliveryRow
	err := r.Scan(d.into()...)
	return d.value(), err
}

// DeliveryCounts counts the lines of the ledger planned since a time by channel
// and state.
func (s *Store) DeliveryCounts(ctx context.Context, since time.Time) (map[broadsheet.Channel]map[broadsheet.DeliveryState]int, error) {
	rows, err := s.query(ctx, `SELECT channel, state, count(*) FROM deliveries WHERE planned_at >= $1 GROUP BY channel, state`, max(0, since.UnixMicro()))
	return counts[broadsheet.Channel, broadsheet.DeliveryState](s, rows, err)
}

// Delivery finds a line of the ledger by its number; NotFound where there is
// none.
func (s *Store) Delivery(ctx context.Context, id int64) (broadsheet.Delivery, error) {
	rows, err := s.query(ctx, `SELECT `+deliveryColumns+` FROM deliveries d WHERE d.id = $1`, id)
	found, err := collect(rows, err, scanDelivery)
	if err == nil && len(found) == 0 {
		return broadsheet.Delivery{}, broadsheet.Errorf(broadsheet.NotFound, "there is no delivery %d", id)
	}
	if err != nil {
		return broadsheet.Delivery{}, s.explain(err)
	}
	return found[0], nil
}

// Stray is a mail that came back and was not understood.
type Stray struct {
	ID         int64
	ReceivedAt time.Time
	Why        string
	Body       []byte
}

// PutStray keeps one.
func (s *Store) PutStray(ctx context.Context, x Stray) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `INSERT INTO strays (received_at, why, body) VALUES ($1, $2, $3)`, x.ReceivedAt.UnixMicro(), x.Why, x.Body)
		return err
	})
}

// Strays are the latest, at most limit, without their bodies unless whole.
func (s *Store) Strays(ctx context.Context, limit int, whole bool) ([]Stray, error) {
	body := "NULL"
	if whole {
		body = "body"
	}
	rows, err := s.query(ctx, `SELECT id, received_at, why, `+body+` FROM strays ORDER BY id DESC LIMIT $1`, limit)
	out, err := collect(rows, err, func(r *sql.Rows) (x Stray, err error) {
		var at int64
		err = r.Scan(&x.ID, &at, &x.Why, &x.Body)
		x.ReceivedAt = microTime(at)
		return x, err
	})
	return out, s.explain(err)
}

// StrayByID reads one with its body; NotFound where there is none.
func (s *Store) StrayByID(ctx context.Context, id int64) (x Stray, err error) {
	var at int64
	err = s.queryRow(ctx, `SELECT id, received_at, why, body FROM strays WHERE id = $1`, id).Scan(&x.ID, &at, &x.Why, &x.Body)
	if err == sql.ErrNoRows {
		return x, broadsheet.Errorf(broadsheet.NotFound, "there is no stray mail %d", id)
	}
	x.ReceivedAt = microTime(at)
	return x, s.explain(err)
}

// PruneStrays removes all but the latest keep.
func (s *Store) PruneStrays(ctx context.Context, keep int) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `DELETE FROM strays WHERE id NOT IN (SELECT id FROM strays ORDER BY id DESC LIMIT $1)`, keep)
		return err
	})
}
