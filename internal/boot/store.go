package boot

import (
	"context"
	"log/slog"

	"broadsheet/internal/store"
)

// OpenStore opens a database and makes sure that it has this program's schema:
// SQLite is made and migrated on the way, PostgreSQL must have been migrated
// by `broadsheet migrate`, because other machines may still use it. A database
// of a newer program is Conflict, and nothing is changed.
func OpenStore(ctx context.Context, dsn string, log *slog.Logger) (*store.Store, error) {
	s, err := store.Open(ctx, dsn, store.Options{Log: log})
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, s, log); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func prepare(ctx context.Context, s *store.Store, log *slog.Logger) error {
	if s.Dialect() != "sqlite" {
		return s.CheckSchema(ctx)
	}
	from, to, err := s.Migrate(ctx)
	if err == nil && from != to && from > 0 {
		log.Info("migrated the database", "from", from, "to", to)
	}
	return err
}
