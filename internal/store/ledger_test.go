package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// lunch is when everything of these tests is due.
var lunch = noon.AddDate(0, 0, 29)

// subscribed makes an active subscription of a mail address, due at lunch.
func subscribed(t *testing.T, s *store.Store, address string) broadsheet.Subscription {
	t.Helper()
	r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: address, Key: broadsheet.AddressKey(address), Salt: "s", CreatedAt: lunch})
	if err != nil {
		t.Fatal(err)
	}
	x, err := s.PutSubscription(t.Context(), broadsheet.Subscription{RecipientID: r.ID, Token: "sub-" + address, State: broadsheet.SubscriptionActive,
		Wish:  broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: broadsheet.Workdays, Hour: 8, Zone: time.UTC}, MaxPapers: 10},
		DueAt: lunch, CreatedAt: lunch, ConfirmedAt: lunch})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// planned plans one delivery for each subscription that is due.
func planned(t *testing.T, s *store.Store, slot string) int {
	t.Helper()
	e, err := s.PutEdition(t.Context(), broadsheet.Edition{Token: "ed-" + slot, Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, To: 9, ComposedAt: lunch, Title: "Hot papers",
		Picks: []broadsheet.Pick{{PaperID: "2606.00001", Score: 3}}, Total: 1})
	if err != nil {
		t.Fatal(err)
	}
	due, err := s.DueSubscriptions(t.Context(), lunch, 100)
	if err != nil {
		t.Fatal(err)
	}
	var plans []store.Plan
	for _, x := range due {
		plans = append(plans, store.Plan{Subscription: x.Subscription, Channel: broadsheet.ChannelMail, Cursor: 9, NextDue: lunch.Add(24 * time.Hour), Slot: slot,
			Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: fmt.Sprint("d-", slot, "-", x.ID), Papers: []string{"2606.00001", "2606.00002"}, PlannedAt: lunch, NextAt: lunch, ExpiresAt: lunch.Add(time.Hour)}})
	}
	n, err := s.PutPlans(t.Context(), plans)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func states(t *testing.T, s *store.Store) map[broadsheet.DeliveryState]int {
	t.Helper()
	got, err := s.DeliveryCounts(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return got[broadsheet.ChannelMail]
}

func TestSubscriptionsAreKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := subscribed(t, s, "Ada@example.org")
		zone, err := time.LoadLocation("America/St_Johns")
		if err != nil {
			t.Fatal(err)
		}
		x.Topic = broadsheet.Topic{Kind: broadsheet.TopicSearch, Key: `"counting gulls" -owls`}
		x.Rhythm, x.MaxPapers, x.MinScore, x.SendEmpty = broadsheet.Rhythm{Days: 64, Hour: 23, Zone: zone, AsItComes: true}, 50, 7, true
		x.State, x.DueAt, x.EndedAt, x.Reason, x.Cursor, x.LastSlot = broadsheet.SubscriptionPaused, time.Time{}, lunch, "because", 12, ""
		if _, err := s.PutSubscription(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		got, err := s.Subscription(t.Context(), x.Token)
		if err != nil {
			t.Fatal(err)
		}
		sameZone := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
		if diff := cmp.Diff(x, got, sameZone); diff != "" {
			t.Errorf("subscription (-put +got):\n%s", diff)
		}
		// The same address in another spelling is the same recipient.
		again, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: "ada@example.org", Key: broadsheet.AddressKey("ada@example.org"), Salt: "other", CreatedAt: lunch})
		if err != nil || again.ID != x.RecipientID || again.Address != "Ada@example.org" || again.Salt != "s" {
			t.Errorf("got %+v (%v), want the first", again, err)
		}
		all, err := s.Subscribers(t.Context(), "", 0, 10)
		if err != nil || len(all) != 1 || all[0].Recipient.Address != "Ada@example.org" {
			t.Errorf("subscribers: got %+v (%v)", all, err)
		}
		if err := s.EraseRecipient(t.Context(), x.RecipientID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Subscription(t.Context(), x.Token); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("after erasure: got %v, want not found", err)
		}
	})
}

