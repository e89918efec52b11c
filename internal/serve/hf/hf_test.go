package hf_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden holds whole answers.
func TestGolden(t *testing.T) {
	s := edition(t)
	for name, path := range map[string]string{
		"day":      "/api/daily_papers?date=2026-06-30",
		"newest":   "/api/daily_papers?limit=2&authors=1",
		"search":   "/api/papers/search?q=saucer",
		"paper":    "/api/papers/2606.00001",
		"old":      "/api/papers/math/0309136",
		"comments": "/api/papers/2606.00001/comments",
		"repos":    "/api/arxiv/2606.00001/repos",
		"missing":  "/api/papers/2606.77777",
	} {
		w := s.get(t, path)
		var b bytes.Buffer
		if err := json.Indent(&b, w.Body.Bytes(), "", " "); err != nil {
			t.Fatalf("GET %s: %v", path, err)
		}
		file := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), b.String()); d != "" {
			t.Errorf("GET %s (-want +got):\n%s", path, d)
		}
		if got := w.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Errorf("GET %s: Content-Type %q", path, got)
		}
	}
}

// ids are those of a list's papers.
func ids(t *testing.T, body []byte) string {
	t.Helper()
	var all []string
	for _, e := range decode[[]struct{ Paper struct{ ID string } }](t, body) {
		all = append(all, e.Paper.ID)
	}
	return strings.Join(all, " ")
}

func TestLists(t *testing.T) {
	s := edition(t)
	const day, all, newest = "2606.00001 2606.00002", "2606.00001 2606.00002 math/0309136", "2606.00002 2606.00001 math/0309136"
	for _, tc := range []struct{ path, want string }{
		{"/api/daily_papers", newest},
		{"/api/daily_papers?limit=2", "2606.00002 2606.00001"},
		{"/api/daily_papers?limit=2&p=1", "math/0309136"},
		{"/api/daily_papers?limit=2&p=2", ""},
		{"/api/daily_papers?p=99999999999999999999", ""},
		{"/api/daily_papers?date=2026-06-30&p=1", ""},
		{"/api/daily_papers?date=2026-06-30&limit=1&p=1", "2606.00002"},
		{"/api/daily_papers?submitter=cy&limit=1&p=1000000", ""},
		{"/api/daily_papers?sort=trending", all},
		{"/api/daily_papers?date=2026-06-30", day},
		{"/api/daily_papers?date=2026-6-30", day},
		{"/api/daily_papers?date=today", day},
		{"/api/daily_papers?date=TODAY", day},
		{"/api/daily_papers?date=2026-06-30T23:59:59.999Z", day},
		{"/api/daily_papers?date=2026-06-30T23:59:59-08:00", day},
		{"/api/daily_papers?date=2026-06-30T23:59:59+08:00", day}, // the plus is a blank
		{"/api/daily_papers?date=2026-06-30T01:02:03", day},
		{"/api/daily_papers?date=2026-06-30&sort=publishedAt", "2606.00002 2606.00001"},
		{"/api/daily_papers?date=2026-06-30&sort=trending", day},
		{"/api/daily_papers?date=2026-06-30&submitter=ada", "2606.00002"},
		{"/api/daily_papers?date=2026-06-28", ""}, // of arXiv's dates none counts
		{"/api/daily_papers?date=2031-01-01", ""},
		{"/api/daily_papers?date=", newest},
		{"/api/daily_papers?week=2026-W27", all},
		{"/api/daily_papers?week=2026w27", all},
		{"/api/daily_papers?week=2026-W26", ""},
		{"/api/daily_papers?month=2026-06", all},
		{"/api/daily_papers?month=2026-6", all},
		{"/api/daily_papers?month=2026-06&submitter=cy", "2606.00001 math/0309136"},
		{"/api/daily_papers?submitter=cy", "2606.00001 math/0309136"},
		{"/api/daily_papers?submitter=nobody", ""},
		{"/api/daily_papers?date=2026-06-30&what=ever&limit=50", day},
		{"/api/papers/search?q=spoon", "2606.00002"},
		{"/api/papers/search?q=2606.00002", "2606.00002"},
		{"/api/papers/search?q=2606.00099", ""},
		{"/api/papers/search?q=2026-06-30", day},
		{"/api/papers/search?q=2026", ""},
		{"/api/papers/search?q=zzzzz&limit=120", ""},
	} {
		w := s.get(t, tc.path)
		if w.Code != http.StatusOK {
			t.Errorf("GET %s: %d %s", tc.path, w.Code, w.Body)
			continue
		}
		if got := ids(t, w.Body.Bytes()); got != tc.want {
			t.Errorf("GET %s: papers %q, want %q", tc.path, got, tc.want)
		}
	}
}

