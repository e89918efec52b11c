package web_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// TestFeedsAreFound sees where readers of feeds are led from a page: to the
// list as it is shown, from its first page, and to one that goes on.
func TestFeedsAreFound(t *testing.T) {
	s := edition(t)
	const front, weeks = "/papers.atom", "/papers/hot.atom?sort=new"
	for path, want := range map[string][]string{
		"/":                                     {"/papers.atom", "/papers.rss", "/papers.json", weeks},
		"/papers":                               {"/papers.atom", "/papers.rss", "/papers.json", weeks},
		"/papers?sort=top&code=1":               {"/papers.atom?code=1&sort=top", "/papers.rss?code=1&sort=top", "/papers.json?code=1&sort=top", weeks},
		"/papers?list=announced":                {"/papers.atom?list=announced", "/papers.rss?list=announced", "/papers.json?list=announced", weeks},
		"/papers/2026-06-30":                    {"/papers/2026-06-30.atom", "/papers/2026-06-30.rss", "/papers/2026-06-30.json", front},
		"/papers/week/2026-W27":                 {"/papers/week/2026-W27.atom", "/papers/week/2026-W27.rss", "/papers/week/2026-W27.json", front},
		"/papers/hot":                           {"/papers/hot.atom", "/papers/hot.rss", "/papers/hot.json"},
		"/keywords/heat%20&%20flow":             {"/keywords/heat%20&%20flow.atom", "/keywords/heat%20&%20flow.rss", "/keywords/heat%20&%20flow.json"},
		"/search?q=tea+%26&explain=1&exact=1":   {"/search.atom?exact=1&limit=50&q=tea+%26&sort=date", "/search.rss?exact=1&limit=50&q=tea+%26&sort=date", "/search.json?exact=1&limit=50&q=tea+%26&sort=date"},
		"/search?q=crumbz":                      {"/search.atom?limit=50&q=crumbs&sort=date", "/search.rss?limit=50&q=crumbs&sort=date", "/search.json?limit=50&q=crumbs&sort=date"},
		"/search?like=2606.00001&like=nonsense": {"/search.atom?like=2606.00001", "/search.rss?like=2606.00001", "/search.json?like=2606.00001"},
		"/search":                               nil,
		"/papers/2606.00001":                    nil,
	} {
		page := parse(t, s.get(t, path).Body.String())
		var got []string
		shown := ""
		for n := range page.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			a := map[string]string{}
			for _, attr := range n.Attr {
				a[attr.Key] = attr.Val
			}
			switch {
			case n.Data == "link" && a["rel"] == "alternate" && strings.HasPrefix(a["type"], "application/"):
				got = append(got, a["href"])
				if a["title"] == "" {
					t.Errorf("%s: link %v, want a title", path, a)
				}
			case n.Data == "a" && n.FirstChild != nil && n.FirstChild.Data == "Feed":
				shown = a["href"]
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: feeds, -want +got:\n%s", path, diff)
		}
		if len(want) > 0 && shown != want[0] {
			t.Errorf("%s: the feed that people see is %q, want %q", path, shown, want[0])
		}
	}
}
