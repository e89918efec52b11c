package feeds_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store/storetest"
	"broadsheet/internal/testkit"
	"broadsheet/internal/transfer"

	"github.com/mmcdole/gofeed"
)

// TestRealLists holds the feeds of recorded days to the rules: all kinds of lists
// that the papers of some months are on, and searches.
func TestRealLists(t *testing.T) {
	archive := filepath.Join(testkit.WholeData(t), "daily-papers-days.zip")
	s := storetest.Open(t)
	if _, err := transfer.Import(t.Context(), s, []string{archive}, transfer.Options{}); err != nil {
		t.Fatal(err)
	}
	site := newSite(t, s, base, nil)
	list := map[string]bool{}
	for day := broadsheet.Day("2025-09-01"); day < "2025-10-15"; day = day.Add(1) {
		list["/papers/"+string(day)], list["/papers/week/"+string(day.Week())], list["/papers/month/"+string(day.Month())] = true, true, true
	}
	page, err := s.List(t.Context(), broadsheet.List{Kind: broadsheet.ListMonth, Key: "2025-09", Sort: broadsheet.SortTop, Limit: 60})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range page.Papers {
		list["/search?"+url.Values{"q": {p.Title}, "sort": {"date"}}.Encode()] = true
		list["/search?like="+p.ID] = true
		for _, a := range p.Authors[:min(1, len(p.Authors))] {
			list["/authors/"+url.PathEscape(a.Key)] = true
		}
		for _, o := range p.Organizations {
			list["/orgs/"+url.PathEscape(o.Key)] = true
		}
		for _, k := range p.Keywords[:min(2, len(p.Keywords))] {
			list["/keywords/"+url.PathEscape(k)] = true
		}
		for _, f := range p.Features {
			if f.Submitter != nil {
				list["/submitters/"+url.PathEscape(f.Submitter.Key)] = true
			}
		}
	}
	begin, bytes, papers := time.Now(), 0, 0
	for path := range list {
		for _, suffix := range suffixes {
			path := formed(path, suffix)
			w := site.get(t, path)
			if w.Code != http.StatusOK {
				t.Errorf("GET %s: %d %s", path, w.Code, w.Body)
				continue
			}
			bytes += w.Body.Len()
			if feed, err := gofeed.NewParser().ParseString(w.Body.String()); err != nil || len(feed.Items) != len(ids(suffix, w.Body.Bytes())) {
				t.Errorf("GET %s: a reader finds %v, %v", path, feed, err)
			}
			papers += len(ids(suffix, w.Body.Bytes()))
			for _, p := range check(suffix, w.Body.Bytes(), selfOf(base, path)) {
				t.Errorf("GET %s: %s", path, p)
			}
		}
	}
	t.Logf("%d lists in %d forms, %d papers, %d KiB in %s", len(list), len(suffixes), papers, bytes>>10, time.Since(begin).Round(time.Millisecond))
	if len(list) < 300 {
		t.Errorf("%d lists, want 300", len(list))
	}
}
