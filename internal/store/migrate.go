package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"broadsheet"
)

// Migrations are numbered, in pairs (one file a database, same number and
// name), applied forward only, all that are missing in one transaction with
// their records, so that nobody meets a schema between two versions. A file
// that was applied never changes: its checksum is kept.
//
//go:embed migrations
var migrationFiles embed.FS

type migration struct {
	version  int
	name     string
	text     string
	checksum string
}

func migrations(dialect string) ([]migration, error) {
	paths, err := fs.Glob(migrationFiles, "migrations/"+dialect+"/*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	var out []migration
	for i, p := range paths {
		body, err := migrationFiles.ReadFile(p)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(p[strings.LastIndexByte(p, '/')+1:], ".sql")
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.Atoi(number)
		if err != nil || version != i+1 {
			return nil, fmt.Errorf("migration %s: numbers must run from 0001 without a gap", p)
		}
		sum := sha256.Sum256(body)
		out = append(out, migration{version, name, string(body), hex.EncodeToString(sum[:])})
	}
	return out, nil
}

// SchemaVersion is the version that the database has, 0 for an empty one, and
// the one that this program needs.
func (s *Store) SchemaVersion(ctx context.Context) (have, want int, err error) {
	all, err := migrations(s.Dialect())
	if err != nil {
		return 0, 0, err
	}
	applied, err := s.applied(ctx)
	return len(applied), len(all), err
}

// applied gives the checksums of the applied migrations in order.
func (s *Store) applied(ctx context.Context) ([]string, error) {
	var there int
	exists := `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'`
	if s.Dialect() == "postgres" {
		exists = `SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_migrations'`
	}
	if err := s.queryRow(ctx, exists).Scan(&there); err != nil {
		return nil, s.explain(err)
	}
	if there == 0 {
		return nil, nil
	}
	rows, err := s.query(ctx, `SELECT checksum FROM schema_migrations ORDER BY version`)
	return collect(rows, err, func(r *sql.Rows) (sum string, err error) { return sum, r.Scan(&sum) })
}

// Migrate brings the schema to this program's version. A SQLite file that
// holds an older version is copied beside itself first. A database of a newer
// program, or one whose applied migrations differ, is Conflict.
func (s *Store) Migrate(ctx context.Context) (from, to int, err error) {
	all, err := migrations(s.Dialect())
	if err != nil {
		return 0, 0, err
	}
	applied, err := s.applied(ctx)
	if err != nil {
		return 0, 0, err
	}
	from, to = len(applied), len(all)
	if err := checkApplied(all, applied); err != nil {
		return from, to, err
	}
	if from == to {
		return from, to, nil
	}
	if from > 0 && s.path != "" {
		if err := s.copyBefore(ctx, from); err != nil {
			return from, to, err
		}
	}
	if err := s.apply(ctx, all); err != nil {
		return from, to, err
	}
	return from, to, s.CheckSchema(ctx) // another process may have been of another version
}

// CheckSchema is nil when the database has exactly this program's schema.
func (s *Store) CheckSchema(ctx context.Context) error {
	all, err := migrations(s.Dialect())
	if err != nil {
		return err
	}
	applied, err := s.applied(ctx)
	if err != nil {
		return err
	}
	if err := checkApplied(all, applied); err != nil {
		return err
	}
	if len(applied) < len(all) {
		return &broadsheet.Error{Kind: broadsheet.Conflict, Field: "database",
			Text: fmt.Sprintf("the schema is version %d, this program needs %d", len(applied), len(all)), Fix: "run `broadsheet migrate`"}
	}
	return nil
}

func checkApplied(all []migration, applied []string) error {
	if len(applied) > len(all) {
		return &broadsheet.Error{Kind: broadsheet.Conflict, Field: "database",
			Text: fmt.Sprintf("the schema is version %d, this program knows %d", len(applied), len(all)),
			Fix:  "use the newer broadsheet that wrote it, or restore a backup from before"}
	}
	for i, sum := range applied {
		if sum != all[i].checksum {
			return &broadsheet.Error{Kind: broadsheet.Conflict, Field: "database",
				Text: "migration " + all[i].name + " was applied in another form", Fix: "use the broadsheet that wrote this database"}
		}
	}
	return nil
}

// apply applies the migrations that are missing. It looks again which those
// are: two commands may meet on a new database.
func (s *Store) apply(ctx context.Context, all []migration) error {
	return s.tx(ctx, func(tx *txn) error {
		if s.Dialect() == "postgres" { // a SQLite transaction is alone from its beginning
			if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtext('broadsheet migrate'))`); err != nil {
				return err
			}
		}
		const table = `CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)`
		if _, err := tx.ExecContext(ctx, table); err != nil {
			return err
		}
		var have int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM schema_migrations`).Scan(&have); err != nil {
			return err
		}
		for _, m := range all[min(have, len(all)):] {
			if _, err := tx.ExecContext(ctx, m.text); err != nil {
				return fmt.Errorf("migration %s: %w", m.name, err)
			}
			if _, err := tx.exec(ctx, `INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)`, m.version, m.name, m.checksum); err != nil {
				return fmt.Errorf("migration %s: %w", m.name, err)
			}
		}
		return nil
	})
}

// copyBefore keeps the file as it was before a migration, once.
func (s *Store) copyBefore(ctx context.Context, version int) error {
	path := fmt.Sprintf("%s.version-%d", s.path, version)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		f.Close() // the copy may go into an empty file; now nobody else's does
	} else {
		path += time.Now().UTC().Format("-20060102T150405.000000")
	}
	if err := s.vacuumInto(ctx, path); err != nil {
		return fmt.Errorf("copy the database before migrating: %w", err)
	}
	s.opt.Log.Info("copied the database before migrating", "to", path)
	return nil
}
