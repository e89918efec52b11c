package store_test

import (
	"errors"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestEditOfWhatWasRead: preferences that were read before a pause do not undo it,
// and raise no cursor.
func TestEditOfWhatWasRead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		subscribed(t, s, "ada@example.org")
		planned(t, s, "2026-06-30")
		read, err := s.Subscription(t.Context(), "sub-ada@example.org")
		if err != nil || read.Cursor != 9 {
			t.Fatalf("read %+v (%v), want cursor 9", read, err)
		}
		paused := read
		paused.State, paused.DueAt = broadsheet.SubscriptionPaused, time.Time{}
		if _, err := s.EditSubscription(t.Context(), read, paused); err != nil {
			t.Fatal(err)
		}
		edited := read
		edited.MaxPapers = 3
		if _, err := s.EditSubscription(t.Context(), read, edited); !errors.Is(err, store.ErrSubscriptionMoved) {
			t.Errorf("an edit of what was read before the pause: %v, want %v", err, store.ErrSubscriptionMoved)
		}
		got, err := s.Subscription(t.Context(), read.Token)
		if err != nil || got.State != broadsheet.SubscriptionPaused || got.Cursor != 0 {
			t.Errorf("got %s with cursor %d (%v), want it paused at 0", got.State, got.Cursor, err)
		}
	})
}
