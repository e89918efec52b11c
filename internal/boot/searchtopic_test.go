package boot

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/digest"
	"broadsheet/internal/search"
	"broadsheet/internal/search/index"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestSearchesAreToldWhatTheyFind plans editions of searches with the real index:
// none before it holds what came, then a paper that 1,100 others, told before,
// stand above in the search itself.
func TestSearchesAreToldWhatTheyFind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		opened, err := index.Open(t.TempDir(), index.Options{Setup: index.Setup{Analyzer: search.DocumentVersion}})
		if err != nil {
			t.Fatal(err)
		}
		defer opened.Close()
		indexer := search.NewIndexer(search.IndexerOptions{Index: opened, Source: s})
		x := &searching{store: s}
		now := time.Date(2026, 6, 29, 7, 0, 0, 0, time.UTC)
		engine := digest.New(digest.Options{Store: s, Finder: x, Now: func() time.Time { return now }})
		put := func(papers []broadsheet.Paper) {
			t.Helper()
			if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
				t.Fatal(err)
			}
			var changes []broadsheet.Change
			for _, p := range papers {
				changes = append(changes, broadsheet.Change{Kind: broadsheet.ChangePaper, PaperID: p.ID})
			}
			if err := engine.Changes(t.Context(), changes); err != nil {
				t.Fatal(err)
			}
			storetest.Settle(t, s)
		}
		catchUp := func() {
			t.Helper()
			if err := indexer.CatchUp(t.Context(), opened.Writer()); err != nil {
				t.Fatal(err)
			}
		}
		paper := func(i int, title string, published time.Time) broadsheet.Paper {
			return broadsheet.Paper{ID: fmt.Sprintf("2606.%05d", i), Origin: broadsheet.OriginCatalog, Title: title, Categories: []string{"cs.LG"}, PublishedAt: published, AnnouncedOn: "2026-06-29"}
		}
		var before []broadsheet.Paper
		for i := range 1100 {
			before = append(before, paper(i+1, "Zebrafish origami", now))
		}
		put(before)
		head, err := s.LastArrival(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: "ada@example.org", Key: "ada", Salt: "s", CreatedAt: now})
		if err != nil {
			t.Fatal(err)
		}
		for i, topic := range []string{"search:zebrafish", "search:title:zebrafish cat:cs.LG", "search:-owls cat:cs.LG", "search:zebrafish id:2606.02000", "search:owls"} {
			parsed, err := broadsheet.ParseTopic(topic)
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 { // each for a reader of its own
				if r, err = s.PutRecipient(t.Context(), broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: topic, Key: topic, Salt: "s", CreatedAt: now}); err != nil {
					t.Fatal(err)
				}
			}
			_, err = s.PutSubscription(t.Context(), broadsheet.Subscription{RecipientID: r.ID, Token: topic, State: broadsheet.SubscriptionActive, Cursor: head, CreatedAt: now, ConfirmedAt: now, DueAt: now.Add(time.Hour),
				Wish: broadsheet.Wish{Topic: parsed, MaxPapers: 10, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}}})
			if err != nil {
				t.Fatal(err)
			}
		}
		put([]broadsheet.Paper{paper(2000, "On the care of fish, also of the zebrafish, and of other animals", now.AddDate(0, 0, -5))})
		now = now.Add(2 * time.Hour)
		plan := func(what string, want int) {
			t.Helper()
			if n, err := engine.Plan(t.Context()); n != want || err != nil {
				t.Errorf("%s: planned %d (%v), want %d", what, n, err, want)
			}
			now = now.Add(3 * time.Minute)
		}
		plan("before the index is open", 0)
		x.index.Store(opened)
		x.engine.Store(search.New(search.Options{Index: opened}))
		plan("before it holds anything", 0)
		catchUp()
		plan("then", 4)
		all, err := s.Deliveries(t.Context(), store.DeliveryQuery{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range all {
			e, err := s.EditionByID(t.Context(), d.EditionID)
			if err != nil || e.Total != 1 || !slices.Equal(d.Papers, []string{"2606.02000"}) {
				t.Errorf("%s: told of %v of %d (%v), want the paper that came last", e.Topic, d.Papers, e.Total, err)
			}
		}
	})
}
