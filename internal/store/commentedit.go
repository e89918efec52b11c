package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"broadsheet"
)

var errCommentGone = &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this comment was deleted", Fix: "it cannot be brought back; write a new one"}

// EditComment puts other words into a comment and keeps those that were there.
// It is Conflict where another edit came first (Version), or the comment was
// deleted; Denied for who did not write it, or where a moderator hid it.
func (s *Store) EditComment(ctx context.Context, d CommentDraft) (broadsheet.Comment, error) {
	err := s.submit(ctx, func(ctx context.Context, tx *txn) error { return s.editComment(ctx, tx, d) })
	if err != nil {
		return broadsheet.Comment{}, err
	}
	return s.Comment(ctx, d.Token)
}

func (s *Store) editComment(ctx context.Context, tx *txn, d CommentDraft) error {
	if err := s.stays(ctx, tx, d.Account); err != nil {
		return err
	}
	c, err := s.lockComment(ctx, tx, d.Token)
	if err != nil {
		return err
	}
	switch {
	case c.account != d.Account:
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "somebody else wrote this", Fix: "answer it instead"}
	case c.state == broadsheet.CommentDeleted:
		return errCommentGone
	case c.state == broadsheet.CommentHidden:
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "a moderator hid this comment", Fix: "write to the moderators"}
	case c.version != d.Version:
		return &broadsheet.Error{Kind: broadsheet.Conflict, Field: "version", Text: "this comment was changed meanwhile, in another window perhaps", Fix: "look at it as it is now, and edit that"}
	}
	p, err := s.place(ctx, tx, "$1", c.paper)
	if err != nil {
		return err
	}
	if err := p.open(d.Moderator); err != nil {
		return err
	}
	// Who was named before is not told again.
	st, err := tx.prepare(ctx, `SELECT mentions FROM comments WHERE id = $1`)
	if err != nil {
		return err
	}
	var before string
	if err := st.QueryRowContext(ctx, c.id).Scan(&before); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `INSERT INTO comment_edits (comment_id, version, body, html, at) SELECT id, version, body, html, coalesce(edited_at, created_at) FROM comments WHERE id = $1`, c.id); err != nil {
		return err
	}
	state := c.state
	if d.Held {
		state = broadsheet.CommentHeld
	}
	if _, err := tx.exec(ctx, `UPDATE comments SET body = $1, html = $2, plain = $3, renderer = $4, mentions = $5, state = $6, version = version + 1, edited_at = $7 WHERE id = $8`,
		d.Text, d.HTML, d.Plain, d.Renderer, strings.Join(d.Mentions, " "), string(state), d.At.UnixMicro(), c.id); err != nil {
		return err
	}
	tx.tally(p.row, p.key, 0, shows(state)-shows(c.state))
	if state != broadsheet.CommentShown {
		return nil
	}
	known := strings.Fields(before)
	added := slices.DeleteFunc(slices.Clone(d.Mentions), func(n string) bool { return slices.Contains(known, n) })
	return s.mentioned(ctx, tx, p, d, added)
}

// mentioned tells those whom an edit names anew. A name that went with one edit and
// comes back with another is no news.
func (s *Store) mentioned(ctx context.Context, tx *txn, p place, d CommentDraft, names []string) error {
	if len(names) == 0 {
		return nil
	}
	rows, err := tx.query(ctx, `SELECT id FROM accounts WHERE `+activeAt("", 1)+` AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.account_id = accounts.id AND n.comment = $2 AND n.kind IN ('mention', 'reply'))
	  AND name IN (`+placeholders(3, len(names))+`)`, append([]any{d.At.UnixMicro(), d.Token}, anys(names)...)...)
	ids, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.note(ctx, tx, said(p, d, id, broadsheet.NotifyMention)); err != nil {
			return err
		}
	}
	return nil
}

// shows is what a comment adds to its paper's count.
func shows(state broadsheet.CommentState) int64 {
	if state == broadsheet.CommentShown {
		return 1
	}
	return 0
}

