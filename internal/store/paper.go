package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"broadsheet"
)

// Paper reads everything about a paper, found by any of its identities.
// NotFound where there is none, and where a moderator has hidden it.
func (s *Store) Paper(ctx context.Context, id string) (broadsheet.Paper, error) {
	rows, err := s.rowsOf(ctx, s.read, []string{id})
	if err != nil {
		return broadsheet.Paper{}, s.explain(err)
	}
	found, ok := rows[id]
	row := found.row
	if !ok {
		return broadsheet.Paper{}, broadsheet.Errorf(broadsheet.NotFound, "there is no paper %s here", id)
	}
	papers, err := s.load(ctx, s.read, []int64{row}, true)
	if err != nil {
		return broadsheet.Paper{}, s.explain(err)
	}
	p, ok := papers[row]
	if !ok || p.Hidden { // deleted between the two reads
		return broadsheet.Paper{}, broadsheet.Errorf(broadsheet.NotFound, "there is no paper %s here", id)
	}
	return p, nil
}

// Papers reads cards: papers without versions' and features' records, in the
// order of ids; those that are not here are left out.
func (s *Store) Papers(ctx context.Context, ids []string) ([]broadsheet.Paper, error) {
	return s.papers(ctx, ids, false)
}

// Whole reads everything about papers, in the order of ids; those that are not
// here are left out.
func (s *Store) Whole(ctx context.Context, ids []string) ([]broadsheet.Paper, error) {
	return s.papers(ctx, ids, true)
}

func (s *Store) papers(ctx context.Context, ids []string, whole bool) ([]broadsheet.Paper, error) {
	rows, err := s.rowsOf(ctx, s.read, ids)
	if err != nil {
		return nil, s.explain(err)
	}
	order := make([]int64, 0, len(ids))
	for _, id := range ids {
		if o, ok := rows[id]; ok {
			order = append(order, o.row)
		}
	}
	return s.inOrder(ctx, order, whole)
}

// inOrder loads rows in order.
func (s *Store) inOrder(ctx context.Context, order []int64, whole bool) ([]broadsheet.Paper, error) {
	papers, err := s.load(ctx, s.read, order, whole)
	if err != nil {
		return nil, s.explain(err)
	}
	out := make([]broadsheet.Paper, 0, len(order))
	for _, row := range order {
		if p, ok := papers[row]; ok && !p.Hidden {
			out = append(out, p)
		}
	}
	return out, nil
}

// load reads papers by row, hidden ones too; whole adds the features' records.
func (s *Store) load(ctx context.Context, q queryer, rows []int64, whole bool) (map[int64]broadsheet.Paper, error) {
	out := make(map[int64]broadsheet.Paper, len(rows))
	for part := range slices.Chunk(rows, 500) {
		if err := s.loadPart(ctx, q, part, out); err != nil {
			return nil, err
		}
		if err := s.loadFeatures(ctx, q, part, out, whole); err != nil {
			return nil, err
		}
	}
	return out, s.loadOrganizations(ctx, q, out)
}

func (s *Store) loadPart(ctx context.Context, q queryer, part []int64, out map[int64]broadsheet.Paper) error {
	rows, err := q.QueryContext(ctx, s.dialect.rebind(`SELECT p.id, p.key, p.origin, p.published_at, p.updated_at, p.announced_on, p.seen_at,
	  p.categories, p.withdrawn, p.imported_votes, p.imported_comments, p.votes, p.comments, p.hidden, t.title, t.abstract, t.tldr, t.authors, t.details
	  FROM papers p JOIN paper_texts t ON t.paper_id = p.id WHERE p.id IN (`+placeholders(1, len(part))+`)`), anys(part)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row, p, err := scanPaper(rows)
		if err != nil {
			return fmt.Errorf("row %d of papers: %w", row, err)
		}
		out[row] = p
	}
	return rows.Err()
}

