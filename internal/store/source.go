package store

import (
	"context"
	"database/sql"

	"broadsheet"
)

const sourceColumns = "name, cursor, attempted_at, succeeded_at, next_at, latest_at, failures, error, note, papers, rejected"

func scanSource(r *sql.Rows) (src broadsheet.Source, err error) {
	var attempted, succeeded, next, latest sql.NullInt64
	err = r.Scan(&src.Name, &src.Cursor, &attempted, &succeeded, &next, &latest, &src.Failures, &src.Error, &src.Note, &src.Papers, &src.Rejected)
	src.LastAttempt, src.LastSuccess = fromMicros(attempted), fromMicros(succeeded)
	src.NextRun, src.LatestItem = fromMicros(next), fromMicros(latest)
	return src, err
}

// Sources are the states of all sources ever harvested, by name.
func (s *Store) Sources(ctx context.Context) ([]broadsheet.Source, error) {
	rows, err := s.query(ctx, `SELECT `+sourceColumns+` FROM sources ORDER BY name`)
	out, err := collect(rows, err, scanSource)
	return out, s.explain(err)
}

// Source is the state of one; only Name is set where it was never harvested.
func (s *Store) Source(ctx context.Context, name string) (broadsheet.Source, error) {
	rows, err := s.query(ctx, `SELECT `+sourceColumns+` FROM sources WHERE name = $1`, name)
	found, err := collect(rows, err, scanSource)
	if err != nil || len(found) == 0 {
		return broadsheet.Source{Name: name}, s.explain(err)
	}
	return found[0], nil
}

// PutSource stores a source's state.
func (s *Store) PutSource(ctx context.Context, src broadsheet.Source) error {
	return s.tx(ctx, func(tx *txn) error { return s.putSource(ctx, tx, src) })
}

func (s *Store) putSource(ctx context.Context, tx *txn, src broadsheet.Source) error {
	_, err := tx.ExecContext(ctx, s.dialect.rebind(`INSERT INTO sources (`+sourceColumns+`)
	  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
	  ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor, attempted_at = excluded.attempted_at, succeeded_at = excluded.succeeded_at,
	  next_at = excluded.next_at, latest_at = excluded.latest_at, failures = excluded.failures, error = excluded.error, note = excluded.note,
	  papers = excluded.papers, rejected = excluded.rejected`),
		src.Name, src.Cursor, micros(src.LastAttempt), micros(src.LastSuccess), micros(src.NextRun), micros(src.LatestItem),
		src.Failures, src.Error, src.Note, src.Papers, src.Rejected)
	return err
}

// Cursor is the checkpoint of that name, "" where there is none.
func (s *Store) Cursor(ctx context.Context, name string) (string, error) {
	var value string
	err := s.queryRow(ctx, `SELECT value FROM cursors WHERE name = $1`, name).Scan(&value)
	if err == sql.ErrNoRows {
		return "", nil
	}
	return value, s.explain(err)
}

// SetCursor moves a checkpoint; "" removes it. It is no news to caches.
func (s *Store) SetCursor(ctx context.Context, name, value string) error {
	return s.explain(s.tryTx(ctx, func(tx *txn) error { return s.putCursor(ctx, tx, name, value) }))
}

func (s *Store) putCursor(ctx context.Context, tx *txn, name, value string) error {
	if value == "" {
		_, err := tx.exec(ctx, `DELETE FROM cursors WHERE name = $1`, name)
		return err
	}
	_, err := tx.exec(ctx, `INSERT INTO cursors (name, value) VALUES ($1, $2)
	  ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}