// TestErrors holds what cannot be to a status, and every error to its shape.
func TestErrors(t *testing.T) {
	s := edition(t)
	for _, tc := range []struct {
		path string
		code int
		want string // begins the text
	}{
		{"/api/daily_papers?date=2026-02-30", 400, `date: "2026-02-30" is not a day`},
		{"/api/daily_papers?date=yesterweek", 400, `date: "yesterweek" is not a day`},
		{"/api/daily_papers?date=2026-06-30T25:00:00Z", 400, `date: `},
		{"/api/daily_papers?date=1%0d%0aSet-Cookie:x", 400, `date: "1\r\nSet-Cookie:x" is not a day`},
		{"/api/daily_papers?date=é", 400, `date: "é" is not a day`},
		{"/api/daily_papers?week=2025-W53", 400, `week: "2025-W53" is not a week`},
		{"/api/daily_papers?month=2025-13", 400, `month: "2025-13" is not a month`},
		{"/api/daily_papers?sort=best", 400, `sort: "best" is not an order (use publishedAt or trending)`},
		{"/api/daily_papers?limit=0", 400, `limit: "0" is out of range (use a whole number from 1 to 100)`},
		{"/api/daily_papers?limit=101", 400, `limit: "101" is out of range`},
		{"/api/daily_papers?p=-1", 400, `p: "-1" is out of range`},
		{"/api/daily_papers?p=1.5", 400, `p: "1.5" is out of range`},
		{"/api/daily_papers?authors=-1", 400, `authors: "-1" is out of range`},
		{"/api/papers?cursor=5", 400, `cursor: "5" is none that was given out`},
		{"/api/papers?cursor=AAAAAAAAAAEAAAAA", 400, `cursor: `},
		{"/api/papers/search", 400, `q: 0 characters (write 1 to 250)`},
		{"/api/papers/search?q=" + strings.Repeat("a", 251), 400, `q: 251 characters`},
		{"/api/papers/search?q=a&limit=121", 400, `limit: "121" is out of range (use a whole number from 1 to 120)`},
		{"/api/papers/2606.77777", 404, `id: the paper "2606.77777" is not here`},
		{"/api/papers/2606.77777/comments", 404, `id: the paper "2606.77777" is not here`},
		{"/api/papers/nonsense%20here", 404, `id: the paper "nonsense here" is not here`},
		{"/api/arxiv/nonsense/repos", 400, `id: "nonsense" is not an arXiv id`},
		{"/api/arxiv/2606.00001", 404, `there is no such address in this API`},
		{"/api/agent-harnesses", 404, `there is no such page`},
	} {
		w := s.get(t, tc.path)
		got := decode[map[string]string](t, w.Body.Bytes())
		if w.Code != tc.code || !strings.HasPrefix(got["error"], tc.want) || len(got) != 1 {
			t.Errorf("GET %s: %d %v, want %d and an error that begins with %q", tc.path, w.Code, got, tc.code, tc.want)
		}
		if !plain.MatchString(w.Header().Get("X-Error-Message")) || !plain.MatchString(w.Header().Get("X-Error-Code")) || !plain.MatchString(w.Header().Get("X-Request-Id")) {
			t.Errorf("GET %s: headers %v", tc.path, w.Header())
		}
		if w.Header().Get("Set-Cookie") != "" {
			t.Errorf("GET %s: a parameter became a header: %v", tc.path, w.Header())
		}
	}
}

var plain = regexp.MustCompile(`^[ -~]+$`)

// TestWalk follows Link headers to the end of all papers.
func TestWalk(t *testing.T) {
	s := edition(t)
	var all []string
	for path := "/api/papers?limit=1&authors=0"; path != ""; {
		w := s.get(t, path)
		if !strings.Contains(w.Body.String(), `"authors":[]`) {
			t.Errorf("GET %s: authors, though none were wanted", path)
		}
		all = append(all, ids(t, w.Body.Bytes()))
		link, ok := strings.CutSuffix(w.Header().Get("Link"), `>; rel="next"`)
		if path = ""; ok {
			if path, ok = strings.CutPrefix(link, "<https://papers.example"); !ok {
				t.Fatalf("Link %q does not lead to this site", link)
			}
		}
	}
	if diff := cmp.Diff([]string{"2606.00005", "math/0309136", "2606.00002", "2606.00001"}, all); diff != "" {
		t.Errorf("all papers, the last that came first (-want +got):\n%s", diff)
	}
}

