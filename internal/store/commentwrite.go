package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"broadsheet"
)

// CommentDraft is a comment that is to be stored, or what an edit makes of one.
type CommentDraft struct {
	Token    string // "" for a new comment: one is made
	Paper    string // public id, of a new comment
	Parent   string // token, of a new comment
	Account  int64
	Name     string // handle of the account
	Text     string
	HTML     string
	Plain    string
	Renderer int
	Mentions []string
	Held     bool // it waits for a moderator
	At       time.Time

	Version   int  // that was edited
	PerHour   int  // comments that the account may write in an hour, 0 for no limit
	Moderator bool // may write where a discussion is locked
}

// duplicateWithin is how long the same words by the same person are taken for a
// button that was pressed twice.
const duplicateWithin = time.Minute

// excerptBytes is the most of a comment that a notification tells.
const excerptBytes = 300

// place is the paper that a comment belongs to, as its writers find it.
type place struct {
	row            int64
	key            string
	hidden, locked bool
}

func (s *Store) place(ctx context.Context, tx *txn, where string, arg any) (p place, err error) {
	st, err := tx.prepare(ctx, `SELECT p.id, p.key, h.hidden_at IS NOT NULL, h.locked_at IS NOT NULL FROM papers p LEFT JOIN paper_states h ON h.paper_id = p.id WHERE p.id = `+where)
	if err != nil {
		return p, err
	}
	if err = st.QueryRowContext(ctx, arg).Scan(&p.row, &p.key, &p.hidden, &p.locked); errors.Is(err, sql.ErrNoRows) {
		err = broadsheet.Errorf(broadsheet.NotFound, "there is no such paper here")
	}
	return p, err
}

// open tells whether something may be written there.
func (p place) open(moderator bool) error {
	switch {
	case p.hidden && !moderator:
		return broadsheet.Errorf(broadsheet.NotFound, "there is no such paper here")
	case p.locked && !moderator:
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "the discussion of this paper is closed", Fix: "it can still be read"}
	}
	return nil
}

// PutComment stores a new comment, counts it, and tells those whom it concerns.
// It is NotFound for a paper that is not here, Denied where the discussion is
// closed, Conflict where what it answers is gone or the same was said a moment
// ago, Limited past PerHour.
func (s *Store) PutComment(ctx context.Context, d CommentDraft) (broadsheet.Comment, error) {
	d.Token = broadsheet.NewObjectID()
	err := s.submit(ctx, func(ctx context.Context, tx *txn) error { return s.putComment(ctx, tx, d) })
	if err != nil {
		return broadsheet.Comment{}, err
	}
	return s.Comment(ctx, d.Token)
}

func (s *Store) putComment(ctx context.Context, tx *txn, d CommentDraft) error {
	if err := s.staysAlone(ctx, tx, d.Account); err != nil {
		return err
	}
	p, err := s.place(ctx, tx, `(SELECT paper_id FROM paper_ids WHERE ident = $1)`, d.Paper)
	if err != nil {
		return err
	}
	if err := p.open(d.Moderator); err != nil {
		return err
	}
	var parent, parentBy int64
	if d.Parent != "" {
		x, err := s.lockComment(ctx, tx, d.Parent)
		if err != nil {
			return err
		}
		if x.paper != p.row || x.state != broadsheet.CommentShown {
			return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "the comment that this answers is gone", Fix: "answer another, or begin a thread"}
		}
		parent, parentBy = x.id, x.account
	}
	if err := s.mayComment(ctx, tx, p.row, d); err != nil {
		return err
	}
	state, n := broadsheet.CommentShown, int64(1)
	if d.Held {
		state, n = broadsheet.CommentHeld, 0
	}
	if _, err := tx.exec(ctx, `INSERT INTO comments (token, paper_id, parent_id, account_id, state, body, html, plain, renderer, mentions, version, ups, downs, reactions, created_at)
	  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 0, 0, '', $11)`,
		d.Token, p.row, parent, d.Account, string(state), d.Text, d.HTML, d.Plain, d.Renderer, strings.Join(d.Mentions, " "), d.At.UnixMicro()); err != nil {
		return err
	}
	tx.tally(p.row, p.key, 0, n)
	if d.Held {
		return nil
	}
	return s.announce(ctx, tx, p, d, parentBy, d.Mentions)
}

