package store_test

import (
	"fmt"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// recovery looks after dead senders of mail at a time.
func recovery(now time.Time) store.Recovery {
	return store.Recovery{Channel: broadsheet.ChannelMail, Now: now, Lease: time.Hour, Wait: 6 * time.Hour}
}

// claimed plans a delivery for each address and claims all until lease.
func claimed(t *testing.T, s *store.Store, lease time.Time, addresses ...string) []store.Claim {
	t.Helper()
	for _, a := range addresses {
		subscribed(t, s, a)
	}
	planned(t, s, "2026-06-30")
	got, err := s.ClaimDeliveries(t.Context(), broadsheet.ChannelMail, lunch, lease, 100)
	if err != nil || len(got) != len(addresses) {
		t.Fatalf("claimed %d (%v), want %d", len(got), err, len(addresses))
	}
	return got
}

// step takes a step and tells whether it took effect.
func step(t *testing.T, s *store.Store, x store.Step) bool {
	t.Helper()
	if x.At.IsZero() {
		x.At = lunch
	}
	ok, err := s.PutSteps(t.Context(), []store.Step{x})
	if err != nil {
		t.Fatal(err)
	}
	return ok[0]
}

// ledgerLine is a delivery as one reads it.
func ledgerLine(t *testing.T, s *store.Store, id int64) string {
	t.Helper()
	d, err := s.Delivery(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %d %s", d.State, d.Attempt, d.Reply)
}

// TestOutcomesAreOfTheirAttempt: a sender that was taken for dead says what came
// of its attempt. It changes nothing that a newer attempt decided; where there is
// none yet, it is believed.
func TestOutcomesAreOfTheirAttempt(t *testing.T) {
	const planned, claimedState, sending, sent, failed, unknown = broadsheet.DeliveryPlanned, broadsheet.DeliveryClaimed, broadsheet.DeliverySending,
		broadsheet.DeliverySent, broadsheet.DeliveryFailed, broadsheet.DeliveryUnknown
	for _, c := range []struct {
		name     string
		repeat   bool
		again    int // how far another sender comes with it: 1 claims it, 2 sends it, 3 has its outcome, sent
		late     broadsheet.DeliveryState
		attempt  int
		want     bool
		wantLine string
	}{
		{"nobody looked", false, -1, sent, 1, true, "sent 1 late"},
		{"unknown was sent", false, 0, sent, 1, true, "sent 1 late"},
		{"unknown was refused", false, 0, failed, 1, true, "failed 1 late"},
		{"unknown was put off", false, 0, planned, 1, true, "planned 1 late"},
		{"planned again was sent", true, 0, sent, 1, true, "sent 1 late"},
		{"planned again was refused", true, 0, failed, 1, false, "planned 1 the sender ended while sending; sent again"},
		{"claimed again was sent", true, 1, sent, 1, true, "sent 1 late"},
		{"being sent again was sent", true, 2, sent, 1, false, "sending 2 now"},
		{"being sent again was refused", true, 2, failed, 1, false, "sending 2 now"},
		{"sent again was refused", true, 3, failed, 1, false, "sent 2 250"},
		{"of no attempt", false, -1, sent, 0, false, "sending 1 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				x := claimed(t, s, lunch.Add(time.Minute), "ada@example.org")[0]
				if !step(t, s, store.Step{ID: x.ID, From: claimedState, To: sending, Until: lunch.Add(time.Minute)}) {
					t.Fatal("not begun")
				}
				now := lunch.Add(2 * time.Minute)
				if c.again >= 0 {
					q := recovery(now)
					q.Repeat = c.repeat
					if r, err := s.Recover(t.Context(), q); err != nil || r.Unknown != 1 {
						t.Fatalf("recovered %+v (%v), want one in doubt", r, err)
					}
				}
				if c.again >= 1 {
					if got, err := s.ClaimDeliveries(t.Context(), broadsheet.ChannelMail, now, now.Add(time.Hour), 10); err != nil || len(got) != 1 || got[0].Attempt != 1 {
						t.Fatalf("claimed again: %+v (%v)", got, err)
					}
				}
				if c.again >= 2 && !step(t, s, store.Step{ID: x.ID, From: claimedState, To: sending, Attempt: 1, Until: now.Add(time.Hour), Reply: "now"}) {
					t.Fatal("not begun again")
				}
				if c.again >= 3 && !step(t, s, store.Step{ID: x.ID, From: sending, To: sent, Attempt: 2, Reply: "250"}) {
					t.Fatal("not ended")
				}
				if got := step(t, s, store.Step{ID: x.ID, From: sending, To: c.late, Attempt: c.attempt, Reply: "late", Until: now}); got != c.want {
					t.Errorf("the late outcome %s took effect: %v, want %v", c.late, got, c.want)
				}
				if got := ledgerLine(t, s, x.ID); got != c.wantLine {
					t.Errorf("the ledger says %q, want %q", got, c.wantLine)
				}
				if c.late == sent && c.again == 1 && step(t, s, store.Step{ID: x.ID, From: claimedState, To: sending, Attempt: 1}) {
					t.Error("who had claimed it again could begin what was sent")
				}
			})
		})
	}
}

