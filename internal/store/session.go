package store

import (
	"context"
	"database/sql"
	"time"

	"broadsheet"
)

const sessionColumns = "s.id, s.account_id, s.created_at, s.seen_at, s.expires_at, s.proved_at, s.client, s.agent"

// sessionRow scans the columns of a session, perhaps among others.
type sessionRow struct {
	s                              broadsheet.Session
	created, seen, expires, proved int64
}

func (r *sessionRow) into() []any {
	return []any{&r.s.ID, &r.s.AccountID, &r.created, &r.seen, &r.expires, &r.proved, &r.s.Client, &r.s.Agent}
}

func (r *sessionRow) session() broadsheet.Session {
	r.s.CreatedAt, r.s.SeenAt, r.s.ExpiresAt, r.s.ProvedAt = microTime(r.created), microTime(r.seen), microTime(r.expires), microTime(r.proved)
	return r.s
}

// PutSession keeps a new session under the hash of its token, and ends the one
// with the hash old, "" for none, which it takes the place of.
func (s *Store) PutSession(ctx context.Context, hash string, x broadsheet.Session, old string) error {
	return s.quietTx(ctx, func(tx *txn) error {
		if _, err := tx.exec(ctx, `DELETE FROM sessions WHERE hash = $1`, old); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE accounts SET seen_at = $2 WHERE id = $1 AND seen_at < $2`, x.AccountID, sortMicros(x.SeenAt)); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `INSERT INTO sessions (hash, id, account_id, created_at, seen_at, expires_at, proved_at, client, agent)
		  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, hash, x.ID, x.AccountID, sortMicros(x.CreatedAt), sortMicros(x.SeenAt), sortMicros(x.ExpiresAt), sortMicros(x.ProvedAt), x.Client, x.Agent)
		return err
	})
}

// SessionByHash finds a session with its account; NotFound where there is none.
// Whether its time is over is for the caller to say.
func (s *Store) SessionByHash(ctx context.Context, hash string) (x broadsheet.Session, a broadsheet.Account, err error) {
	var sr sessionRow
	var ar accountRow
	err = s.queryRow(ctx, `SELECT `+sessionColumns+`, `+accountColumns+` FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.hash = $1`, hash).Scan(append(sr.into(), ar.into()...)...)
	if err == sql.ErrNoRows {
		return x, a, broadsheet.Errorf(broadsheet.NotFound, "there is no such session")
	}
	if err != nil {
		return x, a, s.explain(err)
	}
	a, err = ar.account()
	return sr.session(), a, err
}

// TouchSession notes that a session and its account are in use.
func (s *Store) TouchSession(ctx context.Context, id string, account int64, at time.Time) error {
	return s.quietTx(ctx, func(tx *txn) error {
		if _, err := tx.exec(ctx, `UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2`, id, sortMicros(at)); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `UPDATE accounts SET seen_at = $2 WHERE id = $1 AND seen_at < $2`, account, sortMicros(at))
		return err
	})
}

// ProveSession notes that who sits there has shown again who they are.
func (s *Store) ProveSession(ctx context.Context, id string, at time.Time) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `UPDATE sessions SET proved_at = $2 WHERE id = $1`, id, sortMicros(at))
		return err
	})
}

// Sessions are those of an account that have not ended at a time, the latest
// first.
func (s *Store) Sessions(ctx context.Context, account int64, now time.Time) ([]broadsheet.Session, error) {
	rows, err := s.query(ctx, `SELECT `+sessionColumns+` FROM sessions s WHERE s.account_id = $1 AND s.expires_at > $2 ORDER BY s.seen_at DESC, s.created_at DESC`, account, sortMicros(now))
	out, err := collect(rows, err, func(r *sql.Rows) (broadsheet.Session, error) {
		var x sessionRow
		err := r.Scan(x.into()...)
		return x.session(), err
	})
	return out, s.explain(err)
}

// EndSession ends a session of an account, and tells whether there was one.
func (s *Store) EndSession(ctx context.Context, account int64, id string) (bool, error) {
	n, err := s.alter(ctx, `DELETE FROM sessions WHERE account_id = $1 AND id = $2`, account, id)
	return n > 0, err
}

// EndSessions ends all sessions of an account but one, "" for all, and what waits to
// begin one: links on their way.
func (s *Store) EndSessions(ctx context.Context, account int64, but string) (int64, error) {
	var n int64
	err := s.quietTx(ctx, func(tx *txn) error {
		if _, err := tx.exec(ctx, `DELETE FROM tickets WHERE account_id = $1`, account); err != nil {
			return err
		}
		res, err := tx.exec(ctx, `DELETE FROM sessions WHERE account_id = $1 AND id <> $2`, account, but)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}

// PruneSessions removes sessions, tickets and API tokens that ended before a time.
func (s *Store) PruneSessions(ctx context.Context, before time.Time) error {
	for _, table := range []string{"sessions", "tickets", "api_tokens"} {
		if _, err := s.alter(ctx, `DELETE FROM `+table+` WHERE expires_at < $1`, sortMicros(before)); err != nil {
			return err
		}
	}
	return nil
}

// alter runs one statement and gives how many rows it met.
func (s *Store) alter(ctx context.Context, text string, args ...any) (n int64, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		n, err = affected(tx.exec(ctx, text, args...))
		return err
	})
	return n, err
}

// give is alter for a statement that gives an account something; Unauthenticated
// for one that is gone.
func (s *Store) give(ctx context.Context, account int64, text string, args ...any) (n int64, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		if err := s.stays(ctx, tx, account); err != nil {
			return err
		}
		n, err = affected(tx.exec(ctx, text, args...))
		return err
	})
	return n, err
}

// forgetSignIn removes all by which an account can be signed in to: sessions,
// tokens, keys, addresses, identities. Its deletion is one of the uses.
func (s *Store) forgetSignIn(ctx context.Context, tx *txn, account int64) error {
	for _, table := range []string{"sessions", "tickets", "passkeys", "totps", "recovery_codes", "identities", "api_tokens", "account_addresses"} {
		if _, err := tx.exec(ctx, `DELETE FROM `+table+` WHERE account_id = $1`, account); err != nil {
			return err
		}
	}
	return nil
}
