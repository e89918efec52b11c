package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

var moderated = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

func moderatedPaper(id, title string, imported int) broadsheet.Paper {
	return broadsheet.Paper{ID: id, Title: title, Origin: broadsheet.OriginCatalog, Abstract: "A.", Authors: []broadsheet.Author{{Name: "Ada Person"}}, Categories: []string{"cs.LG"},
		Keywords: []string{"gulls"}, ImportedVotes: imported, PublishedAt: moderated.Add(-time.Hour), AnnouncedOn: "2026-11-27",
		Features: []broadsheet.Feature{{Day: "2026-11-27", FeaturedAt: moderated, Submitter: &broadsheet.Person{Key: "bo", Name: "Bo"}}}}
}

func putPapers(t *testing.T, s *store.Store, papers ...broadsheet.Paper) {
	t.Helper()
	if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
		t.Fatal(err)
	}
}

// idsOn are the papers of every kind of list, and of what else shows papers.
func idsOn(t *testing.T, s *store.Store) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, q := range []broadsheet.List{{Kind: broadsheet.ListDay, Key: "2026-11-27"}, {Kind: broadsheet.ListAnnounced, Key: "2026-11-27"}, {Kind: broadsheet.ListAll}, {Kind: broadsheet.ListHot, Key: "2026-11-27"},
		{Kind: broadsheet.ListAuthor, Key: "ada-person"}, {Kind: broadsheet.ListCategory, Key: "cs.LG"}, {Kind: broadsheet.ListCategory, Key: "cs"},
		{Kind: broadsheet.ListKeyword, Key: "gulls"}, {Kind: broadsheet.ListSubmitter, Key: "bo"}} {
		q.Sort, q.Limit = broadsheet.SortNew, 10
		page, err := s.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Papers {
			out[string(q.Kind)+" "+q.Key] = append(out[string(q.Kind)+" "+q.Key], p.ID)
		}
		if page.Total != len(page.Papers) {
			t.Errorf("%v counts %d papers and shows %d", q, page.Total, len(page.Papers))
		}
	}
	recent, _, err := s.Recent(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	out["recent"] = recent
	marks, err := s.Stretch(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range marks {
		out["sitemap"] = append(out["sitemap"], m.ID)
	}
	for name, chosen := range map[string]func() ([]store.Chosen, error){
		"chosen":          func() ([]store.Chosen, error) { return s.Chosen(t.Context(), "2026-11-27", 0, 10) },
		"chosen by votes": func() ([]store.Chosen, error) { return s.ChosenByVotes(t.Context(), "2026-11-27", "2026-11-27") },
	} {
		list, err := chosen()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			out[name] = append(out[name], c.ID)
		}
	}
	cards, err := s.Papers(t.Context(), []string{"2611.00001", "2611.00002"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range cards {
		out["cards"] = append(out["cards"], p.ID)
	}
	return out
}

// TestHidePaper: a hidden paper is nowhere, a harvest does not bring it back, and
// when it is shown again everything is as it was.
func TestHidePaper(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		putPapers(t, s, moderatedPaper("2611.00001", "Gulls", 5), moderatedPaper("2611.00002", "Terns", 3))
		before := idsOn(t, s)
		x := broadsheet.Action{At: moderated, Actor: "mo", Act: broadsheet.ActHide, Kind: broadsheet.ObjectPaper, Object: "2611.00001", Reason: "spam"}
		if err := s.HidePaper(t.Context(), "2611.00001", true, x); err != nil {
			t.Fatal(err)
		}
		if got := broadsheet.KindOf(s.HidePaper(t.Context(), "2611.00001", true, x)); got != broadsheet.Conflict {
			t.Errorf("hidden twice: %v, want conflict", got)
		}
		for round := range 2 { // the second after a harvest with more on it
			for list, ids := range idsOn(t, s) {
				if d := cmp.Diff([]string{"2611.00002"}, ids); d != "" {
					t.Errorf("round %d: %s (-want +got):\n%s", round, list, d)
				}
			}
			again := moderatedPaper("2611.00001", "Gulls, revised", 9)
			again.UpdatedAt, again.Keywords, again.Categories = moderated.Add(time.Hour), []string{"gulls", "sea"}, []string{"cs.LG", "stat.ML"}
			putPapers(t, s, again)
		}
		if _, err := s.Paper(t.Context(), "2611.00001"); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("the page of a hidden paper: %v, want not found", err)
		}
		if p, err := s.AnyPaper(t.Context(), "2611.00001"); err != nil || !p.Hidden || p.Title != "Gulls, revised" {
			t.Errorf("as moderators read it: %q hidden %v (%v)", p.Title, p.Hidden, err)
		}
		if st, err := s.PaperState(t.Context(), "2611.00001"); err != nil || !st.HiddenAt.Equal(moderated) || st.Reason != "spam" {
			t.Errorf("its state: %+v (%v)", st, err)
		}
		x.Act = broadsheet.ActShow
		if err := s.HidePaper(t.Context(), "2611.00001", false, x); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(before, idsOn(t, s)); d != "" {
			t.Errorf("shown again (-before +after):\n%s", d)
		}
		sea, err := s.List(t.Context(), broadsheet.List{Kind: broadsheet.ListKeyword, Key: "sea", Sort: broadsheet.SortNew, Limit: 10})
		if err != nil || sea.Total != 1 {
			t.Errorf("on the list of a keyword that came while it was hidden: %d (%v)", sea.Total, err)
		}
		log, err := s.Actions(t.Context(), store.ActionQuery{Paper: "2611.00001", Limit: 10})
		if err != nil || len(log) != 2 || log[0].Act != broadsheet.ActShow || log[1].Reason != "spam" {
			t.Errorf("the log: %+v (%v)", log, err)
		}
	})
}

