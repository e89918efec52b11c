package digest_test

import (
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestAClockThatWasAhead: what is planned while the clock is five days ahead is
// due once it is right again, and the next day has its edition.
func TestAClockThatWasAhead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, time.Date(2026, 6, 29, 7, 0, 0, 0, time.UTC))
		w.subscribe(t, "ada@example.org", broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicCategories, Key: "cs.LG"},
			Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}, MaxPapers: 10})
		plan := func() {
			t.Helper()
			if _, err := w.engine.Plan(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		plan()
		w.publish(t, false, "cs.LG")
		w.catchUp(t)
		right := w.now
		w.now = right.AddDate(0, 0, 5)
		plan()
		w.now = right.Add(time.Minute)
		plan()
		if d := w.deliveries(t); len(d) != 1 || !d[0].NextAt.Equal(w.now) || !d[0].PlannedAt.Equal(w.now) || d[0].ExpiresAt.Sub(w.now) > 48*time.Hour {
			t.Errorf("once the clock is right: %+v, want one that is due at %s", d, w.now)
		}
		w.now = right.AddDate(0, 0, 1)
		w.publish(t, false, "cs.LG")
		w.catchUp(t)
		w.now = w.now.Add(2 * time.Hour)
		plan()
		if d := w.deliveries(t); len(d) != 2 || d[0].Slot != "2026-06-30" || len(d[0].Papers) != 1 {
			t.Errorf("the day after: %+v, want an edition of that day", d)
		}
	})
}
