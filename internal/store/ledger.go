package store

import (
	"context"
	"database/sql"
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
	var out []Claim
	err := s.quietTx(ctx, func(tx *txn) error {
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
		for _, f := range due {
			switch {
			case f.suppressed != "":
				err = s.end(ctx, tx, f.ID, broadsheet.DeliverySuppressed, now, "the address is suppressed: "+f.suppressed)
			case f.Subscription.State != broadsheet.SubscriptionActive && f.Subscription.State != broadsheet.SubscriptionPaused:
				err = s.end(ctx, tx, f.ID, broadsheet.DeliverySuppressed, now, "the subscription has ended")
			case !f.ExpiresAt.After(now):
				err = s.end(ctx, tx, f.ID, broadsheet.DeliveryExpired, now, strings.TrimSpace("not sent in time "+f.Reply))
			default:
				_, err = tx.exec(ctx, `UPDATE deliveries SET state = 'claimed', next_at = $2 WHERE id = $1`, f.ID, lease.UnixMicro())
				f.State, f.LeaseUntil = broadsheet.DeliveryClaimed, lease
				out = append(out, f.Claim)
			}
			if err != nil {
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

// Step moves one delivery on. From is the state it must be in; a step whose
// delivery is elsewhere does nothing, and says so.
type Step struct {
	ID       int64
	From, To broadsheet.DeliveryState
	At       time.Time
	Until    time.Time // the lease of a claimed or sending one, the next try of a planned one
	Reply    string
	Tried    bool // counts an attempt; beginning to send always does
}

// wanted holds of a delivery whose subscription goes on and whose address is not
// suppressed: much may have happened since it was claimed.
const wanted = ` AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.id = deliveries.subscription_id AND s.state IN ('active', 'paused'))
  AND NOT EXISTS (SELECT 1 FROM recipients r JOIN suppressions x ON x.channel = r.channel AND x.key = r.key WHERE r.id = deliveries.recipient_id)`

// PutSteps moves deliveries on, all in one transaction that is on disk when it
// returns; ok tells of each whether it moved. Many senders put their steps together, so that a commit carries many
// and none waits for more than one.
func (s *Store) PutSteps(ctx context.Context, steps []Step) (ok []bool, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		ok = make([]bool, len(steps))
		for i, x := range steps {
			var ended any
			next := sortMicros(x.Until)
			switch x.To {
			case broadsheet.DeliveryPlanned, broadsheet.DeliveryClaimed, broadsheet.DeliverySending:
			default:
				ended, next = x.At.UnixMicro(), 0
			}
			text := `UPDATE deliveries SET state = $3, next_at = $4, ended_at = $5, reply = $6, attempt = attempt + $7 WHERE id = $1 AND state = $2`
			if x.To == broadsheet.DeliverySending {
				text += wanted
			}
			res, err := tx.exec(ctx, text,
				x.ID, string(x.From), string(x.To), next, ended, x.Reply, flag(x.Tried || x.To == broadsheet.DeliverySending))
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			ok[i] = n == 1
			if n == 0 && x.To == broadsheet.DeliverySending {
				// Claimed and not wanted any more, or not its sender's any more.
				_, err := tx.exec(ctx, `UPDATE deliveries SET state = 'suppressed', ended_at = $3, reply = 'not wanted any more when its turn came' WHERE id = $1 AND state = $2`,
					x.ID, string(x.From), x.At.UnixMicro())
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	return ok, err
}

// Recover looks after deliveries whose lease is over: their sender is dead. What
// was only claimed is planned again. What was being sent may have arrived: it is
// unknown, or with repeat planned again and perhaps sent twice.
func (s *Store) Recover(ctx context.Context, now time.Time, repeat bool) (again, unknown int64, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		res, err := tx.exec(ctx, `UPDATE deliveries SET state = 'planned', next_at = $1 WHERE state = 'claimed' AND next_at < $1`, now.UnixMicro())
		if err != nil {
			return err
		}
		if again, err = res.RowsAffected(); err != nil {
			return err
		}
		text := `UPDATE deliveries SET state = 'unknown', ended_at = $1, reply = 'the sender ended while sending' WHERE state = 'sending' AND next_at < $1`
		if repeat {
			text = `UPDATE deliveries SET state = 'planned', next_at = $1, reply = 'the sender ended while sending; sent again' WHERE state = 'sending' AND next_at < $1`
		}
		if res, err = tx.exec(ctx, text, now.UnixMicro()); err != nil {
			return err
		}
		unknown, err = res.RowsAffected()
		return err
	})
	return again, unknown, err
}

// NextDelivery is when the first delivery of a channel is due, or the first
// lease of any ends; zero where none is.
func (s *Store) NextDelivery(ctx context.Context, channel broadsheet.Channel) (time.Time, error) {
	var at sql.NullInt64
	err := s.queryRow(ctx, `SELECT min(at) FROM (SELECT min(next_at) AS at FROM deliveries WHERE state = 'planned' AND channel = $1
	  UNION ALL SELECT min(next_at) FROM deliveries WHERE state IN ('claimed', 'sending')) due`, string(channel)).Scan(&at)
	return fromMicros(at), s.explain(err)
}
