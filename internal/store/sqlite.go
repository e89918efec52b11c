package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"broadsheet"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Pragmas stand in the DSN only: one on a pool would reach one connection.
// synchronous(FULL) because what was acknowledged must outlive a power cut.
// secure_delete(FAST) because what is erased shall be gone: it writes zeros over
// rows within pages that are written anyway, and an import takes as long.
const (
	busyTimeout  = 15 * time.Second
	sqliteCommon = "_pragma=busy_timeout(15000)&_pragma=temp_store(MEMORY)"
	sqliteWrite  = "&_pragma=page_size(8192)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(FAST)" +
		"&_pragma=journal_size_limit(67108864)&_pragma=wal_autocheckpoint(4000)&_pragma=cache_size(-65536)&_txlock=immediate"
	sqliteRead = "&_pragma=query_only(1)&_pragma=cache_size(-8192)"
	// readers bounds memory; SQLite readers are CPU-bound anyway.
	sqliteReaders = 4
)

type sqliteDialect struct{}

func (s *Store) openSQLite(ctx context.Context, path string) error {
	s.dialect = sqliteDialect{}
	if path == "" {
		return broadsheet.InvalidField("database", "sqlite: without a path", "write sqlite:PATH, such as sqlite:var/broadsheet.db")
	}
	if path == ":memory:" {
		db, err := sql.Open("sqlite", ":memory:?"+sqliteCommon+"&_txlock=immediate")
		if err != nil {
			return err
		}
		db.SetMaxOpenConns(1)
		s.read, s.write = db, db
		return nil
	}
	if err := checkSQLitePath(path, s.opt.ReadOnly); err != nil {
		return err
	}
	s.path = path
	base := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + sqliteCommon
	var err error
	if !s.opt.ReadOnly {
		if s.write, err = sql.Open("sqlite", base+sqliteWrite); err != nil {
			return err
		}
		s.write.SetMaxOpenConns(1)
		if err := patiently(ctx, s.write.PingContext); err != nil {
			s.write.Close()
			return s.explainOpen(err)
		}
	}
	mode := ""
	if s.opt.ReadOnly {
		mode = "&mode=ro"
	}
	if s.read, err = sql.Open("sqlite", base+sqliteRead+mode); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(sqliteReaders)
	s.read.SetMaxIdleConns(sqliteReaders)
	if s.opt.ReadOnly {
		s.write = s.read
	}
	var n int
	if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n); err != nil {
		s.Close()
		return s.explainOpen(err)
	}
	return nil
}

