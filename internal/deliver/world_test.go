package deliver_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// clock runs as the test wants.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// planned makes a ledger with one delivery each for so many readers.
func planned(t *testing.T, readers int, now time.Time) *store.Store {
	t.Helper()
	s := storetest.Open(t)
	e, err := s.PutEdition(t.Context(), broadsheet.Edition{Token: "e", Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, To: 1, ComposedAt: now, Title: "Hot papers"})
	if err != nil {
		t.Fatal(err)
	}
	var list []store.Subscriber
	for i := range readers {
		list = append(list, store.Subscriber{Recipient: broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: fmt.Sprint(i, "@example.org"), Key: fmt.Sprint(i), Salt: "s", CreatedAt: now},
			Subscription: broadsheet.Subscription{Token: fmt.Sprint("s", i), State: broadsheet.SubscriptionActive, DueAt: now, CreatedAt: now,
				Wish: broadsheet.Wish{Topic: e.Topic, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}, MaxPapers: 1}}})
	}
	if _, err := s.PutSubscribers(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	due, err := s.DueSubscriptions(t.Context(), now, readers)
	if err != nil {
		t.Fatal(err)
	}
	var plans []store.Plan
	for i, x := range due {
		plans = append(plans, store.Plan{Subscription: x.Subscription, Channel: x.Channel, NextDue: now.Add(time.Hour), Slot: "x",
			Delivery: &broadsheet.Delivery{EditionID: e.ID, Token: fmt.Sprint("d", i), PlannedAt: now, NextAt: now, ExpiresAt: now.Add(48 * time.Hour)}})
	}
	if n, err := s.PutPlans(t.Context(), plans); n != readers || err != nil {
		t.Fatalf("planned %d (%v), want %d", n, err, readers)
	}
	return s
}

// run lets a sender work until the test ends or stop is called, which waits for
// its end.
func run(t *testing.T, o deliver.Options) (stop func()) {
	t.Helper()
	if o.Poll == 0 {
		o.Poll = time.Millisecond
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	sender := deliver.New(o)
	go func() { defer close(done); sender.Run(ctx) }()
	return func() { cancel(); <-done }
}

// lines are the lines of the ledger by what they say.
func lines(t *testing.T, s *store.Store) map[string]int {
	t.Helper()
	list, err := s.Deliveries(context.Background(), store.DeliveryQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for i := range list {
		out[fmt.Sprintf("%s %d %s", list[i].State, list[i].Attempt, list[i].Reply)]++
	}
	return out
}
