package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"broadsheet"
)

// HidePaper takes a paper from all lists, searches and pages, which upholds the
// reports about it, or brings it back, and writes the act into the log. It stays
// known, so that a harvest does not bring it in anew. It is Conflict where it is so
// already.
func (s *Store) HidePaper(ctx context.Context, id string, hide bool, x broadsheet.Action) error {
	return s.tx(ctx, func(tx *txn) error {
		o, old, err := s.lockPaper(ctx, tx, id)
		if err != nil {
			return err
		}
		if old.Hidden == hide {
			return errDecided
		}
		now := old
		now.Hidden = hide
		w := s.newWriter(tx)
		if err := s.replace(ctx, tx, w, o.row, &old, &now); err != nil {
			return err
		}
		if err := w.flush(ctx); err != nil {
			return err
		}
		if err := s.setPaperState(ctx, tx, o.row, "hidden_at", hide, x); err != nil {
			return err
		}
		x.Object, x.Paper = o.key, o.key
		if hide {
			if err := s.uphold(ctx, tx, x); err != nil {
				return err
			}
		}
		return s.putAction(ctx, tx, x)
	})
}

// LockPaper closes a paper's discussion, which upholds the reports about the paper,
// or opens it again, and writes the act into the log. It is Conflict where it is so
// already.
func (s *Store) LockPaper(ctx context.Context, id string, lock bool, x broadsheet.Action) error {
	return s.tx(ctx, func(tx *txn) error {
		o, _, err := s.lockPaper(ctx, tx, id)
		if err != nil {
			return err
		}
		st, err := tx.prepare(ctx, `SELECT locked_at FROM paper_states WHERE paper_id = $1`)
		if err != nil {
			return err
		}
		var at sql.NullInt64
		if err := st.QueryRowContext(ctx, o.row).Scan(&at); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if at.Valid == lock {
			return errDecided
		}
		if err := s.setPaperState(ctx, tx, o.row, "locked_at", lock, x); err != nil {
			return err
		}
		tx.tally(o.row, o.key, 0, 0) // its page is news
		x.Object, x.Paper = o.key, o.key
		if lock {
			if err := s.uphold(ctx, tx, x); err != nil {
				return err
			}
		}
		return s.putAction(ctx, tx, x)
	})
}

// setPaperState writes when a state began; column is not anybody's input.
func (s *Store) setPaperState(ctx context.Context, tx *txn, row int64, column string, on bool, x broadsheet.Action) error {
	var at time.Time
	if on {
		at = x.At
	}
	_, err := tx.exec(ctx, `INSERT INTO paper_states (paper_id, `+column+`, reason) VALUES ($1, $2, $3)
	  ON CONFLICT (paper_id) DO UPDATE SET `+column+` = excluded.`+column+`, reason = excluded.reason`, row, micros(at), x.Reason)
	return err
}

// AnyPaper reads a paper also where a moderator has hidden it.
func (s *Store) AnyPaper(ctx context.Context, id string) (broadsheet.Paper, error) {
	owners, err := s.rowsOf(ctx, s.read, []string{id})
	if err != nil {
		return broadsheet.Paper{}, s.explain(err)
	}
	papers, err := s.load(ctx, s.read, []int64{owners[id].row}, false)
	if err != nil {
		return broadsheet.Paper{}, s.explain(err)
	}
	p, ok := papers[owners[id].row]
	if !ok {
		return p, broadsheet.Errorf(broadsheet.NotFound, "there is no paper %.100s here", id)
	}
	return p, nil
}
