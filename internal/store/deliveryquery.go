package store

import (
	"context"
	"strings"
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

// text is the query with its arguments. It holds what narrows and nothing else:
// of "$1 = 0 OR …" no database takes an index.
func (q *DeliveryQuery) text() (string, []any) {
	var where conditions
	if q.Before > 0 {
		where.add("d.id < ", q.Before)
	}
	if q.Edition != 0 {
		where.add("d.edition_id = ", q.Edition)
	}
	if q.Recipient != 0 {
		where.add("d.recipient_id = ", q.Recipient)
	}
	if q.Channel != "" {
		where.add("d.channel = ", string(q.Channel))
	}
	if q.State != "" {
		where.add("d.state = ", string(q.State))
		if part := indexed[q.State]; part != "" && q.Edition == 0 && q.Recipient == 0 {
			where.text = append(where.text, part)
		}
	}
	if !q.Since.IsZero() {
		where.add("d.planned_at >= ", q.Since.UnixMicro())
	}
	text := `SELECT ` + deliveryColumns + ` FROM deliveries d` + where.String()
	where.args = append(where.args, q.Limit)
	return text + ` ORDER BY d.id DESC LIMIT ` + placeholders(len(where.args), 1), where.args
}

// indexed are the conditions of the indexes that hold the lines of a state alone;
// SQLite takes such an index only where a query has its words.
var indexed = map[broadsheet.DeliveryState]string{
	broadsheet.DeliveryClaimed: openOnes, broadsheet.DeliverySending: openOnes,
	broadsheet.DeliveryFailed: badOnes, broadsheet.DeliveryUnknown: badOnes, broadsheet.DeliveryExpired: badOnes, broadsheet.DeliverySuppressed: badOnes,
}

const (
	openOnes = `d.state IN ('claimed', 'sending')`
	badOnes  = `d.state IN ('failed', 'unknown', 'expired', 'suppressed')`
)

// Deliveries reads lines of the ledger, the latest first.
func (s *Store) Deliveries(ctx context.Context, q DeliveryQuery) ([]broadsheet.Delivery, error) {
	text, args := q.text()
	rows, err := s.query(ctx, text, args...)
	out, err := collect(rows, err, scanDelivery)
	return out, s.explain(err)
}

// conditions are what a query is narrowed by.
type conditions struct {
	text []string
	args []any
}

// add adds one that ends with the place of its argument.
func (c *conditions) add(text string, arg any) {
	c.args = append(c.args, arg)
	c.text = append(c.text, text+placeholders(len(c.args), 1))
}

// String is the WHERE of a query, with a blank before it; nothing narrows nothing.
func (c *conditions) String() string {
	if len(c.text) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.text, " AND ")
}
