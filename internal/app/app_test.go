package app_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

var now = time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)

func open(t *testing.T, papers ...broadsheet.Paper) (*app.App, *store.Store) {
	t.Helper()
	s := storetest.Open(t)
	if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(app.Options{Store: s, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return a, s
}

// paper is a paper chosen on a day (or only announced, with votes below 0).
func paper(id string, day broadsheet.Day, votes int) broadsheet.Paper {
	p := broadsheet.Paper{ID: id, Title: "Paper " + id, Authors: []broadsheet.Author{{Name: "Ada Example", Key: "ada-example"}},
		Categories: []string{"cs.LG"}, PublishedAt: day.Time(), SeenAt: day.Time()}
	if votes < 0 {
		p.AnnouncedOn = day
		return p
	}
	p.ImportedVotes = votes
	p.Features = []broadsheet.Feature{{Day: day, FeaturedAt: day.Time().Add(time.Hour), Submitter: &broadsheet.Person{Key: "bo", Name: "Bo"}}}
	return p
}

func ids(l *app.Listing) string {
	var out []string
	for _, p := range l.Papers {
		out = append(out, p.ID)
	}
	return strings.Join(out, " ")
}

func TestFrontIsTheNewestDayNotInTheFuture(t *testing.T) {
	a, _ := open(t, paper("2606.00001", "2026-06-29", 1), paper("2606.00002", "2026-06-26", 2), paper("2607.00001", "2026-07-02", 3))
	l, err := a.Front(t.Context(), app.View{})
	if err != nil {
		t.Fatal(err)
	}
	if l.From != "2026-06-29" || ids(l) != "2606.00001" || l.Prev != "2026-06-26" || l.Next != "" || !l.Latest {
		t.Errorf("front is %s with %q, previous %q, next %q, latest %t", l.From, ids(l), l.Prev, l.Next, l.Latest)
	}
}

func TestFrontOfAnEmptySiteIsToday(t *testing.T) {
	a, _ := open(t)
	l, err := a.Front(t.Context(), app.View{})
	if err != nil {
		t.Fatal(err)
	}
	if l.From != "2026-06-30" || len(l.Papers) != 0 || l.Pages() != 1 {
		t.Errorf("front is %s with %d papers on %d pages", l.From, len(l.Papers), l.Pages())
	}
	if ar, err := a.Archive(t.Context(), 0); err != nil || ar.Year != 2026 || ar.Papers != 0 {
		t.Errorf("archive of an empty site: %+v, %v", ar, err)
	}
}

func TestDayInTheSitesTimeZone(t *testing.T) {
	s := storetest.Open(t)
	zone := time.FixedZone("east", 15*3600)
	a, err := app.New(app.Options{Store: s, Zone: zone, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Today(); got != "2026-07-01" {
		t.Errorf("today is %s, want 2026-07-01", got)
	}
}

func TestRanksAreOfTheWholeListWhateverTheView(t *testing.T) {
	a, _ := open(t, paper("2606.00001", "2026-06-29", 5), paper("2606.00002", "2026-06-29", 50), paper("2606.00003", "2026-06-29", 20),
		paper("2606.00004", "2026-06-29", 1), paper("2606.00005", "2026-06-29", 0))
	all := map[string]int{"2606.00002": 1, "2606.00003": 2, "2606.00001": 3}
	for _, tc := range []struct {
		view app.View
		want map[string]int
	}{
		{app.View{}, all}, {app.View{Sort: broadsheet.SortNew}, all}, {app.View{Sort: broadsheet.SortTop}, all}, {app.View{Category: "cs"}, all},
		{app.View{Sort: broadsheet.SortTop, Limit: 1}, map[string]int{"2606.00002": 1}},
		{app.View{Sort: broadsheet.SortTop, Page: 2, Limit: 2}, map[string]int{"2606.00001": 3}},
		{app.View{Sort: broadsheet.SortTop, Page: 3, Limit: 2}, map[string]int{}},
		{app.View{HasCode: true}, map[string]int{}},
	} {
		l, err := a.Day(t.Context(), "2026-06-29", tc.view)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, l.Ranks); diff != "" {
			t.Errorf("ranks with %+v (-want +got):\n%s", tc.view, diff)
		}
	}
}

func TestAPaperWithoutVotesHasNoRank(t *testing.T) {
	a, _ := open(t, paper("2606.00001", "2026-06-29", 0), paper("2606.00002", "2026-06-28", -1))
	for _, day := range []broadsheet.Day{"2026-06-29", "2026-06-28"} {
		if l, err := a.Day(t.Context(), day, app.View{}); err != nil || len(l.Ranks) != 0 || len(l.Papers) != 1 {
			t.Errorf("day %s: ranks %v of %d papers, %v", day, l.Ranks, len(l.Papers), err)
		}
	}
}

func TestAnnouncedAndChosen(t *testing.T) {
	both := paper("2606.00001", "2026-06-29", 3)
	both.AnnouncedOn = "2026-06-29"
	a, _ := open(t, both, paper("2606.00002", "2026-06-29", -1))
	day, err := a.Day(t.Context(), "2026-06-29", app.View{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := a.Announced(t.Context(), "2026-06-29", app.View{})
	if err != nil {
		t.Fatal(err)
	}
	want := app.DayCount{Day: "2026-06-29", Featured: 1, Announced: 2}
	if len(day.Papers) != 1 || len(all.Papers) != 2 || day.Counts != want || all.Counts != want {
		t.Errorf("chosen %q, announced %q, counts %+v and %+v", ids(day), ids(all), day.Counts, all.Counts)
	}
}

// TestAlsoAnnounced: a curator's first picks take nothing off the front page.
func TestAlsoAnnounced(t *testing.T) {
	both := paper("2606.00001", "2026-06-29", 3)
	both.AnnouncedOn = "2026-06-29"
	other := paper("2606.00003", "2026-06-29", -1)
	other.Categories = []string{"math.CO"}
	some := []broadsheet.Paper{both, paper("2606.00002", "2026-06-29", -1), other}
	var many []broadsheet.Paper // chosen
	for i := range 11 {
		many = append(many, paper(fmt.Sprintf("2606.001%02d", i), "2026-06-29", 1))
	}
	for _, tc := range []struct {
		name   string
		papers []broadsheet.Paper
		view   app.View
		want   string
	}{
		{"one chosen", some, app.View{}, "2026-06-29: 2606.00003 2606.00002"},
		{"narrowed", some, app.View{Category: "cs.LG"}, "2026-06-29: 2606.00002"},
		{"narrowed to none that is chosen", some, app.View{Category: "math.CO"}, "2026-06-29: 2606.00003"},
		{"all chosen", some[:1], app.View{}, ""},
		{"none chosen", some[1:], app.View{}, ""},
		{"many chosen", append(many, some...), app.View{}, ""},
		{"further pages", some, app.View{Limit: 1, Page: 1}, "2026-06-29: 2606.00003 2606.00002"},
		{"nothing announced yet", append([]broadsheet.Paper{paper("2606.00004", "2026-06-30", 1)}, some[1:]...), app.View{}, "2026-06-29: 2606.00003 2606.00002"},
	} {
		a, _ := open(t, tc.papers...)
		day, err := a.Front(t.Context(), tc.view)
		if err != nil {
			t.Fatal(err)
		}
		also, err := a.AlsoAnnounced(t.Context(), day)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if also != nil {
			got = string(also.From) + ": " + ids(also)
		}
		if got != tc.want {
			t.Errorf("%s: also announced %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestNeighboursOfWeeksAndMonths(t *testing.T) {
	a, _ := open(t, paper("2605.00001", "2026-05-06", 1), paper("2606.00001", "2026-06-10", 1), paper("2606.00002", "2026-06-11", 1), paper("2606.00003", "2026-06-29", 1))
	w, err := a.Week(t.Context(), "2026-W24", app.View{})
	if err != nil || w.Prev != "2026-W19" || w.Next != "2026-W27" || w.Latest || len(w.Papers) != 2 {
		t.Errorf("week 24: previous %q, next %q, %d papers, %v", w.Prev, w.Next, len(w.Papers), err)
	}
	m, err := a.Month(t.Context(), "2026-06", app.View{})
	if err != nil || m.Prev != "2026-05" || m.Next != "" || !m.Latest || len(m.Papers) != 3 {
		t.Errorf("June: previous %q, next %q, %d papers, %v", m.Prev, m.Next, len(m.Papers), err)
	}
}

func TestViewsThatCannotBe(t *testing.T) {
	a, _ := open(t, paper("2606.00001", "2026-06-29", 1))
	for _, tc := range []struct {
		view  app.View
		kind  broadsheet.Kind
		field string
	}{
		{app.View{Sort: "best"}, broadsheet.Invalid, "sort"},
		{app.View{Category: "cs.LG cs.AI"}, broadsheet.Invalid, "cat"},
		{app.View{Category: strings.Repeat("x", 100)}, broadsheet.Invalid, "cat"},
		{app.View{Page: -1}, broadsheet.Invalid, "page"},
		{app.View{Page: 402}, broadsheet.Invalid, "page"},
		{app.View{Page: 2}, broadsheet.NotFound, "page"},
		{app.View{Limit: 101}, broadsheet.Invalid, "limit"},
		{app.View{Limit: -1}, broadsheet.Invalid, "limit"},
	} {
		_, err := a.Day(t.Context(), "2026-06-29", tc.view)
		var e *broadsheet.Error
		if !errors.As(err, &e) || e.Kind != tc.kind || e.Field != tc.field {
			t.Errorf("view %+v: %v, want %v of %s", tc.view, err, tc.kind, tc.field)
		}
	}
}

func TestPaper(t *testing.T) {
	p := paper("2606.00001", "2026-06-29", 5)
	p.Features = append(p.Features, broadsheet.Feature{Day: "2026-06-20", FeaturedAt: at("2026-06-20")})
	p.IDs = []broadsheet.SourceID{{Scheme: "arxiv", Value: "2606.00001"}, {Scheme: "doi", Value: "10.1234/x"}}
	a, _ := open(t, p, paper("2606.00002", "2026-06-29", 9))
	for _, id := range []string{"2606.00001", "2606.00001v3", "arXiv:2606.00001", "https://arxiv.org/pdf/2606.00001v1", "10.1234/X", "https://doi.org/10.1234/x"} {
		v, err := a.Paper(t.Context(), id)
		if err != nil || v.ID != "2606.00001" {
			t.Errorf("paper %q: %v", id, err)
			continue
		}
		if len(v.Standings) != 2 || v.Standings[0].Day != "2026-06-29" || v.Standings[0].Rank != 2 || v.Standings[0].Of != 2 || v.Standings[1].Rank != 1 {
			t.Errorf("paper %q: standings %+v", id, v.Standings)
		}
	}
	for _, id := range []string{"2606.09999", "nonsense", ""} {
		if _, err := a.Paper(t.Context(), id); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("paper %q: %v, want not found", id, err)
		}
	}
}

// A paper has its place however long the day is.
func TestStandingFarDown(t *testing.T) {
	var papers []broadsheet.Paper
	for i := range 150 {
		papers = append(papers, paper(fmt.Sprintf("2606.%05d", i+1), "2026-06-29", 150-i))
	}
	a, _ := open(t, papers...)
	for id, rank := range map[string]int{"2606.00001": 1, "2606.00100": 100, "2606.00101": 101, "2606.00150": 150} {
		v, err := a.Paper(t.Context(), id)
		if err != nil || len(v.Standings) != 1 || v.Standings[0].Rank != rank || v.Standings[0].Of != 150 {
			t.Errorf("paper %s: %v, standings %+v, want place %d of 150", id, err, v.Standings, rank)
		}
	}
}

func at(d broadsheet.Day) time.Time { return d.Time() }

func TestNamedLists(t *testing.T) {
	p := paper("2606.00001", "2026-06-29", 5)
	p.Keywords = []string{"Cooling Tea"}
	p.Organizations = []broadsheet.Organization{{Key: "lab", Name: "The Lab"}}
	p.Categories = []string{"cs.LG", "35J56,", "I.2.7"} // as found at a source
	a, _ := open(t, p, paper("2606.00002", "2026-06-28", 1))
	if day, err := a.Day(t.Context(), "2026-06-29", app.View{}); err != nil || !cmp.Equal(day.Categories, []broadsheet.Count{{Name: "cs.LG", Count: 1}}) {
		t.Errorf("categories of the day: %v, %v", day.Categories, err)
	}
	for _, tc := range []struct {
		what string
		read func() (*app.Listing, error)
		name string
		want string
	}{
		{"author", func() (*app.Listing, error) { return a.Author(t.Context(), "ada-example", app.View{}) }, "Ada Example", "2606.00001 2606.00002"},
		{"organisation", func() (*app.Listing, error) { return a.Organization(t.Context(), "lab", app.View{}) }, "The Lab", "2606.00001"},
		{"submitter", func() (*app.Listing, error) { return a.Submitter(t.Context(), "bo", app.View{}) }, "Bo", "2606.00001 2606.00002"},
		{"keyword", func() (*app.Listing, error) { return a.Keyword(t.Context(), "cooling  tea", app.View{}) }, "cooling tea", "2606.00001"},
		{"category", func() (*app.Listing, error) { return a.Category(t.Context(), "cs.LG", app.View{}) }, "Machine Learning", "2606.00001 2606.00002"},
		{"archive", func() (*app.Listing, error) { return a.Category(t.Context(), "cs", app.View{}) }, "Computer Science", "2606.00001 2606.00002"},
		{"category without papers", func() (*app.Listing, error) { return a.Category(t.Context(), "math.AG", app.View{}) }, "Algebraic Geometry", ""},
	} {
		l, err := tc.read()
		if err != nil {
			t.Errorf("%s: %v", tc.what, err)
		} else if l.Name != tc.name || ids(l) != tc.want {
			t.Errorf("%s: %q with %q, want %q with %q", tc.what, l.Name, ids(l), tc.name, tc.want)
		}
	}
	for what, read := range map[string]func() (*app.Listing, error){
		"author":       func() (*app.Listing, error) { return a.Author(t.Context(), "nobody", app.View{}) },
		"organisation": func() (*app.Listing, error) { return a.Organization(t.Context(), "nobody", app.View{}) },
		"submitter":    func() (*app.Listing, error) { return a.Submitter(t.Context(), "nobody", app.View{}) },
		"keyword":      func() (*app.Listing, error) { return a.Keyword(t.Context(), "nothing", app.View{}) },
		"category":     func() (*app.Listing, error) { return a.Category(t.Context(), "xx.YY", app.View{}) },
		"no category":  func() (*app.Listing, error) { return a.Category(t.Context(), "<b>", app.View{}) },
	} {
		if _, err := read(); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("%s that is not here: %v, want not found", what, err)
		}
	}
	counts, err := a.Categories(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]broadsheet.Count{{Name: "cs", Label: "Computer Science", Count: 2}, {Name: "cs.LG", Label: "Machine Learning", Count: 2}}, counts); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
}

func TestArchive(t *testing.T) {
	both := paper("2606.00003", "2026-06-29", 3)
	both.AnnouncedOn = "2026-06-29"
	a, _ := open(t, paper("2406.00001", "2024-02-29", -1), paper("2606.00001", "2026-06-01", 1), paper("2606.00002", "2026-06-29", 2), both)
	ar, err := a.Archive(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if ar.Year != 2026 || ar.First != 2024 || ar.Last != 2026 || ar.Papers != 3 || ar.Days != 2 || ar.Most != 2 || len(ar.Months) != 12 {
		t.Errorf("archive %+v", ar)
	}
	june := ar.Months[5]
	if june.Papers != 3 || len(june.Weeks) != 5 || june.Weeks[0].Week != "2026-W23" || june.Weeks[0].Days[0] != (app.ArchiveDay{Day: "2026-06-01", Papers: 1, Chosen: true}) ||
		june.Weeks[4].Days[0].Papers != 2 || june.Weeks[4].Days[2].Day != "" {
		t.Errorf("June %+v", june)
	}
	if ar, err = a.Archive(t.Context(), 2024); err != nil || ar.Months[1].Weeks[4].Days[3] != (app.ArchiveDay{Day: "2024-02-29", Papers: 1}) {
		t.Errorf("February 2024: %+v, %v", ar.Months[1], err)
	}
	for _, year := range []int{2023, 2027, -1} {
		if _, err := a.Archive(t.Context(), year); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("archive of %d: %v, want not found", year, err)
		}
	}
}

func TestStatus(t *testing.T) {
	a, s := open(t, paper("2606.00001", "2026-06-29", 1))
	for _, src := range []broadsheet.Source{
		{Name: "bad", LastAttempt: now, Failures: 3, Error: "answer 503"},
		{Name: "good", LastAttempt: now, LastSuccess: now, NextRun: now.Add(time.Hour), LatestItem: now.Add(-3 * time.Hour)},
		{Name: "late", LastAttempt: now.Add(-48 * time.Hour), LastSuccess: now.Add(-48 * time.Hour), NextRun: now.Add(-time.Hour)},
		{Name: "new", NextRun: now.Add(time.Minute)},
		{Name: "offline", LastAttempt: now, Failures: 3, Error: "no network: cannot reach papers.example; serving what is here"},
	} {
		if err := s.PutSource(t.Context(), src); err != nil {
			t.Fatal(err)
		}
	}
	st, err := a.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, src := range st.Sources {
		got = append(got, fmt.Sprint(src.Name, " ", src.Health, " ", src.Lag))
	}
	want := []string{"bad failing 0s", "good good 3h0m0s", "late late 0s", "new not yet 0s", "offline waiting for the network 0s"}
	if diff := cmp.Diff(want, got); diff != "" || st.Stats.Papers != 1 || st.Latest != "2026-06-29" {
		t.Errorf("status: %d papers, latest %s, sources (-want +got):\n%s", st.Stats.Papers, st.Latest, diff)
	}
}

func TestJump(t *testing.T) {
	p := paper("2606.00001", "2026-06-29", 1)
	p.Organizations = []broadsheet.Organization{{Key: "tea-lab", Name: "The Tea Lab"}}
	old := paper("hep-th/9901001", "2026-06-28", 1)
	a, _ := open(t, p, old)
	target := func(k app.TargetKind, key string) app.Target { return app.Target{Kind: k, Key: key} }
	for _, tc := range []struct {
		text string
		want app.Target
	}{
		{"2606.00001", target(app.TargetPaper, "2606.00001")},
		{" arXiv:2606.00001v2 ", target(app.TargetPaper, "2606.00001")},
		{"https://papers.example/papers/2606.00001?x=1", target(app.TargetPaper, "2606.00001")},
		{"https://elsewhere.example/abs/2606.00001v2.pdf", target(app.TargetPaper, "2606.00001")},
		{"https://arxiv.org/abs/hep-th/9901001", target(app.TargetPaper, "hep-th/9901001")},
		{"hep-th/9901001", target(app.TargetPaper, "hep-th/9901001")},
		{"today", target(app.TargetDay, "2026-06-30")},
		{"Yesterday", target(app.TargetDay, "2026-06-29")},
		{"2026-6-3", target(app.TargetDay, "2026-06-03")},
		{"30 June 2026", target(app.TargetDay, "2026-06-30")},
		{"Jun 30, 2026", target(app.TargetDay, "2026-06-30")},
		{"30.6.2026", target(app.TargetDay, "2026-06-30")},
		{"2026-06", target(app.TargetMonth, "2026-06")},
		{"june 2026", target(app.TargetMonth, "2026-06")},
		{"2026-W27", target(app.TargetWeek, "2026-W27")},
		{"2026w7", target(app.TargetWeek, "2026-W07")},
		{"2026", target(app.TargetYear, "2026")},
		{"CS.lg", target(app.TargetCategory, "cs.LG")},
		{"hep-th", target(app.TargetCategory, "hep-th")},
		{"ada  EXAMPLE", target(app.TargetAuthor, "ada-example")},
		{"Tea Lab", target(app.TargetOrganization, "tea-lab")},
	} {
		if got, err := a.Jump(t.Context(), tc.text); err != nil || got != tc.want {
			t.Errorf("jump to %q: %+v, %v, want %+v", tc.text, got, err, tc.want)
		}
	}
	for text, want := range map[string]broadsheet.Kind{
		"": broadsheet.Invalid, "   ": broadsheet.Invalid, strings.Repeat("x", 501): broadsheet.Invalid,
		"2606.77777": broadsheet.NotFound, "nobody at all": broadsheet.NotFound, "2026-02-30": broadsheet.NotFound, "2025-W53": broadsheet.NotFound,
		"https://elsewhere.example/": broadsheet.NotFound, "???": broadsheet.NotFound,
	} {
		if got, err := a.Jump(t.Context(), text); err == nil || broadsheet.KindOf(err) != want {
			t.Errorf("jump to %q: %+v, %v, want %v", text, got, err, want)
		}
	}
}

func TestNearestDay(t *testing.T) {
	a, _ := open(t, paper("2606.00001", "2026-06-01", 1), paper("2606.00002", "2026-06-10", 1), paper("2607.00001", "2026-07-09", 1))
	for day, want := range map[broadsheet.Day]broadsheet.Day{"2026-06-03": "2026-06-01", "2026-06-08": "2026-06-10", "2026-06-30": "2026-06-10", "2020-01-01": "2026-06-01", "2030-01-01": "2026-06-10"} {
		if got, err := a.NearestDay(t.Context(), day); err != nil || got != want {
			t.Errorf("nearest to %s: %s, %v, want %s", day, got, err, want)
		}
	}
}

func TestTaxonomy(t *testing.T) {
	for name, want := range map[string]string{"cs": "Computer Science", "cs.LG": "Machine Learning", "cond-mat.str-el": "Strongly Correlated Electrons", "quant-ph": "Quantum Physics", "xx": ""} {
		if got := app.CategoryName(name); got != want {
			t.Errorf("category %s is %q, want %q", name, got, want)
		}
	}
	if got := app.CategoryArchive("physics.flu-dyn"); got != "physics" {
		t.Errorf("archive of physics.flu-dyn is %q", got)
	}
}

// TestSample: only where all chosen papers are of the sample edition does the
// list say so.
func TestSample(t *testing.T) {
	curated := func(p broadsheet.Paper) broadsheet.Paper { p.Origin = broadsheet.OriginCurated; return p }
	a, _ := open(t, paper("2606.00001", "2026-06-29", 1), paper("2606.00002", "2026-06-26", 2), curated(paper("2606.00003", "2026-06-26", 3)), paper("2606.00004", "2026-06-25", -1))
	for _, tc := range []struct {
		day  broadsheet.Day
		want bool
	}{
		{"2026-06-29", true}, {"2026-06-26", false}, {"2026-06-25", false}, {"2026-06-24", false},
	} {
		l, err := a.Day(t.Context(), tc.day, app.View{})
		if err != nil {
			t.Fatal(err)
		}
		if l.Sample != tc.want {
			t.Errorf("the list of %s is the sample edition: %t, want %t", tc.day, l.Sample, tc.want)
		}
	}
}
