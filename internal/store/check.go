package store

import (
	"context"
	"database/sql"
	"net/url"

	"broadsheet"

	sqlite3 "modernc.org/sqlite/lib"
)

// Check reads the whole database and tells whether it is sound: the structure
// of a SQLite file, and that its schema is one that this program can use, which
// may be an older one. A damaged file is Invalid, a newer schema Conflict.
func (s *Store) Check(ctx context.Context) error {
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
	if len(applied) == 0 {
		return &broadsheet.Error{Kind: broadsheet.Invalid, Field: "database", Text: "holds no papers and no schema", Fix: "name a Broadsheet database"}
	}
	if s.Dialect() != "sqlite" {
		return nil
	}
	var verdict string
	if err := s.queryRow(ctx, `PRAGMA integrity_check(1)`).Scan(&verdict); err != nil {
		return s.explain(err)
	}
	if verdict != "ok" {
		return &broadsheet.Error{Kind: broadsheet.Invalid, Field: "database", Text: "the file is damaged: " + verdict, Fix: "use another backup"}
	}
	return nil
}

// Settle folds what a SQLite file's write-ahead log holds into the file, so
// that the file alone is the database and may be moved. A file that another
// program has open is Unavailable; one that is damaged is left alone.
func Settle(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=busy_timeout(1000)")
	if err != nil {
		return err
	}
	defer db.Close()
	var mode string
	err = db.QueryRowContext(ctx, `PRAGMA journal_mode = DELETE`).Scan(&mode)
	if err == nil && mode != "wal" {
		return nil
	}
	if c := code(err); err == nil || c == sqlite3.SQLITE_BUSY || c == sqlite3.SQLITE_LOCKED {
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Field: "database", Text: path + " is in use",
			Fix: "stop the server and every other command first"}
	}
	return nil // damaged, or no database: replacing it loses nothing more
}
