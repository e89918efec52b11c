package store

import (
	"context"
	"database/sql"
	"time"

	"broadsheet"
)

func scanIdentity(rows *sql.Rows) (x broadsheet.Identity, err error) {
	var created int64
	var used sql.NullInt64
	err = rows.Scan(&x.Provider, &x.Subject, &x.AccountID, &x.Label, &created, &used)
	x.CreatedAt, x.UsedAt = microTime(created), fromMicros(used)
	return x, err
}

// addIdentity links an account elsewhere; Conflict where it is another's here.
func (s *Store) addIdentity(ctx context.Context, tx *txn, x broadsheet.Identity) error {
	res, err := tx.exec(ctx, `INSERT INTO identities (provider, subject, account_id, label, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6)
	  ON CONFLICT (provider, subject) DO UPDATE SET label = excluded.label WHERE identities.account_id = excluded.account_id`,
		x.Provider, x.Subject, x.AccountID, x.Label, sortMicros(x.CreatedAt), micros(x.UsedAt))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "that account elsewhere belongs to another account here", Fix: "sign in with it, and unlink it there first"}
}

// AddIdentity links an account elsewhere with one here; Conflict where it is
// linked with another.
func (s *Store) AddIdentity(ctx context.Context, x broadsheet.Identity) error {
	return s.quietTx(ctx, func(tx *txn) error {
		if err := s.stays(ctx, tx, x.AccountID); err != nil {
			return err
		}
		return s.addIdentity(ctx, tx, x)
	})
}

// Identity finds the link of an account elsewhere; NotFound where there is none.
func (s *Store) Identity(ctx context.Context, provider, subject string) (broadsheet.Identity, error) {
	rows, err := s.query(ctx, `SELECT provider, subject, account_id, label, created_at, used_at FROM identities WHERE provider = $1 AND subject = $2`, provider, subject)
	return one(s, rows, err, scanIdentity, "identity", subject)
}

// Identities are those of an account.
func (s *Store) Identities(ctx context.Context, account int64) ([]broadsheet.Identity, error) {
	rows, err := s.query(ctx, `SELECT provider, subject, account_id, label, created_at, used_at FROM identities WHERE account_id = $1 ORDER BY provider, subject`, account)
	out, err := collect(rows, err, scanIdentity)
	return out, s.explain(err)
}

// UseIdentity notes that somebody signed in with it.
func (s *Store) UseIdentity(ctx context.Context, provider, subject string, at time.Time) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `UPDATE identities SET used_at = $3 WHERE provider = $1 AND subject = $2`, provider, subject, sortMicros(at))
		return err
	})
}

// DropIdentity unlinks one from its account; Conflict where it is the last way in.
func (s *Store) DropIdentity(ctx context.Context, account int64, provider, subject string, ways Ways) error {
	return s.dropWay(ctx, account, ways, `DELETE FROM identities WHERE account_id = $1 AND provider = $2 AND subject = $3`, provider, subject)
}
