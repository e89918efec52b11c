package store

import (
	"context"
	"database/sql"
)

// Recent gives up to limit public ids in the order in which papers came here,
// the latest first, from below before on; 0 begins with the latest. next goes on
// from there, 0 where there are no more. It costs what it returns, however far
// down; a paper that comes in the meantime moves nothing.
func (s *Store) Recent(ctx context.Context, before int64, limit int) (ids []string, next int64, err error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	type ref struct {
		row int64
		id  string
	}
	rows, err := s.query(ctx, `SELECT id, key FROM papers WHERE id < $1 AND hidden = 0 ORDER BY id DESC LIMIT $2`, before, limit+1)
	refs, err := collect(rows, err, func(r *sql.Rows) (x ref, err error) { return x, r.Scan(&x.row, &x.id) })
	if err != nil {
		return nil, 0, s.explain(err)
	}
	if len(refs) > limit {
		refs = refs[:limit]
		next = refs[limit-1].row
	}
	for _, r := range refs {
		ids = append(ids, r.id)
	}
	return ids, next, nil
}
