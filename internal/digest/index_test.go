package digest_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/digest"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// shelf is an index that takes the feed in when it is told to, as an engine must
// not import another; boot tries the real one.
type shelf struct {
	store  *store.Store
	cursor string
	titles map[string]string
	lost   bool // a part of it cannot be read
}

func (s *shelf) Indexed() (string, bool) { return s.cursor, s.cursor != "" }

func (s *shelf) Search(_ context.Context, q broadsheet.Query) (*broadsheet.Results, error) {
	r := &broadsheet.Results{Incomplete: s.lost}
	for id, title := range s.titles {
		if strings.Contains(strings.ToLower(title), q.Words[0].Text) && slices.Contains(q.IDs, id) {
			r.Hits = append(r.Hits, broadsheet.Hit{ID: id})
		}
	}
	r.Total = len(r.Hits)
	return r, nil
}

func (s *shelf) catchUp(t *testing.T) {
	t.Helper()
	changes, err := s.store.Changes(t.Context(), s.cursor, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		p, err := s.store.Papers(t.Context(), []string{c.PaperID})
		if err != nil {
			t.Fatal(err)
		}
		s.titles[p[0].ID], s.cursor = p[0].Title, c.Cursor
	}
}

// TestSearchesWaitForTheIndex: what the index does not hold yet is not taken for
// told. An edition that is due while the index is far behind waits; one that is
// due while it is a little behind tells what it holds, and the next the rest.
func TestSearchesWaitForTheIndex(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, time.Date(2026, 6, 29, 7, 0, 0, 0, time.UTC))
		index := &shelf{store: s, titles: map[string]string{}}
		w.engine = digest.New(digest.Options{Store: s, Finder: index, Now: func() time.Time { return w.now }, Token: w.token})
		x := w.subscribe(t, "ada@example.org", broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicSearch, Key: "paper"},
			Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}, MaxPapers: 10})
		plan := func(what string, want ...string) {
			t.Helper()
			if _, err := w.engine.Plan(t.Context()); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range w.deliveries(t) { // the latest first
				got = append(got, strings.Join(d.Papers, " "))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: told of %q, want %q", what, got, want)
			}
		}
		first := w.publish(t, false, "cs.LG")
		w.catchUp(t)
		w.now = w.now.Add(time.Hour)
		plan("before the index holds anything")
		if got, err := s.Subscription(t.Context(), x.Token); err != nil || got.Cursor != x.Cursor || got.LastSlot != "" {
			t.Errorf("before the index holds anything: cursor %d and slot %q (%v), want them as they were", got.Cursor, got.LastSlot, err)
		}
		index.catchUp(t)
		index.lost = true
		w.now = w.now.Add(3 * time.Minute)
		plan("while a part of it is lost")
		index.lost = false
		w.now = w.now.Add(3 * time.Minute)
		plan("three minutes later", first)

		w.now = time.Date(2026, 6, 30, 7, 58, 0, 0, time.UTC)
		second := w.publish(t, false, "cs.LG")
		w.catchUp(t)
		index.catchUp(t)
		plan("the day after, just before it is due", first)
		third := w.publish(t, false, "cs.LG") // of which the index does not know
		w.catchUp(t)
		w.now = w.now.Add(2 * time.Minute)
		plan("when it is due", second, first)
		index.catchUp(t)
		w.now = w.now.Add(24 * time.Hour)
		plan("the third day", third, second, first)
	})
}
