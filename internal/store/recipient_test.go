package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestEraseRecipient removes what is kept of one of two people, and nothing of
// the other.
func TestEraseRecipient(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		ada, bo := subscribed(t, s, "ada@example.org"), subscribed(t, s, "bo@example.org")
		planned(t, s, "2026-06-30")
		for _, x := range []broadsheet.Subscription{ada, bo} {
			r, err := s.Recipient(t.Context(), x.RecipientID)
			must(err)
			must(s.Suppress(t.Context(), broadsheet.Suppression{Channel: r.Channel, Key: r.Key, Reason: broadsheet.SuppressedBounce, Detail: "550 <" + r.Address + ">: no", At: lunch}))
			must(s.PutJob(t.Context(), "mail.notice", "="+r.Key+" confirm "+x.Token, []byte("{}"), lunch, false))
			must(s.PutStray(t.Context(), store.Stray{ReceivedAt: lunch, Why: "odd", Body: []byte("encoded"), Recipient: r.ID}))
			must(s.PutStray(t.Context(), store.Stray{ReceivedAt: lunch, Why: "of " + strings.ToUpper(r.Address), Body: []byte("x")}))
		}
		must(s.PutJob(t.Context(), "other", "@", []byte("{}"), lunch, false))
		must(s.EraseRecipient(t.Context(), ada.RecipientID))
		must(s.EraseRecipient(t.Context(), 999)) // nobody
		h := holds(t, s)
		jobs, err := s.Jobs(t.Context(), 10)
		must(err)
		if len(h.Subscribers) != 1 || len(h.Deliveries) != 1 || h.Deliveries[0].RecipientID != bo.RecipientID || len(h.Strays) != 2 || len(jobs) != 2 || len(h.Suppressions) != 2 {
			t.Errorf("left: %+v and %d jobs, want what is Bo's, and both suppressions", h, len(jobs))
		}
		for _, x := range h.Suppressions {
			if want := map[string]string{broadsheet.AddressKey("ada@example.org"): "", broadsheet.AddressKey("bo@example.org"): "550 <(address)>: no"}[x.Key]; x.Detail != want {
				t.Errorf("the suppression of %s says %q, want %q", x.Key, x.Detail, want)
			}
		}
	})
}

// TestForgetRecipients: who subscribes to nothing any more is forgotten in time,
// who may still come back is not.
func TestForgetRecipients(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const day = 24 * time.Hour
		for _, c := range []struct {
			name   string
			states []broadsheet.SubscriptionState
			ago    time.Duration
		}{
			{"active", []broadsheet.SubscriptionState{broadsheet.SubscriptionActive}, 400 * day},
			{"paused", []broadsheet.SubscriptionState{broadsheet.SubscriptionPaused}, 400 * day},
			{"one of two", []broadsheet.SubscriptionState{broadsheet.SubscriptionEnded, broadsheet.SubscriptionActive}, 400 * day},
			{"ended lately", []broadsheet.SubscriptionState{broadsheet.SubscriptionEnded}, 29 * day},
			{"ended", []broadsheet.SubscriptionState{broadsheet.SubscriptionEnded, broadsheet.SubscriptionEnded}, 31 * day},
			{"asked lately", []broadsheet.SubscriptionState{broadsheet.SubscriptionPending}, 2 * day},
			{"asked", []broadsheet.SubscriptionState{broadsheet.SubscriptionPending}, 4 * day},
			{"asked and ended", []broadsheet.SubscriptionState{broadsheet.SubscriptionPending, broadsheet.SubscriptionEnded}, 31 * day},
			{"come lately", nil, time.Hour}, {"left over", nil, 4 * day},
		} {
			address := strings.ReplaceAll(c.name, " ", ".") + "@example.org"
			at := lunch.Add(-c.ago)
			r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: address, Key: broadsheet.AddressKey(address), Salt: "s", CreatedAt: at})
			if err != nil {
				t.Fatal(err)
			}
			for i, state := range c.states {
				x := broadsheet.Subscription{RecipientID: r.ID, Token: fmt.Sprint(address, i), State: state, CreatedAt: at,
					Wish: broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: 1, Zone: time.UTC}, MaxPapers: 1}}
				if state == broadsheet.SubscriptionEnded {
					x.EndedAt = at
				}
				if _, err := s.PutSubscription(t.Context(), x); err != nil {
					t.Fatal(err)
				}
			}
		}
		kept := store.Kept{Asked: lunch.Add(-3 * day), Ended: lunch.Add(-30 * day)}
		pending, gone, err := s.ForgetRecipients(t.Context(), kept)
		if err != nil || pending != 2 || gone != 4 {
			t.Errorf("forgot %d requests and %d people (%v), want 2 and 4", pending, gone, err)
		}
		for name, want := range map[string]bool{"active": true, "paused": true, "one of two": true, "ended lately": true, "asked lately": true, "come lately": true,
			"ended": false, "asked": false, "asked and ended": false, "left over": false} {
			_, err := s.RecipientByKey(t.Context(), broadsheet.ChannelMail, broadsheet.AddressKey(strings.ReplaceAll(name, " ", ".")+"@example.org"))
			if got := err == nil; got != want || err != nil && broadsheet.KindOf(err) != broadsheet.NotFound {
				t.Errorf("%s: kept %v (%v), want %v", name, got, err, want)
			}
		}
		if pending, gone, err := s.ForgetRecipients(t.Context(), kept); pending+gone != 0 || err != nil {
			t.Errorf("again: forgot %d and %d (%v), want none", pending, gone, err)
		}
	})
}

func TestTakeNotice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i, c := range []struct {
			who  string
			at   time.Time
			want bool
		}{{"a", lunch, true}, {"a", lunch, true}, {"b", lunch, true}, {"a", lunch.Add(time.Hour), false}, {"a", lunch.Add(24 * time.Hour), true}, {"b", lunch, true}} {
			if ok, err := s.TakeNotice(t.Context(), c.who, c.at, 2); ok != c.want || err != nil {
				t.Errorf("%d: %s at %v: got %v (%v), want %v", i, c.who, c.at, ok, err, c.want)
			}
		}
		if err := s.PruneNotices(t.Context(), lunch.Add(24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		for who, want := range map[string]bool{"a": true, "b": true} { // a has had one of that day, b none
			if ok, err := s.TakeNotice(t.Context(), who, lunch.Add(24*time.Hour), 2); ok != want || err != nil {
				t.Errorf("after pruning: %s: got %v (%v), want %v", who, ok, err, want)
			}
		}
	})
}

func TestPruneStrays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i := range 5 {
			if err := s.PutStray(t.Context(), store.Stray{ReceivedAt: lunch.AddDate(0, 0, i-4), Why: "odd", Body: []byte("x")}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.PruneStraysBefore(t.Context(), lunch.AddDate(0, 0, -2)); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Strays(t.Context(), 10, false); len(got) != 3 || err != nil {
			t.Errorf("%d are left (%v), want those of the last three days", len(got), err)
		}
	})
}

// TestTakeNoticeOf: a request counts once however often it comes, and gets the
// same answer each time; others count beside it.
func TestTakeNoticeOf(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i, c := range []struct {
			request string
			want    bool
		}{{"a", true}, {"a", true}, {"a", true}, {"b", true}, {"c", false}, {"a", true}, {"c", false}, {"b", true}} {
			if ok, err := s.TakeNoticeOf(t.Context(), "request "+c.request, "ada", lunch.Add(time.Duration(i)*time.Second), 2); ok != c.want || err != nil {
				t.Errorf("%d. request %s: %v (%v), want %v", i+1, c.request, ok, err, c.want)
			}
		}
	})
}
