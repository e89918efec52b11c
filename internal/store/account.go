package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"broadsheet"
)

const accountColumns = `a.id, a.token, a.name, a.role, a.state, a.full_name, a.bio, a.affiliation, a.orcid, a.links, a.avatar_key, a.zone,
  a.created_at, a.seen_at, a.banned_until, a.ban_reason`

// accountRow scans the columns of an account, perhaps among others.
type accountRow struct {
	a             broadsheet.Account
	links         string
	created, seen int64
	until         sql.NullInt64
}

func (r *accountRow) into() []any {
	return []any{&r.a.ID, &r.a.Token, &r.a.Name, &r.a.Role, &r.a.State, &r.a.FullName, &r.a.Bio, &r.a.Affiliation, &r.a.ORCID, &r.links, &r.a.AvatarKey, &r.a.Zone,
		&r.created, &r.seen, &r.until, &r.a.BanReason}
}

func (r *accountRow) account() (broadsheet.Account, error) {
	r.a.CreatedAt, r.a.SeenAt, r.a.BannedUntil = microTime(r.created), microTime(r.seen), fromMicros(r.until)
	if r.links == "" {
		return r.a, nil
	}
	return r.a, json.Unmarshal([]byte(r.links), &r.a.Links)
}

func scanAccount(rows *sql.Rows) (a broadsheet.Account, err error) {
	var r accountRow
	if err := rows.Scan(r.into()...); err != nil {
		return a, err
	}
	return r.account()
}

// NewAccount is an account that is to be made.
type NewAccount struct {
	broadsheet.Account // without ID
	Skeleton           string
	Address            string // verified; "" for none
	Mailbox            string // key of the mailbox that it leads to
	Identity           *broadsheet.Identity
	// Assigned lets it have the key of a person whom imports named.
	Assigned bool
	// First makes it only where nobody has an account.
	First bool
	// Ticket is the hash of the ticket that it is made with, "" for none; Invite that
	// of the invitation that is used up by it.
	Ticket, Invite string
}

// CreateAccount makes an account with its first address and identity. It is
// Conflict, with the field name or address, where another has that, and NotFound
// where the ticket is gone: somebody else made one with it.
func (s *Store) CreateAccount(ctx context.Context, n NewAccount) (broadsheet.Account, error) {
	links, err := jsonText(n.Links)
	if err != nil {
		return n.Account, err
	}
	n.ID = 0
	err = s.tx(ctx, func(tx *txn) error {
		if err := s.admit(ctx, tx, n); err != nil {
			return err
		}
		if err := s.nameFree(ctx, tx, n); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, s.dialect.rebind(`INSERT INTO accounts (token, name, skeleton, role, state, full_name, bio, affiliation, orcid, links, avatar_key, zone,
		  created_at, seen_at, banned_until, ban_reason) VALUES (`+placeholders(1, 16)+`) RETURNING id`),
			n.Token, n.Name, n.Skeleton, string(n.Role), string(n.State), n.FullName, n.Bio, n.Affiliation, n.ORCID, links, n.AvatarKey, n.Zone,
			sortMicros(n.CreatedAt), sortMicros(n.SeenAt), micros(n.BannedUntil), n.BanReason).Scan(&n.ID)
		if err != nil {
			return err
		}
		if n.Address != "" {
			if err := s.addAddress(ctx, tx, broadsheet.AccountAddress{AccountID: n.ID, Address: n.Address, VerifiedAt: n.CreatedAt, Primary: true}, n.Mailbox); err != nil {
				return err
			}
		}
		if n.Identity == nil {
			return nil
		}
		n.Identity.AccountID = n.ID
		return s.addIdentity(ctx, tx, *n.Identity)
	})
	return n.Account, err
}

