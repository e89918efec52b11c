package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// Writers that meet on one paper must all leave their mark on it.
func TestWritersOfOnePaperAllCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const writers, rounds = 4, 10
		paper := broadsheet.Paper{ID: "2501.00001", Title: "Shared"}
		put(t, s, store.Batch{Papers: []broadsheet.Paper{paper}})
		for round := range rounds {
			var all sync.WaitGroup
			for writer := range writers {
				all.Go(func() {
					p := paper
					p.Links = []broadsheet.Link{{Kind: broadsheet.LinkProject, URL: fmt.Sprintf("https://example.org/%d/%d", round, writer)}}
					if _, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{p}}); err != nil {
						t.Errorf("put of writer %d: %v", writer, err)
					}
				})
			}
			all.Wait()
		}
		if got := len(read(t, s, paper.ID).Links); got != writers*rounds {
			t.Errorf("%d links are there, want the %d that were put", got, writers*rounds)
		}
	})
}

// readable reads all changes once none is held back: on PostgreSQL
// transactions of other databases on the server hold them back, too.
func readable(t *testing.T, s *store.Store) []broadsheet.Change {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		changes, err := s.Changes(t.Context(), "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(changes)) == seqs(t, s) || time.Now().After(deadline) {
			return changes
		}
	}
}

func TestPruneChangesKeepsTheLastOfEachPaper(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		change := func(id, title string) string {
			put(t, s, store.Batch{Papers: []broadsheet.Paper{{ID: id, Title: title}}})
			all := readable(t, s)
			return all[len(all)-1].Cursor
		}
		change("2501.00001", "one")
		change("2501.00002", "two")
		passed := change("2501.00001", "one again")
		change("2501.00001", "one at last")
		feed := func() (ids []string) {
			for _, c := range readable(t, s) {
				ids = append(ids, c.PaperID)
			}
			return ids
		}
		for _, tt := range []struct {
			name, before string
			removed      int64
			want         []string
		}{
			{"up to a cursor", passed, 2, []string{"2501.00002", "2501.00001"}},
			{"nothing more", passed, 0, []string{"2501.00002", "2501.00001"}},
		} {
			removed, err := s.PruneChanges(t.Context(), tt.before)
			if err != nil || removed != tt.removed {
				t.Errorf("%s: removed %d, %v; want %d", tt.name, removed, err, tt.removed)
			}
			if d := cmp.Diff(tt.want, feed()); d != "" {
				t.Errorf("%s: the feed (-want +got):\n%s", tt.name, d)
			}
		}
		before := change("2501.00002", "two again")
		change("2501.00002", "two at last")
		if removed, err := s.PruneChanges(t.Context(), before); err != nil || removed != 2 {
			t.Errorf("removed %d, %v; want 2", removed, err)
		}
		if d := cmp.Diff([]string{"2501.00001", "2501.00002"}, feed()); d != "" {
			t.Errorf("the feed (-want +got):\n%s", d)
		}
	})
}
