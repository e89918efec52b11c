package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func at(s string) time.Time {
	t, err := time.Parse(time.DateTime, s)
	if err != nil {
		panic(err)
	}
	return t
}

// whole is a paper with every field set.
func whole() broadsheet.Paper {
	return broadsheet.Paper{
		ID:     "2510.05491",
		IDs:    []broadsheet.SourceID{{Scheme: "arxiv", Value: "2510.05491"}, {Scheme: "doi", Value: "10.1000/x"}},
		Origin: broadsheet.OriginCatalog, Title: "On $x^2$ and “quotes” <b>", Abstract: "Äbstract with 漢字.", TLDR: "Short.",
		Authors: []broadsheet.Author{
			{Name: "Ada Lovelace", Key: "ada-lovelace", Affiliation: "Analytical Society", ORCID: "0000-0001-2345-6789"},
			{Name: "Émilie du Châtelet", Key: "émilie-du-châtelet"}},
		AuthorCount: 2, Categories: []string{"cs.LG", "hep-th"}, Keywords: []string{"Engines", "heat"},
		Organizations: []broadsheet.Organization{{Key: "royal", Name: "Royal Society", AvatarURL: "https://example.org/r.png", SourceID: "60262b67268c201cdc8b7d43"}},
		Versions:      []broadsheet.Version{{Number: 1, CreatedAt: at("2025-10-06 10:00:00"), Size: "20kb"}, {Number: 2, CreatedAt: at("2025-11-06 10:00:00")}},
		Links:         []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://example.org/code", Stars: 7, AddedBy: "user"}},
		Features: []broadsheet.Feature{{Day: "2025-10-08", Position: 3, FeaturedAt: at("2025-10-08 01:02:03"), Title: "typed",
			Submitter: &broadsheet.Person{Key: "ak", Name: "A. K.", AvatarURL: "https://example.org/a.png", SourceID: "63fda3fced9eead590ff6918"},
			Votes:     12, Comments: 3, Wire: json.RawMessage(`{"paper":{"id":"2510.05491"}}`)}},
		Note: "20 pages", JournalRef: "J. 1", DOI: "10.1000/x", ReportNo: "R-1", License: "http://example.org/l", Submitter: "Ada",
		ACMClass: "I.2", MSCClass: "68T", PublishedAt: at("2025-10-06 10:00:00"), UpdatedAt: at("2025-11-06 10:00:00"),
		AnnouncedOn: "2025-10-07", SeenAt: at("2025-10-07 00:00:00"), ImportedVotes: 12, ImportedComments: 3,
	}
}

func put(t *testing.T, s *store.Store, b store.Batch) store.Result {
	t.Helper()
	res, err := s.Put(t.Context(), b)
	if err != nil {
		t.Fatalf("put: %v", err)
	}
	return res
}

func read(t *testing.T, s *store.Store, id string) broadsheet.Paper {
	t.Helper()
	p, err := s.Paper(t.Context(), id)
	if err != nil {
		t.Fatalf("read %s: %v", id, err)
	}
	return p
}

func TestPutKeepsEveryField(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := whole()
		put(t, s, store.Batch{Papers: []broadsheet.Paper{whole()}})
		if diff := cmp.Diff(want, read(t, s, "2510.05491")); diff != "" {
			t.Errorf("paper differs (-want +got):\n%s", diff)
		}
		if got := read(t, s, "doi:10.1000/x").ID; got != "2510.05491" {
			t.Errorf("by DOI: got %q", got)
		}
	})
}

// seqs counts the rows of the change feed, readable yet or not.
func seqs(t *testing.T, s *store.Store) int64 {
	t.Helper()
	st, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st.Changes
}

func TestPutTwiceChangesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		put(t, s, store.Batch{Papers: []broadsheet.Paper{whole()}})
		before := seqs(t, s)
		res := put(t, s, store.Batch{Papers: []broadsheet.Paper{whole(), whole()}})
		if want := (store.Result{Unchanged: 2}); res != want {
			t.Errorf("second put: got %+v, want %+v", res, want)
		}
		if after := seqs(t, s); after != before {
			t.Errorf("second put added changes: %d, then %d", before, after)
		}
	})
}

