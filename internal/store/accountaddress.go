package store

import (
	"cmp"
	"context"
	"database/sql"

	"broadsheet"
)

var errAddressTaken = &broadsheet.Error{Kind: broadsheet.Conflict, Field: "address", Text: "an account has that mailbox already", Fix: "sign in with it, or use another"}

// addAddress gives an account an address that it has verified; the primary one is
// the only such. It is Conflict where that mailbox has an account.
func (s *Store) addAddress(ctx context.Context, tx *txn, x broadsheet.AccountAddress, mailbox string) error {
	key := broadsheet.AddressKey(x.Address)
	var owner int64
	err := tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT account_id FROM account_addresses WHERE (key = $1 OR mailbox = $2) AND account_id <> $3`), key, mailbox, x.AccountID).Scan(&owner)
	if err != sql.ErrNoRows {
		return cmp.Or(err, error(errAddressTaken))
	}
	if x.Primary {
		if _, err := tx.exec(ctx, `UPDATE account_addresses SET is_primary = 0 WHERE account_id = $1`, x.AccountID); err != nil {
			return err
		}
	}
	// Another spelling of an address that it has takes its place.
	if _, err := tx.exec(ctx, `DELETE FROM account_addresses WHERE account_id = $1 AND (key = $2 OR mailbox = $3)`, x.AccountID, key, mailbox); err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO account_addresses (key, mailbox, account_id, address, verified_at, is_primary) VALUES ($1, $2, $3, $4, $5, $6)`,
		key, mailbox, x.AccountID, x.Address, sortMicros(x.VerifiedAt), flag(x.Primary))
	return err
}

// ReplaceAddress makes an address the only one of its account. Links that were
// mailed to the old one open nothing any more.
func (s *Store) ReplaceAddress(ctx context.Context, x broadsheet.AccountAddress, mailbox string) error {
	x.Primary = true
	return s.quietTx(ctx, func(tx *txn) error {
		if err := s.stays(ctx, tx, x.AccountID); err != nil {
			return err
		}
		if err := s.addAddress(ctx, tx, x, mailbox); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `DELETE FROM account_addresses WHERE account_id = $1 AND is_primary = 0`, x.AccountID); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `DELETE FROM tickets WHERE account_id = $1`, x.AccountID)
		return err
	})
}

// Addresses are those of an account, the one that is written to first.
func (s *Store) Addresses(ctx context.Context, account int64) ([]broadsheet.AccountAddress, error) {
	rows, err := s.query(ctx, `SELECT account_id, address, verified_at, is_primary FROM account_addresses WHERE account_id = $1 ORDER BY is_primary DESC, verified_at`, account)
	out, err := collect(rows, err, func(r *sql.Rows) (x broadsheet.AccountAddress, err error) {
		var verified, primary int64
		err = r.Scan(&x.AccountID, &x.Address, &verified, &primary)
		x.VerifiedAt, x.Primary = microTime(verified), primary != 0
		return x, err
	})
	return out, s.explain(err)
}

// AccountByAddress finds the account of exactly that address; NotFound where
// there is none.
func (s *Store) AccountByAddress(ctx context.Context, address string) (broadsheet.Account, error) {
	return s.account(ctx, `a.id = (SELECT account_id FROM account_addresses WHERE key = $1)`, broadsheet.AddressKey(address))
}

// MailboxOwner is the row of the account that has an address of that mailbox, 0 for
// none.
func (s *Store) MailboxOwner(ctx context.Context, mailbox string) (account int64, err error) {
	err = s.queryRow(ctx, `SELECT account_id FROM account_addresses WHERE mailbox = $1`, mailbox).Scan(&account)
	if err == sql.ErrNoRows {
		return 0, nil
	}
	return account, s.explain(err)
}
