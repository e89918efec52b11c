package store_test

import (
	"testing"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

func TestLag(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := func(what, cursor string, n int64) {
			t.Helper()
			if got, err := s.Lag(t.Context(), cursor); got != n || err != nil {
				t.Errorf("%s: lag after %q is %d (%v), want %d", what, cursor, got, err, n)
			}
		}
		want("nothing is there", "", 0)
		put := func(ids ...string) {
			t.Helper()
			var papers []broadsheet.Paper
			for _, id := range ids {
				papers = append(papers, broadsheet.Paper{ID: id, Origin: broadsheet.OriginCatalog, Title: "A title"})
			}
			if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
				t.Fatal(err)
			}
			storetest.Settle(t, s)
		}
		put("2606.00001", "2606.00002", "2606.00003")
		want("from the beginning", "", 3)
		changes, err := s.Changes(t.Context(), "", 10)
		if err != nil || len(changes) != 3 {
			t.Fatalf("%d changes, %v; want 3", len(changes), err)
		}
		want("after the first", changes[0].Cursor, 2)
		want("after the last", changes[2].Cursor, 0)
		put("2606.00004")
		want("after one more", changes[2].Cursor, 1)
		want("of another database", "999999999.999999999", -1)
		if _, err := s.Lag(t.Context(), "nonsense"); broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Errorf("got %v, want Invalid", err)
		}
	})
}
