package chat_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/deliver/chat"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestLedger runs the sender of a channel over the real ledger: what the service
// took is what the ledger calls sent, once each.
func TestLedger(t *testing.T) {
	const targets = 12
	for _, c := range []struct {
		channel string
		answer  func(w http.ResponseWriter, n int) bool // to the nth request, from 1
		want    map[broadsheet.DeliveryState]int
		asked   int // requests
		gone    bool
	}{
		{"slack", nil, map[broadsheet.DeliveryState]int{broadsheet.DeliverySent: targets}, targets, false},
		{"slack", firstTime(targets, 429), map[broadsheet.DeliveryState]int{broadsheet.DeliverySent: targets}, 2 * targets, false},
		{"slack", firstTime(targets, 503), map[broadsheet.DeliveryState]int{broadsheet.DeliverySent: targets}, 2 * targets, false},
		{"slack", firstTime(targets, 500), map[broadsheet.DeliveryState]int{broadsheet.DeliveryUnknown: targets}, targets, false},
		{"slack", firstTime(targets, 404), map[broadsheet.DeliveryState]int{broadsheet.DeliveryFailed: targets}, targets, false},
		{"slack", firstTime(targets, 410), map[broadsheet.DeliveryState]int{broadsheet.DeliveryFailed: targets}, targets, true},
		{"slack", firstTime(targets, 0), map[broadsheet.DeliveryState]int{broadsheet.DeliveryUnknown: targets}, targets, false},
		{"webhook", firstTime(targets, 500), map[broadsheet.DeliveryState]int{broadsheet.DeliverySent: targets}, 2 * targets, false},
		{"webhook", firstTime(targets, 0), map[broadsheet.DeliveryState]int{broadsheet.DeliverySent: targets}, 2 * targets, false},
	} {
		svc, s := newService(t), storetest.Open(t)
		svc.answer = c.answer
		if _, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{paper(1, "Counting gulls", "They are many.")}}); err != nil {
			t.Fatal(err)
		}
		keys := plan(t, s, c.channel, targets, svc.URL)
		clock := &clock{now: now}
		svc.clock = clock.Now
		f := client(t, loopback)
		sender := deliver.New(deliver.Options{Store: s, Conversations: 3, Now: clock.Now, Poll: time.Millisecond, Lease: 3 * time.Hour, Carrier: chat.New(chat.Options{
			Channel: broadsheet.Channel(c.channel), Store: s, Sender: f, Base: "https://papers.example.org", Now: clock.Now,
			Paper: func(id string) string { return "/papers/" + id }, Edition: func(token string) string { return "/editions/" + token }})})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); sender.Run(ctx) }()
		got := settle(t, s, c.channel, clock)
		stop()
		<-done
		for state, n := range got {
			if n != c.want[state] {
				t.Errorf("%s, %v: %d are %s, want %d", c.channel, c.want, n, state, c.want[state])
			}
		}
		if svc.asked() != c.asked {
			t.Errorf("%s, %v: %d requests, want %d", c.channel, c.want, svc.asked(), c.asked)
		}
		for _, key := range keys {
			_, suppressed, err := s.Suppression(t.Context(), broadsheet.Channel(c.channel), key)
			if err != nil || suppressed != c.gone {
				t.Errorf("%s, %v: suppressed %v, %v; want %v", c.channel, c.want, suppressed, err, c.gone)
			}
		}
	}
}

// firstTime refuses the first n requests with a status; 0 breaks the connection.
func firstTime(n, status int) func(http.ResponseWriter, int) bool {
	return func(w http.ResponseWriter, i int) bool {
		if i > n {
			return false
		}
		if status == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
		return true
	}
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// plan plans an edition for n targets of a channel.
func plan(t *testing.T, s *store.Store, channel string, n int, base string) (keys []string) {
	t.Helper()
	e, err := s.PutEdition(t.Context(), broadsheet.Edition{Token: "edition", Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, To: 1, ComposedAt: now, Title: "Hot papers",
		Picks: []broadsheet.Pick{{PaperID: "2606.00001", Score: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	var plans []store.Plan
	for i := range n {
		address := addresses(base)[channel]
		if channel == "slack" {
			address += fmt.Sprint("target", i)
		} else {
			address = strings.Replace(address, "#", fmt.Sprint("?target=", i, "#"), 1)
		}
		target, err := chat.Parse(broadsheet.Channel(channel), address)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, target.Key())
		r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: target.Channel, Address: target.Address(), Key: target.Key(), Salt: "s", CreatedAt: now})
		if err != nil {
			t.Fatal(err)
		}
		x, err := s.PutSubscription(t.Context(), broadsheet.Subscription{RecipientID: r.ID, Token: "sub" + fmt.Sprint(i), State: broadsheet.SubscriptionActive, DueAt: now, CreatedAt: now,
			Wish: broadsheet.Wish{Topic: e.Topic, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}, MaxPapers: 5}})
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, store.Plan{Subscription: x, Channel: target.Channel, Cursor: 1, NextDue: now.Add(24 * time.Hour), Slot: "2026-06-30",
			Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: fmt.Sprint("token", i), Papers: []string{"2606.00001"}, PlannedAt: now, NextAt: now, ExpiresAt: now.Add(12 * time.Hour)}})
	}
	if done, err := s.PutPlans(t.Context(), plans); err != nil || done != n {
		t.Fatalf("planned %d (%v)", done, err)
	}
	return keys
}

// settle moves the clock until nothing is open, and counts what became of all.
func settle(t *testing.T, s *store.Store, channel string, c *clock) map[broadsheet.DeliveryState]int {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		counts, err := s.DeliveryCounts(context.Background(), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		got := counts[broadsheet.Channel(channel)]
		open := got[broadsheet.DeliveryClaimed] + got[broadsheet.DeliverySending]
		switch {
		case open+got[broadsheet.DeliveryPlanned] == 0:
			return got
		case time.Now().After(deadline):
			t.Fatalf("after 30 s: %v", got)
		case open == 0:
			c.add(30 * time.Second)
		}
		time.Sleep(2 * time.Millisecond) // the sender works; nothing to wait on
	}
}
