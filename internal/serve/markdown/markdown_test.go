package markdown_test

import (
	"bytes"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/serve/markdown"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files")

var now = time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)

func people(names ...string) []broadsheet.Author {
	var out []broadsheet.Author
	for _, n := range names {
		out = append(out, broadsheet.Author{Name: n})
	}
	return out
}

func papers() []broadsheet.Paper {
	day := func(n int) []broadsheet.Feature {
		return []broadsheet.Feature{{Day: "2026-06-30", Position: n, FeaturedAt: now, Submitter: &broadsheet.Person{Key: "ada", Name: "Ada *B*"}}}
	}
	return []broadsheet.Paper{
		{ID: "2606.00001", Title: `Cooling of tea: the $\sqrt{t}$ law`, TLDR: "Tea cools, $T \\propto t^{-1/2}$.", Abstract: "Tea cools. We say how fast.",
			Authors: people("Ada Brandung", "Bo Crumb", "Cy Dunk", "Di Even"), AuthorCount: 6, Categories: []string{"physics.flu-dyn", "cs.LG"}, Keywords: []string{"tea", "heat & flow"},
			Organizations: []broadsheet.Organization{{Key: "tea-lab", Name: "The Tea Laboratory"}},
			Links:         []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example/tea_(hot)", Stars: 12}, {Kind: broadsheet.LinkProject, URL: "https://tea.example/"}},
			Versions:      []broadsheet.Version{{Number: 1, CreatedAt: now.AddDate(0, 0, -2)}, {Number: 2, CreatedAt: now.AddDate(0, 0, -1)}},
			JournalRef:    "J. Tea 1 (2026) 1", DOI: "10.1234/tea.1", Note: "20 pages", AnnouncedOn: "2026-06-29", PublishedAt: now.AddDate(0, 0, -2), ImportedVotes: 40, ImportedComments: 3, Features: day(1)},
		{ID: "2606.00002", Title: "Cooling of milk", Abstract: strings.Repeat("Milk cools, too, and nobody had measured it. ", 10), Authors: people("Bo Crumb"), AuthorCount: 1,
			PublishedAt: now.AddDate(0, 0, -3), ImportedVotes: 7, Features: day(2)},
		{ID: "2606.00003", Title: "# [Evil](https://evil.example) <script>alert(1)</script>", Abstract: "1. one\n\n2. two ![x](https://evil.example/x.png) https://evil.example ``` ada@evil.example",
			Authors: people("*Mallory*", "[M](https://evil.example)"), AuthorCount: 2, Keywords: []string{"](https://evil.example)"}, Note: "<img src=x>", Categories: []string{"cs.LG"},
			Links: []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://x.example/)[evil](https://evil.example"}}, Withdrawn: true, PublishedAt: now.AddDate(0, 0, -4), Features: day(3)},
	}
}

func site(t testing.TB) *httpkit.Handler {
	t.Helper()
	s := storetest.Open(t)
	if _, err := s.Put(t.Context(), store.Batch{Papers: papers()}); err != nil {
		t.Fatal(err)
	}
	m := markdown.New(markdown.Options{App: apptest.New(t, s, now), Tagline: "Papers about tea", BaseURL: "https://papers.example", Sitemap: true})
	routes := m.Routes()
	for _, pattern := range []string{"/{$}", "/papers/{id...}"} {
		routes = append(routes, httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Page, Handle: func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Type", "text/html")
			return nil
		}})
	}
	return httpkit.New(routes, httpkit.Options{BaseURL: "https://papers.example", Error: m.Error})
}

func get(h http.Handler, path, accept string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestMarkdown holds every kind of text against its golden file.
func TestMarkdown(t *testing.T) {
	h := site(t)
	for _, tc := range []struct {
		name, path string
		status     int
		link       string
	}{
		{"day", "/papers/2026-06-30.md", 200, `<https://papers.example/papers/2026-06-30>; rel="canonical"`},
		{"day-paged", "/papers/2026-06-30.md?limit=1&sort=top", 200, `<https://papers.example/papers/2026-06-30.md?limit=1&page=2&sort=top>; rel="next"`},
		{"day-empty", "/papers/2026-06-28.md", 200, ""},
		{"category", "/categories/cs.LG.md", 200, ""},
		{"search", "/search.md?q=cooling+zzz%3A", 200, `<https://papers.example/search?q=cooling+zzz%3A>; rel="canonical"`},
		{"like", "/search.md?like=2606.00001", 200, ""},
		{"paper", "/papers/2606.00001.md", 200, `<https://papers.example/papers/2606.00001>; rel="canonical"`},
		{"paper-hostile", "/papers/2606.00003.md", 200, ""},
		{"no-paper", "/papers/2606.99999.md", 404, ""},
		{"bad-day", "/papers/2026-02-30.md", 400, ""},
		{"categories", "/categories.md", 200, `<https://papers.example/categories>; rel="canonical"`},
		{"orgs", "/orgs.md", 200, `<https://papers.example/orgs>; rel="canonical"`},
		{"archive", "/papers/archive.md", 200, `<https://papers.example/papers/archive/2026>; rel="canonical"`},
		{"archive-none", "/papers/archive/1999.md", 404, ""},
		{"llms", "/llms.txt", 200, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := get(h, tc.path, "")
			if w.Code != tc.status {
				t.Fatalf("%s: status %d, want %d\n%s", tc.path, w.Code, tc.status, w.Body)
			}
			if got := strings.Join(w.Header().Values("Link"), ", "); !strings.Contains(got, tc.link) {
				t.Errorf("%s: Link %q has no %q", tc.path, got, tc.link)
			}
			file := filepath.Join("testdata", tc.name+".md")
			if *update {
				if err := os.WriteFile(file, w.Body.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), w.Body.String()); diff != "" {
				t.Errorf("%s (-want +got; -update writes it):\n%s", file, diff)
			}
		})
	}
}

// TestAccept asks for Markdown at the pages' own addresses.
func TestAccept(t *testing.T) {
	h := site(t)
	for _, tc := range []struct{ path, accept, want string }{
		{"/", "text/markdown", "# Papers of 30 June 2026"},
		{"/", "text/html", ""},
		{"/", "", ""},
		{"/papers/2606.00002", "text/markdown, text/html;q=0.9", "# Cooling of milk"},
		{"/papers/2606.00002", "text/html, text/markdown;q=0.9", ""},
	} {
		first, _, _ := strings.Cut(get(h, tc.path, tc.accept).Body.String(), "\n")
		if first != tc.want {
			t.Errorf("%s, Accept %q: begins with %q, want %q", tc.path, tc.accept, first, tc.want)
		}
	}
}

// TestHostileShown has cmark-gfm show a list and a paper with hostile text: it
// makes no element of it, and every link leads where this site means.
func TestHostileShown(t *testing.T) {
	if _, err := exec.LookPath("cmark-gfm"); err != nil {
		t.Skip("cmark-gfm is not here (Debian: cmark-gfm): what a reader of Markdown makes of hostile text is not checked")
	}
	h := site(t)
	for _, path := range []string{"/papers/2026-06-30.md", "/papers/2606.00003.md", "/search.md?q=evil"} {
		cmd := exec.Command("cmark-gfm", "-e", "autolink", "-e", "strikethrough", "-e", "table", "--unsafe")
		cmd.Stdin = bytes.NewReader(get(h, path, "").Body.Bytes())
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{`href="https://evil`, "<script", "<img", "<ol", "mailto:", "<em>Mallory", `href="http://`} {
			if strings.Contains(string(out), bad) {
				t.Errorf("%s is shown with %s:\n%s", path, bad, out)
			}
		}
	}
}
