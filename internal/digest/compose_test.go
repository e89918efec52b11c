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

// TestTopics plans an edition of every kind of topic and looks at what is in it
// and why.
func TestTopics(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, time.Date(2026, 6, 29, 0, 0, 0, 0, time.UTC))
		everyDay := broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}
		topics := []string{"hot", "categories:stat", "list:author:ada-person", "list:keyword:sea birds", "list:organization:gull-lab", "list:submitter:bo"}
		subs := map[string]int64{}
		for i, topic := range topics {
			parsed, err := broadsheet.ParseTopic(topic)
			if err != nil {
				t.Fatal(err)
			}
			subs[topic] = w.subscribe(t, fmt.Sprintf("reader%d@example.org", i), broadsheet.Wish{Topic: parsed, Rhythm: everyDay, MaxPapers: 2, MinScore: i % 2}).ID
		}
		var papers []broadsheet.Paper
		for i := range 4 {
			p := broadsheet.Paper{ID: fmt.Sprintf("2606.0000%d", i), Origin: broadsheet.OriginCatalog, Title: fmt.Sprint("Gulls ", i), Categories: []string{"cs.LG", "stat.ML"},
				Authors: []broadsheet.Author{{Name: "Ada Person", Key: "ada-person"}}, Keywords: []string{"sea birds"}, Organizations: []broadsheet.Organization{{Key: "gull-lab", Name: "Gull Lab"}},
				PublishedAt: w.now, AnnouncedOn: "2026-06-29", ImportedVotes: i}
			if i > 0 {
				p.Features = []broadsheet.Feature{{Day: "2026-06-29", FeaturedAt: w.now, Submitter: &broadsheet.Person{Key: "bo", Name: "Bo"}}}
			}
			papers = append(papers, p)
		}
		if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
			t.Fatal(err)
		}
		w.catchUp(t)
		w.now = w.now.Add(9 * time.Hour)
		if n, err := w.engine.Plan(t.Context()); err != nil || n != len(topics) {
			t.Fatalf("planned %d (%v), want %d", n, err, len(topics))
		}
		want := map[string]string{"hot": "Hot papers: ", "categories:stat": "stat: stat.ML", "list:author:ada-person": "Papers by Ada Person: by Ada Person",
			"list:keyword:sea birds": "Papers on sea birds: on sea birds", "list:organization:gull-lab": "Papers of Gull Lab: of Gull Lab", "list:submitter:bo": "Papers submitted by Bo: submitted by Bo"}
		for _, d := range w.deliveries(t) {
			e, err := s.EditionByID(t.Context(), d.EditionID)
			if err != nil {
				t.Fatal(err)
			}
			topic := e.Topic.String()
			if got := e.Title + ": " + e.Picks[0].Why; got != want[topic] || d.SubscriptionID != subs[topic] {
				t.Errorf("%s: got %q for subscription %d, want %q for %d", topic, got, d.SubscriptionID, want[topic], subs[topic])
			}
			if got := strings.Join(d.Papers, " "); got != "2606.00003 2606.00002" || d.Slot != "2026-06-29" {
				t.Errorf("%s: got %s in slot %s, want the two with the most votes", topic, got, d.Slot)
			}
		}
	})
}

// TestOneTopicHoldsUpNobody: a search while there is no engine, and a topic of
// another version of the program, wait; others are told.
func TestOneTopicHoldsUpNobody(t *testing.T) {
	w := newWorld(t, storetest.Open(t), time.Date(2026, 6, 29, 0, 0, 0, 0, time.UTC))
	rhythm := broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}
	search := w.subscribe(t, "a@example.org", broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicSearch, Key: "gulls"}, Rhythm: rhythm, MaxPapers: 5})
	strange := w.subscribe(t, "b@example.org", broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: rhythm, MaxPapers: 5})
	strange.Topic = broadsheet.Topic{Kind: "interests", Key: "7"}
	if _, err := w.PutSubscription(t.Context(), strange); err != nil {
		t.Fatal(err)
	}
	hot := w.subscribe(t, "c@example.org", broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: rhythm, MaxPapers: 5})
	w.publish(t, true, "cs.LG")
	w.catchUp(t)
	w.now = w.now.Add(9 * time.Hour)
	if n, err := w.engine.Plan(t.Context()); n != 1 || err != nil {
		t.Fatalf("planned %d (%v), want the one that can be", n, err)
	}
	if d := w.deliveries(t); len(d) != 1 || d[0].SubscriptionID != hot.ID {
		t.Errorf("got %+v, want one for subscription %d", d, hot.ID)
	}
	for _, token := range []string{search.Token, strange.Token} {
		x, err := w.Subscription(t.Context(), token)
		if err != nil || x.Cursor != 0 || !x.DueAt.Equal(w.now.Add(2*time.Minute)) {
			t.Errorf("%s: cursor %d, due %s (%v); want looked at again soon, with everything", x.Topic, x.Cursor, x.DueAt, err)
		}
	}
}