func TestLockPaper(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		putPapers(t, s, moderatedPaper("2611.00001", "Gulls", 5))
		x := broadsheet.Action{At: moderated, Actor: "mo", Act: broadsheet.ActLock, Kind: broadsheet.ObjectPaper, Object: "2611.00001"}
		for _, c := range []struct {
			lock bool
			want broadsheet.Kind // Internal: done
		}{{false, broadsheet.Conflict}, {true, broadsheet.Internal}, {true, broadsheet.Conflict}, {false, broadsheet.Internal}} {
			err := s.LockPaper(t.Context(), "2611.00001", c.lock, x)
			if got := broadsheet.KindOf(err); got != c.want || (err == nil) != (c.want == broadsheet.Internal) {
				t.Errorf("lock %v: %v, want %v", c.lock, err, c.want)
			}
			st, err := s.PaperState(t.Context(), "2611.00001")
			if err != nil || st.LockedAt.IsZero() == c.lock {
				t.Errorf("after lock %v: locked at %v (%v)", c.lock, st.LockedAt, err)
			}
		}
	})
}

// TestMergedMeanwhile: a moderator who finds that a paper became part of another
// meanwhile does not give that other one away with it.
func TestMergedMeanwhile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		putPapers(t, s, moderatedPaper("2611.00001", "Gulls", 5), moderatedPaper("2611.00002", "Gulls", 3), moderatedPaper("2611.00003", "Terns", 1))
		x := broadsheet.Action{At: moderated, Actor: "mo", Act: broadsheet.ActMerge, Kind: broadsheet.ObjectPaper, Reason: "the same"}
		if err := s.MergePapers(t.Context(), "2611.00001", "2611.00002", x); err != nil {
			t.Fatal(err)
		}
		for _, c := range [][2]string{{"2611.00001", "2611.00003"}, {"2611.00003", "2611.00001"}} {
			if got := broadsheet.KindOf(s.MergePapers(t.Context(), c[0], c[1], x)); got != broadsheet.Conflict {
				t.Errorf("%s into %s once 2611.00001 is part of 2611.00002: %v, want conflict", c[0], c[1], got)
			}
		}
		for paper, want := range map[string]int{"2611.00001": 1, "2611.00002": 1, "2611.00003": 0, "": 1, "none": 0} {
			if log, err := s.Actions(t.Context(), store.ActionQuery{Paper: paper, Limit: 10}); err != nil || len(log) != want {
				t.Errorf("the log of %q has %d lines, %v; want %d", paper, len(log), err, want)
			}
		}
		if papers, err := s.Papers(t.Context(), []string{"2611.00002", "2611.00003"}); err != nil || len(papers) != 2 {
			t.Errorf("%d papers are left, %v; want two", len(papers), err)
		}
	})
}