// TestPlansAreMadeOnce: of two planners one wins, and a slot is planned once.
func TestPlansAreMadeOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i := range 5 {
			subscribed(t, s, fmt.Sprintf("reader%d@example.org", i))
		}
		if n := planned(t, s, "2026-06-30"); n != 5 {
			t.Fatalf("planned %d, want 5", n)
		}
		if n := planned(t, s, "2026-06-30"); n != 0 {
			t.Errorf("planned %d more for the same day", n)
		}
		if got := states(t, s); got[broadsheet.DeliveryPlanned] != 5 {
			t.Errorf("got %v, want 5 planned", got)
		}
		told, err := s.Told(t.Context(), []int64{1, 2, 99}, lunch.Add(-time.Hour))
		if err != nil || len(told) != 2 || !told[1]["2606.00002"] {
			t.Errorf("told: got %v (%v)", told, err)
		}
		x := subscribed(t, s, "late@example.org")
		stale := x
		x.MaxPapers, x.DueAt = 3, lunch.Add(-time.Minute)
		if _, err := s.PutSubscription(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		n, err := s.PutPlans(t.Context(), []store.Plan{{Subscription: stale, Cursor: 1, NextDue: lunch, Slot: "x"}})
		if n != 0 || err != nil {
			t.Errorf("a plan for a subscription as it was before a change took effect: %d (%v)", n, err)
		}
	})
}

// TestClaimsAreTakenOnce: many senders share the work.
func TestClaimsAreTakenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const readers = 40
		for i := range readers {
			subscribed(t, s, fmt.Sprintf("reader%d@example.org", i))
		}
		planned(t, s, "2026-06-30")
		var mu sync.Mutex
		seen := map[int64]int{}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for {
					got, err := s.ClaimDeliveries(t.Context(), broadsheet.ChannelMail, lunch, lunch.Add(time.Minute), 7)
					if err != nil {
						t.Error(err)
						return
					}
					if len(got) == 0 {
						return
					}
					mu.Lock()
					for _, c := range got {
						seen[c.ID]++
					}
					mu.Unlock()
				}
			})
		}
		all.Wait()
		for id, n := range seen {
			if n != 1 {
				t.Errorf("delivery %d was claimed %d times", id, n)
			}
		}
		// On PostgreSQL a sender may find all others' rows locked and go home early;
		// what is left is still planned.
		left, err := s.ClaimDeliveries(t.Context(), broadsheet.ChannelMail, lunch, lunch.Add(time.Minute), 100)
		if err != nil || len(seen)+len(left) != readers {
			t.Errorf("claimed %d and %d (%v), want %d", len(seen), len(left), err, readers)
		}
	})
}

