package store_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestPruneKeepsTheReadableHead: a change that followers cannot read yet makes
// none needless that they can, or whoever stands at the head would seem to be
// beyond it and begin anew.
func TestPruneKeepsTheReadableHead(t *testing.T) {
	dsn := storetest.PostgresDSN(t)
	s := storetest.OpenDSN(t, dsn)
	put := func(title string) {
		t.Helper()
		p := broadsheet.Paper{ID: "2606.00001", Origin: broadsheet.OriginCatalog, Title: title}
		if _, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{p}}); err != nil {
			t.Fatal(err)
		}
	}
	put("One")
	storetest.Settle(t, s)
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// A transaction under way holds back what followers read.
	slow, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close(t.Context())
	if _, err := slow.Exec(t.Context(), `BEGIN; SELECT pg_current_xact_id()`); err != nil {
		t.Fatal(err)
	}
	put("Two")
	if now, err := s.Head(t.Context()); err != nil || now != head {
		t.Fatalf("got head %q, %v beside a transaction under way, want %q still", now, err, head)
	}
	if _, err := s.PruneChanges(t.Context(), head); err != nil {
		t.Fatal(err)
	}
	if lag, err := s.Lag(t.Context(), head); lag != 0 || err != nil {
		t.Errorf("after pruning: got lag %d, %v at the head, want 0", lag, err)
	}
}
