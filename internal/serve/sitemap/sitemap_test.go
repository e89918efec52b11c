package sitemap_test

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/serve/sitemap"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

var now = time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)

func site(t testing.TB, base string) *httpkit.Handler {
	t.Helper()
	s := storetest.Open(t)
	papers := []broadsheet.Paper{
		{ID: "2606.00001", Title: "A", Categories: []string{"cs.LG"}, PublishedAt: now.AddDate(0, 0, -3), AnnouncedOn: "2026-06-29"},
		{ID: "math/0309136", Title: "B", PublishedAt: now.AddDate(0, 0, -4), UpdatedAt: now, Features: []broadsheet.Feature{{Day: "2026-05-31"}}},
		{ID: `doi:10.1234/a&b<c>"d'é`, Title: "C", Organizations: []broadsheet.Organization{{Key: "tea & co", Name: "Tea"}}},
	}
	if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
		t.Fatal(err)
	}
	return httpkit.New(sitemap.New(sitemap.Options{App: apptest.New(t, s, now), BaseURL: base}).Routes(), httpkit.Options{BaseURL: base})
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// document is a sitemap or an index of some.
type document struct {
	XMLName xml.Name
	URLs    []entry `xml:"url"`
	Maps    []entry `xml:"sitemap"`
}

type entry struct {
	Loc     string `xml:"loc"`
	Lastmod string `xml:"lastmod"`
}

func read(t *testing.T, h http.Handler, path string) document {
	t.Helper()
	w := get(h, path)
	var d document
	if err := xml.Unmarshal(w.Body.Bytes(), &d); w.Code != 200 || err != nil {
		t.Fatalf("%s: status %d, %v\n%s", path, w.Code, err, w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/xml; charset=utf-8" {
		t.Errorf("%s: type %q", path, got)
	}
	if d.XMLName.Space != "http://www.sitemaps.org/schemas/sitemap/0.9" {
		t.Errorf("%s: namespace %q is not the protocol's", path, d.XMLName.Space)
	}
	if n := len(d.URLs) + len(d.Maps); n < 1 || n > 50_000 || w.Body.Len() > 50<<20 {
		t.Errorf("%s: %d entries and %d bytes, want 1 to 50,000 and at most 50 MiB", path, n, w.Body.Len())
	}
	for _, e := range append(d.URLs, d.Maps...) {
		if u, err := url.Parse(e.Loc); err != nil || u.Host != "papers.example" || len(e.Loc) > 2048 {
			t.Errorf("%s: %q is no address of this site", path, e.Loc)
		}
		if _, err := time.Parse(time.DateOnly, e.Lastmod); e.Lastmod != "" && err != nil {
			t.Errorf("%s: lastmod %q of %s: %v", path, e.Lastmod, e.Loc, err)
		}
	}
	return d
}

// TestSitemap follows the index to its files and reads all addresses there.
func TestSitemap(t *testing.T) {
	h := site(t, "https://papers.example/")
	var got []entry
	for _, m := range read(t, h, "/sitemap.xml").Maps {
		got = append(got, read(t, h, strings.TrimPrefix(m.Loc, "https://papers.example")).URLs...)
	}
	const base = "https://papers.example"
	want := []entry{{base + "/", ""}, {base + "/papers/hot", ""}, {base + "/papers/archive", ""}, {base + "/categories", ""}, {base + "/orgs", ""}, {base + "/about", ""},
		{base + "/categories/cs", ""}, {base + "/categories/cs.LG", ""}, {base + "/orgs/tea%20&%20co", ""},
		{base + "/papers/archive/2026", ""}, {base + "/papers/month/2026-06", ""}, {base + "/papers/week/2026-W27", ""}, {base + "/papers/2026-06-29", "2026-06-29"},
		{base + "/papers/month/2026-05", ""}, {base + "/papers/week/2026-W22", ""}, {base + "/papers/2026-05-31", "2026-05-31"},
		{base + "/papers/2606.00001", "2026-06-27"}, {base + "/papers/math/0309136", "2026-06-30"}, {base + "/papers/doi:10.1234/a&b%3Cc%3E%22d%27%C3%A9", ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	for _, path := range []string{"/sitemaps/papers-2.xml", "/sitemaps/papers-0.xml", "/sitemaps/papers-01.xml", "/sitemaps/papers--1.xml", "/sitemaps/x.xml", "/sitemaps/papers-1"} {
		if w := get(h, path); w.Code != 404 {
			t.Errorf("%s: status %d, want 404", path, w.Code)
		}
	}
}

// TestNoAddress sees that a site without an address of its own names none.
func TestNoAddress(t *testing.T) {
	h := site(t, "")
	if w := get(h, "/sitemap.xml"); w.Code != 404 {
		t.Errorf("/sitemap.xml: status %d, want 404", w.Code)
	}
	if w := get(h, "/robots.txt"); w.Code != 200 || strings.Contains(w.Body.String(), "Sitemap") {
		t.Errorf("/robots.txt: status %d, names a sitemap:\n%s", w.Code, w.Body)
	}
}

// TestRobots reads robots.txt as RFC 9309 says: of the rules that fit, the longest
// counts.
func TestRobots(t *testing.T) {
	text := get(site(t, "https://papers.example"), "/robots.txt").Body.String()
	if !strings.Contains(text, "\nSitemap: https://papers.example/sitemap.xml\n") {
		t.Errorf("no line names the sitemap:\n%s", text)
	}
	for _, tc := range []struct {
		path string
		want bool
	}{
		{"/", true}, {"/papers/2026-06-30", true}, {"/papers/2606.00001", true}, {"/papers/2606.00001.md", true}, {"/papers/2606.00001.atom", true}, {"/categories/cs.LG?page=2", true},
		{"/papers/2026-06-30?list=announced", true}, {"/cards/papers/2606.00001.png", true}, {"/llms.txt", true},
		{"/search?q=tea", false}, {"/search", false}, {"/search.atom?q=tea", false}, {"/papers/2026-06-30?sort=new", false}, {"/papers/2026-06-30?page=2&cat=cs.LG", false},
		{"/papers?code=1", false}, {"/papers/2026-06-30?props=1", false}, {"/papers/2606.00001.bib", false}, {"/papers/2606.00001.csl.json", false}, {"/go?q=x", false},
	} {
		if got := allowed(text, tc.path); got != tc.want {
			t.Errorf("a crawler may fetch %s: %t, want %t", tc.path, got, tc.want)
		}
	}
}

func allowed(robots, path string) bool {
	best, allow := -1, true
	for line := range strings.Lines(robots) {
		key, rule, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if key != "Allow" && key != "Disallow" {
			continue
		}
		form := strings.NewReplacer(`\*`, ".*").Replace(regexp.QuoteMeta(rule))
		if strings.HasSuffix(rule, "$") {
			form = strings.TrimSuffix(form, `\$`) + "$"
		}
		if regexp.MustCompile("^"+form).MatchString(path) && (len(rule) > best || len(rule) == best && key == "Allow") {
			best, allow = len(rule), key == "Allow"
		}
	}
	return allow
}