// TestMergeKeepsDiscussionsClosed: of two papers with a closed discussion on either,
// the one that is left has a closed one.
func TestMergeKeepsDiscussionsClosed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i, c := range []struct{ from, into bool }{{true, false}, {false, true}, {true, true}, {false, false}} {
			from, into := fmt.Sprintf("2611.0000%d", 2*i), fmt.Sprintf("2611.0000%d", 2*i+1)
			putPapers(t, s, moderatedPaper(from, "Gulls, early", 9), moderatedPaper(into, "Gulls", 5))
			x := broadsheet.Action{At: moderated, Actor: "mo", Act: broadsheet.ActLock, Kind: broadsheet.ObjectPaper, Reason: "heat"}
			for id, lock := range map[string]bool{from: c.from, into: c.into} {
				if !lock {
					continue
				}
				if err := s.LockPaper(t.Context(), id, true, x); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.MergePapers(t.Context(), from, into, x); err != nil {
				t.Fatal(err)
			}
			if st, err := s.PaperState(t.Context(), into); err != nil || st.LockedAt.IsZero() == (c.from || c.into) {
				t.Errorf("one closed %v into one closed %v: closed since %v (%v)", c.from, c.into, st.LockedAt, err)
			}
		}
	})
}

// TestMergePapers: two papers that are one work become one, with all that people
// did to either; a later harvest of the other changes neither title nor id.
func TestMergePapers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, b := moderatedPaper("2611.00002", "Gulls, early", 9), moderatedPaper("2611.00001", "Gulls", 5)
		a.Features[0].Day, a.Links = "2026-11-26", []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://example.org/code"}}
		putPapers(t, s, a, b)
		k, people := newTalk(t, s, "ada", "bo", "cy")
		_ = k
		for _, v := range []struct{ who, paper string }{{"ada", "2611.00001"}, {"ada", "2611.00002"}, {"bo", "2611.00002"}} {
			if _, err := s.PutVote(t.Context(), store.Ballot{Paper: v.paper, Account: people[v.who].ID, Up: true, Counts: true, At: moderated}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.PutComment(t.Context(), store.CommentDraft{Paper: "2611.00002", Account: people["cy"].ID, Name: "cy", Text: "Hm.", HTML: "<p>Hm.</p>", Plain: "Hm.", At: moderated}); err != nil {
			t.Fatal(err)
		}
		x := broadsheet.Action{At: moderated, Actor: "mo", Act: broadsheet.ActMerge, Kind: broadsheet.ObjectPaper}
		if got := broadsheet.KindOf(s.MergePapers(t.Context(), "2611.00001", "2611.00001", x)); got != broadsheet.Invalid {
			t.Errorf("with itself: %v, want invalid", got)
		}
		if err := s.MergePapers(t.Context(), "2611.00002", "2611.00001", x); err != nil {
			t.Fatal(err)
		}
		late := moderatedPaper("2611.00002", "Gulls, early, second version", 9)
		late.UpdatedAt, late.Features = moderated.Add(time.Hour), nil
		putPapers(t, s, late)
		for _, id := range []string{"2611.00001", "2611.00002"} {
			p, err := s.Paper(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(p.ID, " ", p.Title, " ", p.Votes, " ", p.ImportedVotes, " ", p.Comments, " ", len(p.Features), " ", len(p.Links), " ", len(p.IDs))
			if want := "2611.00001 Gulls 2 9 1 2 1 2"; got != want {
				t.Errorf("%s: %s, want %s", id, got, want)
			}
		}
		comments, err := s.Comments(t.Context(), "2611.00001", 10)
		if err != nil || len(comments) != 1 {
			t.Errorf("comments: %d (%v), want 1", len(comments), err)
		}
		for list, ids := range idsOn(t, s) {
			for _, id := range ids {
				if id == "2611.00002" {
					t.Errorf("%s still has the other", list)
				}
			}
		}
	})
}