// TestOneBeginsWhatTwoClaimed: a sender that slept through its lease and the one
// that has claimed the same delivery since: one begins, and neither takes the
// delivery of the other for unwanted.
func TestOneBeginsWhatTwoClaimed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := claimed(t, s, lunch.Add(time.Minute), "ada@example.org")[0]
		now := lunch.Add(2 * time.Minute)
		if _, err := s.Recover(t.Context(), recovery(now)); err != nil {
			t.Fatal(err)
		}
		if got, err := s.ClaimDeliveries(t.Context(), broadsheet.ChannelMail, now, now.Add(time.Hour), 10); err != nil || len(got) != 1 {
			t.Fatalf("claimed again: %+v (%v)", got, err)
		}
		begin := store.Step{ID: x.ID, From: broadsheet.DeliveryClaimed, To: broadsheet.DeliverySending, Until: now.Add(time.Hour), Reply: "begun"}
		if first, second := step(t, s, begin), step(t, s, begin); !first || second {
			t.Errorf("begun: %v and %v, want once", first, second)
		}
		if !step(t, s, store.Step{ID: x.ID, From: broadsheet.DeliverySending, To: broadsheet.DeliveryPlanned, Attempt: 1, Until: now, Reply: "421"}) {
			t.Error("not put off")
		}
		if got, err := s.ClaimDeliveries(t.Context(), broadsheet.ChannelMail, now, now.Add(time.Hour), 10); err != nil || len(got) != 1 {
			t.Fatalf("claimed once more: %+v (%v)", got, err)
		}
		if step(t, s, begin) {
			t.Error("a claim from before the last attempt could begin")
		}
		if got := ledgerLine(t, s, x.ID); got != "claimed 1 421" {
			t.Errorf("the ledger says %q, want it claimed and as wanted as before", got)
		}
	})
}

// TestWhatIsHeldIsNotRecovered: a sender does not take itself for dead, nor those
// of other channels.
func TestWhatIsHeldIsNotRecovered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		all := claimed(t, s, lunch.Add(time.Minute), "a@example.org", "b@example.org", "c@example.org", "d@example.org")
		for _, i := range []int{0, 1} {
			step(t, s, store.Step{ID: all[i].ID, From: broadsheet.DeliveryClaimed, To: broadsheet.DeliverySending, Until: lunch.Add(time.Minute)})
		}
		q := recovery(lunch.Add(time.Hour))
		q.Channel = broadsheet.ChannelSlack
		if got, err := s.Recover(t.Context(), q); got.Any() || err != nil {
			t.Errorf("of another channel: recovered %+v (%v), want nothing", got, err)
		}
		q.Channel, q.Held = broadsheet.ChannelMail, []int64{all[0].ID, all[2].ID}
		got, err := s.Recover(t.Context(), q)
		if diff := cmp.Diff(store.Recovered{Again: 1, Unknown: 1}, got); diff != "" || err != nil {
			t.Errorf("recovered (%v; -want +got):\n%s", err, diff)
		}
		want := map[broadsheet.DeliveryState]int{broadsheet.DeliverySending: 1, broadsheet.DeliveryClaimed: 1, broadsheet.DeliveryUnknown: 1, broadsheet.DeliveryPlanned: 1}
		if diff := cmp.Diff(want, states(t, s)); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
	})
}

// TestAClockThatWasAhead: what it planned, put off and leased is not silent until
// its time comes.
func TestAClockThatWasAhead(t *testing.T) {
	year := 365 * 24 * time.Hour
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		all := claimed(t, s, lunch.Add(year), "leased@example.org", "sending@example.org", "deferred@example.org", "soon@example.org", "ahead@example.org", "begun@example.org")
		for _, x := range all {
			back := store.Step{ID: x.ID, From: broadsheet.DeliveryClaimed, To: broadsheet.DeliveryPlanned, Until: lunch.Add(year)}
			switch x.Recipient.Address {
			case "leased@example.org":
				continue
			case "sending@example.org":
				back.To = broadsheet.DeliverySending
			case "soon@example.org":
				back.Until = lunch.Add(5 * time.Hour)
			case "begun@example.org":
				back.Tried = true
			}
			step(t, s, back)
			if a := x.Recipient.Address; a == "ahead@example.org" || a == "begun@example.org" {
				s.MovePlanned(t, x.ID, year)
			}
		}
		got, err := s.Recover(t.Context(), recovery(lunch))
		if diff := cmp.Diff(store.Recovered{Pulled: 5}, got); diff != "" || err != nil {
			t.Errorf("recovered (%v; -want +got):\n%s", err, diff)
		}
		for _, x := range all {
			d, err := s.Delivery(t.Context(), x.ID)
			if err != nil {
				t.Fatal(err)
			}
			next, planned := lunch, x.PlannedAt
			switch x.Recipient.Address {
			case "leased@example.org", "sending@example.org":
				next = lunch.Add(time.Hour) // its holder may live
			case "soon@example.org":
				next = lunch.Add(5 * time.Hour)
			case "begun@example.org":
				planned = x.PlannedAt.Add(year) // its Date was seen
			}
			at := d.NextAt
			if at.IsZero() {
				at = d.LeaseUntil
			}
			if !at.Equal(next) {
				t.Errorf("%s: its next time is %s, want %s", x.Recipient.Address, at, next)
			}
			if !d.PlannedAt.Equal(planned) || !d.ExpiresAt.Equal(lunch.Add(time.Hour)) {
				t.Errorf("%s: planned at %s and expires at %s, want %s and an hour after lunch", x.Recipient.Address, d.PlannedAt, d.ExpiresAt, planned)
			}
		}
		if got, err := s.Recover(t.Context(), recovery(lunch)); got.Any() || err != nil {
			t.Errorf("once more: recovered %+v (%v), want nothing", got, err)
		}
	})
}
