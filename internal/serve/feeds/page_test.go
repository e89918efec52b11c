package feeds_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// walk follows a feed's pages from an address by a link, and gives the titles.
func (s site) walk(t testing.TB, path, rel string) (titles []string, pages int) {
	t.Helper()
	for path != "" && pages < 20 {
		pages++
		w := s.get(t, path)
		if w.Code != 200 {
			t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
		}
		root, err := parseXML(w.Body.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		path = ""
		for _, e := range root.all("entry") {
			titles = append(titles, e.all("title")[0].text)
		}
		for _, l := range root.all("link") {
			if l.attributes["rel"] == rel {
				path = strings.TrimPrefix(l.attributes["href"], base)
			}
		}
	}
	return titles, pages
}

// TestPages follows the pages of a list and of a search to their ends and back.
func TestPages(t *testing.T) {
	store := storetest.Open(t)
	for i := range 7 {
		put(t, store, broadsheet.Paper{ID: fmt.Sprintf("2606.1000%d", i), Origin: broadsheet.OriginCatalog, Title: fmt.Sprint("Gulls, part ", i), Categories: []string{"cs.LG"},
			PublishedAt: at("2026-06-20", i), AnnouncedOn: "2026-06-22", SeenAt: at("2026-06-22", i)})
	}
	s := newSite(t, store, base, nil)
	want := []string{"Gulls, part 6", "Gulls, part 5", "Gulls, part 4", "Gulls, part 3", "Gulls, part 2", "Gulls, part 1", "Gulls, part 0"}
	for _, c := range []struct {
		path  string
		pages int
	}{{"/categories/cs.LG.atom?limit=3", 3}, {"/papers.atom?limit=3&sort=new", 3}, {"/search.atom?q=gulls&sort=date&limit=3", 3}, {"/categories/cs.LG.atom", 1}} {
		got, pages := s.walk(t, c.path, "next")
		if diff := cmp.Diff(want, got); diff != "" || pages != c.pages {
			t.Errorf("%s: %d pages, want %d; titles, -want +got:\n%s", c.path, pages, c.pages, diff)
		}
	}
	if got, pages := s.walk(t, "/categories/cs.LG.atom?limit=3&page=3", "previous"); len(got) != 7 || pages != 3 {
		t.Errorf("back from the last page: got %q on %d pages", got, pages)
	}
	if _, pages := s.walk(t, "/categories/cs.LG.atom?limit=3&page=3", "first"); pages != 2 {
		t.Errorf("first page: %d steps, want 2", pages)
	}
	path, n := "/search.json?q=gulls&sort=date&limit=3", 0
	for path != "" {
		var page struct {
			Next  string `json:"next_url"`
			Items []any
		}
		if err := json.Unmarshal(s.get(t, path).Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		n += len(page.Items)
		path = strings.TrimPrefix(page.Next, base)
	}
	if n != 7 {
		t.Errorf("by next_url: got %d papers, want 7", n)
	}
}
