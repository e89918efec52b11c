package feeds_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/feeds"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// now is the tests' clock: a Tuesday, some hours into the day.
var now = time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)

const base = "https://papers.example"

// site serves a store's feeds.
type site struct{ *httpkit.Handler }

func newSite(t testing.TB, s *store.Store, url string, clock func() time.Time) site {
	t.Helper()
	f := feeds.New(feeds.Options{App: apptest.New(t, s, now), BaseURL: url})
	page := func(pattern string) httpkit.Route {
		return httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Page, Handle: func(w http.ResponseWriter, _ *http.Request) error {
			_, err := w.Write([]byte("the page"))
			return err
		}}
	}
	generation := 0
	return site{httpkit.New(append(f.Routes(), page("/papers"), page("/search")), httpkit.Options{BaseURL: url, Now: clock,
		Generation: func() string { generation++; return fmt.Sprint(generation) }})}
}

func (s site) get(t testing.TB, path string, header ...string) *httptest.ResponseRecorder {
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

// edition is a small site: papers that nobody wrote, of three days.
func edition(t testing.TB) site {
	t.Helper()
	s := storetest.Open(t)
	put(t, s, papers()...)
	return newSite(t, s, base, func() time.Time { return now })
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
	ada := &broadsheet.Person{Key: "ada", Name: "Ada Example"}
	lab := broadsheet.Organization{Key: "tea-lab", Name: "The Tea Laboratory"}
	crowd := make([]string, 30)
	for i := range crowd {
		crowd[i] = fmt.Sprintf("Taster No%02d", i+1)
	}
	return []broadsheet.Paper{
		{
			ID: "2606.00001", Origin: broadsheet.OriginCatalog, Title: `Cooling of tea: the $\sqrt{t}$ law & the <b>cup</b>`,
			Abstract: "Tea cools. We say how fast, where $r < R$ & \"R\" is the cup's: ]]> and <script>alert(1)</script> are not markup.\n\nA second paragraph.",
			TLDR:     "A cup of tea cools with the square root of time, $T \\propto t^{-1/2}$.",
			Authors:  people(crowd...), AuthorCount: 30, Categories: []string{"physics.flu-dyn", "cs.LG"}, Keywords: []string{"tea", "heat & flow"},
			Organizations: []broadsheet.Organization{lab},
			Versions:      []broadsheet.Version{{Number: 1, CreatedAt: at("2026-06-28", 12)}, {Number: 2, CreatedAt: at("2026-06-29", 12)}},
			Links:         []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example/tea?a=1&b=2", Stars: 1234}, {Kind: broadsheet.LinkProject, URL: "https://tea.example/"}},
			Features:      []broadsheet.Feature{{Day: "2026-06-30", Position: 1, FeaturedAt: at("2026-06-30", 7), Submitter: ada, Votes: 40, Comments: 3}},
			PublishedAt:   at("2026-06-28", 12), AnnouncedOn: "2026-06-30", SeenAt: at("2026-06-30", 7), ImportedVotes: 40, ImportedComments: 1,
		},
		{
			ID: "2606.00002", Origin: broadsheet.OriginCurated, Title: "Biscuits as a service", Abstract: "We serve biscuits.",
			Authors: people("Bo Crumb", "Cy Dunk"), AuthorCount: 2,
			Features:    []broadsheet.Feature{{Day: "2026-06-29", Position: 1}, {Day: "2026-06-30", Position: 2, FeaturedAt: at("2026-06-30", 8), Submitter: ada, Votes: 7}},
			PublishedAt: at("2026-06-27", 12), SeenAt: at("2026-06-29", 1), ImportedVotes: 1,
		},
		{
			ID: "2606.00003", Origin: broadsheet.OriginSample, Title: "A kettle that sings", AuthorCount: 4,
			Features:    []broadsheet.Feature{{Day: "2026-06-30", Position: 3, FeaturedAt: at("2026-06-30", 6)}},
			PublishedAt: at("2026-06-26", 12), SeenAt: at("2026-05-01", 0),
		},
		{
			ID: "math/0309136", Origin: broadsheet.OriginCatalog, Title: "On the number of crumbs", Abstract: "Crumbs are counted, with $n \\geq 1$.",
			Authors: people("Cy Dunk"), AuthorCount: 1, Categories: []string{"math.CO"},
			Versions:    []broadsheet.Version{{Number: 1, CreatedAt: at("2003-09-08", 0)}},
			PublishedAt: at("2003-09-08", 0), UpdatedAt: at("2026-06-30", 3), AnnouncedOn: "2003-09-09", SeenAt: at("2003-09-09", 0), Withdrawn: true,
		},
		{
			ID: "doi:10.1234/a(b)<c>;d", IDs: []broadsheet.SourceID{{Scheme: "doi", Value: "10.1234/a(b)<c>;d"}}, Origin: broadsheet.OriginCatalog, Title: "Tea elsewhere",
			Abstract: "From a journal.", Authors: people("Zoë Größe", "李 明"), AuthorCount: 2, PublishedAt: at("2026-06-20", 0), AnnouncedOn: "2026-06-30", SeenAt: at("2026-06-30", 1),
		},
	}
}

// addresses are one of each kind of list of the edition, and their views.
var addresses = []string{
	"/papers", "/papers?list=announced", "/papers?sort=new&cat=cs", "/papers/2026-06-30", "/papers/2026-06-29", "/papers/2026-6-30?list=announced", "/papers/2026-06-30?limit=1&page=2",
	"/papers/2026-05-05", "/papers/hot", "/papers/hot?sort=new&code=1", "/papers/week/2026-W27", "/papers/month/2026-06", "/authors/cy-dunk", "/orgs/tea-lab", "/categories/cs.LG",
	"/categories/math?limit=1", "/submitters/ada?limit=1", "/submitters/ada?limit=1&page=2", "/keywords/tea", "/keywords/heat%20&%20flow",
	"/search?q=tea", "/search?q=tea&sort=date", "/search?q=crumbs+cat:math", "/search?q=nothinghere+-tea", "/search?q=title:tea+%22of+tea%22+after:2020", "/search?q=2026-06-30", "/search?q=cs.LG",
	"/search?q=2606.00001", "/search?q=author:%22Cy+Dunk%22", "/search?q=%3Cb%3E%26%22%5D%5D%3E", "/search?like=2606.00001",
}

// formed is an address in a form.
func formed(address, suffix string) string {
	for i := range len(address) {
		if address[i] == '?' {
			return address[:i] + suffix + address[i:]
		}
	}
	return address + suffix
}