// DeleteComment takes the words of a comment away, and those that it had before.
// Its row stays, so that what answers it keeps its place. It is Denied for who
// did not write it, Conflict where it was deleted before.
func (s *Store) DeleteComment(ctx context.Context, token string, account int64, at time.Time) error {
	return s.submit(ctx, func(ctx context.Context, tx *txn) error {
		c, err := s.lockComment(ctx, tx, token)
		switch {
		case err != nil:
			return err
		case c.account != account:
			return &broadsheet.Error{Kind: broadsheet.Denied, Text: "somebody else wrote this", Fix: "report it to the moderators, if it should not stand here"}
		case c.state == broadsheet.CommentDeleted:
			return errCommentGone
		}
		p, err := s.place(ctx, tx, "$1", c.paper)
		if err != nil {
			return err
		}
		return s.emptyComment(ctx, tx, c, p, at)
	})
}

// emptyComment is what deleting does to rows.
func (s *Store) emptyComment(ctx context.Context, tx *txn, c heldComment, p place, at time.Time) error {
	if _, err := tx.exec(ctx, `UPDATE comments SET state = 'deleted', body = '', html = '', plain = '', mentions = '', reactions = '', ups = 0, downs = 0, version = version + 1, edited_at = $1 WHERE id = $2`, at.UnixMicro(), c.id); err != nil {
		return err
	}
	for _, table := range []string{"comment_edits", "comment_votes", "comment_reactions"} {
		if _, err := tx.exec(ctx, `DELETE FROM `+table+` WHERE comment_id = $1`, c.id); err != nil {
			return err
		}
	}
	// Excerpts went to those whom it concerned.
	if _, err := tx.exec(ctx, `UPDATE notifications SET detail = '' WHERE comment <> '' AND comment = (SELECT token FROM comments WHERE id = $1) AND kind IN (`+saying+`)`, c.id); err != nil {
		return err
	}
	tx.tally(p.row, p.key, 0, -shows(c.state))
	return nil
}

// ModerateComment hides a comment, which upholds the reports about it, shows it
// again, or takes one that was held; it tells its author, and writes the act into
// the log. It is Conflict where the comment is in none of the states from: another
// moderator was faster.
func (s *Store) ModerateComment(ctx context.Context, token string, from []broadsheet.CommentState, to broadsheet.CommentState, x broadsheet.Action) error {
	return s.submit(ctx, func(ctx context.Context, tx *txn) error {
		c, err := s.lockComment(ctx, tx, token)
		if err != nil {
			return err
		}
		if c.state == broadsheet.CommentDeleted {
			return errCommentGone
		}
		if !slices.Contains(from, c.state) {
			return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this comment is " + string(c.state) + " already", Fix: "look again: somebody was faster"}
		}
		p, err := s.place(ctx, tx, "$1", c.paper)
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE comments SET state = $1 WHERE id = $2`, string(to), c.id); err != nil {
			return err
		}
		tx.tally(p.row, p.key, 0, shows(to)-shows(c.state))
		if c.state == broadsheet.CommentHeld && to == broadsheet.CommentShown {
			if err := s.released(ctx, tx, c, p, x.At); err != nil {
				return err
			}
		}
		x.Paper = p.key
		detail := "your comment is shown again"
		switch {
		case to == broadsheet.CommentHidden:
			detail = "your comment was hidden: " + x.Reason
			if err := s.uphold(ctx, tx, x); err != nil {
				return err
			}
		case c.state == broadsheet.CommentHeld:
			detail = "your comment is shown now"
		}
		if err := s.note(ctx, tx, broadsheet.Notification{Account: c.account, Kind: broadsheet.NotifyModeration, Actor: x.Actor, Paper: p.key, Comment: token, Detail: detail, At: x.At}); err != nil {
			return err
		}
		return s.putAction(ctx, tx, x)
	})
}

// released tells of a comment that was held, as if it were written now.
func (s *Store) released(ctx context.Context, tx *txn, c heldComment, p place, at time.Time) error {
	st, err := tx.prepare(ctx, `SELECT c.token, c.plain, c.mentions, a.name, coalesce((SELECT q.account_id FROM comments q WHERE q.id = c.parent_id), 0) FROM comments c JOIN accounts a ON a.id = c.account_id WHERE c.id = $1`)
	if err != nil {
		return err
	}
	d, mentions, parentBy := CommentDraft{Account: c.account, At: at}, "", int64(0)
	if err := st.QueryRowContext(ctx, c.id).Scan(&d.Token, &d.Plain, &mentions, &d.Name, &parentBy); err != nil {
		return err
	}
	return s.announce(ctx, tx, p, d, parentBy, strings.Fields(mentions))
}
