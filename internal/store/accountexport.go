package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"broadsheet"
)

// ownSections are what is kept of an account, as its owner takes it along: the
// names of the columns are those of the file. None holds a hash or a secret, or
// what others wrote. $1 is the account.
var ownSections = []struct{ name, text string }{
	{"account", `SELECT a.token AS "id", a.name AS "name", a.role AS "role", a.state AS "state", a.full_name AS "fullName", a.bio AS "bio", a.affiliation AS "affiliation",
	  a.orcid AS "orcid", a.links AS "links", a.avatar_key AS "picture", a.zone AS "zone", a.created_at AS "createdAt", a.seen_at AS "seenAt", a.banned_until AS "bannedUntilAt",
	  a.ban_reason AS "banReason", coalesce(c.hide_votes, 0) AS "isHidingVotes" FROM accounts a LEFT JOIN profile_choices c ON c.account_id = a.id WHERE a.id = $1`},
	{"addresses", `SELECT address AS "address", verified_at AS "verifiedAt", is_primary AS "isPrimary" FROM account_addresses WHERE account_id = $1 ORDER BY key`},
	{"accountsElsewhere", `SELECT provider AS "provider", subject AS "subject", label AS "label", created_at AS "createdAt", used_at AS "usedAt" FROM identities WHERE account_id = $1 ORDER BY provider, subject`},
	{"sessions", `SELECT id AS "id", created_at AS "createdAt", seen_at AS "seenAt", expires_at AS "expiresAt", client AS "client", agent AS "agent" FROM sessions WHERE account_id = $1 ORDER BY created_at, id`},
	{"passkeys", `SELECT name AS "name", created_at AS "createdAt", used_at AS "usedAt" FROM passkeys WHERE account_id = $1 ORDER BY created_at, id`},
	{"apiTokens", `SELECT id AS "id", name AS "name", scopes AS "scopes", created_at AS "createdAt", expires_at AS "expiresAt", used_at AS "usedAt" FROM api_tokens WHERE account_id = $1 ORDER BY created_at, id`},
	{"invitations", `SELECT id AS "id", note AS "note", uses AS "uses", created_at AS "createdAt", expires_at AS "expiresAt" FROM invites WHERE account_id = $1 ORDER BY created_at, id`},
	{"votes", `SELECT p.key AS "paper", v.at AS "at", v.client AS "client" FROM votes v JOIN papers p ON p.id = v.paper_id WHERE v.account_id = $1 ORDER BY v.at, p.key`},
	{"comments", `SELECT c.token AS "id", p.key AS "paper", coalesce((SELECT q.token FROM comments q WHERE q.id = c.parent_id), '') AS "answers", c.state AS "state", c.version AS "version",
	  c.body AS "text", c.created_at AS "createdAt", c.edited_at AS "editedAt" FROM comments c JOIN papers p ON p.id = c.paper_id WHERE c.account_id = $1 ORDER BY c.id`},
	{"commentsBeforeEdits", `SELECT c.token AS "comment", e.version AS "version", e.body AS "text", e.at AS "at" FROM comment_edits e JOIN comments c ON c.id = e.comment_id
	  WHERE c.account_id = $1 ORDER BY c.id, e.version`},
	{"commentVotes", `SELECT c.token AS "comment", v.value AS "value", v.at AS "at" FROM comment_votes v JOIN comments c ON c.id = v.comment_id WHERE v.account_id = $1 ORDER BY v.at, c.id`},
	{"reactions", `SELECT c.token AS "comment", r.reaction AS "reaction", r.at AS "at" FROM comment_reactions r JOIN comments c ON c.id = r.comment_id WHERE r.account_id = $1 ORDER BY r.at, c.id, r.reaction`},
	{"submissions", `SELECT token AS "id", typed AS "typed", state AS "state", paper AS "paper", comment AS "comment", media AS "media", reason AS "reason", asked_at AS "askedAt",
	  sent_at AS "sentAt", closed_at AS "closedAt" FROM submissions WHERE account_id = $1 ORDER BY id`},
	{"claims", `SELECT c.token AS "id", p.key AS "paper", c.position AS "position", c.name AS "name", c.state AS "state", c.proof AS "proof", c.evidence AS "evidence", c.reason AS "reason",
	  c.asked_at AS "askedAt", c.closed_at AS "closedAt" FROM claims c JOIN papers p ON p.id = c.paper_id WHERE c.account_id = $1 ORDER BY c.id`},
	{"addedToPapers", `SELECT p.key AS "paper", e.kind AS "kind", e.value AS "value", e.removed AS "isRemoved", e.at AS "at" FROM paper_edits e JOIN papers p ON p.id = e.paper_id
	  WHERE e.account_id = $1 ORDER BY e.at, p.key, e.kind, e.value`},
	{"organizations", `SELECT org_key AS "organization", role AS "role", state AS "state", proof AS "proof", at AS "at" FROM memberships WHERE account_id = $1 ORDER BY org_key`},
	{"reports", `SELECT kind AS "kind", object AS "object", paper AS "paper", reason AS "reason", body AS "text", at AS "at", decided_at AS "decidedAt", outcome AS "outcome" FROM flags WHERE account_id = $1 ORDER BY id`},
	{"notifications", `SELECT kind AS "kind", actor AS "actor", paper AS "paper", comment AS "comment", at AS "at", read_at AS "readAt", mailed_at AS "mailedAt" FROM notifications WHERE account_id = $1 ORDER BY id`},
	{"notificationChoices", `SELECT kind AS "kind", way AS "way" FROM notification_choices WHERE account_id = $1 ORDER BY kind`},
	{"logged", `SELECT act AS "act", kind AS "kind", object AS "object", paper AS "paper", reason AS "reason", detail AS "detail", at AS "at" FROM actions
	  WHERE actor = (SELECT name FROM accounts WHERE id = $1) ORDER BY id`},
	{"subscriptions", `SELECT r.address AS "address", x.state AS "state", x.topic AS "topic", x.days AS "days", x.hour AS "hour", x.zone AS "zone", x.created_at AS "createdAt", x.confirmed_at AS "confirmedAt",
	  x.ended_at AS "endedAt" FROM account_addresses m JOIN recipients r ON r.channel = 'mail' AND r.key = m.key JOIN subscriptions x ON x.recipient_id = r.id WHERE m.account_id = $1 ORDER BY x.id`},
}

