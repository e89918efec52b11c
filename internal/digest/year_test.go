package digest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/digest"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
	"broadsheet/internal/testkit"
)

// world is a store with papers, subscriptions and a clock that tests move.
type world struct {
	*store.Store
	engine *digest.Engine
	now    time.Time
	papers int
	tokens int
}

func newWorld(t testing.TB, s *store.Store, begin time.Time) *world {
	w := &world{Store: s, now: begin}
	w.engine = digest.New(digest.Options{Store: s, Now: func() time.Time { return w.now }, Token: w.token})
	return w
}

func (w *world) token() string { w.tokens++; return fmt.Sprintf("token%022d", w.tokens) }

// publish stores a paper that is announced today, and chosen where asked.
func (w *world) publish(t testing.TB, chosen bool, categories ...string) string {
	t.Helper()
	w.papers++
	day := broadsheet.DayOf(w.now, time.UTC)
	p := broadsheet.Paper{ID: fmt.Sprintf("2606.%05d", w.papers), Origin: broadsheet.OriginCatalog, Title: fmt.Sprint("Paper ", w.papers), Categories: categories,
		PublishedAt: w.now, AnnouncedOn: day, SeenAt: w.now, ImportedVotes: w.papers % 7}
	if chosen {
		p.Features = []broadsheet.Feature{{Day: day, FeaturedAt: w.now}}
	}
	if _, err := w.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{p}}); err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// catchUp lets the follower see what changed.
func (w *world) catchUp(t testing.TB) {
	t.Helper()
	if w.Dialect() == "postgres" {
		storetest.Settle(t, w.Store)
	}
	for {
		cursor, err := w.Cursor(t.Context(), digest.FollowerName)
		if err != nil {
			t.Fatal(err)
		}
		changes, err := w.Store.Changes(t.Context(), cursor, 500)
		if err != nil {
			t.Fatal(err)
		}
		if len(changes) == 0 {
			return
		}
		if err := w.engine.Changes(t.Context(), changes); err != nil {
			t.Fatal(err)
		}
		if err := w.SetCursor(t.Context(), digest.FollowerName, changes[len(changes)-1].Cursor); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) subscribe(t testing.TB, address string, wish broadsheet.Wish) broadsheet.Subscription {
	t.Helper()
	r, err := w.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: address, Key: broadsheet.AddressKey(address), Salt: "s", CreatedAt: w.now})
	if err != nil {
		t.Fatal(err)
	}
	cursor, err := w.LastArrival(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := wish.Check(); err != nil {
		t.Fatal(err)
	}
	x, err := w.PutSubscription(t.Context(), broadsheet.Subscription{RecipientID: r.ID, Token: w.token(), State: broadsheet.SubscriptionActive, Wish: wish,
		Cursor: cursor, DueAt: digest.Next(wish.Rhythm, w.now), CreatedAt: w.now, ConfirmedAt: w.now})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (w *world) deliveries(t testing.TB) []broadsheet.Delivery {
	t.Helper()
	all, err := w.Deliveries(context.Background(), store.DeliveryQuery{Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestAYear walks a year of half hours and more, with changes of clocks,
// outages of days, and a clock that jumps forwards and back. No subscription may
// have two editions for a day, nobody may be told of a paper twice, and who takes
// everything is told of everything.
func TestAYear(t *testing.T) {
	w := newWorld(t, storetest.Open(t), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	rnd := rand.New(rand.NewPCG(1, 2))
	topics := []broadsheet.Topic{{Kind: broadsheet.TopicHot}, {Kind: broadsheet.TopicCategories, Key: "cs.CL,stat"}, {Kind: broadsheet.TopicHot}}
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata", "Pacific/Kiritimati"}
	all := map[int64]bool{} // subscriptions that take every paper of the site's list
	w.publish(t, true, "cs.LG")
	w.catchUp(t)
	for i, name := range zones {
		wish := broadsheet.Wish{Topic: topics[i%len(topics)], MaxPapers: broadsheet.MaxEdition,
			Rhythm: broadsheet.Rhythm{Days: []broadsheet.Days{broadsheet.EveryDay, broadsheet.Workdays, 4}[i%3], Hour: (2 + 5*i) % 24, Zone: mustZone(t, name)}}
		x := w.subscribe(t, fmt.Sprintf("reader%d@example.org", i), wish)
		if wish.Topic.Kind == broadsheet.TopicHot {
			all[x.ID] = true
		}
	}
	// One reader with three subscriptions that overlap.
	for i := range 3 {
		w.subscribe(t, "three@example.org", broadsheet.Wish{Topic: topics[i%2], MaxPapers: 5 + i, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 6 + i, Zone: time.UTC}})
	}
	w.subscribe(t, "eager@example.org", broadsheet.Wish{Topic: topics[0], MaxPapers: broadsheet.MaxEdition, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC, AsItComes: true}})
	end := w.now.AddDate(1, 0, 0)
	if testkit.Race {
		end = w.now.AddDate(0, 1, 0)
	}
	chosen, steps := map[string]bool{}, 0
	for begin := time.Now(); w.now.Before(end); steps++ {
		if time.Since(begin) > 2*time.Minute {
			t.Fatalf("only up to %s", w.now)
		}
		switch n := rnd.IntN(400); {
		case n == 0: // an outage
			w.now = w.now.Add(time.Duration(1+rnd.IntN(5*24)) * time.Hour)
		case n == 1: // the clock goes wrong for a moment
			right := w.now
			w.now = w.now.Add(time.Duration(rnd.IntN(60*24)) * time.Hour)
			if _, err := w.engine.Plan(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.now = right
		case n == 2: // and back
			w.now = w.now.Add(-time.Duration(rnd.IntN(30)) * time.Hour)
		default:
			w.now = w.now.Add(time.Duration(20+rnd.IntN(100)) * time.Minute)
		}
		if rnd.IntN(8) == 0 {
			isChosen := rnd.IntN(2) == 0
			id := w.publish(t, isChosen, []string{"cs.CL", "stat.ML", "hep-th"}[rnd.IntN(3)])
			if isChosen {
				chosen[id] = true
			}
			w.catchUp(t)
		}
		if _, err := w.engine.Plan(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// Give everybody a last edition.
	for range 9 * 24 {
		w.now = w.now.Add(time.Hour)
		if _, err := w.engine.Plan(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	type place struct {
		subscription int64
		slot         string
	}
	slots, told, count := map[place]int{}, map[string]int{}, map[int64]int{}
	for _, d := range w.deliveries(t) {
		if slots[place{d.SubscriptionID, d.Slot}]++; slots[place{d.SubscriptionID, d.Slot}] > 1 {
			t.Errorf("subscription %d has two editions for %s", d.SubscriptionID, d.Slot)
		}
		for _, p := range d.Papers {
			who := fmt.Sprint(d.RecipientID, " ", p)
			if told[who]++; told[who] > 1 {
				t.Errorf("recipient %s: told twice", who)
			}
			if chosen[p] {
				count[d.SubscriptionID]++
			}
		}
	}
	for id := range all {
		if count[id] != len(chosen) {
			t.Errorf("subscription %d takes everything and was told of %d chosen papers, want %d", id, count[id], len(chosen))
		}
	}
	t.Logf("%d steps, %d papers of which %d chosen, %d deliveries", steps, w.papers, len(chosen), len(slots))
}