func TestStrongerOriginDescribes(t *testing.T) {
	curated := broadsheet.Paper{ID: "2401.00001", Origin: broadsheet.OriginCurated, Title: "typed title", TLDR: "Short.",
		ImportedVotes: 9, PublishedAt: at("2024-01-01 17:34:15"),
		Features: []broadsheet.Feature{{Day: "2024-01-03", FeaturedAt: at("2024-01-03 01:00:00"), Votes: 9}}}
	catalog := broadsheet.Paper{ID: "2401.00001", Origin: broadsheet.OriginCatalog, Title: "Catalogue Title", Abstract: "Text.",
		Categories: []string{"cs.CL"}, Authors: []broadsheet.Author{{Name: "B. C."}}, PublishedAt: at("2024-01-01 00:00:00"), AnnouncedOn: "2024-01-02"}
	for _, order := range [][]broadsheet.Paper{{curated, catalog}, {catalog, curated}} {
		storetest.Each(t, func(t *testing.T, s *store.Store) {
			for _, p := range order {
				put(t, s, store.Batch{Papers: []broadsheet.Paper{p}})
			}
			got := read(t, s, "2401.00001")
			if got.Title != "Catalogue Title" || got.TLDR != "Short." || got.ImportedVotes != 9 || len(got.Features) != 1 ||
				got.PrimaryCategory() != "cs.CL" || got.Authors[0].Key != "b-c" {
				t.Errorf("from %v first: got %+v", order[0].Origin, got)
			}
		})
	}
}

func TestTwoPapersMayShareADOI(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		doi := broadsheet.SourceID{Scheme: "doi", Value: "10.1000/shared"}
		put(t, s, store.Batch{Papers: []broadsheet.Paper{
			{ID: "2401.00001", Title: "One", IDs: []broadsheet.SourceID{doi}},
			{ID: "2401.00002", Title: "Two", IDs: []broadsheet.SourceID{doi}}}})
		if a, b := read(t, s, "2401.00001"), read(t, s, "2401.00002"); a.Title != "One" || b.Title != "Two" {
			t.Errorf("got %q and %q", a.Title, b.Title)
		}
	})
}

// TestAPreprintJoinsItsDOI: a paper known by its DOI alone becomes the arXiv
// paper that carries it, whichever comes first.
func TestAPreprintJoinsItsDOI(t *testing.T) {
	doi := broadsheet.SourceID{Scheme: "doi", Value: "10.1000/x"}
	article := broadsheet.Paper{ID: "doi:10.1000/x", Title: "Article", Abstract: "Text."}
	preprint := broadsheet.Paper{ID: "2401.00001", Title: "Preprint", IDs: []broadsheet.SourceID{doi}, Origin: broadsheet.OriginCatalog}
	for _, order := range [][]broadsheet.Paper{{article, preprint}, {preprint, article}} {
		storetest.Each(t, func(t *testing.T, s *store.Store) {
			put(t, s, store.Batch{Papers: order})
			got := read(t, s, "doi:10.1000/x")
			if got.ID != "2401.00001" || got.Title != "Preprint" || got.Abstract != "Text." || read(t, s, "2401.00001").ID != got.ID {
				t.Errorf("%s first: got %+v", order[0].ID, got)
			}
			if st, err := s.Stats(t.Context()); st.Papers != 1 || err != nil {
				t.Errorf("%s first: %d papers, %v", order[0].ID, st.Papers, err)
			}
		})
	}
}