// OwnField is a named value of what is kept: text, a number, a truth, or a time.
type OwnField struct {
	Name  string
	Value any
}

// EachOwn calls section with the name of each kind of thing that is kept of an
// account, and row with each of them, in an order that does not change.
func (s *Store) EachOwn(ctx context.Context, account int64, section func(name string) error, row func([]OwnField) error) error {
	for _, x := range ownSections {
		if err := section(x.name); err != nil {
			return err
		}
		if err := s.eachOwn(ctx, x.text, account, row); err != nil {
			return s.explain(err)
		}
	}
	return nil
}

func (s *Store) eachOwn(ctx context.Context, text string, account int64, row func([]OwnField) error) error {
	rows, err := s.query(ctx, text, account)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		fields, err := scanOwn(rows, names)
		if err != nil {
			return err
		}
		if err := row(fields); err != nil {
			return err
		}
	}
	return rows.Err()
}

// scanOwn reads a row by the names of its columns: "at" and what ends in "At" are
// times, what begins with "is" is true or not.
func scanOwn(rows *sql.Rows, names []string) ([]OwnField, error) {
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	out := make([]OwnField, len(names))
	for i, name := range names {
		n, isNumber := values[i].(int64)
		switch {
		case isNumber && (name == "at" || strings.HasSuffix(name, "At")):
			values[i] = microTime(n).Format(time.RFC3339Nano)
		case isNumber && strings.HasPrefix(name, "is"):
			values[i] = n != 0
		}
		out[i] = OwnField{name, values[i]}
	}
	return out, nil
}

// SubmissionsBy are the submissions of an account that were accepted, the latest
// first; those of papers that are hidden are left out.
func (s *Store) SubmissionsBy(ctx context.Context, account int64, limit int) ([]string, error) {
	rows, err := s.query(ctx, `SELECT u.paper FROM submissions u WHERE u.account_id = $1 AND u.state = 'accepted'
	  AND NOT EXISTS (SELECT 1 FROM paper_ids i JOIN paper_states h ON h.paper_id = i.paper_id WHERE i.ident = u.paper AND h.hidden_at IS NOT NULL)
	  ORDER BY u.id DESC LIMIT $2`, account, limit)
	out, err := collect(rows, err, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) })
	return out, s.explain(err)
}

// GoneHandle tells whether a handle with that skeleton was an account's that is
// deleted.
func (s *Store) GoneHandle(ctx context.Context, skeleton string) (bool, error) {
	_, err := s.account(ctx, `a.skeleton = $1`, goneSkeleton(skeleton))
	if broadsheet.KindOf(err) == broadsheet.NotFound && err != nil {
		return false, nil
	}
	return err == nil, err
}
