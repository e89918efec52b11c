package digest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestAllThatArrived: of more papers than are read at once the best is told,
// though it came last.
func TestAllThatArrived(t *testing.T) {
	w := newWorld(t, storetest.Open(t), time.Date(2026, 6, 29, 7, 0, 0, 0, time.UTC))
	topics := []string{"hot", "categories:cs.LG", "list:keyword:gulls"}
	for i, text := range topics {
		topic, err := broadsheet.ParseTopic(text)
		if err != nil {
			t.Fatal(err)
		}
		w.subscribe(t, fmt.Sprintf("reader%d@example.org", i), broadsheet.Wish{Topic: topic, MaxPapers: 1, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}})
	}
	const papers = 20_100
	all := make([]broadsheet.Paper, papers)
	changes := make([]broadsheet.Change, papers)
	for i := range all {
		id := fmt.Sprintf("2606.%05d", i+1)
		all[i] = broadsheet.Paper{ID: id, Origin: broadsheet.OriginCatalog, Title: "Gulls", Categories: []string{"cs.LG"}, Keywords: []string{"gulls"}, PublishedAt: w.now, AnnouncedOn: "2026-06-29"}
		changes[i] = broadsheet.Change{Kind: broadsheet.ChangePaper, PaperID: id}
	}
	best := &all[papers-1]
	best.ImportedVotes = 50
	for part := range slices.Chunk(all, 5000) {
		if _, err := w.Put(t.Context(), store.Batch{Papers: part}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.engine.Changes(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(2 * time.Hour)
	if n, err := w.engine.Plan(t.Context()); n != len(topics) || err != nil {
		t.Fatalf("planned %d (%v), want %d", n, err, len(topics))
	}
	for _, d := range w.deliveries(t) {
		x, err := w.EditionByID(t.Context(), d.EditionID)
		if err != nil || x.Total != papers || !slices.Equal(d.Papers, []string{best.ID}) {
			t.Errorf("%s: told of %v of %d (%v), want %s of %d", x.Topic, d.Papers, x.Total, err, best.ID, papers)
		}
	}
}

// TestTwoSubscriptionsFarApart: a recipient's two subscriptions are told of
// nothing twice though they are planned in two batches, of which the second is
// chosen for while the first is stored.
func TestTwoSubscriptionsFarApart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, time.Date(2026, 6, 29, 7, 0, 0, 0, time.UTC))
		wish := broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicCategories, Key: "cs.LG"}, MaxPapers: 10, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}}
		others := func() {
			list := make([]store.Subscriber, 3990)
			for i := range list {
				name := w.token()
				list[i] = store.Subscriber{Recipient: broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: name + "@example.org", Key: name, Salt: "s", CreatedAt: w.now}}
				list[i].Subscription = broadsheet.Subscription{Token: w.token(), State: broadsheet.SubscriptionActive, Wish: wish, DueAt: w.now.Add(time.Hour), CreatedAt: w.now, ConfirmedAt: w.now}
			}
			if n, err := s.PutSubscribers(t.Context(), list); n != len(list) || err != nil {
				t.Fatalf("%d subscribers are new (%v)", n, err)
			}
		}
		first := w.subscribe(t, "ada@example.org", wish)
		others()
		wide := wish
		wide.Topic.Key = "cs"
		for range 20 { // around the end of the first batch
			w.subscribe(t, "ada@example.org", wide)
		}
		others()
		w.publish(t, false, "cs.LG")
		w.catchUp(t)
		w.now = w.now.Add(2 * time.Hour)
		if _, err := w.engine.Plan(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := s.Deliveries(t.Context(), store.DeliveryQuery{Recipient: first.RecipientID, Limit: 100})
		if err != nil || len(got) != 1 {
			t.Errorf("told of one paper %d times (%v), want once", len(got), err)
		}
	})
}