// TestTheLedger walks the states, a dead sender among them.
func TestTheLedger(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		names := []string{"sent", "deferred", "failed", "dead-claimed", "dead-sending", "suppressed", "ended", "expired"}
		ids := map[string]int64{}
		for _, name := range names {
			x := subscribed(t, s, name+"@example.org")
			ids[name] = x.ID
		}
		planned(t, s, "2026-06-30")
		if err := s.Suppress(t.Context(), broadsheet.Suppression{Channel: broadsheet.ChannelMail, Key: broadsheet.AddressKey("suppressed@example.org"), Reason: broadsheet.SuppressedBounce, At: lunch}); err != nil {
			t.Fatal(err)
		}
		ended, err := s.Subscription(t.Context(), "sub-ended@example.org")
		if err != nil {
			t.Fatal(err)
		}
		ended.State, ended.DueAt = broadsheet.SubscriptionEnded, time.Time{}
		if _, err := s.PutSubscription(t.Context(), ended); err != nil {
			t.Fatal(err)
		}
		claims, err := s.ClaimDeliveries(t.Context(), broadsheet.ChannelMail, lunch, lunch.Add(time.Minute), 100)
		if err != nil || len(claims) != 6 {
			t.Fatalf("claimed %d (%v), want 6: neither the suppressed nor the ended one", len(claims), err)
		}
		byName := map[string]int64{}
		for _, c := range claims {
			byName[c.Subscription.Token] = c.ID
		}
		id := func(name string) int64 { return byName["sub-"+name+"@example.org"] }
		const planned, claimed, sending = broadsheet.DeliveryPlanned, broadsheet.DeliveryClaimed, broadsheet.DeliverySending
		step := func(name string, from, to broadsheet.DeliveryState) store.Step {
			attempt := 0
			if from == sending {
				attempt = 1
			}
			return store.Step{ID: id(name), From: from, To: to, Attempt: attempt, At: lunch, Until: lunch.Add(2 * time.Minute), Reply: "250 ok"}
		}
		ok, err := s.PutSteps(t.Context(), []store.Step{step("sent", claimed, sending), step("deferred", claimed, sending), step("failed", claimed, sending), step("dead-sending", claimed, sending)})
		if diff := cmp.Diff([]bool{true, true, true, true}, ok); diff != "" || err != nil {
			t.Fatalf("begin: %v %s", err, diff)
		}
		ok, err = s.PutSteps(t.Context(), []store.Step{step("sent", sending, broadsheet.DeliverySent), step("deferred", sending, planned), step("failed", sending, broadsheet.DeliveryFailed), step("sent", claimed, sending)})
		if diff := cmp.Diff([]bool{true, true, true, false}, ok); diff != "" || err != nil {
			t.Fatalf("outcomes: %v %s", err, diff)
		}
		later := lunch.Add(3 * time.Minute)
		got, err := s.Recover(t.Context(), recovery(later))
		if diff := cmp.Diff(store.Recovered{Again: 2, Unknown: 1}, got); diff != "" || err != nil { // dead-claimed and the still claimed "expired"
			t.Errorf("recovered (%v; -want +got):\n%s", err, diff)
		}
		claims, err = s.ClaimDeliveries(t.Context(), broadsheet.ChannelMail, lunch.Add(2*time.Hour), lunch.Add(3*time.Hour), 100)
		if err != nil || len(claims) != 0 {
			t.Errorf("past their time %d are claimed (%v)", len(claims), err)
		}
		want := map[broadsheet.DeliveryState]int{broadsheet.DeliverySent: 1, broadsheet.DeliveryFailed: 1, broadsheet.DeliveryUnknown: 1, broadsheet.DeliverySuppressed: 2, broadsheet.DeliveryExpired: 3}
		if diff := cmp.Diff(want, states(t, s)); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		n, err := s.Resend(t.Context(), store.ResendQuery{States: []broadsheet.DeliveryState{broadsheet.DeliveryFailed}, Since: lunch}, lunch, lunch.Add(5*time.Hour))
		if n != 1 || err != nil {
			t.Errorf("resent %d (%v), want 1", n, err)
		}
		list, err := s.Deliveries(t.Context(), store.DeliveryQuery{State: planned, Limit: 10})
		if err != nil || len(list) != 1 || list[0].Attempt != 1 || !list[0].NextAt.Equal(lunch) || !list[0].EndedAt.IsZero() {
			t.Errorf("resent: got %+v (%v)", list, err)
		}
	})
}

// TestChangesLeaveThePlannerAlone: a form that was read before the planner came
// by takes nothing back, and revives nothing.
func TestChangesLeaveThePlannerAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		old := subscribed(t, s, "ada@example.org")
		planned(t, s, "2026-06-30")
		old.MaxPapers = 3
		if _, err := s.PutSubscription(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		got, err := s.Subscription(t.Context(), old.Token)
		if err != nil || got.Cursor != 9 || got.LastSlot != "2026-06-30" || got.MaxPapers != 3 {
			t.Errorf("got cursor %d, slot %q, at most %d (%v); want 9, the slot, and 3", got.Cursor, got.LastSlot, got.MaxPapers, err)
		}
		got.State, got.DueAt = broadsheet.SubscriptionEnded, time.Time{}
		if _, err := s.PutSubscription(t.Context(), got); err != nil {
			t.Fatal(err)
		}
		if _, err := s.PutSubscription(t.Context(), old); broadsheet.KindOf(err) != broadsheet.Conflict {
			t.Errorf("a change of an ended one: %v, want a conflict", err)
		}
	})
}

