package feeds_test

import (
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
)

var update = flag.Bool("update", false, "write the golden files anew")

var suffixes = []string{".atom", ".rss", ".json"}

func TestGolden(t *testing.T) {
	s := edition(t)
	for name, address := range map[string]string{"front": "/papers", "announced": "/papers/2026-06-30?list=announced", "author": "/authors/cy-dunk", "search": "/search?q=tea&sort=date",
		"page": "/submitters/ada?limit=1&page=2", "empty": "/papers/2026-05-05"} {
		for _, suffix := range suffixes {
			got := s.get(t, formed(address, suffix)).Body.String()
			file := filepath.Join("testdata", "golden", name+suffix)
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s as %s, -want +got:\n%s", address, suffix, diff)
			}
		}
	}
}

func TestEveryListIsValid(t *testing.T) {
	s := edition(t)
	for _, a := range addresses {
		for _, suffix := range suffixes {
			path := formed(a, suffix)
			w := s.get(t, path)
			if w.Code != http.StatusOK {
				t.Errorf("GET %s: %d %s", path, w.Code, w.Body)
				continue
			}
			for _, p := range check(suffix, w.Body.Bytes(), selfOf(base, path)) {
				t.Errorf("GET %s: %s", path, p)
			}
		}
	}
}

// selfOf is what a feed should call its own address: the one that was asked for, its
// parameters in their order.
func selfOf(base, path string) string {
	r, err := http.NewRequest(http.MethodGet, base+path, nil)
	if err != nil {
		return err.Error()
	}
	r.URL.RawQuery = r.URL.Query().Encode()
	return r.URL.String()
}

// TestFormsAgree sees that all forms hold the same papers in the same order,
// read by a library that readers of feeds are built on.
func TestFormsAgree(t *testing.T) {
	s := edition(t)
	for _, a := range addresses {
		var first []string
		for _, suffix := range suffixes {
			path := formed(a, suffix)
			feed, err := gofeed.NewParser().ParseString(s.get(t, path).Body.String())
			if err != nil {
				t.Errorf("GET %s: %v", path, err)
				continue
			}
			if feed.Title == "" || feed.Link == "" || feed.FeedLink == "" || feed.UpdatedParsed == nil && suffix != ".json" {
				t.Errorf("GET %s: got a feed with title %q, link %q, own address %q, date %v", path, feed.Title, feed.Link, feed.FeedLink, feed.UpdatedParsed)
			}
			var got []string
			for _, i := range feed.Items {
				if i.PublishedParsed == nil {
					t.Errorf("GET %s: %q has no date: %q", path, i.Title, i.Published)
					continue
				}
				got = append(got, strings.Join([]string{i.GUID, i.Title, i.Link, i.PublishedParsed.UTC().Format(time.RFC3339)}, " | "))
			}
			if first == nil {
				first = got
			}
			if diff := cmp.Diff(first, got); diff != "" {
				t.Errorf("GET %s differs from Atom, -Atom +it:\n%s", path, diff)
			}
		}
	}
}

// TestFormByAccept finds a feed at the page's own address.
func TestFormByAccept(t *testing.T) {
	s := edition(t)
	for _, c := range []struct{ accept, kind string }{
		{"application/atom+xml", "application/atom+xml; charset=utf-8"},
		{"application/rss+xml, text/html;q=0.1", "application/rss+xml; charset=utf-8"},
		{"application/feed+json", "application/feed+json; charset=utf-8"},
		{"text/html", "text/plain; charset=utf-8"}, // the tests' page
		{"", "text/plain; charset=utf-8"},
	} {
		w := s.get(t, "/papers", "Accept", c.accept)
		if got := w.Header().Get("Content-Type"); got != c.kind || !strings.Contains(w.Header().Get("Vary"), "Accept,") {
			t.Errorf("GET /papers with Accept %q: got %q, Vary %q; want %q and Vary: Accept", c.accept, got, w.Header().Get("Vary"), c.kind)
		}
	}
}

