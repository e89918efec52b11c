package store

import (
	"context"
	"database/sql"
	"strings"
)

// TableSize is about how many rows a table has.
type TableSize struct {
	Name  string
	Rows  int64
	About bool // as the database guesses
	Over  bool // there are more: nobody knows how many without counting
}

// countedRows is how far rows are counted: some milliseconds a table.
const countedRows = 100_000

// TableSizes counts rows up to 100,000 a table; of larger ones it gives what the
// database knows without counting, which is near.
func (s *Store) TableSizes(ctx context.Context) ([]TableSize, error) {
	rows, err := s.query(ctx, s.dialect.tables())
	names, err := collect(rows, err, func(r *sql.Rows) (name string, err error) { return name, r.Scan(&name) })
	if err != nil {
		return nil, s.explain(err)
	}
	var out []TableSize
	for _, name := range names {
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			continue // none of ours
		}
		t := TableSize{Name: name}
		if err := s.queryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM `+name+` LIMIT $1) AS some_rows`, countedRows+1).Scan(&t.Rows); err != nil {
			return nil, s.explain(err)
		}
		if t.Rows > countedRows {
			var about sql.NullInt64
			// A table without row numbers has no guess.
			err := s.queryRow(ctx, s.dialect.guess(name)).Scan(&about)
			if t.About = err == nil && about.Int64 > t.Rows; t.About {
				t.Rows = about.Int64
			} else {
				t.Rows, t.Over = countedRows, true
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// Bytes is the size of the database on disk.
func (s *Store) Bytes(ctx context.Context) (n int64, err error) {
	err = s.queryRow(ctx, s.dialect.size()).Scan(&n)
	return n, s.explain(err)
}

// PictureBytes is how many copies of pictures are kept, and their bytes.
func (s *Store) PictureBytes(ctx context.Context) (n, bytes int64, err error) {
	err = s.queryRow(ctx, `SELECT count(*), coalesce(sum(length(body)), 0) FROM pictures WHERE length(body) > 0`).Scan(&n, &bytes)
	return n, bytes, s.explain(err)
}