func scanPaper(rows *sql.Rows) (row int64, p broadsheet.Paper, err error) {
	var published, updated, seen sql.NullInt64
	var announced sql.NullString
	var categories, authors, more string
	err = rows.Scan(&row, &p.ID, &p.Origin, &published, &updated, &announced, &seen, &categories, &p.Withdrawn,
		&p.ImportedVotes, &p.ImportedComments, &p.Votes, &p.Comments, &p.Hidden, &p.Title, &p.Abstract, &p.TLDR, &authors, &more)
	if err != nil {
		return row, p, err
	}
	p.PublishedAt, p.UpdatedAt, p.SeenAt = fromMicros(published), fromMicros(updated), fromMicros(seen)
	p.AnnouncedOn = broadsheet.Day(announced.String)
	if categories != "" {
		p.Categories = strings.Split(categories, " ")
	}
	if p.Authors, err = parseAuthors(authors); err != nil {
		return row, p, fmt.Errorf("authors: %w", err)
	}
	var d details
	if err := json.Unmarshal([]byte(more), &d); err != nil {
		return row, p, fmt.Errorf("details: %w", err)
	}
	d.into(&p)
	return row, p, nil
}

// loadFeatures adds the features of papers, ascending by day.
func (s *Store) loadFeatures(ctx context.Context, q queryer, part []int64, out map[int64]broadsheet.Paper, whole bool) error {
	text := `SELECT f.paper_id, f.day, f.position, f.featured_at, f.person_key, f.title, f.votes, f.comments,
	  coalesce(h.name, ''), coalesce(h.avatar_url, ''), coalesce(h.source_id, ''), NULL
	  FROM features f LEFT JOIN people h ON h.key = f.person_key
	  WHERE f.paper_id IN (` + placeholders(1, len(part)) + `) ORDER BY f.paper_id, f.day`
	if whole {
		text = strings.Replace(text, "NULL", "r.wire", 1)
		text = strings.Replace(text, "WHERE", "LEFT JOIN feature_records r ON r.paper_id = f.paper_id AND r.day = f.day WHERE", 1)
	}
	rows, err := q.QueryContext(ctx, s.dialect.rebind(text), anys(part)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var row int64
		var f broadsheet.Feature
		var person sql.NullString
		var who broadsheet.Person
		var at sql.NullInt64
		var wire []byte
		if err := rows.Scan(&row, &f.Day, &f.Position, &at, &person, &f.Title, &f.Votes, &f.Comments, &who.Name, &who.AvatarURL, &who.SourceID, &wire); err != nil {
			return err
		}
		f.FeaturedAt = fromMicros(at)
		if person.Valid {
			who.Key = person.String
			f.Submitter = &who
		}
		if len(wire) > 0 {
			if f.Wire, err = unsqueeze(wire); err != nil {
				return fmt.Errorf("record of row %d on %s: %w", row, f.Day, err)
			}
		}
		p := out[row]
		p.Features = append(p.Features, f)
		out[row] = p
	}
	return rows.Err()
}

// loadOrganizations completes the organisations of papers from their keys.
func (s *Store) loadOrganizations(ctx context.Context, q queryer, papers map[int64]broadsheet.Paper) error {
	facts := map[string]broadsheet.Organization{}
	var keys []string
	for _, p := range papers {
		for _, o := range p.Organizations {
			if _, ok := facts[o.Key]; !ok {
				facts[o.Key] = o
				keys = append(keys, o.Key)
			}
		}
	}
	for part := range slices.Chunk(keys, 500) {
		rows, err := q.QueryContext(ctx, s.dialect.rebind(`SELECT key, name, avatar_url, source_id FROM organizations WHERE key IN (`+placeholders(1, len(part))+`)`), anys(part)...)
		found, err := collect(rows, err, scanOrganization)
		if err != nil {
			return err
		}
		for _, o := range found {
			facts[o.Key] = o
		}
	}
	for _, p := range papers {
		for i := range p.Organizations {
			p.Organizations[i] = facts[p.Organizations[i].Key]
		}
	}
	return nil
}
