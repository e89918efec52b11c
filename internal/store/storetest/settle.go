package storetest

import (
	"testing"
	"time"

	"broadsheet/internal/store"
)

// Settle waits until every change of s can be read, a minute at most: PostgreSQL
// shows a change when no older transaction of the server is open, also none of
// another test's on another database. It asks anew as soon as it is answered.
func Settle(t testing.TB, s *store.Store) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		all, err := s.Changes(t.Context(), "", 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		st, err := s.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(all)) == st.Changes {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d changes can be read", len(all), st.Changes)
		}
	}
}
