package store

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"broadsheet"
)

func scanPasskey(rows *sql.Rows) (x broadsheet.Passkey, err error) {
	var created int64
	var used sql.NullInt64
	var data string
	err = rows.Scan(&x.ID, &x.AccountID, &x.Name, &data, &created, &used)
	x.Data, x.CreatedAt, x.UsedAt = []byte(data), microTime(created), fromMicros(used)
	return x, err
}

// PutPasskey keeps a new passkey; Conflict where an account has it.
func (s *Store) PutPasskey(ctx context.Context, x broadsheet.Passkey) error {
	n, err := s.give(ctx, x.AccountID, `INSERT INTO passkeys (id, account_id, name, data, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
		x.ID, x.AccountID, x.Name, string(x.Data), sortMicros(x.CreatedAt))
	if err == nil && n == 0 {
		err = &broadsheet.Error{Kind: broadsheet.Conflict, Text: "that passkey is here already", Fix: "use it"}
	}
	return err
}

// Passkeys are those of an account, the oldest first.
func (s *Store) Passkeys(ctx context.Context, account int64) ([]broadsheet.Passkey, error) {
	rows, err := s.query(ctx, `SELECT id, account_id, name, data, created_at, used_at FROM passkeys WHERE account_id = $1 ORDER BY created_at, id`, account)
	out, err := collect(rows, err, scanPasskey)
	return out, s.explain(err)
}

// UsePasskey notes that a passkey was used, with what it counted.
func (s *Store) UsePasskey(ctx context.Context, x broadsheet.Passkey) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `UPDATE passkeys SET data = $2, used_at = $3 WHERE id = $1`, x.ID, string(x.Data), sortMicros(x.UsedAt))
		return err
	})
}

// DropPasskey takes a passkey from an account; Conflict where it is the last way in.
func (s *Store) DropPasskey(ctx context.Context, account int64, id string, ways Ways) error {
	return s.dropWay(ctx, account, ways, `DELETE FROM passkeys WHERE account_id = $1 AND id = $2`, id)
}

// Factors are what an account asks for besides a link.
type Factors struct {
	Passkeys int
	Codes    bool // an app makes codes
	Recovery int  // codes that are left
}

// Any tells whether there is a second factor.
func (f Factors) Any() bool { return f.Passkeys > 0 || f.Codes }

// Factors counts the second factors of an account.
func (s *Store) Factors(ctx context.Context, account int64) (f Factors, err error) {
	var codes int
	err = s.queryRow(ctx, `SELECT (SELECT count(*) FROM passkeys WHERE account_id = $1), (SELECT count(*) FROM totps WHERE account_id = $1),
	  (SELECT count(*) FROM recovery_codes WHERE account_id = $1)`, account).Scan(&f.Passkeys, &codes, &f.Recovery)
	f.Codes = codes > 0
	return f, s.explain(err)
}

// PutTOTP keeps the sealed secret of an app that makes codes, in place of another;
// step is that of the code that proved it.
func (s *Store) PutTOTP(ctx context.Context, account int64, sealed string, step int64, at time.Time) error {
	_, err := s.give(ctx, account, `INSERT INTO totps (account_id, sealed, step, created_at) VALUES ($1, $2, $3, $4)
	  ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, step = excluded.step, created_at = excluded.created_at`, account, sealed, step, sortMicros(at))
	return err
}

// TOTP is the sealed secret of an account's app; NotFound where it has none.
func (s *Store) TOTP(ctx context.Context, account int64) (sealed string, err error) {
	err = s.queryRow(ctx, `SELECT sealed FROM totps WHERE account_id = $1`, account).Scan(&sealed)
	if err == sql.ErrNoRows {
		return "", broadsheet.Errorf(broadsheet.NotFound, "no app makes codes for this account")
	}
	return sealed, s.explain(err)
}

// TakeTOTP uses up the code of a step, and tells whether neither it nor a later
// one was used before.
func (s *Store) TakeTOTP(ctx context.Context, account, step int64) (bool, error) {
	n, err := s.alter(ctx, `UPDATE totps SET step = $2 WHERE account_id = $1 AND step < $2`, account, step)
	return n > 0, err
}

// DropTOTP takes the app from an account.
func (s *Store) DropTOTP(ctx context.Context, account int64) error {
	_, err := s.alter(ctx, `DELETE FROM totps WHERE account_id = $1`, account)
	return err
}

// PutRecoveryCodes gives an account other recovery codes, by their hashes.
func (s *Store) PutRecoveryCodes(ctx context.Context, account int64, hashes []string) error {
	return s.quietTx(ctx, func(tx *txn) error {
		if _, err := tx.exec(ctx, `DELETE FROM recovery_codes WHERE account_id = $1`, account); err != nil {
			return err
		}
		for _, hash := range hashes {
			if _, err := tx.exec(ctx, `INSERT INTO recovery_codes (hash, account_id) VALUES ($1, $2)`, hash, account); err != nil {
				return err
			}
		}
		return nil
	})
}

// TakeRecoveryCode uses up a recovery code, and tells whether there was one.
func (s *Store) TakeRecoveryCode(ctx context.Context, account int64, hash string) (bool, error) {
	n, err := s.alter(ctx, `DELETE FROM recovery_codes WHERE account_id = $1 AND hash = $2`, account, hash)
	return n > 0, err
}

// DropFactors takes all second factors from an account, and ends its
// sessions and API tokens.
func (s *Store) DropFactors(ctx context.Context, account int64) error {
	return s.quietTx(ctx, func(tx *txn) error {
		var first error
		for _, table := range []string{"passkeys", "totps", "recovery_codes", "sessions", "tickets", "api_tokens"} {
			_, err := tx.exec(ctx, `DELETE FROM `+table+` WHERE account_id = $1`, account)
			first = cmp.Or(first, err)
		}
		return first
	})
}