// admit uses up what lets somebody make an account.
func (s *Store) admit(ctx context.Context, tx *txn, n NewAccount) error {
	if n.Ticket != "" {
		res, err := tx.exec(ctx, `DELETE FROM tickets WHERE hash = $1`, n.Ticket)
		if err != nil {
			return err
		}
		if met, err := res.RowsAffected(); err != nil || met == 0 {
			return cmp.Or(err, error(errNoTicket))
		}
	}
	if n.First {
		if s.dialect.lockRows() != "" { // two first ones at once
			if _, err := tx.exec(ctx, `LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE`); err != nil {
				return err
			}
		}
		var count int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM accounts WHERE state <> 'deleted'`).Scan(&count); err != nil || count > 0 {
			return cmp.Or(err, error(&broadsheet.Error{Kind: broadsheet.Conflict, Text: "this site has an account already", Fix: "sign in with it"}))
		}
	}
	if n.Invite != "" {
		if ok, err := s.takeInvite(ctx, tx, n.Invite, n.CreatedAt); err != nil || !ok {
			return cmp.Or(err, error(&broadsheet.Error{Kind: broadsheet.Denied, Text: "this invitation does not hold any more", Fix: "ask for another"}))
		}
	}
	return nil
}

func (s *Store) nameFree(ctx context.Context, tx *txn, n NewAccount) error {
	taken := func(query string, args ...any) (bool, error) {
		var one int
		err := tx.QueryRowContext(ctx, s.dialect.rebind(query), args...).Scan(&one)
		if err == sql.ErrNoRows {
			return false, nil
		}
		return err == nil, err
	}
	const fix = "choose another"
	if yes, err := taken(`SELECT 1 FROM accounts WHERE name = $1 OR skeleton IN ($2, $3)`, n.Name, n.Skeleton, goneSkeleton(n.Skeleton)); err != nil || yes {
		return cmp.Or(err, error(&broadsheet.Error{Kind: broadsheet.Conflict, Field: "name", Text: "somebody has that name, or one that looks like it", Fix: fix}))
	}
	if n.Assigned {
		return nil
	}
	if yes, err := taken(`SELECT 1 FROM people WHERE lower(key) = $1 LIMIT 1`, n.Name); err != nil || yes {
		return cmp.Or(err, error(&broadsheet.Error{Kind: broadsheet.Conflict, Field: "name", Text: "that is the name of somebody whose papers came from another site",
			Fix: "choose another; if it is you, ask who runs this site"}))
	}
	return nil
}

// Account finds an account by its row; NotFound where there is none.
func (s *Store) Account(ctx context.Context, id int64) (broadsheet.Account, error) {
	return s.account(ctx, `a.id = $1`, id)
}

// AccountNamed finds an account by its handle; NotFound where there is none.
func (s *Store) AccountNamed(ctx context.Context, name string) (broadsheet.Account, error) {
	return s.account(ctx, `a.name = $1`, name)
}

// AccountByToken finds an account by its public id; NotFound where there is none.
func (s *Store) AccountByToken(ctx context.Context, token string) (broadsheet.Account, error) {
	return s.account(ctx, `a.token = $1`, token)
}

func (s *Store) account(ctx context.Context, where string, args ...any) (broadsheet.Account, error) {
	rows, err := s.query(ctx, `SELECT `+accountColumns+` FROM accounts a WHERE `+where, args...)
	found, err := collect(rows, err, scanAccount)
	if err != nil {
		return broadsheet.Account{}, s.explain(err)
	}
	if len(found) == 0 {
		return broadsheet.Account{}, broadsheet.Errorf(broadsheet.NotFound, "there is no such account")
	}
	return found[0], nil
}

// AccountQuery narrows Accounts.
type AccountQuery struct {
	After string // handle; "" from the beginning
	Role  broadsheet.Role
	State broadsheet.AccountState
	Limit int
}

// Accounts are those that a query wants, by handle.
func (s *Store) Accounts(ctx context.Context, q AccountQuery) ([]broadsheet.Account, error) {
	rows, err := s.query(ctx, `SELECT `+accountColumns+` FROM accounts a WHERE a.name > $1 AND ($2 = '' OR a.role = $2) AND ($3 = '' OR a.state = $3)
	  ORDER BY a.name LIMIT $4`, q.After, string(q.Role), string(q.State), q.Limit)
	out, err := collect(rows, err, scanAccount)
	return out, s.explain(err)
}

// HasAccounts tells whether anybody has an account that is in use.
func (s *Store) HasAccounts(ctx context.Context) (bool, error) {
	var one int
	err := s.queryRow(ctx, `SELECT 1 FROM accounts WHERE state <> $1 LIMIT 1`, string(broadsheet.AccountDeleted)).Scan(&one)
	if err == sql.ErrNoRows {
		return false, nil
	}
	return err == nil, s.explain(err)
}

// SetRole gives an account a role. Where it has that already nothing is done.
func (s *Store) SetRole(ctx context.Context, id int64, role broadsheet.Role, log broadsheet.Action) error {
	return s.tx(ctx, func(tx *txn) error {
		res, err := tx.exec(ctx, `UPDATE accounts SET role = $2 WHERE id = $1 AND role <> $2`, id, string(role))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return s.putAction(ctx, tx, log)
	})
}

// activeAt is the condition that the account of a row is in use at the time $n: it is
// not banned, or its ban is over.
func activeAt(row string, n int) string {
	return fmt.Sprintf(`(%[1]sstate = 'active' OR %[1]sstate = 'banned' AND %[1]sbanned_until <= $%[2]d)`, row, n)
}

// SetBan bans an account until a time (zero: until it is lifted), which upholds the
// reports about it, or lifts the ban, whatever is so by then. An account that is
// deleted stays so.
func (s *Store) SetBan(ctx context.Context, id int64, banned bool, until time.Time, log broadsheet.Action) error {
	return s.setBan(ctx, id, banned, until, log, "")
}

// Ban is SetBan of an account as it was read: Conflict where another has banned it,
// or lifted that, meanwhile.
func (s *Store) Ban(ctx context.Context, read broadsheet.Account, banned bool, until time.Time, log broadsheet.Action) error {
	return s.setBan(ctx, read.ID, banned, until, log, ` AND state = $6 AND coalesce(banned_until, 0) = $7`, string(read.State), sortMicros(read.BannedUntil))
}

func (s *Store) setBan(ctx context.Context, id int64, banned bool, until time.Time, log broadsheet.Action, as string, args ...any) error {
	state, reason := broadsheet.AccountActive, ""
	if banned {
		state, reason = broadsheet.AccountBanned, log.Reason
	}
	return s.tx(ctx, func(tx *txn) error {
		if banned { // two administrators who ban each other at once
			if err := s.keepAdmin(ctx, tx, id); err != nil {
				return err
			}
		}
		res, err := tx.exec(ctx, `UPDATE accounts SET state = $2, banned_until = $3, ban_reason = $4 WHERE id = $1 AND state <> $5`+as,
			append([]any{id, string(state), micros(until), reason, string(broadsheet.AccountDeleted)}, args...)...)
		if err != nil {
			return err
		}
		switch n, err := res.RowsAffected(); {
		case err != nil:
			return err
		case n == 0 && as != "":
			return errDecided
		case n == 0:
			return nil
		}
		if banned {
			if err := s.uphold(ctx, tx, log); err != nil {
				return err
			}
		}
		return s.putAction(ctx, tx, log)
	})
}

// SetORCID writes the iD that an account has proven, "" for none.
func (s *Store) SetORCID(ctx context.Context, id int64, orcid string) error {
	return s.tx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `UPDATE accounts SET orcid = $2 WHERE id = $1 AND state <> 'deleted'`, id, orcid)
		return err
	})
}
