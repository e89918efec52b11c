package digest_test

import (
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestAPausedSubscription: nothing comes while it is paused, also of what was
// planned or claimed. What was taken back comes when it goes on, and what was
// sent does not come again.
func TestAPausedSubscription(t *testing.T) {
	const one, two, three = "2606.00001", "2606.00002", "2606.00003"
	for _, c := range []struct {
		name    string
		sent    bool // the first of the two editions
		claimed bool // the second
		want    string
	}{
		{"both planned", false, false, one + " " + two + " " + three},
		{"one claimed, one expired", false, true, two + " " + three},
		{"one sent", true, false, two + " " + three},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				w := newWorld(t, s, time.Date(2026, 6, 29, 7, 0, 0, 0, time.UTC))
				x := w.subscribe(t, "ada@example.org", broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicCategories, Key: "cs.LG"},
					Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}, MaxPapers: 10})
				day := func() {
					t.Helper()
					w.publish(t, false, "cs.LG")
					w.catchUp(t)
					w.now = w.now.Add(time.Hour)
					if _, err := w.engine.Plan(t.Context()); err != nil {
						t.Fatal(err)
					}
					w.now = w.now.Add(23 * time.Hour)
				}
				claim := func() []store.Claim {
					t.Helper()
					got, err := s.ClaimDeliveries(t.Context(), broadsheet.ChannelMail, w.now, w.now.Add(time.Hour), 10)
					if err != nil {
						t.Fatal(err)
					}
					return got
				}
				step := func(d broadsheet.Delivery, from, to broadsheet.DeliveryState, attempt int) bool {
					t.Helper()
					ok, err := s.PutSteps(t.Context(), []store.Step{{ID: d.ID, From: from, To: to, Attempt: attempt, At: w.now, Until: w.now.Add(time.Hour), Reply: "250 ok"}})
					if err != nil {
						t.Fatal(err)
					}
					return ok[0]
				}
				day()
				if c.sent {
					w.now = w.now.Add(-22 * time.Hour) // before it expires
					d := claim()[0].Delivery
					if !step(d, broadsheet.DeliveryClaimed, broadsheet.DeliverySending, 0) || !step(d, broadsheet.DeliverySending, broadsheet.DeliverySent, 1) {
						t.Fatal("the first was not sent")
					}
					w.now = w.now.Add(22 * time.Hour)
				}
				day()
				w.now = w.now.Add(-22 * time.Hour)
				var taken []store.Claim
				if c.claimed {
					taken = claim()
				}
				change := func(state broadsheet.SubscriptionState, due time.Time) {
					t.Helper()
					now, err := s.Subscription(t.Context(), x.Token)
					if err != nil {
						t.Fatal(err)
					}
					now.State, now.DueAt = state, due
					if _, err := s.PutSubscription(t.Context(), now); err != nil {
						t.Fatal(err)
					}
				}
				change(broadsheet.SubscriptionPaused, time.Time{})
				for _, d := range taken {
					if step(d.Delivery, broadsheet.DeliveryClaimed, broadsheet.DeliverySending, 0) {
						t.Error("what was claimed is sent after the pause")
					}
				}
				if got := claim(); len(got) != 0 {
					t.Errorf("while it is paused %d are claimed", len(got))
				}
				w.now = w.now.Add(22 * time.Hour)
				change(broadsheet.SubscriptionActive, w.now)
				day()
				last := w.deliveries(t)[0]
				told := map[string]bool{}
				for _, id := range last.Papers {
					told[id] = true
				}
				for _, id := range strings.Fields(c.want) {
					if !told[id] {
						t.Errorf("after the pause %s is not told; got %v", id, last.Papers)
					}
				}
				if len(told) != len(strings.Fields(c.want)) {
					t.Errorf("after the pause: told of %v, want %s", last.Papers, c.want)
				}
				for _, d := range w.deliveries(t) {
					if d.State == broadsheet.DeliverySuppressed && d.Reply != "the subscription is paused" {
						t.Errorf("taken back: %+v, want the reason", d)
					}
				}
			})
		})
	}
}
