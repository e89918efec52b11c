package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A row of what people did here goes from one database to another by names that
// both know: a paper by its public id, an account, a comment and a submission by
// their tokens. So it can be merged into a site that has people of its own, and
// equal data gives equal rows, whatever their numbers are.

// carried is a table whose rows go over.
type carried struct {
	table string
	// columns are in the order of the table, each with a mark of what it holds: text
	// without one, # a number, #? a number or nothing, % bytes, >account a row of
	// another table, 0 for none.
	columns []carriedColumn
	order   string // in which rows are read: the same in every database
	// alike tells rows apart that have no key of their own: equal ones are one.
	alike bool
}

type carriedColumn struct {
	name string
	kind byte   // 't', '#', '?', '%', '>'
	of   string // of '>': "paper", "account", "comment", "submission"
}

func carry(table, columns, order string, alike bool) carried {
	c := carried{table: table, order: order, alike: alike}
	for _, text := range strings.Split(columns, ", ") {
		name, of, isRef := strings.Cut(text, ">")
		col := carriedColumn{name: name, kind: 't'}
		switch {
		case isRef:
			col.kind, col.of = '>', of
		case strings.HasSuffix(text, "#?"):
			col.name, col.kind = strings.TrimSuffix(text, "#?"), '?'
		case strings.HasSuffix(text, "#"):
			col.name, col.kind = strings.TrimSuffix(text, "#"), '#'
		case strings.HasSuffix(text, "%"):
			col.name, col.kind = strings.TrimSuffix(text, "%"), '%'
		}
		c.columns = append(c.columns, col)
	}
	return c
}

// communityTables are the tables of what people did, those first that others refer
// to. Sessions and steps of signing in stay where they are: who is signed in at one
// site is not at its copy.
var communityTables = []carried{
	carry("accounts", "token, name, skeleton, role, state, full_name, bio, affiliation, orcid, links, avatar_key, zone, created_at#, seen_at#, banned_until#?, ban_reason", "id", false),
	carry("account_addresses", "key, mailbox, account_id>account, address, verified_at#, is_primary#", "key", false),
	carry("identities", "provider, subject, account_id>account, label, created_at#, used_at#?", "provider, subject", false),
	carry("passkeys", "id, account_id>account, name, data, created_at#, used_at#?", "t.id", false),
	carry("totps", "account_id>account, sealed, step#, created_at#", "1", false),
	carry("recovery_codes", "hash, account_id>account", "hash", false),
	carry("api_tokens", "hash, id, account_id>account, name, scopes, created_at#, expires_at#, used_at#?", "hash", false),
	carry("invites", "hash, id, account_id>account, note, uses#, created_at#, expires_at#", "hash", false),
	carry("account_pictures", "key, account_id>account, type, body%", "key", false),
	carry("profile_choices", "account_id>account, hide_votes#", "1", false),
	carry("settings", "name, value, changed_at#", "name", false),
	carry("paper_states", "paper_id>paper, hidden_at#?, locked_at#?, reason", "1", false),
	carry("votes", "paper_id>paper, account_id>account, at#, counts#", "1, 2", false),
	carry("comments", "token, paper_id>paper, parent_id>comment, account_id>account, state, body, html, plain, renderer#, mentions, version#, ups#, downs#, reactions, created_at#, edited_at#?", "id", false),
	carry("comment_edits", "comment_id>comment, version#, body, html, at#", "1, 2", false),
	carry("comment_votes", "account_id>account, comment_id>comment, value#, at#, counts#", "1, 2", false),
	carry("comment_reactions", "account_id>account, comment_id>comment, reaction, at#", "1, 2, 3", false),
	carry("submissions", "token, account_id>account, typed, ident, state, paper, found, missing, problem, comment, media, reason, decider, asked_at#, sent_at#?, closed_at#?", "id", false),
	carry("submission_idents", "ident, submission_id>submission", "ident", false),
	carry("claims", "token, account_id>account, paper_id>paper, position#, name, author_key, state, proof, evidence, reason, decider, asked_at#, closed_at#?", "id", false),
	carry("author_aliases", "key, main, at#", "key", false),
	carry("paper_edits", "paper_id>paper, kind, value, removed#, account_id>account, at#", "1, 2, 3", false),
	carry("organization_pages", "key, link, description, domains, changed_at#", "key", false),
	carry("memberships", "org_key, account_id>account, role, state, proof, at#", "1, 2", false),
	carry("flags", "kind, object, paper, account_id>account, reason, body, at#, decided_at#?, decider, outcome", "id", false),
	carry("notification_choices", "account_id>account, kind, way", "1, 2", false),
	carry("notification_feeds", "account_id>account, hash, created_at#", "1", false),
	carry("notifications", "account_id>account, kind, actor, paper, comment, detail, at#, read_at#?, mailed_at#?", "id", true),
	carry("actions", "at#, actor, act, kind, object, paper, reason, detail, hidden#", "id", true),
}

