package store

import (
	"context"
	"database/sql"
	"time"
)

// StretchSize is how many rows a stretch of papers spans. A file of so many
// addresses is 1 MB: it stays in the cache of pages, and another is made in a
// moment. The sitemap protocol would allow 50,000.
const StretchSize = 10_000

// Mark is a paper with when its page last changed, as far as its source tells.
type Mark struct {
	ID string
	At time.Time // zero where unknown
}

// Stretches are the numbers, from 1, of the stretches that have papers: runs of
// StretchSize rows in the order in which papers came here. Each costs a step
// into an index.
func (s *Store) Stretches(ctx context.Context) ([]int, error) {
	var last sql.NullInt64
	if err := s.queryRow(ctx, `SELECT max(id) FROM papers`).Scan(&last); err != nil {
		return nil, s.explain(err)
	}
	var out []int
	for n := 1; int64(n-1)*StretchSize < last.Int64; n++ {
		var found sql.NullInt64
		if err := s.queryRow(ctx, `SELECT min(id) FROM papers WHERE id > $1`, int64(n-1)*StretchSize).Scan(&found); err != nil {
			return nil, s.explain(err)
		}
		if found.Valid { // papers that were merged leave gaps, also whole ones
			n = int((found.Int64-1)/StretchSize) + 1
			out = append(out, n)
		}
	}
	return out, nil
}

// Stretch is the papers of a stretch. It reads the narrow rows only.
func (s *Store) Stretch(ctx context.Context, n int) ([]Mark, error) {
	rows, err := s.query(ctx, `SELECT key, published_at, updated_at, seen_at FROM papers WHERE id > $1 AND id <= $2 AND hidden = 0 ORDER BY id`,
		int64(n-1)*StretchSize, int64(n)*StretchSize)
	out, err := collect(rows, err, func(r *sql.Rows) (m Mark, err error) {
		var published, updated, seen sql.NullInt64
		err = r.Scan(&m.ID, &published, &updated, &seen)
		m.At = fromMicros(sql.NullInt64{Int64: max(published.Int64, updated.Int64, seen.Int64), Valid: published.Valid || updated.Valid || seen.Valid})
		return m, err
	})
	return out, s.explain(err)
}
