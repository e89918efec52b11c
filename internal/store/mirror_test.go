package store_test

import (
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// held is everything about delivery that a database holds.
type held struct {
	Subscribers  []store.Subscriber
	Editions     []broadsheet.Edition
	Deliveries   []broadsheet.Delivery
	Suppressions []broadsheet.Suppression
	Strays       []store.Stray
	Known        []store.Arrived
	Last         int64
}

func holds(t *testing.T, s *store.Store) (h held) {
	t.Helper()
	var errs [7]error
	h.Subscribers, errs[0] = s.Subscribers(t.Context(), "", 0, 1000)
	h.Editions, errs[1] = s.Editions(t.Context(), 0, 1000)
	h.Deliveries, errs[2] = s.Deliveries(t.Context(), store.DeliveryQuery{Limit: 1000})
	h.Suppressions, errs[3] = s.Suppressions(t.Context(), broadsheet.ChannelMail, "", 1000)
	h.Strays, errs[4] = s.Strays(t.Context(), 1000, true)
	h.Known, errs[5] = s.Arrivals(t.Context(), broadsheet.ArrivalKnown, 0, 1000, 1000)
	h.Last, errs[6] = s.LastArrival(t.Context())
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// TestMirrorDelivery copies to SQLite and to PostgreSQL and back: nothing is
// lost, numbers stay, and what is added afterwards gets new ones.
func TestMirrorDelivery(t *testing.T) {
	storetest.Each(t, func(t *testing.T, far *store.Store) {
		here := storetest.Open(t)
		papers := store.Batch{Papers: []broadsheet.Paper{
			{ID: "2606.00009", Origin: broadsheet.OriginCatalog, Title: "Nine", AnnouncedOn: "2026-06-29", SeenAt: lunch},
			{ID: "2606.00002", Origin: broadsheet.OriginCatalog, Title: "Two", AnnouncedOn: "2026-06-29", SeenAt: lunch}}}
		for _, s := range []*store.Store{here, far} {
			if _, err := s.Put(t.Context(), papers); err != nil {
				t.Fatal(err)
			}
			papers.Papers[0], papers.Papers[1] = papers.Papers[1], papers.Papers[0] // other row numbers there
		}
		for _, id := range []string{"2606.00009", "2606.00002"} {
			if _, err := here.NoteArrivals(t.Context(), []string{id}, "2026-06-01", lunch); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := far.NoteArrivals(t.Context(), []string{"2606.00002"}, "2026-06-01", lunch); err != nil { // makes way
			t.Fatal(err)
		}
		subscribed(t, here, "gone@example.org")
		subscribed(t, here, "ada@example.org")
		r, err := here.RecipientByKey(t.Context(), broadsheet.ChannelMail, broadsheet.AddressKey("gone@example.org"))
		if err == nil {
			err = here.EraseRecipient(t.Context(), r.ID) // numbers have holes
		}
		if err != nil {
			t.Fatal(err)
		}
		subscribed(t, here, "cy@example.net")
		if n := planned(t, here, "2026-06-30"); n != 2 {
			t.Fatalf("planned %d, want 2", n)
		}
		for _, s := range []*store.Store{here, far} {
			if err := s.Suppress(t.Context(), broadsheet.Suppression{Channel: broadsheet.ChannelMail, Key: "k" + s.Dialect()[:1], Reason: broadsheet.SuppressedBounce, Detail: "550", At: lunch}); err != nil {
				t.Fatal(err)
			}
		}
		if err := here.PutStray(t.Context(), store.Stray{ReceivedAt: lunch, Why: "odd", Body: []byte("a\x00\xff")}); err != nil {
			t.Fatal(err)
		}
		want := holds(t, here)
		n, done, err := here.MirrorDelivery(t.Context(), far, "here")
		if err != nil || !done || n.Subscriptions != 2 || n.Deliveries != 2 || n.Editions != 1 || n.Recipients != 2 || n.Suppressions != 1 {
			t.Fatalf("mirrored %+v, done %v (%v), want two of each and one edition", n, done, err)
		}
		got := holds(t, far)
		if far.Dialect() != here.Dialect() {
			want.Suppressions = got.Suppressions // merged
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
			t.Errorf("after the copy (-here +far):\n%s", diff)
		}
		x := subscribed(t, far, "new@example.org")
		for _, old := range want.Subscribers {
			if x.ID <= old.Subscription.ID {
				t.Errorf("a new subscription has number %d, which is not after %d", x.ID, old.Subscription.ID)
			}
		}
		if _, done, err := here.MirrorDelivery(t.Context(), far, "here"); done || err != nil {
			t.Errorf("a second copy over subscribers: done %v (%v), want that they stay", done, err)
		}
		if _, err := far.Subscription(t.Context(), x.Token); err != nil {
			t.Errorf("the subscription of the target is gone: %v", err)
		}
		back := storetest.Open(t)
		if _, err := back.Put(t.Context(), papers); err != nil {
			t.Fatal(err)
		}
		if _, done, err := far.MirrorDelivery(t.Context(), back, "far"); !done || err != nil {
			t.Fatalf("back again: done %v (%v)", done, err)
		}
		if diff := cmp.Diff(holds(t, far), holds(t, back), cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
			t.Errorf("after the copy back (-far +back):\n%s", diff)
		}
	})
}

func TestOperatorsQueries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, a := range []string{"ada@example.org", "B_b@example.org", "cy@example.net", "dee@example.net"} {
			subscribed(t, s, a)
		}
		if n := planned(t, s, "2026-06-30"); n != 4 {
			t.Fatalf("planned %d, want 4", n)
		}
		list, err := s.Deliveries(t.Context(), store.DeliveryQuery{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		end := func(i int, to broadsheet.DeliveryState, until time.Time) {
			if _, err := s.PutSteps(t.Context(), []store.Step{{ID: list[i].ID, From: broadsheet.DeliveryPlanned, To: to, At: lunch, Until: until, Reply: "said", Tried: true}}); err != nil {
				t.Fatal(err)
			}
		}
		end(0, broadsheet.DeliveryFailed, time.Time{})                           // dee
		end(1, broadsheet.DeliverySent, time.Time{})                             // cy
		end(2, broadsheet.DeliveryPlanned, lunch.Add(time.Hour))                 // B_b, deferred
		for _, x := range []string{"dee@example.net", "elsewhere@example.com"} { // one is nobody's
			if err := s.Suppress(t.Context(), broadsheet.Suppression{Channel: broadsheet.ChannelMail, Key: broadsheet.AddressKey(x), Reason: broadsheet.SuppressedComplaint, At: lunch}); err != nil {
				t.Fatal(err)
			}
		}
		domains, err := s.DomainCounts(t.Context(), lunch.Add(-time.Hour))
		want := []store.DomainCount{{Domain: "example.net", Sent: 1, Failed: 1, Complaints: 1}, {Domain: "example.org", Waiting: 1, Deferred: 1}}
		if diff := cmp.Diff(want, domains); diff != "" || err != nil {
			t.Errorf("by domain (%v) (-want +got):\n%s", err, diff)
		}
		if domains, err = s.DomainCounts(t.Context(), lunch.Add(time.Hour)); len(domains) != 0 || err != nil {
			t.Errorf("of a later time: got %v (%v), want none", domains, err)
		}
		open, oldest, err := s.OpenDeliveries(t.Context())
		if diff := cmp.Diff(map[broadsheet.Channel]map[broadsheet.DeliveryState]int{"mail": {"planned": 2}}, open); diff != "" || err != nil || !oldest.Equal(lunch) {
			t.Errorf("open since %v (%v), want %v (-want +got):\n%s", oldest, err, lunch, diff)
		}
		counts, err := s.EditionCounts(t.Context(), []int64{list[0].EditionID})
		if diff := cmp.Diff(map[broadsheet.DeliveryState]int{"planned": 2, "sent": 1, "failed": 1}, counts[list[0].EditionID]); diff != "" || err != nil {
			t.Errorf("of the edition (%v) (-want +got):\n%s", err, diff)
		}
		for text, want := range map[string]int{"": 4, "EXAMPLE.org": 2, "_": 1, "%": 0, "ada": 1} {
			found, err := s.FindSubscribers(t.Context(), store.SubscriberQuery{Text: text, Limit: 10})
			if len(found) != want || err != nil {
				t.Errorf("looking for %q finds %d (%v), want %d", text, len(found), err, want)
			}
		}
		n, err := s.Resend(t.Context(), store.ResendQuery{States: store.Resendable, Edition: list[0].EditionID}, lunch, lunch.Add(time.Hour))
		if n != 1 || err != nil {
			t.Errorf("sent again %d (%v), want the one that failed", n, err)
		}
		if _, err := s.Resend(t.Context(), store.ResendQuery{States: []broadsheet.DeliveryState{broadsheet.DeliverySent}}, lunch, lunch); broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Errorf("sending again what was sent: got %v, want Invalid", err)
		}
		if err := s.SetSending(t.Context(), store.Sending{Paused: true, Since: lunch, Reason: "why"}); err != nil {
			t.Fatal(err)
		}
		if x, err := s.Sending(t.Context()); err != nil || !x.Paused || x.Reason != "why" {
			t.Errorf("the switch is %+v (%v), want paused", x, err)
		}
		if err := s.SetSending(t.Context(), store.Sending{}); err != nil {
			t.Fatal(err)
		}
		if x, err := s.Sending(t.Context()); err != nil || x != (store.Sending{}) {
			t.Errorf("the switch is %+v (%v), want the usual", x, err)
		}
	})
}