// patiently repeats what finds the database locked, for as long as SQLite is
// told to wait. Where two programs open a new database SQLite does not wait on
// its own: both want to change the journal's kind.
func patiently(ctx context.Context, do func(context.Context) error) error {
	for begin := time.Now(); ; {
		err := do(ctx)
		if code(err) != sqlite3.SQLITE_BUSY || time.Since(begin) > busyTimeout {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// explainOpen explains a failure at opening, where a file that is no database
// is the likeliest one.
func (s *Store) explainOpen(err error) error {
	if code(err) == sqlite3.SQLITE_NOTADB {
		return &broadsheet.Error{Kind: broadsheet.Invalid, Field: "database", Text: s.path + " is not a SQLite database",
			Fix: "name another file, or move this one away", Err: err}
	}
	return s.explain(err)
}

// checkSQLitePath says in words what SQLite would call "unable to open
// database file (14)".
func checkSQLitePath(path string, readOnly bool) error {
	fail := func(text, fix string, err error) error {
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Field: "database", Text: text, Fix: fix, Err: err}
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fail(path+" is a folder", "name a file in it, such as "+filepath.Join(path, "broadsheet.db"), nil)
	case err == nil && !readOnly:
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return fail(path+" cannot be written", "give this user the right to write it and its folder", err)
		}
		return f.Close()
	case err == nil:
		return nil
	case !errors.Is(err, os.ErrNotExist):
		return fail("cannot look at "+path, "check the path and its rights", err)
	case readOnly:
		return fail("there is no "+path, "run `broadsheet import` or `broadsheet serve` first, or name another database", nil)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fail("cannot make the folder "+filepath.Dir(path), "make it, or name another with --data-dir", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fail("cannot make "+path, "give this user the right to write the folder, or name another with --data-dir", err)
	}
	return f.Close()
}

func (sqliteDialect) name() string              { return "sqlite" }
func (sqliteDialect) rebind(text string) string { return rebindNumbered(text) }
func (sqliteDialect) placeholder(int) string    { return "?" }
func (sqliteDialect) maxArgs() int              { return 32000 }

// nextIDs needs no sequence: the one writer holds the lock.
func (sqliteDialect) nextIDs() string {
	return `WITH RECURSIVE fresh(id, n) AS (
	  SELECT (SELECT coalesce(max(id), 0) FROM papers) + 1, 1
	  UNION ALL SELECT id + 1, n + 1 FROM fresh WHERE n < $1)
	SELECT id FROM fresh`
}

// The one writer commits in the order of seq. $1, PostgreSQL's xid, is 0 here.
func (sqliteDialect) changesAfter() string {
	return `SELECT kind, key, 0, seq FROM changes WHERE $1 = 0 AND seq > $2 ORDER BY seq LIMIT $3`
}

func (sqliteDialect) head() string { return `SELECT 0, coalesce(max(seq), 0) FROM changes` }

// Without an index by key, a look for a later change of each would walk the
// rest of the feed for each: on 238,000 changes this took 0.9 s and that more
// than 40 s.
func (sqliteDialect) needlessChanges() string {
	return `SELECT 0, seq FROM changes WHERE $1 = 0 AND seq <= $2 AND seq NOT IN (SELECT max(seq) FROM changes GROUP BY key) LIMIT $3`
}

func (sqliteDialect) deleteChange() string { return `DELETE FROM changes WHERE $1 = 0 AND seq = $2` }

// lockRows and shareRow are nothing: the one writer holds the lock.
func (sqliteDialect) lockRows() string { return "" }
func (sqliteDialect) shareRow() string { return "" }

func (sqliteDialect) committers() int { return 1 }

func (sqliteDialect) size() string {
	return `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`
}

func (sqliteDialect) tables() string {
	return `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`
}

// guess: numbers of rows are given upward, so the last is as many as there ever were.
func (sqliteDialect) guess(table string) string { return `SELECT max(rowid) FROM ` + table }

// code is SQLite's primary result code, or 0.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

func (sqliteDialect) collision(err error) bool { return false }

func (sqliteDialect) explain(err error) (string, string) {
	switch code(err) {
	case sqlite3.SQLITE_FULL:
		return "the disk is full; nothing was stored", "free some space and try again"
	case sqlite3.SQLITE_READONLY:
		return "the database cannot be written", "give this user the right to write the file and its folder"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return "another program holds the database", "wait for it to end (an import?) and try again"
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return "the database file is damaged", "restore a backup with `broadsheet restore`"
	case sqlite3.SQLITE_IOERR:
		if strings.Contains(err.Error(), "space") {
			return "the disk is full; nothing was stored", "free some space and try again"
		}
		return "the disk answered with an error", "check the disk, its space and the file's rights"
	case sqlite3.SQLITE_CANTOPEN:
		return "the database file cannot be opened", "check the path and its rights"
	}
	if strings.Contains(err.Error(), "no such table") {
		return "the database has no tables yet", "run `broadsheet migrate`"
	}
	return "", ""
}

// Backup copies the database as it is at this moment into a new file at path,
// while others read and write. It fails where path exists.
func (s *Store) Backup(ctx context.Context, path string) error {
	if s.Dialect() != "sqlite" {
		return broadsheet.Errorf(broadsheet.Invalid, "a PostgreSQL database is backed up with pg_dump")
	}
	if s.path == "" {
		return broadsheet.Errorf(broadsheet.Invalid, "a database in memory has no file to back up")
	}
	if _, err := os.Stat(path); err == nil {
		return &broadsheet.Error{Kind: broadsheet.Conflict, Text: path + " exists", Fix: "name another file or remove it"}
	}
	return s.vacuumInto(ctx, path)
}

// vacuumInto copies the database into a file that is not there, or empty.
func (s *Store) vacuumInto(ctx context.Context, path string) error {
	// Through a connection of its own, so that neither readers nor the writer wait.
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: s.path}).EscapedPath()+"?"+sqliteCommon)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?1", path); err != nil {
		os.Remove(path)
		return fmt.Errorf("copy the database to %s: %w", path, s.explain(err))
	}
	return syncFile(path)
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
