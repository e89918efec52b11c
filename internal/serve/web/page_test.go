package web_test

import (
	"flag"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
)

var update = flag.Bool("update", false, "write the golden files")

// assetHash differs with every change of style or script, which is no change of
// a page.
var assetHash = regexp.MustCompile(`\.[0-9a-f]{16}\.(css|js)`)

// tookTime is how long a search lasted.
var tookTime = regexp.MustCompile(`in [0-9.]+ ms`)

// TestPages holds every kind of page against its golden file.
func TestPages(t *testing.T) {
	s := edition(t)
	for _, tc := range []struct {
		name, path string
		status     int
	}{
		{"front", "/papers", 200},
		{"day", "/papers/2026-06-30", 200},
		{"day-announced", "/papers/2026-06-30?list=announced", 200},
		{"day-narrowed", "/papers/2026-06-30?sort=new&code=1&cat=cs.LG", 200},
		{"day-empty", "/papers/2026-06-28", 200},
		{"day-future", "/papers/2026-12-24", 200},
		{"week", "/papers/week/2026-W27", 200},
		{"week-hot", "/papers/week/2026-W27?sort=hot", 200},
		{"month", "/papers/month/2026-06", 200},
		{"archive", "/papers/archive", 200},
		{"paper", "/papers/2606.00001", 200},
		{"paper-old", "/papers/math/0309136", 200},
		{"paper-sample", "/papers/2606.00003", 200},
		{"author", "/authors/cy-dunk", 200},
		{"org", "/orgs/tea-lab", 200},
		{"orgs", "/orgs", 200},
		{"category", "/categories/cs.LG", 200},
		{"categories", "/categories", 200},
		{"submitter", "/submitters/ada", 200},
		{"keyword", "/keywords/tea", 200},
		{"about", "/about", 200},
		{"api", "/api", 200},
		{"status", "/status", 200},
		{"search-box", "/search", 200},
		{"search", "/search?q=tea", 200},
		{"search-explained", "/search?q=%22of+crumbs%22+date%3A2026-13+cat%3Amath.CO&explain=1&sort=date", 200},
		{"search-empty", "/search?q=%22no+such+phrase%22+has%3Acode", 200},
		{"search-corrected", "/search?q=crumbz+zeppelin", 200},
		{"search-like", "/search?like=2606.00001", 200},
		{"not-found", "/nowhere", 404},
		{"no-paper", "/papers/2606.99999", 404},
		{"bad-day", "/papers/2026-02-30", 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := s.get(t, tc.path)
			if w.Code != tc.status {
				t.Fatalf("GET %s: status %d, want %d\n%s", tc.path, w.Code, tc.status, w.Body)
			}
			if got := w.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
				t.Errorf("GET %s: Content-Type %q", tc.path, got)
			}
			golden(t, tc.name, w.Body.String())
		})
	}
}

// golden holds a page against its golden file.
func golden(t *testing.T, name, page string) {
	t.Helper()
	// One tag a line, so that a difference can be read.
	got := strings.ReplaceAll(assetHash.ReplaceAllString(tookTime.ReplaceAllString(page, "in 0 ms"), ".$1"), "><", ">\n<")
	got = secret.ReplaceAllString(got, "${1}NAME")
	file := filepath.Join("testdata", "golden", name+".html")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("page %s differs from %s (-want +got; -update writes it):\n%s", name, file, diff)
	}
}

// secret is the name of a subscription or the code of a seal.
var secret = regexp.MustCompile(`(seal=[0-9a-z]+\.|\b)[a-z2-7]{26}\b`)

