package store

import (
	"context"
	"database/sql"
	"time"

	"broadsheet"
)

// DeliveryQuery narrows the ledger; zero fields narrow nothing.
type DeliveryQuery struct {
	Edition   int64
	Recipient int64
	Channel   broadsheet.Channel
	State     broadsheet.DeliveryState
	Since     time.Time // when it was planned, at the earliest
	Before    int64     // numbers below it
	Limit     int
}

// Deliveries reads lines of the ledger, the latest first.
func (s *Store) Deliveries(ctx context.Context, q DeliveryQuery) ([]broadsheet.Delivery, error) {
	if q.Before <= 0 {
		q.Before = 1<<63 - 1
	}
	rows, err := s.query(ctx, `SELECT `+deliveryColumns+` FROM deliveries d WHERE d.id < $1 AND (CAST($2 AS BIGINT) = 0 OR d.edition_id = $2) AND (CAST($3 AS BIGINT) = 0 OR d.recipient_id = $3)
	  AND ($4 = '' OR d.channel = $4) AND ($5 = '' OR d.state = $5) AND d.planned_at >= $6 ORDER BY d.id DESC LIMIT $7`,
		q.Before, q.Edition, q.Recipient, string(q.Channel), string(q.State), max(0, q.Since.UnixMicro()), q.Limit)
	out, err := collect(rows, err, scanDelivery)
	return out, s.explain(err)
}

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
