package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"broadsheet"
)

// Chosen is a paper as it was featured on a day.
type Chosen struct {
	ID  string
	Day broadsheet.Day
	row int64
}

// Chosen gives what was ever featured up to a day, the newest first, from offset
// at most limit of them; a paper that was featured twice stands there twice. It
// walks the index of features, which grows by some dozens a day.
func (s *Store) Chosen(ctx context.Context, until broadsheet.Day, offset, limit int) ([]Chosen, error) {
	const order = ` ORDER BY f.day DESC, f.featured_at DESC NULLS LAST, f.position, f.paper_id DESC`
	rows, err := s.query(ctx, `SELECT p.key, f.day, p.id FROM (
	    SELECT f.day, f.featured_at, f.position, f.paper_id FROM features f WHERE f.day <= $1`+order+` LIMIT $2 OFFSET $3
	  ) f JOIN papers p ON p.id = f.paper_id WHERE p.hidden = 0`+order, string(until), limit, offset)
	out, err := collect(rows, err, func(r *sql.Rows) (c Chosen, err error) { return c, r.Scan(&c.ID, &c.Day, &c.row) })
	return out, s.explain(err)
}

// ChosenByVotes gives what was featured from one day to another by the votes
// that were recorded with it and those given here, most first; ties fall to the
// position in the day's list, then to the later. A paper that was featured twice
// stands there once, as on its earlier day. Lists of days as people know them
// from elsewhere are in this order: for a paper that was featured again later,
// SortTop counts the votes that it got then.
func (s *Store) ChosenByVotes(ctx context.Context, from, to broadsheet.Day) ([]Chosen, error) {
	type row struct {
		Chosen
		at              int64
		votes, position int
	}
	rows, err := s.query(ctx, `SELECT p.key, f.day, f.paper_id, coalesce(f.featured_at, 0), f.votes + p.votes, f.position
	  FROM features f JOIN papers p ON p.id = f.paper_id WHERE f.day >= $1 AND f.day <= $2 AND p.hidden = 0 ORDER BY f.day`, string(from), string(to))
	all, err := collect(rows, err, func(r *sql.Rows) (x row, err error) {
		return x, r.Scan(&x.ID, &x.Day, &x.row, &x.at, &x.votes, &x.position)
	})
	if err != nil {
		return nil, s.explain(err)
	}
	seen := make(map[int64]bool, len(all))
	all = slices.DeleteFunc(all, func(x row) bool {
		again := seen[x.row]
		seen[x.row] = true
		return again
	})
	slices.SortFunc(all, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.votes, a.votes), cmp.Compare(a.position, b.position), cmp.Compare(b.at, a.at), cmp.Compare(b.row, a.row))
	})
	out := make([]Chosen, len(all))
	for i, x := range all {
		out[i] = x.Chosen
	}
	return out, nil
}

// LastChosen gives papers as they were featured last, in the order of ids, without
// a day those that never were; papers that are not here are left out.
func (s *Store) LastChosen(ctx context.Context, ids []string) ([]Chosen, error) {
	owners, err := s.rowsOf(ctx, s.read, ids)
	if err != nil {
		return nil, s.explain(err)
	}
	out, rows := make([]Chosen, 0, len(ids)), make([]int64, 0, len(ids))
	for _, id := range ids {
		if o, ok := owners[id]; ok {
			out, rows = append(out, Chosen{ID: o.key, row: o.row}), append(rows, o.row)
		}
	}
	last := make(map[int64]broadsheet.Day, len(rows))
	for part := range slices.Chunk(rows, 500) {
		found, err := s.query(ctx, `SELECT paper_id, max(day) FROM features WHERE paper_id IN (`+placeholders(1, len(part))+`) GROUP BY paper_id`, anys(part)...)
		days, err := collect(found, err, func(r *sql.Rows) (c Chosen, err error) { return c, r.Scan(&c.row, &c.Day) })
		if err != nil {
			return nil, s.explain(err)
		}
		for _, c := range days {
			last[c.row] = c.Day
		}
	}
	for i := range out {
		out[i].Day = last[out[i].row]
	}
	return out, nil
}

// Recorded is what a list in the form of a recording needs beside it.
type Recorded struct {
	Feature         broadsheet.Feature // day, time and wire alone
	Votes, Comments int                // given here
}

// Recorded reads recordings without reading the papers: a third of the work. What
// was featured without one is not among them.
func (s *Store) Recorded(ctx context.Context, refs []Chosen) (map[Chosen]Recorded, error) {
	wanted := make(map[Chosen]bool, len(refs))
	rows := make([]int64, 0, len(refs))
	for _, c := range refs {
		wanted[Chosen{Day: c.Day, row: c.row}] = true
		rows = append(rows, c.row)
	}
	out := make(map[Chosen]Recorded, len(refs))
	for part := range slices.Chunk(rows, 500) {
		if err := s.recorded(ctx, part, wanted, out); err != nil {
			return nil, s.explain(err)
		}
	}
	return out, nil
}

func (s *Store) recorded(ctx context.Context, part []int64, wanted map[Chosen]bool, out map[Chosen]Recorded) error {
	rows, err := s.query(ctx, `SELECT p.key, p.id, p.votes, p.comments, f.day, f.featured_at, r.wire FROM feature_records r
	  JOIN features f ON f.paper_id = r.paper_id AND f.day = r.day JOIN papers p ON p.id = r.paper_id
	  WHERE r.paper_id IN (`+placeholders(1, len(part))+`)`, anys(part)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c Chosen
		var x Recorded
		var at sql.NullInt64
		var wire sql.RawBytes
		if err := rows.Scan(&c.ID, &c.row, &x.Votes, &x.Comments, &c.Day, &at, &wire); err != nil {
			return err
		}
		if !wanted[Chosen{Day: c.Day, row: c.row}] {
			continue
		}
		x.Feature.Day, x.Feature.FeaturedAt = c.Day, fromMicros(at)
		if x.Feature.Wire, err = unsqueeze(wire); err != nil {
			return fmt.Errorf("record of %s on %s: %w", c.ID, c.Day, err)
		}
		out[c] = x
	}
	return rows.Err()
}
