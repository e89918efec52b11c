package digest_test

import (
	"context"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/digest"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestPaused lets two days pass while planning is paused: nothing is planned, and
// the first edition after has what came on both.
func TestPaused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w, paused := newWorld(t, s, time.Date(2026, 6, 29, 7, 0, 0, 0, time.UTC)), true
		w.engine = digest.New(digest.Options{Store: s, Now: func() time.Time { return w.now }, Token: w.token, Paused: func(context.Context) bool { return paused }})
		w.subscribe(t, "ada@example.org", broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicCategories, Key: "cs.LG"},
			Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}, MaxPapers: 10})
		for range 2 {
			w.publish(t, false, "cs.LG")
			w.catchUp(t)
			w.now = w.now.Add(24 * time.Hour)
			if n, err := w.engine.Plan(t.Context()); n != 0 || err != nil {
				t.Fatalf("paused, at %v: planned %d (%v), want none", w.now, n, err)
			}
		}
		paused, w.now = false, w.now.Add(2*time.Hour)
		if n, err := w.engine.Plan(t.Context()); n != 1 || err != nil {
			t.Fatalf("resumed: planned %d (%v), want one", n, err)
		}
		list, err := s.Deliveries(t.Context(), store.DeliveryQuery{Limit: 10})
		if err != nil || len(list) != 1 || len(list[0].Papers) != 2 {
			t.Errorf("resumed: %+v (%v), want one delivery of both papers", list, err)
		}
	})
}
