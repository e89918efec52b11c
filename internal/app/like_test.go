package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// shelf is a site of some papers whose engine finds all of found.
func shelf(t *testing.T, found []string, papers ...broadsheet.Paper) *app.App {
	t.Helper()
	s := storetest.Open(t)
	if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(app.Options{Store: s, Finder: finder{found}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func idsOf(papers []broadsheet.Paper) (ids []string) {
	for i := range papers {
		ids = append(ids, papers[i].ID)
	}
	return ids
}

// TestLikeSaysWhichIdsCount: ids in any spelling, at most MaxLike of them, and a
// word on each that does not count.
func TestLikeSaysWhichIdsCount(t *testing.T) {
	var papers []broadsheet.Paper
	var ids []string
	for i := range app.MaxLike + 2 {
		p := paper(fmt.Sprintf("2606.%05d", i+1), "2026-06-29", 1)
		papers, ids = append(papers, p), append(ids, p.ID)
	}
	a := shelf(t, []string{"2606.00003"}, papers...)
	for _, tc := range []struct {
		name string
		like []string
		want []string
		said []broadsheet.Ignored
		kind broadsheet.Kind
	}{
		{name: "one", like: ids[:1], want: ids[:1]},
		{name: "another spelling, twice", like: []string{"arXiv:2606.00001v3", "2606.00001"}, want: ids[:1]},
		{name: "one that is not here", like: []string{"2606.09999", ids[1]}, want: ids[1:2],
			said: []broadsheet.Ignored{{Text: "2606.09999", Why: "this paper is not here"}}},
		{name: "no id", like: []string{ids[0], "tea"}, want: ids[:1], said: []broadsheet.Ignored{{Text: "tea", Why: "this is not a paper id"}}},
		{name: "too many", like: ids, want: ids[:app.MaxLike],
			said: []broadsheet.Ignored{{Text: "2606.00011, 2606.00012", Why: "only the first 10 papers count"}}},
		{name: "none", like: []string{"tea", "2606.09999"}, kind: broadsheet.NotFound},
	} {
		f, err := a.Like(t.Context(), tc.like, 5)
		if err != nil || tc.want == nil {
			if broadsheet.KindOf(err) != tc.kind || tc.want != nil {
				t.Errorf("%s: error %v, want kind %v", tc.name, err, tc.kind)
			}
			continue
		}
		if diff := cmp.Diff(tc.want, idsOf(f.Seeds)); diff != "" {
			t.Errorf("%s: papers asked about (-want +got):\n%s", tc.name, diff)
		}
		if diff := cmp.Diff(tc.said, f.Query.Ignored); diff != "" {
			t.Errorf("%s: said (-want +got):\n%s", tc.name, diff)
		}
	}
}

// TestSame: what is possibly the same work, in a list and beside a paper.
func TestSame(t *testing.T) {
	named := func(id, title string, names ...string) broadsheet.Paper {
		p := paper(id, "2026-06-29", 1)
		p.Title, p.Authors = title, nil
		for _, n := range names {
			p.Authors = append(p.Authors, broadsheet.Author{Name: n, Key: broadsheet.AuthorKey(n)})
		}
		p.AuthorCount = len(names)
		return p
	}
	papers := []broadsheet.Paper{
		named("2606.00001", "Inductive types of $\\alpha$-conversion", "Ada Example", "Bo Crumb"),
		named("2606.00002", "INDUCTIVE TYPES of α-conversion.", "A. Example"),
		named("2606.00003", "Inductive types of $\\alpha$-conversion", "Cy Dunk"),
		named("2606.00004", "Inductive types of $\\alpha$-conversion"),
		named("2606.00005", "Inductive types of α-conversion, revisited", "Bo Crumb"),
		named("2606.00006", "Tea", "Ada Example"),
		named("2606.00007", "Inductive Types of α-Conversion", "C. Dunk"),
	}
	ids := idsOf(papers)
	a := shelf(t, ids, papers...)
	f, err := a.Search(t.Context(), app.Search{Text: "types"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{-1, 0, -1, 0, -1, -1, 2}, f.Same); diff != "" {
		t.Errorf("in a list (-want +got):\n%s", diff)
	}
	beside := shelf(t, ids[1:], papers...)
	c, err := beside.Company(t.Context(), &papers[0], 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2606.00002", "2606.00004", "2606.00005"}, idsOf(c.Same)); diff != "" {
		t.Errorf("possibly the same as %s (-want +got):\n%s", papers[0].ID, diff)
	}
	if diff := cmp.Diff([]string{"2606.00003", "2606.00006"}, idsOf(c.Similar)); diff != "" {
		t.Errorf("similar to %s (-want +got):\n%s", papers[0].ID, diff)
	}
}

// loose is an engine that knows no two texts as one.
type loose struct{ finder }

func (loose) Duplicates(context.Context, string) ([]string, error) { return nil, nil }

// A paper's page says what a list would say of the two: one title, one author.
func TestSameBesideAPaperAsInAList(t *testing.T) {
	s := storetest.Open(t)
	one, two, other := paper("2606.00001", "2026-06-29", 1), paper("2606.00002", "2026-06-29", 1), paper("2606.00003", "2026-06-29", 1)
	one.Title, two.Title, other.Title = "Tea, cooled", "Tea cooled", "Tea, cooled twice"
	if _, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{one, two, other}}); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(app.Options{Store: s, Finder: loose{finder{[]string{two.ID, other.ID}}}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Company(t.Context(), &one, 5)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(idsOf(c.Same), " "); got != two.ID {
		t.Errorf("possibly the same as %s: got %q, want %s", one.ID, got, two.ID)
	}
}
