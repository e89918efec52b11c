package cli

import (
	"context"
	"strings"

	"broadsheet/internal/boot"
	"broadsheet/internal/store"
)

// open opens the configured database for a command that writes: a SQLite file
// is made and migrated on the way, PostgreSQL must be migrated already.
func (r *run) open() (*store.Store, error) {
	cfg, err := r.config()
	if err != nil {
		return nil, err
	}
	return boot.OpenStore(r.ctx, cfg.Database, r.log())
}

// openReadOnly opens the configured database without making or migrating one.
func (r *run) openReadOnly() (*store.Store, error) {
	cfg, err := r.config()
	if err != nil {
		return nil, err
	}
	s, err := store.Open(r.ctx, cfg.Database, store.Options{ReadOnly: true, Log: r.log()})
	if err != nil {
		return nil, err
	}
	if err := s.CheckSchema(r.ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// closing closes s and keeps the first error.
func closing(s *store.Store, err *error) {
	if cerr := s.Close(); *err == nil {
		*err = cerr
	}
}

func isPostgres(dsn string) bool { return strings.HasPrefix(dsn, "postgres") }

// interrupted reports whether the run was told to stop.
func (r *run) interrupted() bool { return r.ctx.Err() == context.Canceled }

// sqlitePath is the file of a SQLite database.
func sqlitePath(dsn string) (path string, ok bool) { return strings.CutPrefix(dsn, "sqlite:") }
