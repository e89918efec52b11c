package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"broadsheet"
)

// VectorModel is the state of a model elsewhere whose vectors are kept here.
type VectorModel struct {
	Name    string
	ReadyAt time.Time      // when every paper had a vector; zero before
	UsedAt  time.Time      // last by any process
	SpentOn broadsheet.Day // the day that Spent is of
	Spent   int64          // tokens
}

// VectorModels are all models of which vectors are kept, by name.
func (s *Store) VectorModels(ctx context.Context) ([]VectorModel, error) {
	rows, err := s.query(ctx, `SELECT name, ready_at, used_at, spent_on, spent FROM vector_models ORDER BY name`)
	out, err := collect(rows, err, func(r *sql.Rows) (m VectorModel, err error) {
		var ready, used int64
		if err := r.Scan(&m.Name, &ready, &used, &m.SpentOn, &m.Spent); err != nil {
			return m, err
		}
		if ready != 0 {
			m.ReadyAt = microTime(ready)
		}
		m.UsedAt = microTime(used)
		return m, nil
	})
	return out, s.explain(err)
}

// VectorModel is the state of one; only Name is set where it is not known.
func (s *Store) VectorModel(ctx context.Context, name string) (VectorModel, error) {
	all, err := s.VectorModels(ctx)
	for _, m := range all {
		if m.Name == name {
			return m, err
		}
	}
	return VectorModel{Name: name}, err
}

// UseVectorModel makes a model known and says that it is in use, so that
// PruneVectors keeps its vectors.
func (s *Store) UseVectorModel(ctx context.Context, name string, at time.Time) error {
	return s.explain(s.quietTx(ctx, func(tx *txn) error { return useVectorModel(ctx, tx, name, at) }))
}

func useVectorModel(ctx context.Context, tx *txn, name string, at time.Time) error {
	_, err := tx.exec(ctx, `INSERT INTO vector_models (name, ready_at, used_at, holder, held_until, spent_on, spent)
	  VALUES ($1, 0, $2, '', 0, '', 0) ON CONFLICT (name) DO UPDATE SET used_at = excluded.used_at`, name, at.UnixMicro())
	return err
}

// HoldVectorModel lets one process at a time ask the model: it is true where
// holder had it already, or nobody has it at now. It is held until then, unless
// held again; until not after now gives it back. A model held is in use.
func (s *Store) HoldVectorModel(ctx context.Context, name, holder string, now, until time.Time) (bool, error) {
	var held bool
	err := s.quietTx(ctx, func(tx *txn) error {
		if err := useVectorModel(ctx, tx, name, now); err != nil {
			return err
		}
		res, err := tx.exec(ctx, `UPDATE vector_models SET holder = $1, held_until = $2 WHERE name = $3 AND (holder = $1 OR held_until <= $4)`,
			holder, until.UnixMicro(), name, now.UnixMicro())
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		held = n == 1
		return err
	})
	return held, s.explain(err)
}

// SpendOnVectors counts tokens that a model was given on a day, and tells how
// many those are on that day.
func (s *Store) SpendOnVectors(ctx context.Context, name string, day broadsheet.Day, tokens int64) (total int64, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `UPDATE vector_models SET spent = CASE WHEN spent_on = $1 THEN spent ELSE 0 END + $2, spent_on = $1 WHERE name = $3`,
			string(day), tokens, name)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT coalesce(max(spent), 0) FROM vector_models WHERE name = $1`), name).Scan(&total)
	})
	return total, s.explain(err)
}

// SetVectorsReady says that every paper has a vector of the model, once. From
// then on new vectors are told in the change feed.
func (s *Store) SetVectorsReady(ctx context.Context, name string, at time.Time) error {
	return s.explain(s.quietTx(ctx, func(tx *txn) error {
		_, err := tx.exec(ctx, `UPDATE vector_models SET ready_at = $1 WHERE name = $2 AND ready_at = 0`, at.UnixMicro(), name)
		return err
	}))
}

// VectorFollower is the name of the follower that keeps a model's vectors.
func VectorFollower(model string) string { return "embed/" + model }

// pruneVectors is how many vectors are removed in one transaction, so that
// other writers wait for a moment only.
const pruneVectors = 2000

// PruneVectors removes the vectors of models that nobody has used since
// before, and tells how many. Whoever uses such a model meanwhile has it begin
// anew with what is still there.
func (s *Store) PruneVectors(ctx context.Context, before time.Time) (int64, error) {
	models, err := s.VectorModels(ctx)
	if err != nil {
		return 0, err
	}
	var total int64
	for _, m := range models {
		for more := m.UsedAt.Before(before); more; {
			var n int64
			err := s.quietTx(ctx, func(tx *txn) (err error) {
				n, err = s.pruneModel(ctx, tx, m.Name, before)
				return err
			})
			if err != nil {
				return total, fmt.Errorf("remove vectors of %s: %w", m.Name, err)
			}
			total += n
			more = n > 0
		}
	}
	return total, nil
}

// pruneModel removes some vectors, with the last also the model. First of all
// it stops being ready and its follower begins anew.
func (s *Store) pruneModel(ctx context.Context, tx *txn, name string, before time.Time) (int64, error) {
	res, err := tx.exec(ctx, `UPDATE vector_models SET ready_at = 0 WHERE name = $1 AND used_at < $2`, name, before.UnixMicro())
	if err != nil {
		return 0, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 { // in use again
		return 0, err
	}
	if err := s.putCursor(ctx, tx, "follow/"+VectorFollower(name), ""); err != nil {
		return 0, err
	}
	res, err = tx.exec(ctx, `DELETE FROM vectors WHERE model_id = (SELECT id FROM vector_models WHERE name = $1) AND paper_id IN
	  (SELECT paper_id FROM vectors WHERE model_id = (SELECT id FROM vector_models WHERE name = $1) ORDER BY paper_id LIMIT $2)`, name, pruneVectors)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err != nil || n > 0 {
		return n, err
	}
	_, err = tx.exec(ctx, `DELETE FROM vector_models WHERE name = $1`, name)
	return 0, err
}