// refTables are what columns refer to: how a row's name is found, and a name's row.
var refTables = map[string]struct{ name, row string }{
	"paper":      {"SELECT p.key FROM papers p WHERE p.id = ", "SELECT paper_id FROM paper_ids WHERE ident = $1"},
	"account":    {"SELECT r.token FROM accounts r WHERE r.id = ", "SELECT id FROM accounts WHERE token = $1"},
	"comment":    {"SELECT r.token FROM comments r WHERE r.id = ", "SELECT id FROM comments WHERE token = $1"},
	"submission": {"SELECT r.token FROM submissions r WHERE r.id = ", "SELECT id FROM submissions WHERE token = $1"},
}

// CommunityRow is a row of a table of what people did: for each column text, a
// number (int64), bytes, or nothing.
type CommunityRow struct {
	Table  string
	Values map[string]any
}

// DecodeCommunityRow reads a row from JSON, bytes in base64, and checks it.
func DecodeCommunityRow(table string, raw map[string]json.RawMessage) (r CommunityRow, err error) {
	r = CommunityRow{table, make(map[string]any, len(raw))}
	i := slices.IndexFunc(communityTables, func(c carried) bool { return c.table == table })
	if i < 0 {
		return r, errors.New("table: there is none of that name")
	}
	for _, c := range communityTables[i].columns {
		text, there := raw[c.name]
		if !there || string(text) == "null" {
			r.Values[c.name] = nil
			continue
		}
		switch c.kind {
		case '#', '?':
			var n int64
			err = json.Unmarshal(text, &n)
			r.Values[c.name] = n
		case '%':
			var b []byte
			err = json.Unmarshal(text, &b)
			r.Values[c.name] = b
		default:
			var s string
			err = json.Unmarshal(text, &s)
			r.Values[c.name] = s
		}
		if err != nil {
			return r, fmt.Errorf("%s: does not hold what it should", c.name)
		}
	}
	if len(raw) > len(communityTables[i].columns) {
		return r, errors.New("row: it has more columns than the table")
	}
	return r, r.Check()
}

// Check finds what cannot be a row.
func (r *CommunityRow) Check() error {
	i := slices.IndexFunc(communityTables, func(c carried) bool { return c.table == r.Table })
	if i < 0 {
		return errors.New("table: there is none of that name")
	}
	for _, c := range communityTables[i].columns {
		ok := false
		switch v := r.Values[c.name].(type) {
		case string:
			ok = (c.kind == 't' || c.kind == '>') && !strings.ContainsRune(v, 0)
		case int64:
			ok = c.kind == '#' || c.kind == '?'
		case []byte:
			ok = c.kind == '%'
		case nil:
			ok = c.kind == '?' && v == nil
		}
		if _, there := r.Values[c.name]; !ok || !there && c.kind != '?' {
			return fmt.Errorf("%s: does not hold what it should", c.name)
		}
	}
	return nil
}

// EachCommunityRow calls fn with every row of what people did, in an order that
// tells nothing of the database: referred rows before those that refer to them.
// Rows of papers that are gone are left out.
func (s *Store) EachCommunityRow(ctx context.Context, fn func(CommunityRow) error) error {
	for _, c := range communityTables {
		if err := s.eachCarried(ctx, c, fn); err != nil {
			return fmt.Errorf("%s: %w", c.table, s.explain(err))
		}
	}
	return nil
}

func (s *Store) eachCarried(ctx context.Context, c carried, fn func(CommunityRow) error) error {
	var columns []string
	for _, col := range c.columns {
		text := "t." + col.name
		if col.kind == '>' {
			text = "coalesce((" + refTables[col.of].name + "t." + col.name + "), CASE WHEN t." + col.name + " = 0 THEN '' END)"
		}
		columns = append(columns, text)
	}
	order := c.order
	if order == "id" {
		order = "t.id"
	}
	rows, err := s.query(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM `+c.table+` t ORDER BY `+order)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		r, whole := CommunityRow{c.table, make(map[string]any, len(columns))}, true
		for i, col := range c.columns {
			if col.kind == '>' && values[i] == nil {
				whole = false // what it refers to is gone
			}
			r.Values[col.name] = values[i]
		}
		if !whole {
			continue
		}
		if err := fn(r); err != nil {
			return err
		}
	}
	return rows.Err()
}

// HasCommunity tells whether anybody has, or had, an account here.
func (s *Store) HasCommunity(ctx context.Context) (bool, error) {
	var one int
	err := s.queryRow(ctx, `SELECT 1 FROM accounts LIMIT 1`).Scan(&one)
	if err == sql.ErrNoRows {
		return false, nil
	}
	return err == nil, s.explain(err)
}
