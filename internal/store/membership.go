package store

import (
	"context"
	"database/sql"
	"slices"

	"broadsheet"
)

const memberColumns = `m.org_key, coalesce(o.name, ''), coalesce(o.avatar_url, ''), m.account_id, a.name, a.full_name, m.role, m.state, m.proof, m.at`

const fromMembers = ` FROM memberships m JOIN accounts a ON a.id = m.account_id LEFT JOIN organizations o ON o.key = m.org_key`

func scanMember(r *sql.Rows) (m broadsheet.Membership, err error) {
	var at int64
	o := &m.Organization
	err = r.Scan(&o.Key, &o.Name, &o.AvatarURL, &m.Account, &m.By.Key, &m.By.Name, &m.Role, &m.State, &m.Proof, &at)
	m.At = microTime(at)
	if o.Name == "" {
		o.Name = o.Key
	}
	return m, err
}

// MemberQuery picks memberships; what is empty picks all.
type MemberQuery struct {
	Organization string
	Accounts     []int64
	State        broadsheet.MemberState
	Limit        int
}

// Members are those that a query wants: who asks before who is invited before who
// is a member, owners before others, by handle.
func (s *Store) Members(ctx context.Context, q MemberQuery) ([]broadsheet.Membership, error) {
	if q.Accounts == nil {
		return s.members(ctx, s.read, q)
	}
	var out []broadsheet.Membership
	for part := range slices.Chunk(q.Accounts, 500) {
		q.Accounts = part
		found, err := s.members(ctx, s.read, q)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func (s *Store) members(ctx context.Context, x queryer, q MemberQuery) ([]broadsheet.Membership, error) {
	text, args := ` WHERE a.state <> 'deleted'`, []any{q.Limit}
	if q.Organization != "" {
		args = append(args, q.Organization)
		text += ` AND m.org_key = ` + placeholders(len(args), 1)
	}
	if q.State != "" {
		args = append(args, string(q.State))
		text += ` AND m.state = ` + placeholders(len(args), 1)
	}
	if len(q.Accounts) > 0 {
		text += ` AND m.account_id IN (` + placeholders(len(args)+1, len(q.Accounts)) + `)`
		args = append(args, anys(q.Accounts)...)
	}
	rows, err := x.QueryContext(ctx, s.dialect.rebind(`SELECT `+memberColumns+fromMembers+text+` ORDER BY m.state, CASE m.role WHEN 'owner' THEN 0 ELSE 1 END, m.at, a.name, m.org_key LIMIT $1`), args...)
	out, err := collect(rows, err, scanMember)
	return out, s.explain(err)
}

// MemberStep changes a membership. now is nil where there is none; what change
// gives is stored, nil ends it; owners are those that the organisation has. What is
// in tell is stored as notifications, with the account, and log, where it is not
// nil, in the log.
type MemberStep struct {
	Organization string
	Account      int64
	Change       func(now *broadsheet.Membership, owners []broadsheet.Membership) (next *broadsheet.Membership, err error)
	Tell         []broadsheet.Notification
	Moderators   *broadsheet.Notification // to all of them, where the organisation has no owner
	Log          *broadsheet.Action
}

// StepMember does it while nobody else changes who belongs to the organisation.
// NotFound where there is no such organisation. Where change leaves things as they
// are, nobody is told.
func (s *Store) StepMember(ctx context.Context, step MemberStep) (out *broadsheet.Membership, err error) {
	err = s.tx(ctx, func(tx *txn) error {
		out = nil
		if err := s.lockOrganization(ctx, tx, step.Organization); err != nil {
			return err
		}
		owners, err := s.members(ctx, tx, MemberQuery{Organization: step.Organization, State: broadsheet.MemberIn, Limit: 10_000})
		if err != nil {
			return err
		}
		owners = slices.DeleteFunc(owners, func(m broadsheet.Membership) bool { return m.Role != broadsheet.MemberOwner })
		all, err := s.members(ctx, tx, MemberQuery{Organization: step.Organization, Accounts: []int64{step.Account}, Limit: 1})
		if err != nil {
			return err
		}
		var now *broadsheet.Membership
		if len(all) > 0 {
			copied := all[0]
			now, out = &all[0], &copied
		}
		next, err := step.Change(now, owners)
		if err != nil {
			return err
		}
		same := next == nil && out == nil || next != nil && out != nil && next.Role == out.Role && next.State == out.State
		if same {
			return nil
		}
		if next != nil {
			if err := s.stays(ctx, tx, step.Account); err != nil {
				return err
			}
		}
		if out = next; next == nil {
			if _, err := tx.exec(ctx, `DELETE FROM memberships WHERE org_key = $1 AND account_id = $2`, step.Organization, step.Account); err != nil {
				return err
			}
		} else if err := s.putMember(ctx, tx, step.Organization, step.Account, *next); err != nil {
			return err
		}
		return s.told(ctx, tx, step, owners)
	})
	return out, err
}

func (s *Store) told(ctx context.Context, tx *txn, step MemberStep, owners []broadsheet.Membership) error {
	for _, n := range step.Tell {
		to := []int64{n.Account}
		if n.Account == 0 { // the owners
			to = nil
			for _, m := range owners {
				to = append(to, m.Account)
			}
		}
		for _, n.Account = range to {
			if err := s.note(ctx, tx, n); err != nil {
				return err
			}
		}
	}
	if step.Moderators != nil && len(owners) == 0 {
		if err := s.tellModerators(ctx, tx, *step.Moderators); err != nil {
			return err
		}
	}
	if step.Log == nil {
		return nil
	}
	return s.putAction(ctx, tx, *step.Log)
}

func (s *Store) putMember(ctx context.Context, tx *txn, org string, account int64, m broadsheet.Membership) error {
	_, err := tx.exec(ctx, `INSERT INTO memberships (org_key, account_id, role, state, proof, at) VALUES ($1, $2, $3, $4, $5, $6)
	  ON CONFLICT (org_key, account_id) DO UPDATE SET role = excluded.role, state = excluded.state, proof = excluded.proof, at = excluded.at`,
		org, account, string(m.Role), string(m.State), string(m.Proof), sortMicros(m.At))
	return err
}

// lockOrganization keeps others from its members and page until the transaction
// ends.
func (s *Store) lockOrganization(ctx context.Context, tx *txn, key string) error {
	var found string
	err := tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT key AS id FROM organizations WHERE key = $1`+s.dialect.lockRows()), key).Scan(&found)
	if err == sql.ErrNoRows {
		return broadsheet.Errorf(broadsheet.NotFound, "there is no organisation %.60q here", key)
	}
	return err
}
