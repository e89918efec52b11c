package feeds_test

import (
	"regexp"
	"slices"
	"testing"

	"broadsheet"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

var idOf = map[string]*regexp.Regexp{".atom": regexp.MustCompile(`<id>(urn:uuid:[^<]+)</id>`), ".rss": regexp.MustCompile(`>(urn:uuid:[^<]+)</guid>`), ".json": regexp.MustCompile(`"id":"(urn:uuid:[^"]+)"`)}

// ids are the ids of the papers in a feed.
func ids(suffix string, body []byte) (out []string) {
	for _, m := range idOf[suffix].FindAllSubmatch(body, -1) {
		out = append(out, string(m[1]))
	}
	if suffix == ".atom" {
		return out[1:] // the first is the feed's own
	}
	return out
}

// ids are the ids of the papers on a list.
func (s site) ids(t testing.TB, address, suffix string) []string {
	t.Helper()
	return ids(suffix, s.get(t, formed(address, suffix)).Body.Bytes())
}

// id is the id of a list.
func (s site) id(t testing.TB, address string) string {
	t.Helper()
	return string(idOf[".atom"].FindSubmatch(s.get(t, formed(address, ".atom")).Body.Bytes())[1])
}

// TestIDsStay keeps ids as they were given out: another one shows every paper
// to every reader again.
func TestIDsStay(t *testing.T) {
	const crumbs, tea, author = "urn:uuid:09d182bb-81cd-5c4c-ae7a-809353ac216e", "urn:uuid:86b52288-e4c7-5786-8e72-72c4c55da086", "urn:uuid:e1133d67-7289-5a08-83ba-78f1329299d2"
	s := storetest.Open(t)
	put(t, s, papers()...)
	here := newSite(t, s, base, nil)
	if got := here.id(t, "/authors/cy-dunk"); got != author {
		t.Errorf("id of /authors/cy-dunk: got %s, want %s", got, author)
	}
	if got := here.ids(t, "/authors/cy-dunk", ".atom"); len(got) != 2 || !slices.Contains(got, crumbs) {
		t.Errorf("ids on /authors/cy-dunk: got %q, want two and %s among them", got, crumbs)
	}
	for _, address := range []string{"/papers", "/papers/2026-06-30?list=announced", "/papers/week/2026-W27", "/papers/hot", "/categories/cs", "/keywords/tea", "/orgs/tea-lab", "/submitters/ada", "/search?q=tea", "/search?q=2606.00001"} {
		for _, suffix := range suffixes {
			if got := here.ids(t, address, suffix); !slices.Contains(got, tea) {
				t.Errorf("ids of %s as %s: got %q, want %s among them", address, suffix, got, tea)
			}
		}
	}

	before := here.ids(t, "/authors/cy-dunk", ".atom")
	next := papers()[3]
	next.Versions = append(next.Versions, broadsheet.Version{Number: 2, CreatedAt: at("2026-06-30", 9)})
	next.Title, next.UpdatedAt, next.ImportedVotes = "On the number of crumbs, again", at("2026-06-30", 9), 99
	put(t, s, next)
	moved := newSite(t, s, "http://localhost:8080", nil)
	if got := moved.id(t, "/authors/cy-dunk"); got != author {
		t.Errorf("id of /authors/cy-dunk at another address: got %s, want %s", got, author)
	}
	if diff := cmp.Diff(before, moved.ids(t, "/authors/cy-dunk", ".atom")); diff != "" {
		t.Errorf("ids changed with the site's address and a new version, -before +after:\n%s", diff)
	}
}

// TestListIDs sees that the pages of a list have one id, and other lists and
// views have others.
func TestListIDs(t *testing.T) {
	s := edition(t)
	for _, same := range [][2]string{
		{"/submitters/ada", "/submitters/ada?limit=1&page=2"},
		{"/papers/2026-06-30", "/papers/2026-6-30"},
		{"/categories/cs.LG", "/search?q=cs.LG"},
		{"/search?q=tea", "/search?q=tea&limit=1"},
	} {
		if a, b := s.id(t, same[0]), s.id(t, same[1]); a != b {
			t.Errorf("ids of %s and %s: got %s and %s, want the same", same[0], same[1], a, b)
		}
	}
	seen := map[string]string{}
	for _, address := range []string{"/papers", "/papers?list=announced", "/papers?sort=new", "/papers/2026-06-30", "/papers/2026-06-30?list=announced", "/papers/2026-06-30?cat=cs.LG", "/search?q=tea", "/search?q=tea&sort=date"} {
		got := s.id(t, address)
		if seen[got] != "" {
			t.Errorf("%s and %s have the same id %s", seen[got], address, got)
		}
		seen[got] = address
	}
}
