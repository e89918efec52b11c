package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"broadsheet"
)

// PutHoldings takes over recipients that came from another database: those that
// are not here, with what they have, and of those that came earlier what is
// lacking. Who is here on their own stays as they are. tokens gives names for what
// is made new. It gives how many subscriptions were added.
//
// What subscriptions were told of is held against the arrivals that are here by
// their times; PutArrivals comes before.
func (s *Store) PutHoldings(ctx context.Context, list []Holding, token func() string) (added int, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		added = 0
		if err := s.orderArrivals(ctx, tx); err != nil {
			return err
		}
		for i := range list {
			n, err := s.putHolding(ctx, tx, &list[i], token)
			if err != nil {
				return err
			}
			added += n
		}
		return nil
	})
	return added, err
}

func (s *Store) putHolding(ctx context.Context, tx *txn, h *Holding, token func() string) (added int, err error) {
	r := &h.Recipient
	id, known, err := s.recipientOf(ctx, tx, r)
	if err != nil {
		return 0, err
	}
	if known {
		var salt string
		if err := tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT salt FROM recipients WHERE id = $1`), id).Scan(&salt); err != nil || salt != r.Salt {
			return 0, err // somebody of this database's own
		}
	}
	first := int64(0)
	for _, x := range h.Subscriptions {
		var cursor sql.NullInt64
		if err := tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT max(seq) FROM arrivals WHERE at <= $1`), max(0, x.LookedAt.UnixMicro())).Scan(&cursor); err != nil {
			return 0, err
		}
		x.RecipientID, x.Cursor = id, cursor.Int64
		args := subscriptionArgs(&x.Subscription)
		var number int64
		err := tx.QueryRowContext(ctx, s.dialect.rebind(`INSERT INTO subscriptions (`+bulkSubscription+`) VALUES (`+placeholders(1, len(args))+`)
		  ON CONFLICT (token) DO NOTHING RETURNING id`), args...).Scan(&number)
		if err == sql.ErrNoRows {
			continue
		}
		if err != nil {
			return 0, err
		}
		if added++; first == 0 {
			first = number
		}
	}
	if first == 0 || len(h.Told) == 0 {
		return added, nil
	}
	return added, s.putTold(ctx, tx, id, first, h, token)
}

// toldSlot is the slot, and toldTitle the edition, of what was told before.
const (
	toldSlot  = "before"
	toldTitle = "What was told before the import"
)

// putTold writes down which papers a recipient was told of elsewhere, as a line of
// the ledger of an edition of its own: it counts, and goes, as others do.
func (s *Store) putTold(ctx context.Context, tx *txn, recipient, subscription int64, h *Holding, token func() string) error {
	_, err := tx.exec(ctx, `INSERT INTO editions (token, topic, from_seq, to_seq, composed_at, title, picks, total) VALUES ($1, 'hot', 0, 0, $2, $3, '[]', 0)
	  ON CONFLICT (topic, from_seq, to_seq) DO NOTHING`, token(), h.Until.UnixMicro(), toldTitle)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO deliveries (edition_id, subscription_id, recipient_id, channel, slot, token, papers, state, attempt, planned_at, next_at, expires_at, ended_at, reply)
	  SELECT e.id, $1, $2, $3, $4, $5, $6, 'sent', 0, $7, 0, $7, $7, 'told before the import' FROM editions e WHERE e.topic = 'hot' AND e.from_seq = 0 AND e.to_seq = 0
	  ON CONFLICT (subscription_id, slot) DO NOTHING`,
		subscription, recipient, string(h.Recipient.Channel), toldSlot, token(), strings.Join(h.Told, " "), h.Until.UnixMicro())
	return err
}

// PutArrivals takes over what became news in another database, where nobody
// subscribes to anything yet: only then may what is here be put into another
// order. Papers that are not here are left out.
func (s *Store) PutArrivals(ctx context.Context, list []broadsheet.Arrival) error {
	return s.quietTx(ctx, func(tx *txn) error {
		if some, err := s.hasRecipients(ctx, tx); err != nil || some {
			return err
		}
		if err := s.lockArrivals(ctx, tx, list[len(list)-1].At); err != nil {
			return err
		}
		for _, a := range list {
			_, err := tx.exec(ctx, `INSERT INTO arrivals (paper_id, kind, at) SELECT i.paper_id, $2, $3 FROM paper_ids i WHERE i.ident = $1
			  ON CONFLICT (paper_id, kind) DO UPDATE SET at = CASE WHEN excluded.at < arrivals.at THEN excluded.at ELSE arrivals.at END`, a.PaperID, string(a.Kind), a.At.UnixMicro())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// orderArrivals numbers arrivals anew, in the order of their times, where nobody
// refers to a number.
func (s *Store) orderArrivals(ctx context.Context, tx *txn) error {
	if some, err := s.hasRecipients(ctx, tx); err != nil || some {
		return err
	}
	if err := s.lockArrivals(ctx, tx, time.Unix(0, 0)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `UPDATE arrivals SET seq = o.seq FROM (SELECT paper_id, kind, (SELECT max(seq) FROM arrivals) + row_number() OVER (ORDER BY at, seq) AS seq FROM arrivals) o
	  WHERE o.paper_id = arrivals.paper_id AND o.kind = arrivals.kind`)
	if err != nil || s.Dialect() != "postgres" {
		return err
	}
	_, err = tx.exec(ctx, `SELECT setval(pg_get_serial_sequence('arrivals', 'seq'), coalesce((SELECT max(seq) FROM arrivals), 0) + 1, false)`)
	return err
}

// lockArrivals keeps others from numbering until the transaction ends.
func (s *Store) lockArrivals(ctx context.Context, tx *txn, at time.Time) error {
	return s.putCursor(ctx, tx, "arrivals", at.UTC().Format(time.RFC3339Nano))
}

func (s *Store) hasRecipients(ctx context.Context, tx *txn) (bool, error) {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM recipients LIMIT 1) x`).Scan(&n)
	return n > 0, err
}

// PutSuppressions stores those that are not here.
func (s *Store) PutSuppressions(ctx context.Context, list []broadsheet.Suppression) error {
	return s.quietTx(ctx, func(tx *txn) error {
		out := s.newBulk(tx, "suppressions", "channel, key, reason, detail, at", "ON CONFLICT (channel, key) DO NOTHING")
		for _, x := range list {
			if err := out.add(ctx, string(x.Channel), x.Key, string(x.Reason), broadsheet.HideAddresses(x.Detail), x.At.UnixMicro()); err != nil {
				return err
			}
		}
		return out.flush(ctx)
	})
}
