package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/serve/web"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// now is the tests' clock: a Tuesday, some hours into the day.
var now = time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)

// site serves a store's pages at the tests' clock.
type site struct {
	*httpkit.Handler
	store *store.Store
}

func newSite(t testing.TB, s *store.Store) *site {
	t.Helper()
	a := apptest.New(t, s, now)
	w, err := web.New(web.Options{App: a, BaseURL: "https://papers.example"})
	if err != nil {
		t.Fatal(err)
	}
	generation := 0
	h := httpkit.New(w.Routes(), httpkit.Options{Error: w.Error, BaseURL: "https://papers.example", Now: func() time.Time { return now },
		Identify:   httpkit.CookiesOf("https://papers.example").Identifier(a.Identify),
		Generation: func() string { generation++; return fmt.Sprint(generation) }})
	return &site{h, s}
}

// get asks for a path.
func (s *site) get(t testing.TB, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func put(t testing.TB, s *store.Store, papers ...broadsheet.Paper) {
	t.Helper()
	if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
		t.Fatalf("store papers: %v", err)
	}
}

// edition is a small site: three days of papers that nobody wrote, a source
// that works and one that does not.
func edition(t testing.TB) *site {
	t.Helper()
	s := storetest.Open(t)
	put(t, s, papers()...)
	for _, src := range []broadsheet.Source{
		{Name: "arxiv-oai", LastAttempt: now.Add(-time.Hour), LastSuccess: now.Add(-time.Hour), NextRun: now.Add(23 * time.Hour), LatestItem: now.Add(-9 * time.Hour), Papers: 12345},
		{Name: "arxiv-rss", LastAttempt: now.Add(-time.Minute), NextRun: now.Add(9 * time.Minute), Failures: 1, Error: "no network: cannot reach rss.example; serving what is here"},
		{Name: "daily-papers", LastAttempt: now.Add(-time.Minute), LastSuccess: now.Add(-26 * time.Hour), NextRun: now.Add(time.Hour), Failures: 2, Error: "answer 503", Rejected: 3},
	} {
		if err := s.PutSource(t.Context(), src); err != nil {
			t.Fatal(err)
		}
	}
	return newSite(t, s)
}

func at(day broadsheet.Day, hour int) time.Time {
	return day.Time().Add(time.Duration(hour) * time.Hour)
}

func people(names ...string) []broadsheet.Author {
	var out []broadsheet.Author
	for _, n := range names {
		out = append(out, broadsheet.Author{Name: n, Key: broadsheet.AuthorKey(n)})
	}
	return out
}

func papers() []broadsheet.Paper {
	ada := &broadsheet.Person{Key: "ada", Name: "Ada Example", AvatarURL: "https://pictures.example/ada.png"}
	lab := broadsheet.Organization{Key: "tea-lab", Name: "The Tea Laboratory", AvatarURL: "https://pictures.example/tea.png"}
	crowd := make([]string, 30)
	for i := range crowd {
		crowd[i] = fmt.Sprintf("Taster No%02d", i+1)
	}
	return []broadsheet.Paper{
		{
			ID: "2606.00001", Origin: broadsheet.OriginCatalog, Title: `Cooling of tea: the $\sqrt{t}$ law`,
			Abstract: "Tea cools. We say how fast. " + strings.Repeat("A cup of radius $r$ loses heat through its wall and its surface, and the spoon takes a share that nobody had measured. ", 10),
			TLDR:     "A cup of tea cools with the square root of time, $T \\propto t^{-1/2}$, and the spoon is to blame.",
			Authors:  people(crowd...), AuthorCount: 30, Categories: []string{"physics.flu-dyn", "cs.LG"}, Keywords: []string{"tea", "heat & flow"},
			Organizations: []broadsheet.Organization{lab},
			Versions:      []broadsheet.Version{{Number: 1, CreatedAt: at("2026-06-28", 12), Size: "20kb"}, {Number: 2, CreatedAt: at("2026-06-29", 12), Size: "21kb"}},
			Links: []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example/tea", Stars: 1234}, {Kind: broadsheet.LinkProject, URL: "https://tea.example/"},
				{Kind: broadsheet.LinkMedia, URL: "https://media.example/cup.mp4"}, {Kind: broadsheet.LinkThumbnail, URL: "https://pictures.example/cup.png"}},
			Features: []broadsheet.Feature{{Day: "2026-06-30", Position: 1, FeaturedAt: at("2026-06-30", 7), Submitter: ada, Title: "Why tea cools", Votes: 40, Comments: 3}},
			Note:     "20 pages, 3 cups", JournalRef: "J. Tea 1 (2026) 1", DOI: "10.1234/tea.1", ReportNo: "TEA-1",
			PublishedAt: at("2026-06-28", 12), AnnouncedOn: "2026-06-30", SeenAt: at("2026-06-30", 7), ImportedVotes: 40, ImportedComments: 3,
		},
		{
			ID: "2606.00002", Origin: broadsheet.OriginCurated, Title: "Biscuits as a service", TLDR: "Biscuits, served.", Abstract: "We serve biscuits.",
			Authors: people("Bo Crumb", "Cy Dunk"), AuthorCount: 2,
			Features:    []broadsheet.Feature{{Day: "2026-06-30", Position: 2, FeaturedAt: at("2026-06-30", 8), Submitter: ada, Votes: 7}},
			PublishedAt: at("2026-06-27", 12), SeenAt: at("2026-06-01", 1), ImportedVotes: 7,
		},
		{
			ID: "2606.00003", Origin: broadsheet.OriginSample, Title: "A kettle that sings", AuthorCount: 4,
			Features:    []broadsheet.Feature{{Day: "2026-06-30", Position: 3, FeaturedAt: at("2026-06-30", 6)}},
			PublishedAt: at("2026-06-26", 12), SeenAt: at("2026-05-01", 0),
		},
		{
			ID: "math/0309136", Origin: broadsheet.OriginCatalog, Title: "On the number of crumbs", Abstract: "Crumbs are counted, with $n \\geq 1$.",
			Authors: people("Cy Dunk"), AuthorCount: 1, Categories: []string{"math.CO", "05A99,"},
			Versions:    []broadsheet.Version{{Number: 1, CreatedAt: at("2003-09-08", 0)}},
			PublishedAt: at("2003-09-08", 0), AnnouncedOn: "2026-06-26", SeenAt: at("2026-06-26", 0), Withdrawn: true,
		},
		{
			ID: "2606.00005", Origin: broadsheet.OriginCatalog, Title: "Announced, not chosen", Abstract: "An abstract of one line.",
			Authors: people("Di Even"), AuthorCount: 1, Categories: []string{"cs.LG"},
			PublishedAt: at("2026-06-29", 12), AnnouncedOn: "2026-06-30", SeenAt: at("2026-06-30", 1),
		},
	}
}