// TestGivenWhileMerged: a vote and a comment that come for a paper while it becomes
// part of another are the other's.
func TestGivenWhileMerged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		k, who := newTalk(t, s, "ada", "bob")
		putPapers(t, s, moderatedPaper("2611.00002", "Gulls, early", 0), moderatedPaper("2611.00003", "Gulls, earlier", 0))
		for id, give := range map[string]func() error{
			"2611.00002": func() error {
				_, err := s.PutVote(t.Context(), ballot(who["ada"], "2611.00002", true, 0))
				return err
			},
			"2611.00003": func() error {
				d := saying(who["bob"], "", "Late words.", time.Minute)
				d.Paper = "2611.00003"
				_, err := s.PutComment(t.Context(), d)
				return err
			},
		} {
			err := meanwhile(t, s, give, `DELETE FROM papers WHERE key = '`+id+`'`, `UPDATE paper_ids SET paper_id = (SELECT id FROM papers WHERE key = '2606.00001') WHERE ident = '`+id+`'`)
			if err != nil {
				t.Errorf("given to %s: %v", id, err)
			}
		}
		p, err := s.Paper(t.Context(), "2606.00001")
		if err != nil || p.Votes != 1 || k.comments() != 1 {
			t.Errorf("the paper that stays has %d votes and %d comments (%v), want 1 of each", p.Votes, k.comments(), err)
		}
	})
}

// TestFlags: reports wait until one moderator decides, once however many try, and
// those who reported are told.
func TestFlags(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		_, people := newTalk(t, s, "ada", "bo")
		flag := func(who string, after time.Duration) error {
			return s.PutFlag(t.Context(), broadsheet.Flag{Kind: broadsheet.ObjectPaper, Object: "2611.00001", Paper: "2611.00001", Account: people[who].ID, Reason: broadsheet.FlagWrong, Text: "no gulls", At: moderated.Add(after)}, 2)
		}
		for _, who := range []string{"ada", "bo"} {
			if err := flag(who, 0); err != nil {
				t.Fatal(err)
			}
		}
		if got := broadsheet.KindOf(flag("ada", time.Minute)); got != broadsheet.Conflict {
			t.Errorf("reported twice: %v, want conflict", got)
		}
		open, err := s.Flags(t.Context(), 10)
		if err != nil || len(open) != 2 || open[0].By != "ada" || open[1].By != "bo" || open[0].Text != "no gulls" {
			t.Fatalf("open reports: %+v (%v)", open, err)
		}
		if n, err := s.OpenFlags(t.Context(), 99); n != 1 || err != nil {
			t.Errorf("objects reported: %d (%v), want 1", n, err)
		}
		var done, late atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				err := s.DismissFlags(t.Context(), broadsheet.Action{At: moderated, Actor: "mo", Act: broadsheet.ActDismiss, Kind: broadsheet.ObjectPaper, Object: "2611.00001", Paper: "2611.00001"})
				switch {
				case err == nil:
					done.Add(1)
				case broadsheet.KindOf(err) == broadsheet.Conflict:
					late.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if done.Load() != 1 || late.Load() != 7 {
			t.Errorf("of 8 who dismissed at once %d did and %d came late, want 1 and 7", done.Load(), late.Load())
		}
		told, err := s.Notifications(t.Context(), people["bo"].ID, 0, 10)
		if err != nil || len(told) != 1 || told[0].Detail != "your report of a paper was dismissed" {
			t.Errorf("told: %+v (%v)", told, err)
		}
		if err := flag("ada", 2*time.Minute); err != nil {
			t.Errorf("reported again after the decision: %v", err)
		}
	})
}
