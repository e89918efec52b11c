package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"broadsheet"
)

// CommentVote is a vote for a comment, or a reaction to it.
type CommentVote struct {
	Token    string
	Account  int64
	At       time.Time
	Value    int                 // 1, -1, or 0 to take it back
	Counts   bool                // else it is kept for its giver and counted for nobody
	PerHour  int                 // votes that the account may give in an hour, 0 for no limit
	Reaction broadsheet.Reaction // of React
	Back     bool                // of React: to take it back
}

// voted is what may be voted for: it is read with its row held, so that of a
// hundred votes at once each finds what those before left.
func (s *Store) voted(ctx context.Context, tx *txn, v CommentVote) (c heldComment, p place, err error) {
	if err = s.stays(ctx, tx, v.Account); err != nil {
		return c, p, err
	}
	if c, err = s.lockComment(ctx, tx, v.Token); err != nil {
		return c, p, err
	}
	if p, err = s.place(ctx, tx, "$1", c.paper); err != nil {
		return c, p, err
	}
	switch {
	case p.hidden:
		err = noComment()
	case c.state == broadsheet.CommentDeleted:
		err = &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this comment was deleted", Fix: "there is nothing to vote for"}
	case c.state != broadsheet.CommentShown:
		err = &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this comment is hidden", Fix: "there is nothing to vote for"}
	case c.account == v.Account && v.Reaction == "":
		err = &broadsheet.Error{Kind: broadsheet.Denied, Text: "you wrote this yourself", Fix: "let others say how helpful it is"}
	}
	return c, p, err
}

// VoteComment stores a vote, in place of the one that the account gave before,
// and gives the comment's votes. The same vote twice is one.
func (s *Store) VoteComment(ctx context.Context, v CommentVote) (ups, downs int, err error) {
	err = s.submit(ctx, func(ctx context.Context, tx *txn) error {
		c, p, err := s.voted(ctx, tx, v)
		if err != nil {
			return err
		}
		old, counted, err := s.oldVote(ctx, tx, v.Account, c.id)
		if err != nil {
			return err
		}
		if old == 0 && v.Value != 0 {
			if err := s.mayVote(ctx, tx, v); err != nil {
				return err
			}
		}
		if v.Value == 0 {
			_, err = tx.exec(ctx, `DELETE FROM comment_votes WHERE account_id = $1 AND comment_id = $2`, v.Account, c.id)
		} else {
			_, err = tx.exec(ctx, `INSERT INTO comment_votes (account_id, comment_id, value, at, counts) VALUES ($1, $2, $3, $4, $5)
			  ON CONFLICT (account_id, comment_id) DO UPDATE SET value = excluded.value, at = excluded.at, counts = excluded.counts`, v.Account, c.id, v.Value, v.At.UnixMicro(), flag(v.Counts))
		}
		if err != nil {
			return err
		}
		if !counted {
			old = 0
		}
		value := v.Value
		if !v.Counts {
			value = 0
		}
		st, err := tx.prepare(ctx, `UPDATE comments SET ups = ups + $1, downs = downs + $2 WHERE id = $3 RETURNING ups, downs`)
		if err != nil {
			return err
		}
		if err := st.QueryRowContext(ctx, is(value, 1)-is(old, 1), is(value, -1)-is(old, -1), c.id).Scan(&ups, &downs); err != nil {
			return err
		}
		if value != old {
			tx.tally(p.row, p.key, 0, 0)
		}
		return nil
	})
	return ups, downs, err
}

func is(value, want int) int {
	if value == want {
		return 1
	}
	return 0
}

func (s *Store) oldVote(ctx context.Context, tx *txn, account, comment int64) (value int, counted bool, err error) {
	st, err := tx.prepare(ctx, `SELECT value, counts FROM comment_votes WHERE account_id = $1 AND comment_id = $2`)
	if err != nil {
		return 0, false, err
	}
	if err = st.QueryRowContext(ctx, account, comment).Scan(&value, &counted); err == sql.ErrNoRows {
		err = nil
	}
	return value, counted, err
}

func (s *Store) mayVote(ctx context.Context, tx *txn, v CommentVote) error {
	if v.PerHour <= 0 {
		return nil
	}
	st, err := tx.prepare(ctx, `SELECT count(*) FROM comment_votes WHERE account_id = $1 AND at > $2`)
	if err != nil {
		return err
	}
	var n int
	if err := st.QueryRowContext(ctx, v.Account, v.At.Add(-time.Hour).UnixMicro()).Scan(&n); err != nil {
		return err
	}
	if n >= v.PerHour {
		return &broadsheet.Error{Kind: broadsheet.Limited, Text: fmt.Sprintf("that were %d votes in an hour", n), Fix: "come back in an hour"}
	}
	return nil
}

// React gives a reaction to a comment, or takes it back, and gives all counts of
// that comment.
func (s *Store) React(ctx context.Context, v CommentVote) (counts []broadsheet.ReactionCount, err error) {
	err = s.submit(ctx, func(ctx context.Context, tx *txn) error {
		c, p, err := s.voted(ctx, tx, v)
		if err != nil {
			return err
		}
		if v.Back {
			_, err = tx.exec(ctx, `DELETE FROM comment_reactions WHERE account_id = $1 AND comment_id = $2 AND reaction = $3`, v.Account, c.id, string(v.Reaction))
		} else {
			_, err = tx.exec(ctx, `INSERT INTO comment_reactions (account_id, comment_id, reaction, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, v.Account, c.id, string(v.Reaction), v.At.UnixMicro())
		}
		if err != nil {
			return err
		}
		if counts, err = s.countReactions(ctx, tx, c.id); err != nil {
			return err
		}
		tx.tally(p.row, p.key, 0, 0)
		return nil
	})
	return counts, err
}

// countReactions counts a comment's reactions anew and writes them beside it.
func (s *Store) countReactions(ctx context.Context, tx *txn, comment int64) ([]broadsheet.ReactionCount, error) {
	rows, err := tx.query(ctx, `SELECT reaction, count(*) FROM comment_reactions WHERE comment_id = $1 GROUP BY reaction`, comment)
	found, err := collect(rows, err, func(r *sql.Rows) (x broadsheet.ReactionCount, err error) {
		err = r.Scan(&x.Reaction, &x.Count)
		return x, err
	})
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	var out []broadsheet.ReactionCount
	for _, r := range broadsheet.Reactions {
		for _, x := range found {
			if x.Reaction == r {
				fmt.Fprintf(&b, "%s %d ", r, x.Count)
				out = append(out, x)
			}
		}
	}
	_, err = tx.exec(ctx, `UPDATE comments SET reactions = $1 WHERE id = $2`, strings.TrimSpace(b.String()), comment)
	return out, err
}
