package store_test

import (
	"fmt"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestWalkDue walks few of many, by their times, and all, by number: each once,
// also those that change in the middle.
func TestWalkDue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const readers, few = 103, 5
		for i := range readers {
			x := subscribed(t, s, fmt.Sprintf("reader%d@example.org", i))
			x.DueAt = lunch.Add(-time.Duration(i%7) * time.Minute)
			if i >= few {
				x.DueAt = x.DueAt.Add(time.Hour)
			}
			if _, err := s.PutSubscription(t.Context(), x); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			now  time.Time
			want int
		}{{lunch, few}, {lunch.Add(time.Hour), readers}} {
			walk, err := s.WalkDue(t.Context(), c.now)
			if err != nil {
				t.Fatal(err)
			}
			seen := map[int64]int{}
			for {
				page, err := s.Next(t.Context(), walk, 4)
				if err != nil {
					t.Fatal(err)
				}
				if len(page) == 0 {
					break
				}
				for _, x := range page {
					seen[x.ID]++
					if x.Several || x.Channel != broadsheet.ChannelMail || x.MaxPapers != 10 || x.Topic.Kind != broadsheet.TopicHot {
						t.Errorf("got %+v", x)
					}
				}
				x := page[0].Subscription
				if n, err := s.PutPlans(t.Context(), []store.Plan{{Subscription: x, Cursor: x.Cursor, NextDue: x.DueAt.Add(-time.Second)}}); n != 1 || err != nil {
					t.Errorf("moved %d (%v), want one", n, err)
				}
			}
			for id, n := range seen {
				if n != 1 {
					t.Errorf("at %s: subscription %d was met %d times", c.now, id, n)
				}
			}
			if len(seen) != c.want {
				t.Errorf("at %s: met %d, want %d", c.now, len(seen), c.want)
			}
		}
	})
}
