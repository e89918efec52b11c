package store

import (
	"context"
	"fmt"
	"slices"

	"broadsheet"
)

// Delete removes papers and all that belongs to them; unknown ids are passed
// over.
func (s *Store) Delete(ctx context.Context, ids []string) error {
	return s.tx(ctx, func(tx *txn) error {
		owners, err := s.rowsOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		rows := make([]int64, 0, len(owners))
		for _, o := range owners {
			rows = append(rows, o.row)
		}
		slices.Sort(rows)
		rows = slices.Compact(rows)
		papers, err := s.load(ctx, tx, rows, false)
		if err != nil {
			return err
		}
		for _, row := range rows {
			p := papers[row]
			if err := s.deleteRow(ctx, tx, row, &p); err != nil {
				return fmt.Errorf("delete %s: %w", p.ID, err)
			}
		}
		return nil
	})
}

// Unfeature takes papers off a day's list; those that are not on it or not
// here are passed over.
func (s *Store) Unfeature(ctx context.Context, day broadsheet.Day, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	return s.tx(ctx, func(tx *txn) error {
		owners, err := s.rowsOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, o := range owners {
			papers, err := s.load(ctx, tx, []int64{o.row}, false)
			if err != nil {
				return err
			}
			old, without := papers[o.row], papers[o.row]
			without.Features = slices.DeleteFunc(slices.Clone(old.Features), func(f broadsheet.Feature) bool { return f.Day == day })
			if err := unfeatureRow(ctx, tx, o, day, entries(&old), entries(&without)); err != nil {
				return fmt.Errorf("take %s off %s: %w", o.key, day, err)
			}
		}
		return nil
	})
}

func unfeatureRow(ctx context.Context, tx *txn, o owner, day broadsheet.Day, before, after map[entry]bool) error {
	for e := range before {
		if after[e] {
			continue
		}
		if _, err := tx.exec(ctx, `DELETE FROM list_entries WHERE kind = $1 AND key = $2 AND at = $3 AND paper_id = $4`, e.kind, e.key, e.at, o.row); err != nil {
			return err
		}
	}
	for _, text := range []string{`DELETE FROM features WHERE paper_id = $1 AND day = $2`, `DELETE FROM feature_records WHERE paper_id = $1 AND day = $2`} {
		if _, err := tx.exec(ctx, text, o.row, string(day)); err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, `INSERT INTO changes (kind, key) VALUES ($1, $2)`, string(broadsheet.ChangeFeature), o.key)
	return err
}

func (s *Store) deleteRow(ctx context.Context, tx *txn, row int64, p *broadsheet.Paper) error {
	exec := func(text string, args ...any) error {
		_, err := tx.exec(ctx, text, args...)
		return err
	}
	for e := range entries(p) {
		if err := exec(`DELETE FROM list_entries WHERE kind = $1 AND key = $2 AND at = $3 AND paper_id = $4`, e.kind, e.key, e.at, row); err != nil {
			return err
		}
	}
	for _, id := range p.IDs {
		if err := exec(`DELETE FROM paper_ids WHERE ident = $1 AND paper_id = $2`, id.ID(), row); err != nil {
			return err
		}
	}
	for _, text := range []string{`DELETE FROM features WHERE paper_id = $1`, `DELETE FROM feature_records WHERE paper_id = $1`,
		`DELETE FROM paper_texts WHERE paper_id = $1`, `DELETE FROM votes WHERE paper_id = $1`, `DELETE FROM paper_states WHERE paper_id = $1`, `DELETE FROM papers WHERE id = $1`} {
		if err := exec(text, row); err != nil {
			return err
		}
	}
	if err := s.dropClaims(ctx, tx, row); err != nil {
		return err
	}
	// After the paper: who stores a vector holds its row, so now none can come.
	if err := exec(`DELETE FROM vectors WHERE paper_id = $1 AND model_id IN (SELECT id FROM vector_models)`, row); err != nil {
		return err
	}
	return exec(`INSERT INTO changes (kind, key) VALUES ($1, $2)`, string(broadsheet.ChangeDelete), p.ID)
}
