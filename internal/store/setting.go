package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"broadsheet"
)

// Setting reads a setting into value, which stays as it is where there is none.
func (s *Store) Setting(ctx context.Context, name string, value any) error {
	var text string
	err := s.queryRow(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&text)
	if err == sql.ErrNoRows {
		return nil
	}
	if err != nil {
		return s.explain(err)
	}
	return readSetting(name, text, value)
}

func readSetting(name, text string, value any) error {
	if err := json.Unmarshal([]byte(text), value); err != nil {
		return fmt.Errorf("setting %s: %w", name, err)
	}
	return nil
}

// PutSetting stores a setting whatever it was before.
func (s *Store) PutSetting(ctx context.Context, name string, value any, at time.Time) error {
	return ChangeSetting(ctx, s, name, at, nil, func(x *any) ([]broadsheet.Action, error) {
		*x = value
		return nil, nil
	})
}

// ChangeSetting changes a setting as it stands, so that of two who change it at
// once neither undoes the other, and writes what is to stand in the log in the
// same transaction. change gets the value, which is initial with what is stored
// read over it, and gives what to log; it may be called more than once.
func ChangeSetting[T any](ctx context.Context, s *Store, name string, at time.Time, initial T, change func(*T) ([]broadsheet.Action, error)) error {
	return s.tx(ctx, func(tx *txn) error {
		// The row is made first: PostgreSQL can lock only one that is there.
		if _, err := tx.exec(ctx, `INSERT INTO settings (name, value, changed_at) VALUES ($1, '', 0) ON CONFLICT (name) DO UPDATE SET name = excluded.name`, name); err != nil {
			return err
		}
		var old string
		if err := tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT value FROM settings WHERE name = $1`), name).Scan(&old); err != nil {
			return err
		}
		value := initial
		if old != "" {
			if err := readSetting(name, old, &value); err != nil {
				return err
			}
		}
		actions, err := change(&value)
		if err != nil {
			return err
		}
		text, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("setting %s: %w", name, err)
		}
		if _, err := tx.exec(ctx, `UPDATE settings SET value = $2, changed_at = $3 WHERE name = $1`, name, string(text), sortMicros(at)); err != nil {
			return err
		}
		for _, x := range actions {
			if err := s.putAction(ctx, tx, x); err != nil {
				return err
			}
		}
		return nil
	})
}
