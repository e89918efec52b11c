package store

import (
	"context"
	"database/sql"

	"broadsheet"
)

// VotedFor tells for which of some papers, named by their public ids, an account
// has a vote.
func (s *Store) VotedFor(ctx context.Context, account int64, papers []string) (map[string]bool, error) {
	if len(papers) == 0 {
		return nil, nil
	}
	rows, err := s.query(ctx, `SELECT i.ident FROM paper_ids i JOIN votes v ON v.paper_id = i.paper_id AND v.account_id = $1
	  WHERE i.ident IN (`+placeholders(2, len(papers))+`)`, append([]any{account}, anys(papers)...)...)
	out := make(map[string]bool, len(papers))
	_, err = collect(rows, err, func(r *sql.Rows) (id string, err error) {
		err = r.Scan(&id)
		out[id] = true
		return id, err
	})
	return out, s.explain(err)
}

// Voters are votes for a paper that count, the latest first, from offset at most
// limit of them, with who gave them.
func (s *Store) Voters(ctx context.Context, paper string, offset, limit int) ([]broadsheet.Vote, error) {
	rows, err := s.query(ctx, `SELECT v.at, a.id, a.token, a.name, a.full_name, a.role, a.state, a.avatar_key, a.created_at
	  FROM paper_ids i JOIN votes v ON v.paper_id = i.paper_id JOIN accounts a ON a.id = v.account_id
	  WHERE i.ident = $1 AND v.counts = 1 ORDER BY v.at DESC, v.account_id DESC LIMIT $2 OFFSET $3`, paper, limit, offset)
	out, err := collect(rows, err, func(r *sql.Rows) (v broadsheet.Vote, err error) {
		var at, since int64
		by := &v.By
		err = r.Scan(&at, &by.ID, &by.Token, &by.Name, &by.FullName, &by.Role, &by.State, &by.AvatarKey, &since)
		v.Paper, v.At, by.Since = paper, microTime(at), microTime(since)
		return v, err
	})
	return out, s.explain(err)
}

// VotesBy are the votes that an account gave, the latest first, from offset at
// most limit of them; those for papers that are hidden are left out.
func (s *Store) VotesBy(ctx context.Context, account int64, offset, limit int) ([]broadsheet.Vote, error) {
	rows, err := s.query(ctx, `SELECT p.key, v.at FROM votes v JOIN papers p ON p.id = v.paper_id WHERE v.account_id = $1
	  AND NOT EXISTS (SELECT 1 FROM paper_states h WHERE h.paper_id = p.id AND h.hidden_at IS NOT NULL)
	  ORDER BY v.at DESC, v.paper_id DESC LIMIT $2 OFFSET $3`, account, limit, offset)
	out, err := collect(rows, err, func(r *sql.Rows) (v broadsheet.Vote, err error) {
		var at int64
		err = r.Scan(&v.Paper, &at)
		v.At = microTime(at)
		return v, err
	})
	return out, s.explain(err)
}
