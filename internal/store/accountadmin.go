package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"broadsheet"
)

// AccountSearch finds accounts by what an administrator knows of them.
type AccountSearch struct {
	Text  string // part of the handle, the full name or an address, in any case
	Role  broadsheet.Role
	State broadsheet.AccountState
	After string // handle; "" from the beginning
	Limit int
}

// AccountLine is an account with its first address.
type AccountLine struct {
	broadsheet.Account
	Address string // "" for none
}

// SearchAccounts reads accounts by handle.
func (s *Store) SearchAccounts(ctx context.Context, q AccountSearch) ([]AccountLine, error) {
	like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(q.Text)) + "%"
	if q.Text == "" {
		like = "" // not asked for: then nothing is compared
	}
	rows, err := s.query(ctx, `SELECT `+accountColumns+`, coalesce((SELECT min(d.address) FROM account_addresses d WHERE d.account_id = a.id AND d.is_primary = 1), '')
	  FROM accounts a WHERE a.name > $1 AND ($2 = '' OR a.role = $2) AND ($3 = '' OR a.state = $3)
	  AND ($4 = '' OR a.name LIKE $4 ESCAPE '\' OR lower(a.full_name) LIKE $4 ESCAPE '\'
	    OR EXISTS (SELECT 1 FROM account_addresses d WHERE d.account_id = a.id AND lower(d.address) LIKE $4 ESCAPE '\'))
	  ORDER BY a.name LIMIT $5`, q.After, string(q.Role), string(q.State), like, q.Limit)
	out, err := collect(rows, err, func(rows *sql.Rows) (x AccountLine, err error) {
		var r accountRow
		if err := rows.Scan(append(r.into(), &x.Address)...); err != nil {
			return x, err
		}
		x.Account, err = r.account()
		return x, err
	})
	return out, s.explain(err)
}

// AccountTotals counts accounts that are in use.
type AccountTotals struct {
	All, New, Banned int // New: since the time that was asked for
	Roles            map[broadsheet.Role]int
}

// AccountTotals counts accounts that were not deleted.
func (s *Store) AccountTotals(ctx context.Context, since time.Time) (t AccountTotals, err error) {
	t.Roles = map[broadsheet.Role]int{}
	rows, err := s.query(ctx, `SELECT role, count(*), sum(CASE WHEN created_at >= $1 THEN 1 ELSE 0 END), sum(CASE WHEN state = 'banned' THEN 1 ELSE 0 END)
	  FROM accounts WHERE state <> 'deleted' GROUP BY role`, sortMicros(since))
	_, err = collect(rows, err, func(r *sql.Rows) (role broadsheet.Role, err error) {
		var all, fresh, banned int
		err = r.Scan(&role, &all, &fresh, &banned)
		t.All, t.New, t.Banned, t.Roles[role] = t.All+all, t.New+fresh, t.Banned+banned, all
		return role, err
	})
	return t, s.explain(err)
}

// AccountFigures say how much there is of an account.
type AccountFigures struct {
	Sessions    int // that have not expired
	APITokens   int
	Votes       int
	Comments    int // that its author has not deleted
	Submissions int // sent
	Flags       int // reports by the account
	Flagged     int // reports about it that nobody has decided
	Factors     Factors
}

// AccountFigures counts what an account has and did.
func (s *Store) AccountFigures(ctx context.Context, id int64, now time.Time) (f AccountFigures, err error) {
	err = s.queryRow(ctx, `SELECT (SELECT count(*) FROM sessions WHERE account_id = $1 AND expires_at > $2), (SELECT count(*) FROM api_tokens WHERE account_id = $1),
	  (SELECT count(*) FROM votes WHERE account_id = $1), (SELECT count(*) FROM comments WHERE account_id = $1 AND state <> 'deleted'),
	  (SELECT count(*) FROM submissions WHERE account_id = $1 AND sent_at IS NOT NULL), (SELECT count(*) FROM flags WHERE account_id = $1),
	  (SELECT count(*) FROM flags g JOIN accounts a ON a.name = g.object WHERE g.kind = 'account' AND a.id = $1 AND g.decided_at IS NULL)`, id, sortMicros(now)).
		Scan(&f.Sessions, &f.APITokens, &f.Votes, &f.Comments, &f.Submissions, &f.Flags, &f.Flagged)
	if err != nil {
		return f, s.explain(err)
	}
	f.Factors, err = s.Factors(ctx, id)
	return f, err
}

// ErrLastAdmin is the Conflict of taking the role from the only administrator who
// can act.
var ErrLastAdmin = &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this is the last administrator", Fix: "make another account an administrator first"}

// ChangeRole gives an account that has the role from another, and writes the
// line of the log. It is Conflict where the account has not that role any more,
// and where no administrator would be left: of two who take it from each other at
// once, one does.
func (s *Store) ChangeRole(ctx context.Context, id int64, from, to broadsheet.Role, log broadsheet.Action) error {
	return s.tx(ctx, func(tx *txn) error {
		if from == broadsheet.RoleAdmin && to != from {
			if err := s.keepAdmin(ctx, tx, id); err != nil {
				return err
			}
		}
		res, err := tx.exec(ctx, `UPDATE accounts SET role = $3 WHERE id = $1 AND role = $2 AND state <> 'deleted'`, id, string(from), string(to))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			if err != nil {
				return err
			}
			return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "the account has not that role any more: somebody else changed it", Fix: "look again"}
		}
		return s.putAction(ctx, tx, log)
	})
}

// keepAdmin is an error where an account is the only administrator who can act.
// The rows of all are locked before they are counted.
func (s *Store) keepAdmin(ctx context.Context, tx *txn, id int64) error {
	if _, err := tx.exec(ctx, `UPDATE accounts SET role = role WHERE role = 'admin'`); err != nil {
		return err
	}
	var one, others int
	err := tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT coalesce(sum(CASE WHEN id = $1 THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN id <> $1 THEN 1 ELSE 0 END), 0)
	  FROM accounts WHERE role = 'admin' AND state = 'active'`), id).Scan(&one, &others)
	if err == nil && one > 0 && others == 0 {
		return ErrLastAdmin
	}
	return err
}

// Act writes a line of the log about something that is done elsewhere: a job that
// was asked for, a session that was ended.
func (s *Store) Act(ctx context.Context, x broadsheet.Action) error {
	return s.tx(ctx, func(tx *txn) error { return s.putAction(ctx, tx, x) })
}
