package store

import (
	"context"

	"broadsheet"
)

// Ways are those in which people get into accounts of a site.
type Ways struct {
	Mail      bool     // links are mailed
	Passkeys  bool     // browsers give some
	Providers []string // of accounts elsewhere
}

// dropWay takes a way in from an account by a statement, unless none would be left.
// The account is locked, so that two at once do not take the last two.
func (s *Store) dropWay(ctx context.Context, account int64, ways Ways, text string, args ...any) error {
	return s.quietTx(ctx, func(tx *txn) error {
		if _, err := tx.exec(ctx, `UPDATE accounts SET role = role WHERE id = $1`, account); err != nil {
			return err
		}
		res, err := tx.exec(ctx, text, append([]any{account}, args...)...)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		left := 0
		count := func(on bool, text string, args ...any) error {
			if !on || left > 0 {
				return nil
			}
			return tx.QueryRowContext(ctx, s.dialect.rebind(text), append([]any{account}, args...)...).Scan(&left)
		}
		if err := count(ways.Mail, `SELECT count(*) FROM account_addresses WHERE account_id = $1`); err != nil {
			return err
		}
		if err := count(ways.Passkeys, `SELECT count(*) FROM passkeys WHERE account_id = $1`); err != nil {
			return err
		}
		if err := count(len(ways.Providers) > 0, `SELECT count(*) FROM identities WHERE account_id = $1 AND provider IN (`+placeholders(2, len(ways.Providers))+`)`, anys(ways.Providers)...); err != nil || left > 0 {
			return err
		}
		return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this is the only way into your account", Fix: "add a mail address or a passkey first"}
	})
}
