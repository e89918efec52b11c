package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"broadsheet"
	"broadsheet/internal/lib/markup"
	"broadsheet/internal/store"
)

// communityBatch is how many rows of what people did share a transaction.
const communityBatch = 1000

// communityRow reads a line about what people did. Such an export is as powerful as
// the database: it makes administrators. All the same its HTML is held to what this
// program writes.
func communityRow(l *line) (*store.CommunityRow, error) {
	var raw map[string]json.RawMessage
	if json.Unmarshal(l.Row, &raw) != nil {
		return nil, errors.New("row: is no object")
	}
	r, err := store.DecodeCommunityRow(l.Table, raw)
	if err != nil {
		return nil, err
	}
	if html, ok := r.Values["html"].(string); ok {
		r.Values["html"] = markup.Safe(html)
	}
	if l.Table == "accounts" {
		if role, _ := r.Values["role"].(string); !broadsheet.Role(role).Includes(broadsheet.RoleMember) {
			return nil, errors.New("role: is none")
		}
	}
	if at, ok := r.Values["at"].(int64); l.Table == "notifications" && ok && r.Values["mailed_at"] == nil {
		// The site that they come from mails them. At their own time, not today's, so that
		// a second import finds them, and no first mail of this site waits for it; on the
		// site they stay unread.
		r.Values["mailed_at"] = at
	}
	return &r, nil
}

// community writes what people did.
func (e *exporter) community(ctx context.Context, s *store.Store) error {
	return s.EachCommunityRow(ctx, func(r store.CommunityRow) error {
		row, err := encodeRow(r.Values)
		if err != nil {
			return fmt.Errorf("row of %s: %w", r.Table, err)
		}
		return e.line(line{Kind: kindRow, Table: r.Table, Row: row}, &e.rep.Rows)
	})
}

// encodeRow gives columns in the order of their names, text as it is.
func encodeRow(values map[string]any) (json.RawMessage, error) {
	var b jsonBuffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(values)
	return json.RawMessage(b), err
}

type jsonBuffer []byte

func (b *jsonBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// communityCursor says of which database the people of a copy are.
const communityCursor = "copy community"

// community copies what people did. What an earlier copy from there had brought is
// replaced, as long as nobody has signed in at the copy; otherwise what is missing
// is added, and what is there stays.
func (c *copier) community(ctx context.Context) error {
	from := fmt.Sprintf("%s %s", c.from.Dialect(), c.from.Path())
	before, err := c.to.Cursor(ctx, communityCursor)
	if err != nil {
		return err
	}
	if before == from {
		if _, err := c.to.DropCommunity(ctx); err != nil {
			return err
		}
	}
	if err := c.to.SetCursor(ctx, communityCursor, from); err != nil {
		return err
	}
	var batch []store.CommunityRow
	gone := store.GoneNames{}
	put := func() error {
		added, left, err := c.to.PutCommunity(ctx, batch, gone)
		c.rep.Rows, c.rep.RowsLeft, batch = c.rep.Rows+added, c.rep.RowsLeft+left, batch[:0]
		return err
	}
	if err := c.from.EachCommunityRow(ctx, func(r store.CommunityRow) error {
		if batch = append(batch, r); len(batch) < communityBatch {
			return nil
		}
		return put()
	}); err != nil {
		return fmt.Errorf("what people did: %w", err)
	}
	return put()
}
