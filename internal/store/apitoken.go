package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"broadsheet"
)

const apiTokenColumns = "t.id, t.account_id, t.name, t.scopes, t.created_at, t.expires_at, t.used_at"

// apiTokenRow scans the columns of an API token, perhaps among others.
type apiTokenRow struct {
	t                broadsheet.APIToken
	scopes           string
	created, expires int64
	used             sql.NullInt64
}

func (r *apiTokenRow) into() []any {
	return []any{&r.t.ID, &r.t.AccountID, &r.t.Name, &r.scopes, &r.created, &r.expires, &r.used}
}

func (r *apiTokenRow) token() broadsheet.APIToken {
	r.t.Scopes = []broadsheet.Scope{} // nil would be no token at all
	for _, name := range strings.Fields(r.scopes) {
		r.t.Scopes = append(r.t.Scopes, broadsheet.Scope(name))
	}
	r.t.CreatedAt, r.t.ExpiresAt, r.t.UsedAt = microTime(r.created), microTime(r.expires), fromMicros(r.used)
	return r.t
}

// PutAPIToken keeps a new token under its hash.
func (s *Store) PutAPIToken(ctx context.Context, hash string, x broadsheet.APIToken) error {
	names := make([]string, len(x.Scopes))
	for i, scope := range x.Scopes {
		names[i] = string(scope)
	}
	_, err := s.give(ctx, x.AccountID, `INSERT INTO api_tokens (hash, id, account_id, name, scopes, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		hash, x.ID, x.AccountID, x.Name, strings.Join(names, " "), sortMicros(x.CreatedAt), sortMicros(x.ExpiresAt), micros(x.UsedAt))
	return err
}

// APITokenByHash finds a token with its account; NotFound where there is none.
// Whether its time is over is for the caller to say.
func (s *Store) APITokenByHash(ctx context.Context, hash string) (x broadsheet.APIToken, a broadsheet.Account, err error) {
	var tr apiTokenRow
	var ar accountRow
	err = s.queryRow(ctx, `SELECT `+apiTokenColumns+`, `+accountColumns+` FROM api_tokens t JOIN accounts a ON a.id = t.account_id WHERE t.hash = $1`, hash).Scan(append(tr.into(), ar.into()...)...)
	if err == sql.ErrNoRows {
		return x, a, broadsheet.Errorf(broadsheet.NotFound, "there is no such token")
	}
	if err != nil {
		return x, a, s.explain(err)
	}
	a, err = ar.account()
	return tr.token(), a, err
}

// APITokens are those of an account, the newest first.
func (s *Store) APITokens(ctx context.Context, account int64) ([]broadsheet.APIToken, error) {
	rows, err := s.query(ctx, `SELECT `+apiTokenColumns+` FROM api_tokens t WHERE t.account_id = $1 ORDER BY t.created_at DESC, t.id`, account)
	out, err := collect(rows, err, func(r *sql.Rows) (broadsheet.APIToken, error) {
		var x apiTokenRow
		err := r.Scan(x.into()...)
		return x.token(), err
	})
	return out, s.explain(err)
}

// UseAPIToken notes that a token was used.
func (s *Store) UseAPIToken(ctx context.Context, id string, at time.Time) error {
	return s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `UPDATE api_tokens SET used_at = $2 WHERE id = $1`, id, sortMicros(at))
		return err
	})
}

// EndAPIToken ends a token of an account, and tells whether there was one.
func (s *Store) EndAPIToken(ctx context.Context, account int64, id string) (bool, error) {
	n, err := s.alter(ctx, `DELETE FROM api_tokens WHERE account_id = $1 AND id = $2`, account, id)
	return n > 0, err
}

// EndAPITokens ends all tokens of an account.
func (s *Store) EndAPITokens(ctx context.Context, account int64) error {
	_, err := s.alter(ctx, `DELETE FROM api_tokens WHERE account_id = $1`, account)
	return err
}