func TestListsFollowAPaper(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		put(t, s, store.Batch{Papers: []broadsheet.Paper{whole()}})
		moved := whole()
		moved.Categories, moved.UpdatedAt = []string{"cs.CV"}, at("2025-12-01 00:00:00")
		put(t, s, store.Batch{Papers: []broadsheet.Paper{moved}})
		for _, tt := range []struct {
			kind broadsheet.ListKind
			key  string
			want int
		}{
			{broadsheet.ListCategory, "cs.LG", 0}, {broadsheet.ListCategory, "cs.CV", 1}, {broadsheet.ListCategory, "cs", 1},
			{broadsheet.ListAuthor, "ada-lovelace", 1}, {broadsheet.ListOrganization, "royal", 1}, {broadsheet.ListKeyword, "ENGINES ", 1},
			{broadsheet.ListSubmitter, "ak", 1}, {broadsheet.ListDay, "2025-10-08", 1}, {broadsheet.ListDay, "2025-10-07", 1},
			{broadsheet.ListWeek, "2025-W41", 1}, {broadsheet.ListMonth, "2025-10", 1}, {broadsheet.ListAll, "", 1},
			{broadsheet.ListAuthor, "nobody", 0},
		} {
			page, err := s.List(t.Context(), broadsheet.List{Kind: tt.kind, Key: tt.key, Sort: broadsheet.SortNew, Limit: 10})
			if err != nil || len(page.Papers) != tt.want || page.Total != tt.want {
				t.Errorf("%s %q: got %d papers, total %d, error %v; want %d", tt.kind, tt.key, len(page.Papers), page.Total, err, tt.want)
			}
		}
		if err := s.Delete(t.Context(), []string{"2510.05491"}); err != nil {
			t.Fatal(err)
		}
		page, err := s.List(t.Context(), broadsheet.List{Kind: broadsheet.ListCategory, Key: "cs.CV", Sort: broadsheet.SortNew, Limit: 10})
		if err != nil || page.Total != 0 {
			t.Errorf("after deletion: total %d, error %v", page.Total, err)
		}
		if _, err := s.Paper(t.Context(), "2510.05491"); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("after deletion: got error %v", err)
		}
	})
}

func TestOrders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		paper := func(n, votes int, hour int) broadsheet.Paper {
			return broadsheet.Paper{ID: fmt.Sprintf("2401.%05d", n), Title: "t", ImportedVotes: votes, Features: []broadsheet.Feature{
				{Day: "2024-01-03", Position: n, FeaturedAt: time.Date(2024, 1, 3, hour, 0, 0, 0, time.UTC)}}}
		}
		put(t, s, store.Batch{Papers: []broadsheet.Paper{paper(1, 1, 23), paper(2, 100, 2), paper(3, 9, 22), paper(4, 9, 22)}})
		for by, want := range map[broadsheet.Sort][]string{
			broadsheet.SortTop: {"2401.00002", "2401.00003", "2401.00004", "2401.00001"},
			broadsheet.SortNew: {"2401.00001", "2401.00003", "2401.00004", "2401.00002"},
			// Papers of one day are of one age: the hour does not count.
			broadsheet.SortHot: {"2401.00002", "2401.00003", "2401.00004", "2401.00001"},
		} {
			var got []string
			for offset := 0; offset < 4; offset += 2 {
				page, err := s.List(t.Context(), broadsheet.List{Kind: broadsheet.ListDay, Key: "2024-01-03", Sort: by, Limit: 2, Offset: offset})
				if err != nil || page.More != (offset == 0) || !page.Featured {
					t.Fatalf("%s from %d: more %v, featured %v, error %v", by, offset, page.More, page.Featured, err)
				}
				for _, p := range page.Papers {
					got = append(got, p.ID)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", by, diff)
			}
		}
	})
}

// TestHotAcrossDays weighs votes against the age of the edition: 100 votes on
// the 3rd against 9 on the 4th, log10(100) < log10(9) + 24/12.5, and 1,000
// against 9, log10(1000) > log10(9) + 24/12.5.
func TestHotAcrossDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		paper := func(n, votes, day int) broadsheet.Paper {
			d := time.Date(2024, 1, day, 0, 0, 0, 0, time.UTC)
			return broadsheet.Paper{ID: fmt.Sprintf("2401.%05d", n), Title: "t", ImportedVotes: votes, Features: []broadsheet.Feature{
				{Day: broadsheet.DayOf(d, time.UTC), FeaturedAt: d.Add(time.Duration(n) * time.Hour)}}}
		}
		put(t, s, store.Batch{Papers: []broadsheet.Paper{paper(1, 100, 3), paper(2, 1000, 3), paper(3, 9, 4)}})
		got, err := s.Order(t.Context(), broadsheet.List{Kind: broadsheet.ListWeek, Key: "2024-W01", Sort: broadsheet.SortHot, Limit: 9})
		if diff := cmp.Diff([]string{"2401.00002", "2401.00003", "2401.00001"}, got); diff != "" || err != nil {
			t.Errorf("error %v, order (-want +got):\n%s", err, diff)
		}
	})
}

func TestDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		put(t, s, store.Batch{Papers: []broadsheet.Paper{whole(), {ID: "2601.00001", Title: "later", AnnouncedOn: "2026-01-05"}}})
		ctx := t.Context()
		if d, err := s.LatestDay(ctx, "2025-12-31"); d != "2025-10-08" || err != nil {
			t.Errorf("latest: got %q, %v", d, err)
		}
		prev, next, err := s.Neighbors(ctx, "2025-10-08")
		if prev != "2025-10-07" || next != "2026-01-05" || err != nil {
			t.Errorf("neighbors: got %q, %q, %v", prev, next, err)
		}
		for day, want := range map[broadsheet.Day]broadsheet.Day{"2025-10-06": "2025-10-07", "2025-10-07": "2025-10-08", "2025-10-08": "2026-01-05", "2026-01-05": ""} {
			if d, err := s.NextDay(ctx, day); d != want || err != nil {
				t.Errorf("next after %s: got %q, %v, want %q", day, d, err, want)
			}
		}
		days, err := s.Days(ctx, "2025-01-01", "2026-12-31")
		want := []store.DayCount{{Day: "2025-10-07", Announced: 1}, {Day: "2025-10-08", Featured: 1}, {Day: "2026-01-05", Announced: 1}}
		if diff := cmp.Diff(want, days); diff != "" || err != nil {
			t.Errorf("days: error %v, (-want +got):\n%s", err, diff)
		}
	})
}

// Whole gives what Paper gives, for many, by any of their ids.
func TestWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		put(t, s, store.Batch{Papers: []broadsheet.Paper{whole(), {ID: "2601.00001", Title: "other", AnnouncedOn: "2026-01-05"}}})
		got, err := s.Whole(t.Context(), []string{"2601.00001", "2601.99999", whole().IDs[1].ID()})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]broadsheet.Paper{read(t, s, "2601.00001"), read(t, s, "2510.05491")}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if len(got) == 2 && len(got[1].Features[0].Wire) == 0 {
			t.Error("a whole paper lacks the record of its feature")
		}
	})
}

func TestBatchGoesInWholeOrNotAtAll(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		_, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{whole(), {ID: "2401.00001"}}, Cursors: map[string]string{"c": "1"}})
		if broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Fatalf("a paper without title: got error %v", err)
		}
		if c, err := s.Cursor(t.Context(), "c"); c != "" || err != nil {
			t.Errorf("the checkpoint moved: %q, %v", c, err)
		}
		if empty, err := s.Empty(t.Context()); !empty || err != nil {
			t.Errorf("a paper was stored: %v, %v", empty, err)
		}
	})
}

func TestRejectsAndCursorsAndSources(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		r := broadsheet.Reject{Source: "import", Ref: "f:1", Layout: "arxiv-snapshot", Reason: "no", Body: []byte("{\x00"), At: at("2026-01-01 00:00:00")}
		b := store.Batch{Rejects: []broadsheet.Reject{r, r}, Cursors: map[string]string{"c": "7"},
			Source: &broadsheet.Source{Name: "arxiv-oai", Cursor: "x", LastSuccess: at("2026-01-01 00:00:00"), Papers: 3}}
		if res := put(t, s, b); res.Rejected != 1 {
			t.Errorf("rejected: got %d, want 1", res.Rejected)
		}
		if res := put(t, s, b); res.Rejected != 0 {
			t.Errorf("rejected again: got %d, want 0", res.Rejected)
		}
		open, err := s.Rejects(ctx, store.RejectQuery{Source: "import", Open: true})
		if err != nil || len(open) != 1 || string(open[0].Body) != "{\x00" {
			t.Fatalf("open rejects: %+v, %v", open, err)
		}
		put(t, s, store.Batch{Replayed: []int64{open[0].ID}, At: at("2026-02-01 00:00:00")})
		if all, err := s.Rejects(ctx, store.RejectQuery{}); err != nil || !all[0].ReplayedAt.Equal(at("2026-02-01 00:00:00")) {
			t.Errorf("replayed: %+v, %v", all, err)
		}
		if n, err := s.RejectCount(ctx); n != 0 || err != nil {
			t.Errorf("after replay: %d open, %v", n, err)
		}
		src, err := s.Source(ctx, "arxiv-oai")
		if diff := cmp.Diff(*b.Source, src); diff != "" || err != nil {
			t.Errorf("source: error %v (-want +got):\n%s", err, diff)
		}
	})
}

