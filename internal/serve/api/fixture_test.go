package api

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/harvest/lookup"
	"broadsheet/internal/search"
	"broadsheet/internal/search/index"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

var update = flag.Bool("update", false, "write golden files and the OpenAPI document anew")

// now is the tests' clock: a Tuesday, some hours into the day.
var now = time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)

const base = "https://papers.example"

// site serves a store through the API at the tests' clock.
type site struct {
	*httpkit.Handler
	store      *store.Store
	api        *API
	generation int
	filling    bool // the index does not hold all papers yet
}

func newSite(t testing.TB, s *store.Store, o httpkit.Options) *site {
	t.Helper()
	x, err := index.Open(t.TempDir(), index.Options{Setup: index.Setup{Analyzer: search.DocumentVersion, Source: "test"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	if err := search.NewIndexer(search.IndexerOptions{Index: x, Source: s, Category: app.CategoryName}).CatchUp(t.Context(), x.Writer()); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	engine := search.New(search.Options{Index: x, Papers: s, Now: clock})
	out := &site{store: s}
	state := func(context.Context) (*app.IndexState, error) {
		return &app.IndexState{Open: true, Complete: !out.filling, Papers: 5}, nil
	}
	desk := &app.Desk{Patience: time.Second, Later: func(context.Context, string, time.Duration) error { return nil }, Find: out.find}
	a, err := app.New(app.Options{Store: s, Finder: engine, Index: state, Now: clock, Desk: desk})
	if err != nil {
		t.Fatal(err)
	}
	out.api = New(Options{App: a, BaseURL: base})
	o.Error, o.BaseURL, o.Identify = out.api.Error, base, httpkit.CookiesOf(base).Identifier(a.Identify)
	if o.Now == nil {
		o.Now = clock
	}
	o.Generation = func() string { return fmt.Sprint(out.generation) }
	out.Handler = httpkit.New(out.api.Routes(), o)
	return out
}

// find is the source of submitted papers: it knows one.
func (s *site) find(_ context.Context, t lookup.Target) (lookup.Found, error) {
	if t.ID != "2606.00077" {
		return lookup.Found{}, broadsheet.Errorf(broadsheet.NotFound, "nobody has it")
	}
	return lookup.Found{Missing: []string{"date"}, Paper: broadsheet.Paper{ID: t.ID, Origin: broadsheet.OriginCatalog, Title: "A submitted paper about tea", Abstract: "It is about tea.",
		Authors: people("Fi Brew"), AuthorCount: 1, IDs: []broadsheet.SourceID{{Scheme: "arxiv", Value: t.ID}}}}, nil
}

// edition is a small site with papers that nobody wrote.
func edition(t testing.TB) *site {
	t.Helper()
	s := storetest.Open(t)
	if _, err := s.Put(t.Context(), store.Batch{Papers: papers()}); err != nil {
		t.Fatal(err)
	}
	for _, src := range []broadsheet.Source{
		{Name: "arxiv-oai", LastAttempt: now.Add(-time.Hour), LastSuccess: now.Add(-time.Hour), NextRun: now.Add(23 * time.Hour), LatestItem: now.Add(-9 * time.Hour), Papers: 12345},
		{Name: "daily-papers", LastAttempt: now.Add(-time.Minute), NextRun: now.Add(time.Hour), Failures: 2, Error: "answer 503", Rejected: 3},
	} {
		if err := s.PutSource(t.Context(), src); err != nil {
			t.Fatal(err)
		}
	}
	return newSite(t, s, httpkit.Options{})
}

// ask sends a request as it stands in a request line, and reads the answer.
func (s *site) ask(t testing.TB, method, target string, header ...string) (*httptest.ResponseRecorder, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var answer map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%s %s: %v in %q", method, target, err, w.Body)
		}
	}
	return w, answer
}

// get asks for a path below Root and expects 200.
func (s *site) get(t testing.TB, path string) map[string]any {
	t.Helper()
	w, answer := s.ask(t, http.MethodGet, Root+path)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d %s, want 200", path, w.Code, w.Body)
	}
	return answer
}

