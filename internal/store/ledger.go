package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"broadsheet"
)

const deliveryColumns = `d.id, d.edition_id, d.subscription_id, d.recipient_id, d.slot, d.token, d.papers, d.state, d.attempt, d.planned_at, d.next_at,
  d.expires_at, d.ended_at, d.reply`

type deliveryRow struct {
	broadsheet.Delivery
	papers                 string
	planned, next, expires int64
	ended                  sql.NullInt64
}

func (r *deliveryRow) into() []any {
	return []any{&r.ID, &r.EditionID, &r.SubscriptionID, &r.RecipientID, &r.Slot, &r.Token, &r.papers, &r.State, &r.Attempt, &r.planned, &r.next,
		&r.expires, &r.ended, &r.Reply}
}

func (r *deliveryRow) value() broadsheet.Delivery {
	d := r.Delivery
	d.Papers = strings.Fields(r.papers)
	d.PlannedAt, d.ExpiresAt, d.EndedAt = microTime(r.planned), microTime(r.expires), fromMicros(r.ended)
	switch d.State {
	case broadsheet.DeliveryPlanned:
		d.NextAt = microTime(r.next)
	case broadsheet.DeliveryClaimed, broadsheet.DeliverySending:
		d.LeaseUntil = microTime(r.next)
	}
	return d
}

// Claim is a delivery that a sender has taken, with all that it needs.
type Claim struct {
	broadsheet.Delivery
	Recipient    broadsheet.Recipient
	Subscription broadsheet.Subscription
}

// ClaimDeliveries takes at most limit planned deliveries of a channel that are
// due, those due longest first, until the lease ends. A claim says nothing to
// anybody yet: a sender that dies with it loses nothing. What must not be sent
// any more is ended instead: expired where its time is over, suppressed where
// the address is or the subscription has ended.
func (s *Store) ClaimDeliveries(ctx context.Context, channel broadsheet.Channel, now, lease time.Time, limit int) ([]Claim, error) {
	// A look first: a sender at rest writes nothing, and waits for no writer.
	var due int
	err := s.queryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE state = 'planned' AND channel = $1 AND next_at <= $2 LIMIT 1) one`,
		string(channel), now.UnixMicro()).Scan(&due)
	if err != nil || due == 0 {
		return nil, s.explain(err)
	}
	var out []Claim
	err = s.quietTx(ctx, func(tx *txn) error {
		out = nil
		skip := ""
		if s.Dialect() == "postgres" {
			skip = " FOR UPDATE OF d SKIP LOCKED" // many senders do not queue for the same rows
		}
		rows, err := tx.QueryContext(ctx, s.dialect.rebind(`SELECT `+deliveryColumns+`, `+recipientColumns+`, `+subscriptionColumns+`,
		  (SELECT x.reason FROM suppressions x WHERE x.channel = r.channel AND x.key = r.key)
		  FROM deliveries d JOIN recipients r ON r.id = d.recipient_id JOIN subscriptions s ON s.id = d.subscription_id
		  WHERE d.state = 'planned' AND d.channel = $1 AND d.next_at <= $2 ORDER BY d.next_at, d.id LIMIT $3`+skip), string(channel), now.UnixMicro(), limit)
		type found struct {
			Claim
			suppressed string
		}
		due, err := collect(rows, err, func(r *sql.Rows) (f found, err error) {
			var d deliveryRow
			var x subscriptionRow
			var created int64
			var suppressed sql.NullString
			into := append(append(d.into(), recipientInto(&f.Recipient, &created)...), x.into()...)
			if err = r.Scan(append(into, &suppressed)...); err != nil {
				return f, err
			}
			f.Recipient.CreatedAt, f.suppressed, f.Delivery = microTime(created), suppressed.String, d.value()
			f.Subscription, err = x.value()
			return f, err
		})
		if err != nil {
			return err
		}
		var taken []any
		for _, f := range due {
			switch {
			case f.suppressed != "":
				err = s.end(ctx, tx, f.ID, broadsheet.DeliverySuppressed, now, "the address is suppressed: "+f.suppressed)
			case f.Subscription.State != broadsheet.SubscriptionActive && f.Subscription.State != broadsheet.SubscriptionPaused:
				err = s.end(ctx, tx, f.ID, broadsheet.DeliverySuppressed, now, "the subscription has ended")
			case !f.ExpiresAt.After(now):
				err = s.end(ctx, tx, f.ID, broadsheet.DeliveryExpired, now, strings.TrimSpace("not sent in time "+f.Reply))
			default:
				f.State, f.LeaseUntil = broadsheet.DeliveryClaimed, lease
				out = append(out, f.Claim)
				taken = append(taken, f.ID)
			}
			if err != nil {
				return err
			}
		}
		for part := range slices.Chunk(taken, 500) {
			if _, err := tx.exec(ctx, `UPDATE deliveries SET state = 'claimed', next_at = $1 WHERE id IN (`+placeholders(2, len(part))+`)`,
				append([]any{lease.UnixMicro()}, part...)...); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func (s *Store) end(ctx context.Context, tx *txn, id int64, state broadsheet.DeliveryState, at time.Time, reply string) error {
	_, err := tx.exec(ctx, `UPDATE deliveries SET state = $2, ended_at = $3, reply = $4 WHERE id = $1`, id, string(state), at.UnixMicro(), reply)
	return err
}

// NextDelivery is when the first delivery of a channel is due, or the first
// lease of any ends; zero where none is.
func (s *Store) NextDelivery(ctx context.Context, channel broadsheet.Channel) (time.Time, error) {
	var at sql.NullInt64
	err := s.queryRow(ctx, `SELECT min(at) FROM (SELECT min(next_at) AS at FROM deliveries WHERE state = 'planned' AND channel = $1
	  UNION ALL SELECT min(next_at) FROM deliveries WHERE state IN ('claimed', 'sending')) due`, string(channel)).Scan(&at)
	return fromMicros(at), s.explain(err)
}
