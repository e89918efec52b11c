package store

import (
	"context"
	"database/sql"

	"broadsheet"
)

const recipientColumns = `r.id, r.channel, r.address, r.key, r.salt, r.created_at`

func recipientInto(r *broadsheet.Recipient, created *int64) []any {
	return []any{&r.ID, &r.Channel, &r.Address, &r.Key, &r.Salt, created}
}

func scanRecipient(rows *sql.Rows) (r broadsheet.Recipient, err error) {
	var created int64
	err = rows.Scan(recipientInto(&r, &created)...)
	r.CreatedAt = microTime(created)
	return r, err
}

// PutRecipient gives the recipient of that channel and key; where there is none
// it is made of r.
func (s *Store) PutRecipient(ctx context.Context, r broadsheet.Recipient) (broadsheet.Recipient, error) {
	err := s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `INSERT INTO recipients (channel, address, key, salt, created_at) VALUES ($1, $2, $3, $4, $5)
		  ON CONFLICT (channel, key) DO NOTHING`, string(r.Channel), r.Address, r.Key, r.Salt, r.CreatedAt.UnixMicro())
		return err
	})
	if err != nil {
		return r, err
	}
	return s.RecipientByKey(ctx, r.Channel, r.Key)
}

// RecipientByKey finds a recipient; NotFound where there is none.
func (s *Store) RecipientByKey(ctx context.Context, channel broadsheet.Channel, key string) (broadsheet.Recipient, error) {
	return s.recipient(ctx, `r.channel = $1 AND r.key = $2`, string(channel), key)
}

// Recipient finds a recipient by its number; NotFound where there is none.
func (s *Store) Recipient(ctx context.Context, id int64) (broadsheet.Recipient, error) {
	return s.recipient(ctx, `r.id = $1`, id)
}

func (s *Store) recipient(ctx context.Context, where string, args ...any) (broadsheet.Recipient, error) {
	rows, err := s.query(ctx, `SELECT `+recipientColumns+` FROM recipients r WHERE `+where, args...)
	found, err := collect(rows, err, scanRecipient)
	if err != nil {
		return broadsheet.Recipient{}, s.explain(err)
	}
	if len(found) == 0 {
		return broadsheet.Recipient{}, broadsheet.Errorf(broadsheet.NotFound, "there is no such recipient")
	}
	return found[0], nil
}

// SetSalt gives a recipient a new salt: the links that were sent before are void.
func (s *Store) SetSalt(ctx context.Context, id int64, salt string) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `UPDATE recipients SET salt = $2 WHERE id = $1`, id, salt)
		return err
	})
}

// Suppress forbids writing to an address. The first reason stays. Addresses in
// its words, as relays say them, are left out: a suppression outlives the address.
func (s *Store) Suppress(ctx context.Context, x broadsheet.Suppression) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `INSERT INTO suppressions (channel, key, reason, detail, at) VALUES ($1, $2, $3, $4, $5)
		  ON CONFLICT (channel, key) DO NOTHING`, string(x.Channel), x.Key, string(x.Reason), broadsheet.HideAddresses(x.Detail), x.At.UnixMicro())
		return err
	})
}

// Unsuppress allows writing to an address again.
func (s *Store) Unsuppress(ctx context.Context, channel broadsheet.Channel, key string) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `DELETE FROM suppressions WHERE channel = $1 AND key = $2`, string(channel), key)
		return err
	})
}

// Suppressions are those of a channel with keys after the given one, at most
// limit of them, by key.
func (s *Store) Suppressions(ctx context.Context, channel broadsheet.Channel, after string, limit int) ([]broadsheet.Suppression, error) {
	rows, err := s.query(ctx, `SELECT channel, key, reason, detail, at FROM suppressions WHERE channel = $1 AND key > $2 ORDER BY key LIMIT $3`,
		string(channel), after, limit)
	out, err := collect(rows, err, scanSuppression)
	return out, s.explain(err)
}

// Suppression is the one of an address, ok false where there is none.
func (s *Store) Suppression(ctx context.Context, channel broadsheet.Channel, key string) (x broadsheet.Suppression, ok bool, err error) {
	rows, err := s.query(ctx, `SELECT channel, key, reason, detail, at FROM suppressions WHERE channel = $1 AND key = $2`, string(channel), key)
	found, err := collect(rows, err, scanSuppression)
	if err != nil || len(found) == 0 {
		return x, false, s.explain(err)
	}
	return found[0], true, nil
}

func scanSuppression(rows *sql.Rows) (x broadsheet.Suppression, err error) {
	var at int64
	err = rows.Scan(&x.Channel, &x.Key, &x.Reason, &x.Detail, &at)
	x.At = microTime(at)
	return x, err
}