// TestChangesMissNothing has eight writers commit in any order while a
// follower reads: a plain sequence as cursor loses changes on PostgreSQL.
func TestChangesMissNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const writers, each = 8, 25
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					id := fmt.Sprintf("24%02d.%05d", w+1, i)
					if _, err := s.Put(context.Background(), store.Batch{Papers: []broadsheet.Paper{{ID: id, Title: "t"}}}); err != nil {
						t.Errorf("put %s: %v", id, err)
					}
				}
			})
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		deadline := time.Now().Add(time.Minute)
		seen := map[string]int{}
		cursor := ""
		for ended := false; ; {
			changes, err := s.Changes(t.Context(), cursor, 7)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range changes {
				seen[c.PaperID]++
				cursor = c.Cursor
			}
			if len(changes) == 0 {
				// Transactions of other databases on the server hold changes back, too.
				if ended && (len(seen) == writers*each || time.Now().After(deadline)) {
					break
				}
				select {
				case <-done:
					ended = true
				default:
				}
			}
		}
		if len(seen) != writers*each {
			t.Errorf("saw %d papers, want %d", len(seen), writers*each)
		}
	})
}

// TestNewestPagesAreTheList walks a list with many papers of one date by both
// ways of reading it: pages of the index, and the whole order.
func TestNewestPagesAreTheList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var papers []broadsheet.Paper
		for i := range 37 {
			papers = append(papers, broadsheet.Paper{ID: fmt.Sprintf("2401.%05d", (i*17)%37), Title: "t", Categories: []string{"cs.LG"},
				PublishedAt: at("2024-01-01 00:00:00").AddDate(0, 0, i/9)})
		}
		papers = append(papers, broadsheet.Paper{ID: "2401.00099", Title: "no date", Categories: []string{"cs.LG"}})
		put(t, s, store.Batch{Papers: papers})
		want, err := s.Order(t.Context(), broadsheet.List{Kind: broadsheet.ListCategory, Key: "cs", Sort: broadsheet.SortNew, Limit: 1000})
		if err != nil || len(want) != 38 || want[37] != "2401.00099" {
			t.Fatalf("order: %d papers, %v", len(want), err)
		}
		var got []string
		for offset := 0; ; offset += 5 {
			page, err := s.List(t.Context(), broadsheet.List{Kind: broadsheet.ListCategory, Key: "cs", Sort: broadsheet.SortNew, Limit: 5, Offset: offset})
			if err != nil || page.Total != 38 {
				t.Fatalf("from %d: total %d, %v", offset, page.Total, err)
			}
			for _, p := range page.Papers {
				got = append(got, p.ID)
			}
			if !page.More {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages (-order +pages):\n%s", diff)
		}
	})
}

func TestEachPaperInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		put(t, s, store.Batch{Papers: []broadsheet.Paper{{ID: "math/0309136", Title: "old"}, whole(), {ID: "doi:10.1/x", Title: "other"}}})
		var got []string
		if err := s.EachPaper(t.Context(), "", func(p broadsheet.Paper) error { got = append(got, p.ID); return nil }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"2510.05491", "doi:10.1/x", "math/0309136"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNewerSchemaIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if _, err := s.Writer().Exec(`INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, '9999_future', 'x')`); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Migrate(t.Context()); broadsheet.KindOf(err) != broadsheet.Conflict {
			t.Errorf("migrate: got error %v, want a conflict", err)
		}
	})
}

func TestOpenExplains(t *testing.T) {
	for _, dsn := range []string{"", "mysql://x", "sqlite:", "sqlite:" + t.TempDir(), "postgres://user:secret@127.0.0.1:1/x"} {
		s, err := store.Open(t.Context(), dsn, store.Options{})
		var be *broadsheet.Error
		if !errors.As(err, &be) || be.Field != "database" || be.Fix == "" {
			t.Errorf("open %q: got %v", dsn, err)
		}
		if s != nil {
			s.Close()
		}
	}
}

func TestBackupIsACopy(t *testing.T) {
	s := storetest.Open(t)
	put(t, s, store.Batch{Papers: []broadsheet.Paper{whole()}})
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole(), read(t, storetest.OpenDSN(t, "sqlite:"+path), "2510.05491")); diff != "" {
		t.Error(diff)
	}
	if err := s.Backup(t.Context(), path); broadsheet.KindOf(err) != broadsheet.Conflict {
		t.Errorf("over an existing file: got %v", err)
	}
}