// ids are those of an answer's items.
func ids(answer map[string]any) []string {
	out := []string{}
	items, _ := answer["items"].([]any)
	for _, item := range items {
		id, _ := item.(map[string]any)["id"].(string)
		out = append(out, id)
	}
	return out
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
	lab := broadsheet.Organization{Key: "tea-lab", Name: "The Tea Laboratory", AvatarURL: "https://pictures.example/tea.png", SourceID: "0123456789abcdef01234567"}
	return []broadsheet.Paper{
		{
			ID: "2606.00001", Origin: broadsheet.OriginCatalog, Title: `Cooling of tea: the $\sqrt{t}$ law`, Abstract: "Tea cools, if a < b. We say how fast.",
			TLDR: "A cup of tea cools with the square root of time.", Authors: people("Al Brew", "Bo Crumb", "Cy Dunk"), AuthorCount: 30,
			Categories: []string{"physics.flu-dyn", "cs.LG"}, Keywords: []string{"tea", "heat & flow"}, Organizations: []broadsheet.Organization{lab},
			Versions: []broadsheet.Version{{Number: 1, CreatedAt: at("2026-06-28", 12), Size: "20kb"}, {Number: 2, CreatedAt: at("2026-06-29", 12), Size: "21kb"}},
			Links:    []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example/tea", Stars: 1234}, {Kind: broadsheet.LinkThumbnail, URL: "https://pictures.example/cup.png"}},
			Features: []broadsheet.Feature{{Day: "2026-06-30", Position: 1, FeaturedAt: at("2026-06-30", 7), Submitter: ada, Title: "Why tea cools", Votes: 40, Comments: 3,
				Wire: json.RawMessage(`{"secret":"of the wire"}`)}},
			Note: "20 pages, 3 cups", JournalRef: "J. Tea 1 (2026) 1", DOI: "10.1234/tea.1", ReportNo: "TEA-1", License: "https://licence.example/", Submitter: "Al Brew",
			ACMClass: "A.0", MSCClass: "05A99", UpdatedAt: at("2026-06-29", 12),
			PublishedAt: at("2026-06-28", 12), AnnouncedOn: "2026-06-30", SeenAt: at("2026-06-30", 7), ImportedVotes: 40, ImportedComments: 3,
		},
		{
			ID: "2606.00002", Origin: broadsheet.OriginCurated, Title: "Biscuits as a service", TLDR: "Biscuits, served.", Abstract: "We serve biscuits with tea.",
			Authors: people("Bo Crumb", "Cy Dunk"), AuthorCount: 2,
			Features:    []broadsheet.Feature{{Day: "2026-06-30", Position: 2, FeaturedAt: at("2026-06-30", 8), Submitter: ada, Votes: 7}},
			PublishedAt: at("2026-06-27", 12), SeenAt: at("2026-06-01", 1), ImportedVotes: 7,
		},
		{
			ID: "2606.00003", Origin: broadsheet.OriginSample, Title: "A kettle that sings", AuthorCount: 4,
			Features:    []broadsheet.Feature{{Day: "2026-06-29", Position: 3, FeaturedAt: at("2026-06-29", 6)}},
			PublishedAt: at("2026-06-26", 12), SeenAt: at("2026-05-01", 0),
		},
		{
			ID: "math/0309136", Origin: broadsheet.OriginCatalog, Title: "On the number of crumbs", Abstract: "Crumbs are counted, with $n \\geq 1$.",
			Authors: people("Cy Dunk"), AuthorCount: 1, Categories: []string{"math.CO"},
			PublishedAt: at("2003-09-08", 0), AnnouncedOn: "2026-06-26", SeenAt: at("2026-06-26", 0), Withdrawn: true,
		},
		{
			ID: "doi:10.1234/tea/2", Origin: broadsheet.OriginCatalog, Title: "Announced, not chosen: tea again", Abstract: "An abstract of one line.",
			Authors: people("Di Even"), AuthorCount: 1, Categories: []string{"cs.LG"}, IDs: []broadsheet.SourceID{{Scheme: "doi", Value: "10.1234/tea/2"}},
			PublishedAt: at("2026-06-29", 12), AnnouncedOn: "2026-06-30", SeenAt: at("2026-06-30", 1),
		},
	}
}
