package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"broadsheet"
)

// commentShort are the columns of a comment on a page of a thousand: the text as
// it was written, and what is only said elsewhere, stay in the database.
const commentShort = `c.id, c.token, p.key, c.parent_id, c.state, c.html, '', '', c.renderer, c.mentions, c.version, c.ups, c.downs, c.reactions, c.created_at, c.edited_at,
  a.id, a.token, a.name, a.full_name, a.role, a.state, a.avatar_key, a.created_at`

var (
	commentWhole = strings.Replace(commentShort, "c.html, '', ''", "c.html, c.body, c.plain", 1)
	commentFrom  = ` FROM comments c JOIN papers p ON p.id = c.paper_id JOIN accounts a ON a.id = c.account_id `
)

// commentRow is a comment with the row of what it answers.
type commentRow struct {
	broadsheet.Comment
	parent int64
}

// scan reads a row; more takes what its query asks for beside commentShort.
func (c *commentRow) scan(r *sql.Rows, more ...any) error {
	var created, since int64
	var edited sql.NullInt64
	var mentions, reactions string
	err := r.Scan(append([]any{&c.ID, &c.Token, &c.Paper, &c.parent, &c.State, &c.HTML, &c.Text, &c.Plain, &c.Renderer, &mentions, &c.Version, &c.Ups, &c.Downs, &reactions, &created, &edited,
		&c.By.ID, &c.By.Token, &c.By.Name, &c.By.FullName, &c.By.Role, &c.By.State, &c.By.AvatarKey, &since}, more...)...)
	c.CreatedAt, c.EditedAt, c.By.Since = microTime(created), fromMicros(edited), microTime(since)
	if mentions != "" {
		c.Mentions = strings.Fields(mentions)
	}
	c.Reactions = reactionCounts(reactions)
	return err
}

// reactionCounts reads "heart 3 eyes 1".
func reactionCounts(text string) (out []broadsheet.ReactionCount) {
	fields := strings.Fields(text)
	for i := 0; i+1 < len(fields); i += 2 {
		if n, err := strconv.Atoi(fields[i+1]); err == nil && n > 0 {
			out = append(out, broadsheet.ReactionCount{Reaction: broadsheet.Reaction(fields[i]), Count: n})
		}
	}
	return out
}

// Comments are a paper's comments, whatever their state, the oldest first, at
// most limit. They come without text and plain text.
func (s *Store) Comments(ctx context.Context, paper string, limit int) ([]broadsheet.Comment, error) {
	return s.comments(ctx, commentShort, paper, limit)
}

func (s *Store) comments(ctx context.Context, columns, paper string, limit int) ([]broadsheet.Comment, error) {
	rows, err := s.query(ctx, `SELECT `+columns+commentFrom+`WHERE c.paper_id = (SELECT paper_id FROM paper_ids WHERE ident = $1) ORDER BY c.id LIMIT $2`, paper, limit)
	found, err := collect(rows, err, func(r *sql.Rows) (c commentRow, err error) { err = c.scan(r); return c, err })
	if err != nil {
		return nil, s.explain(err)
	}
	tokens := make(map[int64]string, len(found))
	for i := range found {
		tokens[found[i].ID] = found[i].Token
	}
	out := make([]broadsheet.Comment, len(found))
	for i := range found {
		out[i] = found[i].Comment
		out[i].Parent = tokens[found[i].parent]
	}
	return out, nil
}

// Comment reads a comment, whatever its state, with all that is stored of it.
func (s *Store) Comment(ctx context.Context, token string) (broadsheet.Comment, error) {
	out, err := s.whole(ctx, `WHERE c.token = $1`, token)
	if err != nil {
		return broadsheet.Comment{}, err
	}
	if len(out) == 0 {
		return broadsheet.Comment{}, noComment()
	}
	return out[0], nil
}

func noComment() error { return broadsheet.Errorf(broadsheet.NotFound, "there is no such comment") }

// whole reads comments with their text and the tokens of what they answer.
func (s *Store) whole(ctx context.Context, where string, args ...any) ([]broadsheet.Comment, error) {
	rows, err := s.query(ctx, `SELECT `+commentWhole+`, coalesce((SELECT q.token FROM comments q WHERE q.id = c.parent_id), '')`+commentFrom+where, args...)
	out, err := collect(rows, err, func(r *sql.Rows) (broadsheet.Comment, error) {
		var c commentRow
		err := c.scan(r, &c.Parent)
		return c.Comment, err
	})
	return out, s.explain(err)
}

// CommentEdits are what a comment was before each of its edits, the oldest first.
func (s *Store) CommentEdits(ctx context.Context, id int64) ([]broadsheet.CommentEdit, error) {
	rows, err := s.query(ctx, `SELECT version, body, html, at FROM comment_edits WHERE comment_id = $1 ORDER BY version`, id)
	out, err := collect(rows, err, func(r *sql.Rows) (e broadsheet.CommentEdit, err error) {
		var at int64
		err = r.Scan(&e.Version, &e.Text, &e.HTML, &at)
		e.At = microTime(at)
		return e, err
	})
	return out, s.explain(err)
}
