package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"

	"broadsheet"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

type postgresDialect struct{}

func (s *Store) openPostgres(ctx context.Context, dsn string) error {
	s.dialect = postgresDialect{}
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		// The library's text may quote the URL, password and all.
		return broadsheet.InvalidField("database", "is not a PostgreSQL URL", "write postgres://user:password@host:5432/name?sslmode=…")
	}
	if s.opt.ReadOnly {
		cfg.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	}
	if cfg.ConnConfig.RuntimeParams["application_name"] == "" {
		cfg.ConnConfig.RuntimeParams["application_name"] = "broadsheet"
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return s.explain(err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Field: "database",
			Text: "cannot reach PostgreSQL at " + cfg.ConnConfig.Host, Fix: "check that it runs and the URL's host, port, user and password", Err: reason(err)}
	}
	db := stdlib.OpenDBFromPool(pool)
	s.pool, s.read, s.write = pool, db, db
	return nil
}

// reason is the server's own complaint where there is one: a connection error
// prints the user and database besides, but never the password.
func reason(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return errors.New(pg.Message)
	}
	return err
}

func (postgresDialect) name() string              { return "postgres" }
func (postgresDialect) rebind(text string) string { return text }
func (postgresDialect) placeholder(n int) string  { return "$" + strconv.Itoa(n) }
func (postgresDialect) maxArgs() int              { return 60000 }

func (postgresDialect) nextIDs() string {
	return `SELECT nextval(pg_get_serial_sequence('papers', 'id')) FROM generate_series(1, $1)`
}

func (postgresDialect) changesAfter() string {
	return `SELECT kind, key, xid, seq FROM changes
	WHERE (xid, seq) > ($1::bigint, $2::bigint) AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
	ORDER BY xid, seq LIMIT $3`
}

func (postgresDialect) head() string {
	return `SELECT coalesce(max(xid), 0), coalesce(max(seq), 0) FROM (SELECT xid, seq FROM changes
	WHERE xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY xid DESC, seq DESC LIMIT 1) newest`
}

// Only what followers can read makes a change needless: else the head would go
// back, and who stands at it would seem to be of another database.
func (postgresDialect) needlessChanges() string {
	return `SELECT xid, seq FROM (SELECT xid, seq, lead(seq) OVER (PARTITION BY key ORDER BY xid, seq) AS later FROM changes
	WHERE xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint) c
	WHERE later IS NOT NULL AND (xid, seq) <= ($1::bigint, $2::bigint) LIMIT $3`
}

func (postgresDialect) deleteChange() string {
	return `DELETE FROM changes WHERE xid = $1 AND seq = $2`
}

func (postgresDialect) lockRows() string { return " ORDER BY id FOR UPDATE" }
func (postgresDialect) shareRow() string { return " FOR SHARE" }

func (postgresDialect) committers() int { return 2 }

func (postgresDialect) size() string { return `SELECT pg_database_size(current_database())` }

func (postgresDialect) tables() string {
	return `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`
}

func (postgresDialect) guess(table string) string {
	return `SELECT reltuples::bigint FROM pg_class WHERE oid = '` + table + `'::regclass`
}

// collision: a unique violation (two writers made the same paper), a
// serialization failure or a deadlock.
func (postgresDialect) collision(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, errVanished) || errors.As(err, &pg) && (pg.Code == "23505" || pg.Code == "40001" || pg.Code == "40P01")
}

func (postgresDialect) explain(err error) (string, string) {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		if lost(err) {
			return "PostgreSQL does not answer", "check that it runs; it is asked again with the next request"
		}
		return "", ""
	}
	switch {
	case strings.HasPrefix(pg.Code, "08"):
		return "PostgreSQL does not answer: " + pg.Message, "check that it runs; it is asked again with the next request"
	case pg.Code == "42P01":
		return "the database has no tables yet", "run `broadsheet migrate`"
	case pg.Code == "53100":
		return "the disk is full; nothing was stored", "free some space and try again"
	case pg.Code == "25006":
		return "the database cannot be written", "connect to the primary server"
	case strings.HasPrefix(pg.Code, "53"), strings.HasPrefix(pg.Code, "57"):
		return "PostgreSQL cannot serve now: " + pg.Message, "try again"
	case pg.Code == "42501":
		return "this PostgreSQL user lacks a right: " + pg.Message, "grant it, or use the owner of the tables"
	}
	return "", ""
}

// lost tells that the server cannot be reached or that the connection to it
// broke, and not that the caller went away.
func lost(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &connect), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, driver.ErrBadConn), errors.Is(err, pgconn.ErrConnClosed):
		return true
	}
	return !errors.Is(err, context.DeadlineExceeded) && errors.As(err, &network)
}