// TestAnnounced holds that what was announced only is given where nothing was
// ever featured, and nowhere else.
func TestAnnounced(t *testing.T) {
	s := storetest.Open(t)
	put(t, s, papers()[3])
	site := plainSite(t, s, now)
	for _, path := range []string{"/api/daily_papers", "/api/daily_papers?date=2026-06-30", "/api/daily_papers?sort=trending"} {
		w := site.get(t, path)
		if got := ids(t, w.Body.Bytes()); got != "2606.00005" || strings.Contains(w.Body.String(), "submittedOnDaily") {
			t.Errorf("GET %s: papers %q, want the one announced, not featured: %s", path, got, w.Body)
		}
	}
	put(t, s, papers()[2])
	site = plainSite(t, s, now)
	if got := ids(t, site.get(t, "/api/daily_papers?date=2026-06-30").Body.Bytes()); got != "" {
		t.Errorf("on a day on which nothing was featured: papers %q, want none", got)
	}
}

// TestHeaders holds what comes with every answer.
func TestHeaders(t *testing.T) {
	s := edition(t)
	for _, path := range []string{"/api/daily_papers", "/api/papers/2606.77777"} {
		h := s.get(t, path).Header()
		if h.Get("Access-Control-Allow-Origin") != "*" || !strings.HasPrefix(h.Get("RateLimit"), `"api";r=`) || h.Get("RateLimit-Policy") != `"fixed window";"api";q=1000;w=300` {
			t.Errorf("GET %s: headers %v", path, h)
		}
	}
	if s.get(t, "/api/daily_papers").Header().Get("Etag") == "" {
		t.Error("no ETag")
	}
}

// TestTwice holds that a paper featured on two days stands on each as it was then.
func TestTwice(t *testing.T) {
	p := papers()[0]
	again := p.Features[0]
	again.Day, again.FeaturedAt, again.Votes = "2026-06-29", at("2026-06-29", 7), 5
	again.Wire = json.RawMessage(strings.NewReplacer(`"upvotes":40`, `"upvotes":5`, "2026-06-30T07:00:00.123Z", "2026-06-29T07:00:00.000Z").Replace(recording))
	p.Features = []broadsheet.Feature{again, p.Features[0]}
	other := papers()[2]
	other.ImportedVotes, other.Features[0].Votes = 9, 9
	s := storetest.Open(t)
	put(t, s, p, other)
	site := plainSite(t, s, now)
	type entry struct {
		PublishedAt string
		Paper       struct {
			ID      string
			Upvotes int
		}
	}
	got := decode[[]entry](t, site.get(t, "/api/daily_papers?date=2026-06-29").Body.Bytes())
	if len(got) != 2 || got[0].Paper.ID != "math/0309136" || got[1].Paper.Upvotes != 5 || got[1].PublishedAt != "2026-06-29T07:00:00.000Z" {
		t.Errorf("the earlier day: %+v, want the other paper with 9 votes, then this with 5", got)
	}
	got = decode[[]entry](t, site.get(t, "/api/daily_papers").Body.Bytes())
	if len(got) != 3 || got[0].Paper.Upvotes != 40 || got[2].Paper.Upvotes+got[1].Paper.Upvotes != 14 {
		t.Errorf("all days: %+v, want this paper first with 40 votes and again with 5", got)
	}
}

// TestTooMany holds the answer to a client that asks too often to the format.
func TestTooMany(t *testing.T) {
	s := edition(t)
	h := httpkit.New(s.routes, httpkit.Options{Now: func() time.Time { return now }, Limits: map[string]httpkit.Limit{"api": {Requests: 1, Window: 5 * time.Minute}}})
	w := httptest.NewRecorder()
	for range 2 {
		w = httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/daily_papers", nil))
	}
	got := decode[map[string]string](t, w.Body.Bytes())
	if w.Code != http.StatusTooManyRequests || !strings.HasPrefix(got["error"], "more than 1 requests") || w.Header().Get("X-Error-Code") != "RateLimited" ||
		!strings.HasPrefix(w.Header().Get("RateLimit"), `"api";r=0;t=`) || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v, headers %v", w.Code, got, w.Header())
	}
}

// TestSpellings holds that a paper is found by its id however it is written.
func TestSpellings(t *testing.T) {
	s := edition(t)
	for path, want := range map[string]string{
		"/api/papers/2606.00001v2": "2606.00001", "/api/papers/arXiv:2606.00001": "2606.00001", "/api/papers/math/0309136": "math/0309136",
		"/api/papers/math%2F0309136": "math/0309136", "/api/papers/math.GT/0309136": "math/0309136",
	} {
		w := s.get(t, path)
		if got := decode[struct{ ID string }](t, w.Body.Bytes()).ID; got != want {
			t.Errorf("GET %s: paper %q, want %q: %s", path, got, want, w.Body)
		}
	}
	if w := s.get(t, "/api/papers/math/0309136/comments"); w.Body.String() != "[]\n" {
		t.Errorf("comments of a paper with an id of old: %s", w.Body)
	}
}