// TestNotWantedAnyMore: who unsubscribes or is suppressed after the claim is not
// written to.
func TestNotWantedAnyMore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, name := range []string{"a", "b", "c"} {
			subscribed(t, s, name+"@example.org")
		}
		planned(t, s, "2026-06-30")
		claims, err := s.ClaimDeliveries(t.Context(), broadsheet.ChannelMail, lunch, lunch.Add(time.Hour), 10)
		if err != nil || len(claims) != 3 {
			t.Fatalf("claimed %d (%v)", len(claims), err)
		}
		if err := s.Suppress(t.Context(), broadsheet.Suppression{Channel: broadsheet.ChannelMail, Key: broadsheet.AddressKey("b@example.org"), Reason: broadsheet.SuppressedComplaint, At: lunch}); err != nil {
			t.Fatal(err)
		}
		ended, err := s.Subscription(t.Context(), "sub-c@example.org")
		if err != nil {
			t.Fatal(err)
		}
		ended.State, ended.DueAt = broadsheet.SubscriptionEnded, time.Time{}
		if _, err := s.PutSubscription(t.Context(), ended); err != nil {
			t.Fatal(err)
		}
		var steps []store.Step
		want := make([]bool, 3)
		for i, c := range claims {
			steps = append(steps, store.Step{ID: c.ID, From: broadsheet.DeliveryClaimed, To: broadsheet.DeliverySending, At: lunch, Until: lunch.Add(time.Hour)})
			want[i] = c.Subscription.Token == "sub-a@example.org"
		}
		ok, err := s.PutSteps(t.Context(), steps)
		if diff := cmp.Diff(want, ok); diff != "" || err != nil {
			t.Errorf("begun: %v %s", err, diff)
		}
		if diff := cmp.Diff(map[broadsheet.DeliveryState]int{broadsheet.DeliverySending: 1, broadsheet.DeliverySuppressed: 2}, states(t, s)); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
	})
}

func TestArrivals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		put := func(papers ...broadsheet.Paper) {
			if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
				t.Fatal(err)
			}
		}
		paper := func(id string, announced broadsheet.Day, days ...broadsheet.Day) broadsheet.Paper {
			p := broadsheet.Paper{ID: id, Origin: broadsheet.OriginCatalog, Title: "T " + id, Categories: []string{"cs.LG"}, AnnouncedOn: announced,
				Authors: []broadsheet.Author{{Name: "Ada Person", Key: "ada-person"}}, PublishedAt: announced.Time(), SeenAt: lunch}
			for _, d := range days {
				p.Features = append(p.Features, broadsheet.Feature{Day: d, FeaturedAt: d.Time()})
			}
			return p
		}
		note := func(want int64, ids ...string) {
			t.Helper()
			if n, err := s.NoteArrivals(t.Context(), ids, "2026-06-01", lunch); n != want || err != nil {
				t.Errorf("noted %d of %v (%v), want %d", n, ids, err, want)
			}
		}
		put(paper("2606.00001", "2026-06-10"), paper("2606.00002", "2026-06-11", "2026-06-12"), paper("2001.00003", "2020-01-02"), paper("2001.00004", "2020-01-02", "2026-06-20"))
		note(4, "2606.00001", "2606.00002", "2001.00003", "2001.00004")
		note(0, "2606.00001", "2606.00002", "2001.00003", "2001.00004")
		put(paper("2606.00001", "2026-06-10", "2026-06-30"), paper("2606.00005", "2026-06-29"))
		note(2, "2606.00001", "2606.00005", "2606.09999")
		last, err := s.LastArrival(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			kind broadsheet.ArrivalKind
			want string
		}{{broadsheet.ArrivalKnown, "[2606.00001 2606.00002 2606.00005]"}, {broadsheet.ArrivalChosen, "[2606.00002 2001.00004 2606.00001]"}} {
			got, err := s.Arrivals(t.Context(), c.kind, 0, last, 100)
			var ids []string
			for _, a := range got {
				ids = append(ids, a.ID)
			}
			if err != nil || fmt.Sprint(ids) != c.want {
				t.Errorf("%s: got %v (%v), want %s", c.kind, ids, err, c.want)
			}
		}
		on, err := s.ArrivalsOn(t.Context(), broadsheet.List{Kind: broadsheet.ListAuthor, Key: "ada-person"}, broadsheet.ArrivalKnown, 1, last, 100)
		if err != nil || len(on) != 2 {
			t.Errorf("on an author's list after the first: got %+v (%v), want 2", on, err)
		}
	})
}