// mayComment holds an account to its limit, and against saying things twice. The
// transaction holds the account's row.
func (s *Store) mayComment(ctx context.Context, tx *txn, paper int64, d CommentDraft) error {
	st, err := tx.prepare(ctx, `SELECT count(*), coalesce(sum(CASE WHEN paper_id = $1 AND body = $2 AND created_at > $3 THEN 1 ELSE 0 END), 0) FROM comments WHERE account_id = $4 AND created_at > $5`)
	if err != nil {
		return err
	}
	var hour, same int
	if err := st.QueryRowContext(ctx, paper, d.Text, d.At.Add(-duplicateWithin).UnixMicro(), d.Account, d.At.Add(-time.Hour).UnixMicro()).Scan(&hour, &same); err != nil {
		return err
	}
	switch {
	case same > 0:
		return &broadsheet.Error{Kind: broadsheet.Conflict, Field: "text", Text: "you said exactly this a moment ago; it is there", Fix: "say something else, or wait a minute"}
	case d.PerHour > 0 && hour >= d.PerHour:
		return &broadsheet.Error{Kind: broadsheet.Limited, Text: fmt.Sprintf("that were %d comments in an hour", hour), Fix: "take a walk, and come back in an hour"}
	}
	return nil
}

// announce tells of a comment that is shown: whom it answers, whom it names, and
// whose paper it is about; each once.
func (s *Store) announce(ctx context.Context, tx *txn, p place, d CommentDraft, parentBy int64, mentions []string) error {
	told := map[int64]bool{d.Account: true, 0: true}
	tell := func(account int64, kind broadsheet.NotificationKind) error {
		if told[account] {
			return nil
		}
		told[account] = true
		return s.note(ctx, tx, said(p, d, account, kind))
	}
	if err := tell(parentBy, broadsheet.NotifyReply); err != nil {
		return err
	}
	for _, find := range []struct {
		kind broadsheet.NotificationKind
		text string
		args []any
	}{
		{broadsheet.NotifyMention, `SELECT id FROM accounts WHERE ` + activeAt("", 1) + ` AND name IN (` + placeholders(2, max(1, len(mentions))) + `)`, append([]any{d.At.UnixMicro()}, anyOf(mentions)...)},
		// Who brought the paper here has a handle as key, which no imported person has.
		{broadsheet.NotifyPaper, `SELECT a.id FROM features f JOIN accounts a ON a.name = f.person_key WHERE f.paper_id = $1 AND ` + activeAt("a.", 2) + `
		  UNION SELECT a.id FROM claims c JOIN accounts a ON a.id = c.account_id WHERE c.paper_id = $1 AND c.state = 'accepted' AND ` + activeAt("a.", 2), []any{p.row, d.At.UnixMicro()}},
	} {
		rows, err := tx.query(ctx, find.text, find.args...)
		ids, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { err = r.Scan(&id); return id, err })
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := tell(id, find.kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// said tells an account the beginning of a comment.
func said(p place, d CommentDraft, account int64, kind broadsheet.NotificationKind) broadsheet.Notification {
	return broadsheet.Notification{Account: account, Kind: kind, Actor: d.Name, Paper: p.key, Comment: d.Token, Detail: firstBytes(d.Plain, excerptBytes), At: d.At}
}

// anyOf are names as arguments; one that nobody has where there are none.
func anyOf(names []string) []any {
	if len(names) == 0 {
		return []any{""}
	}
	out := make([]any, len(names))
	for i, n := range names {
		out[i] = n
	}
	return out
}

// firstBytes is the beginning of text, whole characters of it.
func firstBytes(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// heldComment is a comment whose row a transaction holds.
type heldComment struct {
	id, paper, parent, account int64
	state                      broadsheet.CommentState
	version                    int
}

// lockComment reads a comment's row so that nobody changes it before the
// transaction ends: SQLite has one writer, PostgreSQL a lock of the row.
func (s *Store) lockComment(ctx context.Context, tx *txn, token string) (c heldComment, err error) {
	st, err := tx.prepare(ctx, `UPDATE comments SET version = version WHERE token = $1 RETURNING id, paper_id, parent_id, account_id, state, version`)
	if err != nil {
		return c, err
	}
	if err = st.QueryRowContext(ctx, token).Scan(&c.id, &c.paper, &c.parent, &c.account, &c.state, &c.version); errors.Is(err, sql.ErrNoRows) {
		err = noComment()
	}
	return c, err
}
