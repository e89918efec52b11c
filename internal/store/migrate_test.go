package store_test

import (
	"path/filepath"
	"sync"
	"testing"

	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestMigrateAtOnce lets several programs find the same new database.
func TestMigrateAtOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		dsn  func(*testing.T) string
	}{
		{"sqlite", func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "new.db") }},
		{"postgres", func(t *testing.T) string { return storetest.PostgresDSN(t) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			dsn := c.dsn(t)
			var all sync.WaitGroup
			begin := make(chan struct{})
			for range 4 {
				all.Go(func() {
					<-begin
					s, err := store.Open(t.Context(), dsn, store.Options{})
					if err != nil {
						t.Errorf("open: %v", err)
						return
					}
					defer s.Close()
					if _, _, err := s.Migrate(t.Context()); err != nil {
						t.Errorf("migrate: %v", err)
					}
					if err := s.CheckSchema(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			close(begin)
			all.Wait()
		})
	}
}
