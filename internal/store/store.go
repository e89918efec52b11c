// Package store keeps Broadsheet's rows, in SQLite or PostgreSQL, through one
// set of SQL. It is the only package that speaks SQL.
//
// What it guarantees: a Batch goes in whole or not at all, together with the
// checkpoint that says how far its maker had come and the change rows that
// followers read; putting the same batch twice changes nothing; the change
// feed misses nothing, whatever order transactions end in.
//
// Times are stored as UTC microseconds and always passed in, days as
// "2006-01-02"; text is compared by bytes. Shared SQL numbers its
// placeholders ($1), writes NULLS FIRST or LAST where it matters, and uses no
// LIKE: the two databases differ on each.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	"broadsheet"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Options adjusts Open.
type Options struct {
	ReadOnly bool         // refuse writes; a missing SQLite file is not made
	Log      *slog.Logger // nil: silent
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	dialect dialect
	read    *sql.DB // many connections
	write   *sql.DB // one connection on SQLite; the same as read on PostgreSQL
	pool    *pgxpool.Pool
	path    string // of the SQLite file, "" in memory and on PostgreSQL
	opt     Options

	generation atomic.Uint64
	group      *group // of small writes
	erasings   sync.Mutex
}

// Open opens "sqlite:PATH", "sqlite::memory:" or "postgres://…". It creates an
// empty SQLite file but never migrates. Errors are broadsheet.Errors: Invalid
// for a malformed name, Unavailable where the database cannot be reached.
func Open(ctx context.Context, dsn string, opt Options) (*Store, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	s := &Store{opt: opt}
	s.group = newGroup(s)
	var err error
	switch {
	case strings.HasPrefix(dsn, "sqlite:"):
		err = s.openSQLite(ctx, strings.TrimPrefix(dsn, "sqlite:"))
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		err = s.openPostgres(ctx, dsn)
	default:
		err = broadsheet.InvalidField("database", "is neither a SQLite file nor a PostgreSQL URL",
			"write sqlite:PATH or postgres://user@host/name")
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends all connections. Statements still running are waited for.
func (s *Store) Close() error {
	s.group.close()
	err := s.read.Close()
	if s.write != s.read {
		if werr := s.write.Close(); err == nil {
			err = werr
		}
	}
	if s.pool != nil {
		s.pool.Close()
	}
	return err
}

// Dialect is "sqlite" or "postgres".
func (s *Store) Dialect() string { return s.dialect.name() }

// Writer is the pool that writes go through, for the job library.
func (s *Store) Writer() *sql.DB { return s.write }

// Pool is PostgreSQL's pool, for the job library; nil on SQLite.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Path is the SQLite file, or "".
func (s *Store) Path() string { return s.path }

// Ping asks the database for an answer.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.read.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return s.explain(err)
	}
	return nil
}

// Generation grows whenever this process has stored something. Caches compare
// it; Watch makes it grow for what other processes store.
func (s *Store) Generation() uint64 { return s.generation.Load() }

// tx runs fn in a writing transaction and commits it, trying again where two
// writers met. fn must be ready to run more than once.
func (s *Store) tx(ctx context.Context, fn func(*txn) error) error {
	err := s.quietTx(ctx, fn)
	if err == nil {
		s.generation.Add(1)
	}
	return err
}

// quietTx is tx for what is no news to caches.
func (s *Store) quietTx(ctx context.Context, fn func(*txn) error) error {
	for attempt := 1; ; attempt++ {
		err := s.tryTx(ctx, fn)
		if err == nil {
			return nil
		}
		if attempt == 5 || !s.dialect.collision(err) {
			return s.explain(err)
		}
	}
}

func (s *Store) tryTx(ctx context.Context, fn func(*txn) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	x := &txn{Tx: tx, dialect: s.dialect, stmts: map[string]*sql.Stmt{}}
	if err := fn(x); err != nil {
		return err
	}
	if err := x.settle(ctx); err != nil {
		return err
	}
	return tx.Commit()
}

// txn is a writing transaction that parses each text once: a batch repeats a
// few texts many times.
type txn struct {
	*sql.Tx
	dialect dialect
	stmts   map[string]*sql.Stmt
	tallies tallies // counters of papers, written when it ends
}

// exec runs shared SQL.
func (tx *txn) exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	st, err := tx.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

// query is exec of what gives rows.
func (tx *txn) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	st, err := tx.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (tx *txn) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	st, ok := tx.stmts[text]
	if !ok {
		var err error
		if st, err = tx.PrepareContext(ctx, tx.dialect.rebind(text)); err != nil {
			return nil, err
		}
		tx.stmts[text] = st // closed with the transaction
	}
	return st, nil
}

// query runs shared SQL on the reading pool.
func (s *Store) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return s.read.QueryContext(ctx, s.dialect.rebind(text), args...)
}

func (s *Store) queryRow(ctx context.Context, text string, args ...any) *sql.Row {
	return s.read.QueryRowContext(ctx, s.dialect.rebind(text), args...)
}

// queryer is a pool or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// collect scans every row with scan and closes rows.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// explain turns a driver's error into one that says what to do; errors that
// need no explanation pass.
func (s *Store) explain(err error) error {
	if err == nil {
		return nil
	}
	var be *broadsheet.Error
	if asError(err, &be) {
		return err
	}
	if text, fix := s.dialect.explain(err); text != "" {
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Field: "database", Text: text, Fix: fix, Err: err}
	}
	return fmt.Errorf("database: %w", err)
}
