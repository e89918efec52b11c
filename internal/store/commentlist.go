package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"

	"broadsheet"
)

// CommentCount is how many comments a paper has, those included that are not
// shown, counted up to most.
func (s *Store) CommentCount(ctx context.Context, paper string, most int) (n int, err error) {
	err = s.queryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM comments WHERE paper_id = (SELECT paper_id FROM paper_ids WHERE ident = $1) LIMIT $2) AS c`, paper, most).Scan(&n)
	return n, s.explain(err)
}

// CommentQuery picks comments that are shown; what is empty picks all.
type CommentQuery struct {
	Paper   string // public id
	Account int64  // row of the author
	Before  int64  // comments before that row, 0 for the newest
	Held    bool   // those that wait for a moderator instead
	Limit   int
}

// LatestComments are comments on papers that are shown, the newest first.
func (s *Store) LatestComments(ctx context.Context, q CommentQuery) ([]broadsheet.Comment, error) {
	state := "shown"
	if q.Held {
		state = "held"
	}
	// The state stands in the text: with a parameter there, no partial index is used.
	text, args := `WHERE c.state = '`+state+`' AND NOT EXISTS (SELECT 1 FROM paper_states h WHERE h.paper_id = c.paper_id AND h.hidden_at IS NOT NULL)`, []any{}
	where := func(condition string, arg any) {
		args = append(args, arg)
		text += " AND " + strings.Replace(condition, "?", "$"+strconv.Itoa(len(args)), 1)
	}
	if q.Paper != "" {
		where("c.paper_id = (SELECT paper_id FROM paper_ids WHERE ident = ?)", q.Paper)
	}
	if q.Account != 0 {
		where("c.account_id = ?", q.Account)
	}
	if q.Before > 0 {
		where("c.id < ?", q.Before)
	}
	args = append(args, q.Limit)
	return s.whole(ctx, text+" ORDER BY c.id DESC LIMIT $"+strconv.Itoa(len(args)), args...)
}

// CommentMark is what somebody gave to a comment.
type CommentMark struct {
	Vote      int // 1, -1 or 0
	Reactions []broadsheet.Reaction
}

// CommentMarks are what an account gave to the comments of a paper, by their rows.
func (s *Store) CommentMarks(ctx context.Context, account int64, paper string) (map[int64]CommentMark, error) {
	out := map[int64]CommentMark{}
	rows, err := s.query(ctx, `SELECT comment_id, value, '' FROM comment_votes WHERE account_id = $1 AND comment_id IN (SELECT id FROM comments WHERE paper_id = (SELECT paper_id FROM paper_ids WHERE ident = $2))
	  UNION ALL SELECT comment_id, 0, reaction FROM comment_reactions WHERE account_id = $1 AND comment_id IN (SELECT id FROM comments WHERE paper_id = (SELECT paper_id FROM paper_ids WHERE ident = $2))`, account, paper)
	_, err = collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var id int64
		var value int
		var reaction broadsheet.Reaction
		if err = r.Scan(&id, &value, &reaction); err != nil {
			return none, err
		}
		m := out[id]
		m.Vote += value
		if reaction != "" {
			m.Reactions = append(m.Reactions, reaction)
		}
		out[id] = m
		return none, nil
	})
	return out, s.explain(err)
}

// Handles tells which of some names are handles of accounts in use.
func (s *Store) Handles(ctx context.Context, names []string) (map[string]bool, error) {
	if len(names) == 0 {
		return nil, nil
	}
	out, args := map[string]bool{}, make([]any, len(names))
	for i, n := range names {
		args[i] = n
	}
	rows, err := s.query(ctx, `SELECT name FROM accounts WHERE state <> 'deleted' AND name IN (`+placeholders(1, len(names))+`)`, args...)
	_, err = collect(rows, err, func(r *sql.Rows) (name string, err error) {
		err = r.Scan(&name)
		out[name] = true
		return name, err
	})
	return out, s.explain(err)
}

// Known gives the public ids of the papers that have some ids; those that are not
// here are left out.
func (s *Store) Known(ctx context.Context, ids []string) (map[string]string, error) {
	rows, err := s.rowsOf(ctx, s.read, ids)
	out := make(map[string]string, len(rows))
	for id, o := range rows {
		out[id] = o.key
	}
	return out, s.explain(err)
}

// PaperState is what moderators decided about a paper.
type PaperState struct {
	HiddenAt, LockedAt time.Time
	Reason             string
}

// PaperState reads what moderators decided about a paper, by any of its ids.
func (s *Store) PaperState(ctx context.Context, paper string) (p PaperState, err error) {
	var hidden, locked sql.NullInt64
	err = s.queryRow(ctx, `SELECT hidden_at, locked_at, reason FROM paper_states WHERE paper_id = (SELECT paper_id FROM paper_ids WHERE ident = $1)`, paper).Scan(&hidden, &locked, &p.Reason)
	if err == sql.ErrNoRows {
		return p, nil
	}
	p.HiddenAt, p.LockedAt = fromMicros(hidden), fromMicros(locked)
	return p, s.explain(err)
}

// CommentOutline is Comments without what the comments say: for discussions that
// are longer than a page.
func (s *Store) CommentOutline(ctx context.Context, paper string, limit int) ([]broadsheet.Comment, error) {
	return s.comments(ctx, strings.Replace(commentShort, "c.html", "''", 1), paper, limit)
}

// CommentTexts are the HTML of comments, by their rows.
func (s *Store) CommentTexts(ctx context.Context, ids []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	const batch = 500
	for len(ids) > 0 {
		n := min(batch, len(ids))
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = id
		}
		ids = ids[n:]
		rows, err := s.query(ctx, `SELECT id, html FROM comments WHERE id IN (`+placeholders(1, n)+`)`, args...)
		_, err = collect(rows, err, func(r *sql.Rows) (id int64, err error) {
			var html string
			err = r.Scan(&id, &html)
			out[id] = html
			return id, err
		})
		if err != nil {
			return nil, s.explain(err)
		}
	}
	return out, nil
}