// TestRedirects holds addresses that people write against the page they mean.
func TestRedirects(t *testing.T) {
	s := edition(t)
	for _, tc := range []struct {
		path, want string
		status     int
	}{
		{"/papers/2606.00001v2", "/papers/2606.00001", http.StatusPermanentRedirect},
		{"/papers/arXiv:2606.00001", "/papers/2606.00001", http.StatusPermanentRedirect},
		{"/papers/math.GT/0309136", "/papers/math/0309136", http.StatusPermanentRedirect},
		{"/papers/math/0309136v1", "/papers/math/0309136", http.StatusPermanentRedirect},
		{"/papers/2026-6-3", "/papers/2026-06-03", http.StatusPermanentRedirect},
		{"/papers?date=2026-6-3", "/papers/2026-06-03", http.StatusFound},
		{"/papers?date=today", "/papers/2026-06-30", http.StatusFound},
		{"/papers?date=2026-06-30&props=1", "/papers/2026-06-30?props=1", http.StatusFound},
		{"/papers?week=2026-W27", "/papers/week/2026-W27", http.StatusFound},
		{"/papers?month=2026-06", "/papers/month/2026-06", http.StatusFound},
		{"/papers/week", "/papers/week/2026-W27", http.StatusFound},
		{"/papers/month", "/papers/month/2026-06", http.StatusFound},
		{"/search?q=2606.00001", "/papers/2606.00001", http.StatusFound},
		{"/search?q=https://arxiv.org/abs/math/0309136", "/papers/math/0309136", http.StatusFound},
		{"/search?q=30+June+2026", "/papers/2026-06-30", http.StatusFound},
		{"/search?q=2026-W27", "/papers/week/2026-W27", http.StatusFound},
		{"/search?q=june+2026", "/papers/month/2026-06", http.StatusFound},
		{"/search?q=2026", "/papers/archive/2026", http.StatusFound},
		{"/search?q=CS.lg", "/categories/cs.LG", http.StatusFound},
		{"/search?q=doi:10.48550/arXiv.2606.00001", "/papers/2606.00001", http.StatusFound},
		{"/go", "/search", http.StatusMovedPermanently},
		{"/go?q=tea+%26+cake", "/search?q=tea+%26+cake", http.StatusMovedPermanently},
	} {
		w := s.get(t, tc.path)
		if got := w.Header().Get("Location"); w.Code != tc.status || got != tc.want {
			t.Errorf("GET %s: %d to %q, want %d to %q", tc.path, w.Code, got, tc.status, tc.want)
		}
	}
}

