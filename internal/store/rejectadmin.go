package store

import (
	"context"
	"database/sql"

	"broadsheet"
)

// RejectCounts is how many records of each source are kept aside.
func (s *Store) RejectCounts(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{}
	rows, err := s.query(ctx, `SELECT source, count(*) FROM rejects WHERE replayed_at IS NULL GROUP BY source`)
	_, err = collect(rows, err, func(r *sql.Rows) (source string, err error) {
		var n int
		err = r.Scan(&source, &n)
		counts[source] = n
		return source, err
	})
	return counts, s.explain(err)
}

// Reject finds a record that is kept aside; NotFound where it is not any more.
func (s *Store) Reject(ctx context.Context, id int64) (broadsheet.Reject, error) {
	rows, err := s.query(ctx, `SELECT `+rejectColumns+` FROM rejects WHERE id = $1 AND replayed_at IS NULL`, id)
	found, err := collect(rows, err, scanReject)
	if err != nil || len(found) == 0 {
		if err == nil {
			err = broadsheet.Errorf(broadsheet.NotFound, "this record is not kept aside any more")
		}
		return broadsheet.Reject{}, s.explain(err)
	}
	return found[0], nil
}

// DeleteRejects removes a record that is kept aside, or with id 0 all of a
// source, and gives how many that were.
func (s *Store) DeleteRejects(ctx context.Context, id int64, source string, log broadsheet.Action) (n int64, err error) {
	err = s.tx(ctx, func(tx *txn) error {
		res, err := tx.exec(ctx, `DELETE FROM rejects WHERE replayed_at IS NULL AND ($1 <> 0 AND id = $1 OR $1 = 0 AND source = $2)`, id, source)
		if err != nil {
			return err
		}
		if n, err = res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return s.putAction(ctx, tx, log)
	})
	return n, err
}