// TestAskedAgain sees that a feed that did not change is not sent again, also
// later, and that one with a new paper or vote is.
func TestAskedAgain(t *testing.T) {
	store := storetest.Open(t)
	put(t, store, papers()...)
	clock := now
	s := newSite(t, store, base, func() time.Time { return clock })
	for _, path := range []string{"/papers.atom", "/papers/2026-05-05.rss", "/authors/cy-dunk.json", "/search.atom?q=nothinghere"} {
		first := s.get(t, path)
		tag, modified := first.Header().Get("Etag"), first.Header().Get("Last-Modified")
		if tag == "" || modified == "" {
			t.Fatalf("GET %s: Etag %q, Last-Modified %q", path, tag, modified)
		}
		clock = clock.Add(26 * time.Hour)
		for _, header := range [][]string{{"If-None-Match", tag}, {"If-None-Match", `"x", W/` + tag}, {"If-Modified-Since", modified}, {"If-None-Match", tag, "If-Modified-Since", "Mon, 01 Jan 1990 00:00:00 GMT"}} {
			if w := s.get(t, path, header...); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
				t.Errorf("GET %s with %q: got %d with %d bytes, want 304 with none", path, header, w.Code, w.Body.Len())
			}
		}
		for _, header := range [][]string{{"If-None-Match", `"x"`}, {"If-Modified-Since", "Mon, 01 Jan 1990 00:00:00 GMT"}, {"If-None-Match", `"x"`, "If-Modified-Since", modified}} {
			if w := s.get(t, path, header...); w.Code != http.StatusOK {
				t.Errorf("GET %s with %q: got %d, want 200", path, header, w.Code)
			}
		}
	}
	before := s.get(t, "/papers.atom")
	late := papers()[1]
	late.ID, late.IDs, late.Title, late.Features = "2606.00009", nil, "Late, with an early date", []broadsheet.Feature{{Day: "2026-06-30", FeaturedAt: at("2026-06-30", 1)}}
	late.SeenAt = at("2026-06-30", 10)
	put(t, store, late)
	clock = clock.Add(2 * time.Second)
	for _, header := range [][]string{{"If-None-Match", before.Header().Get("Etag")}, {"If-Modified-Since", before.Header().Get("Last-Modified")}} {
		if w := s.get(t, "/papers.atom", header...); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), late.Title) {
			t.Errorf("after a new paper, GET /papers.atom with %q: got %d, want 200 with it", header, w.Code)
		}
	}
}

// TestErrors sees that an address that cannot be says what is wrong with it.
func TestErrors(t *testing.T) {
	s := edition(t)
	for _, c := range []struct {
		path string
		code int
		want string
	}{
		{"/papers/2026-13-01.atom", 400, "day"},
		{"/papers/2606.00001.atom", 404, "is a paper"},
		{"/papers.rss?sort=best", 400, "sort: "},
		{"/papers.json?limit=1000", 400, "limit: \"1000\" is out of range (use a whole number from 1 to 100)"},
		{"/papers.atom?page=x", 400, "page: "},
		{"/papers.atom?cat=..", 400, "cat: "},
		{"/papers.atom?list=x", 400, "list: "},
		{"/papers/week/2026-W99.atom", 400, "week"},
		{"/authors/nobody-at-all.atom", 404, ""},
		{"/search.atom", 400, "q: there is nothing to search for"},
		{"/search.atom?q=tea&sort=new", 400, "sort: "},
		{"/search.atom?q=tea&after=x", 400, "after"},
		{"/search.rss?like=9999.99999", 404, "like: "},
		{"/search.rss?q=2512.99999", 404, ""},
	} {
		w := s.get(t, c.path)
		if w.Code != c.code || !strings.Contains(w.Body.String(), c.want) || strings.Count(w.Body.String(), "\n") != 1 || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("GET %s: got %d %q of type %q; want %d and one line with %q", c.path, w.Code, w.Body, w.Header().Get("Content-Type"), c.code, c.want)
		}
	}
}
