// Package storetest opens fresh, migrated stores for tests: SQLite always,
// PostgreSQL where BROADSHEET_TEST_POSTGRES names a server on which databases
// may be made (postgres://user@host/postgres).
package storetest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"broadsheet/internal/store"

	"github.com/jackc/pgx/v5"
)

// Open gives an empty SQLite store in a folder of the test.
func Open(t testing.TB) *store.Store {
	t.Helper()
	return OpenDSN(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
}

// OpenDSN gives a migrated store that is closed when the test ends.
func OpenDSN(t testing.TB, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatalf("open %s: %v", dsn, err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	return s
}

// Each runs test on an empty store of each database.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, Open(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, OpenDSN(t, PostgresDSN(t))) })
}

// PostgresDSN makes an empty database on the test server and drops it when the
// test ends. It skips the test where there is no server.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	server := os.Getenv("BROADSHEET_TEST_POSTGRES")
	if server == "" {
		t.Skip("left out on PostgreSQL: BROADSHEET_TEST_POSTGRES names no server")
	}
	var raw [8]byte
	if _, err := rand.Read(raw[:]); err != nil {
		t.Fatal(err)
	}
	name := "broadsheet_test_" + hex.EncodeToString(raw[:])
	admin(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { admin(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func admin(t testing.TB, server, text string) {
	t.Helper()
	ctx := context.Background() // also after the test's own has ended
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatalf("connect to the test server: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}
