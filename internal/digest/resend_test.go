package digest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestResendTellsNothingTwice: of an edition that failed what a later one has told
// is not sent again, also not where two that failed hold the same paper, and not
// while the subscription is paused.
func TestResendTellsNothingTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, time.Date(2026, 6, 29, 7, 0, 0, 0, time.UTC))
		wish := broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicCategories, Key: "cs.LG"}, MaxPapers: 10, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}}
		// Ada's second subscription is due when her first has failed, and has a paper
		// less; her third fails as the first did. Eve's is paused.
		narrow, wide, paused := wish, wish, wish
		narrow.Topic.Key, narrow.Rhythm.Hour = "stat.ML", 9
		wide.Topic.Key, wide.Rhythm.Hour = "cs", 10
		w.subscribe(t, "ada@example.org", wish)
		w.subscribe(t, "ada@example.org", narrow)
		w.subscribe(t, "ada@example.org", wide)
		eve := w.subscribe(t, "eve@example.org", paused)
		w.publish(t, false, "cs.LG")
		w.publish(t, false, "cs.LG", "stat.ML")
		w.catchUp(t)
		var ids []int64
		round := func(outcome broadsheet.DeliveryState, want int) {
			t.Helper()
			w.now = w.now.Add(time.Hour)
			if _, err := w.engine.Plan(t.Context()); err != nil {
				t.Fatal(err)
			}
			got, err := s.ClaimDeliveries(t.Context(), broadsheet.ChannelMail, w.now, w.now.Add(time.Minute), 10)
			if err != nil || len(got) != want {
				t.Fatalf("claimed %d (%v), want %d", len(got), err, want)
			}
			for _, c := range got {
				ids = append(ids, c.ID)
				for i, to := range []broadsheet.DeliveryState{broadsheet.DeliverySending, outcome} {
					from := []broadsheet.DeliveryState{broadsheet.DeliveryClaimed, broadsheet.DeliverySending}[i]
					if ok, err := s.PutSteps(t.Context(), []store.Step{{ID: c.ID, From: from, To: to, Attempt: i, At: w.now, Until: w.now.Add(time.Minute)}}); err != nil || !ok[0] {
						t.Fatalf("%s: %v (%v)", to, ok, err)
					}
				}
			}
		}
		round(broadsheet.DeliveryFailed, 2) // Ada's first, with both papers, and Eve's
		round(broadsheet.DeliverySent, 1)   // her second, with the second paper
		round(broadsheet.DeliveryFailed, 1) // her third, with the first
		x, err := s.Subscription(t.Context(), eve.Token)
		if err != nil {
			t.Fatal(err)
		}
		x.State, x.DueAt = broadsheet.SubscriptionPaused, time.Time{}
		if _, err := s.PutSubscription(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		n, err := s.Resend(t.Context(), store.ResendQuery{States: []broadsheet.DeliveryState{broadsheet.DeliveryFailed}}, w.now, w.now.Add(time.Hour))
		if n != 1 || err != nil {
			t.Errorf("sent again %d (%v), want one", n, err)
		}
		var got []string
		for _, d := range w.deliveries(t) {
			got = append(got, fmt.Sprint(d.State, " ", d.Papers))
		}
		// The latest first; the ones that are not sent again stay as they were.
		want := "failed [2606.00001], sent [2606.00002], failed [2606.00002 2606.00001], planned [2606.00001]"
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("got %s\nwant %s", text, want)
		}
	})
}
