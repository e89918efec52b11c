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
