package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"broadsheet"
)

const claimColumns = `c.id, c.token, c.account_id, a.name, a.full_name, p.key, c.position, c.name, c.author_key, c.state, c.proof, c.evidence, c.reason, c.decider, c.asked_at, c.closed_at`

const fromClaims = ` FROM claims c JOIN accounts a ON a.id = c.account_id JOIN papers p ON p.id = c.paper_id`

func scanClaim(r *sql.Rows) (c broadsheet.Claim, err error) {
	var asked int64
	var closed sql.NullInt64
	err = r.Scan(&c.ID, &c.Token, &c.Account, &c.By.Key, &c.By.Name, &c.Paper, &c.Position, &c.Name, &c.Key, &c.State, &c.Proof, &c.Evidence, &c.Reason, &c.Decider, &asked, &closed)
	c.AskedAt, c.ClosedAt = microTime(asked), fromMicros(closed)
	return c, err
}

// ClaimQuery picks claims; what is empty picks all.
type ClaimQuery struct {
	Account int64
	State   broadsheet.ClaimState
	Paper   string // any of its ids
	Before  int64  // rows before that one, 0 for the newest
	Oldest  bool   // first: the queue
	Limit   int
}

// Claims are those that a query wants, the newest first. Claims of papers that
// moderators have hidden are left out.
func (s *Store) Claims(ctx context.Context, q ClaimQuery) ([]broadsheet.Claim, error) {
	text, args := ` WHERE p.hidden = 0`, []any{}
	where := func(condition string, arg any) {
		args = append(args, arg)
		text += fmt.Sprintf(" AND "+condition, len(args))
	}
	if q.Account != 0 {
		where("c.account_id = $%d", q.Account)
	}
	if q.State != "" {
		where("c.state = $%d", string(q.State))
	}
	if q.Paper != "" {
		where("c.paper_id = (SELECT paper_id FROM paper_ids WHERE ident = $%d)", q.Paper)
	}
	if q.Before > 0 {
		where("c.id < $%d", q.Before)
	}
	order := " ORDER BY c.id DESC"
	if q.Oldest {
		order = " ORDER BY c.id"
	}
	args = append(args, q.Limit)
	rows, err := s.query(ctx, `SELECT `+claimColumns+fromClaims+text+order+fmt.Sprintf(" LIMIT $%d", len(args)), args...)
	out, err := collect(rows, err, scanClaim)
	return out, s.explain(err)
}

var errNoClaim = error(&broadsheet.Error{Kind: broadsheet.NotFound, Text: "there is no such claim", Fix: "see /claims"})

// Claim finds a claim by its token; NotFound where there is none.
func (s *Store) Claim(ctx context.Context, token string) (broadsheet.Claim, error) {
	c, err := s.claimOf(ctx, s.read, token)
	return c, s.explain(err)
}

func (s *Store) claimOf(ctx context.Context, q queryer, token string) (broadsheet.Claim, error) {
	all, err := s.claimsIn(ctx, q, ` WHERE c.token = $1`, token)
	if err == nil && len(all) == 0 {
		err = errNoClaim
	}
	if err != nil {
		return broadsheet.Claim{}, err
	}
	return all[0], nil
}

func (s *Store) claimsIn(ctx context.Context, q queryer, where string, args ...any) ([]broadsheet.Claim, error) {
	rows, err := q.QueryContext(ctx, s.dialect.rebind(`SELECT `+claimColumns+fromClaims+where), args...)
	return collect(rows, err, scanClaim)
}

// CountClaims is how many claims wait for moderators, counted up to most, without
// those of papers that they have hidden.
func (s *Store) CountClaims(ctx context.Context, most int) (n int, err error) {
	err = s.queryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM claims c JOIN papers p ON p.id = c.paper_id WHERE c.state = 'waiting' AND p.hidden = 0 LIMIT $1) AS waiting`, most).Scan(&n)
	return n, s.explain(err)
}

// ClaimedAuthors are the accepted claims of papers, by the papers' public ids.
func (s *Store) ClaimedAuthors(ctx context.Context, papers []string) (map[string][]broadsheet.Claim, error) {
	out := map[string][]broadsheet.Claim{}
	for part := range slices.Chunk(papers, 500) {
		found, err := s.claimsIn(ctx, s.read, ` WHERE c.state = 'accepted' AND c.paper_id IN (SELECT paper_id FROM paper_ids WHERE ident IN (`+placeholders(1, len(part))+`)) ORDER BY c.position, c.id`, anys(part)...)
		if err != nil {
			return nil, s.explain(err)
		}
		for _, c := range found {
			out[c.Paper] = append(out[c.Paper], c)
		}
	}
	return out, nil
}

// Participating tells of which papers a claimed author takes part in the
// discussion, by their public ids.
func (s *Store) Participating(ctx context.Context, papers []string) (map[string]bool, error) {
	out := map[string]bool{}
	for part := range slices.Chunk(papers, 500) {
		rows, err := s.query(ctx, `SELECT DISTINCT p.key FROM claims c JOIN papers p ON p.id = c.paper_id
		  JOIN comments m ON m.paper_id = c.paper_id AND m.account_id = c.account_id AND m.state = 'shown'
		  WHERE c.state = 'accepted' AND c.paper_id IN (SELECT paper_id FROM paper_ids WHERE ident IN (`+placeholders(1, len(part))+`))`, anys(part)...)
		keys, err := collect(rows, err, func(r *sql.Rows) (key string, err error) { return key, r.Scan(&key) })
		if err != nil {
			return nil, s.explain(err)
		}
		for _, k := range keys {
			out[k] = true
		}
	}
	return out, nil
}