// TestBadInput holds requests for what cannot be against an answer that names
// what was wrong.
func TestBadInput(t *testing.T) {
	s := edition(t)
	for _, tc := range []struct {
		path   string
		status int
		want   string // in the page
	}{
		{"/papers/2026-02-30", 400, "write a calendar day as 2026-06-30"},
		{"/papers/2026-13-01", 400, "<b>date</b>"},
		{"/papers/0000-00-00", 400, "<b>date</b>"},
		{"/papers?date=yesterdayish", 400, "<b>date</b>"},
		{"/papers/week/2026-W53", 200, "2026"}, // 2026 has 53 weeks
		{"/papers/week/2025-W53", 400, "<b>week</b>"},
		{"/papers/week/2026-W00", 400, "<b>week</b>"},
		{"/papers/week/next", 400, "<b>week</b>"},
		{"/papers/month/2026-13", 400, "<b>month</b>"},
		{"/papers/archive/26", 400, "<b>year</b>"},
		{"/papers/archive/1901", 404, "the archive goes from 2026 to 2026"},
		{"/papers/2026-06-30?sort=best", 400, "use hot, top or new"},
		{"/papers/2026-06-30?cat=%3Cscript%3E", 400, "<b>cat</b>"},
		{"/papers/2026-06-30?code=maybe", 400, "<b>code</b>"},
		{"/papers/2026-06-30?page=0", 400, "<b>page</b>"},
		{"/papers/2026-06-30?page=x", 400, "<b>page</b>"},
		{"/papers/2026-06-30?page=99999999", 400, "<b>page</b>"},
		{"/papers/2026-06-30?page=99999999999999999999", 400, "<b>page</b>"},
		{"/papers/2026-06-30?page=9", 404, "the last is 1"},
		{"/papers/2026-06-30?list=all", 400, "use announced"},
		{"/papers/2606.99999", 404, "https://arxiv.org/abs/2606.99999"},
		{"/papers/math/9999999", 404, "is not a paper id"},
		{"/papers/hep-th/9901001", 404, "https://arxiv.org/abs/hep-th/9901001"},
		{"/papers/2606", 404, "is not a paper id"},
		{"/papers/a/b/c", 404, "is not a paper id"},
		{"/papers/doi:10.1234/nothing", 404, "https://doi.org/10.1234/nothing"},
		{"/papers/2026-06-30x", 404, "The nearest day with papers"},
		{"/authors/nobody", 404, "Not in this edition"},
		{"/orgs/nobody", 404, "Not in this edition"},
		{"/submitters/nobody", 404, "Not in this edition"},
		{"/keywords/nothing", 404, "No paper here has that keyword"},
		{"/categories/xx.YY", 404, "There is no category xx.YY here"},
		{"/categories/%00", 400, "That does not read"},
		{"/categories/%3Cb%3E", 404, "There is no such category"},
		{"/pictures/nothing", 404, "There is no such picture here"},
		{"/search?q=2606.77777", 404, "https://arxiv.org/abs/2606.77777"},
		{"/search?q=tea&sort=best", 400, "use relevance or date"},
		{"/search?q=tea&mode=magic", 400, "use hybrid, lexical or semantic"},
		{"/search?q=tea&explain=maybe", 400, "<b>explain</b>"},
		{"/search?q=tea&after=nonsense", 400, "<b>after</b>"},
		{"/search?like=2606.77777", 404, "Not in this edition"},
		{"/search?q=-tea", 200, "<b>-tea</b>"},
		{"/search?q=the+of+and", 200, "<mark>the</mark>"}, // in titles, since there is nothing else to look for
		{"/search?q=%22tea+" + strings.Repeat("cup+", 900), 200, "<div class=\"said\">"},
		{"/search?q=" + strings.Repeat("word+", 700), 200, "<div class=\"said\">"},
		{"/search?q=%00%ff%fe", 200, "How to ask"},
		{"/search?q=title:tea", 200, "<mark>tea</mark>"},
		{"/search?q=org:tea-lab", 200, "Only"},
		{"/search?q=tea+" + strings.Repeat("%28", 300), 200, "<div class=\"said\">"},
		{"/search?q=foo:bar", 200, "How to ask"},
		{"/search?q=date:2025-13", 200, "is not a month"},
		{"/search?q=Cy+Dunk", 200, `<a href="/authors/cy-dunk">Cy Dunk</a>`},
		{"/search?q=tea-lab", 200, `<a href="/orgs/tea-lab">`},
		{"/papers/2026-12-24", 200, "This day has not come yet"},
		{"/papers/2026-06-28", 200, "Nothing is stored for this day"},
		{"/papers/9999-12-31", 200, "This day has not come yet"},
	} {
		w := s.get(t, tc.path)
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.want) {
			t.Errorf("GET %s: status %d, want %d and %q in\n%s", tc.path, w.Code, tc.status, tc.want, w.Body)
		}
	}
}

// TestAboutTellsTheFormula: the page's constants are those of the ranking.
func TestAboutTellsTheFormula(t *testing.T) {
	page := edition(t).get(t, "/about").Body.String()
	day := at("2026-06-30", 0)
	for _, want := range []string{"2 × comments", "seconds ÷ 45,000", "12.5 hours"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
	if a, b := broadsheet.Hot(100, 0, day), broadsheet.Hot(10, 0, day.Add(45000*time.Second)); math.Abs(a-b) > 1e-6 {
		t.Errorf("ten times the votes are worth %v, 45,000 seconds %v: the test's numbers are old", a, b)
	}
	if a, b := broadsheet.Hot(0, 5, day), broadsheet.Hot(10, 0, day); a != b {
		t.Errorf("five comments are worth %v, ten votes %v: the test's numbers are old", a, b)
	}
}
