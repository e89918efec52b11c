package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// site answers as told, and remembers what it was asked.
type site struct {
	*httptest.Server
	asked []string
}

func newSite(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *site {
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked = append(s.asked, r.URL.RequestURI())
		answer(len(s.asked), w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// at gives a client of s whose waits take no time, and are told.
func at(t *testing.T, s *site, o Options) (*Client, *[]time.Duration) {
	c, err := New(s.URL+"/", o)
	if err != nil {
		t.Fatal(err)
	}
	var waits []time.Duration
	c.now = func() time.Time { return time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC) }
	c.wait = func(ctx context.Context, d time.Duration) error {
		waits = append(waits, d)
		return ctx.Err()
	}
	return c, &waits
}

func TestNew(t *testing.T) {
	for base, ok := range map[string]bool{
		"https://papers.example": true, "http://localhost:8080/": true, "https://example.org/papers": true,
		"": false, "papers.example": false, "ftp://papers.example": false, "https://": false, "https://papers.example?q=1": false, "https://papers.example#x": false, "://": false,
	} {
		if _, err := New(base, Options{}); (err == nil) != ok {
			t.Errorf("New(%q): %v, want ok %t", base, err, ok)
		}
	}
}

// TestRequests says what each method asks for.
func TestRequests(t *testing.T) {
	s := newSite(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("User-Agent") != "tester/1" || r.Header.Get("Accept") != "application/json" {
			t.Errorf("headers %v", r.Header)
		}
		fmt.Fprint(w, `{"unheardOf":[1]}`)
	})
	c, _ := at(t, s, Options{UserAgent: "tester/1"})
	ctx := t.Context()
	sel := Select{Fields: []string{"title", "votes"}, Authors: 3}
	calls := []struct {
		call func() error
		want string
	}{
		{func() error { _, err := c.Papers(ctx, All{Select: sel, Limit: 2, Cursor: "x"}); return err }, "papers?authors=3&cursor=x&fields=title%2Cvotes&limit=2"},
		{func() error { _, err := c.Paper(ctx, "math/0309136", Select{}); return err }, "papers/math%2F0309136"},
		{func() error { _, err := c.List(ctx, ListDay, "", View{}); return err }, "lists/day"},
		{func() error {
			_, err := c.List(ctx, ListKeyword, "a/b c?", View{Sort: "top", Category: "cs", HasCode: true, Limit: 1, Cursor: "y"})
			return err
		}, "lists/keyword/a%2Fb%20c%3F?cat=cs&code=1&cursor=y&limit=1&sort=top"},
		{func() error {
			_, err := c.Search(ctx, Search{Text: "a&b", Sort: "date", Mode: "lexical", Explain: true, Facets: true, Exact: true, Plain: true})
			return err
		}, "search?exact=1&explain=1&facets=1&mode=lexical&plain=1&q=a%26b&sort=date"},
		{func() error { _, err := c.Similar(ctx, []string{"1", "2"}, 3, Select{}); return err }, "similar?id=1&id=2&limit=3"},
		{func() error { _, err := c.Suggest(ctx, "te"); return err }, "suggest?q=te"},
		{func() error { _, err := c.Author(ctx, "a b"); return err }, "authors/a%20b"},
		{func() error { _, err := c.Organization(ctx, "g"); return err }, "organizations/g"},
		{func() error { _, err := c.Organizations(ctx); return err }, "organizations"},
		{func() error { _, err := c.Categories(ctx); return err }, "categories"},
		{func() error { _, err := c.Sources(ctx); return err }, "sources"},
		{func() error { _, err := c.Archive(ctx, 2025); return err }, "archive?year=2025"},
		{func() error { _, err := c.Status(ctx); return err }, "status"},
	}
	for _, tt := range calls {
		if err := tt.call(); err != nil {
			t.Errorf("%s: %v", tt.want, err)
		}
		if got := s.asked[len(s.asked)-1]; got != "/api/v1/"+tt.want {
			t.Errorf("asked %s, want /api/v1/%s", got, tt.want)
		}
	}
}

func TestRetry(t *testing.T) {
	tests := []struct {
		name    string
		status  []int // of the answers; after them 200
		after   string
		o       Options
		timeout time.Duration // of the context, 0 is none
		want    int           // status of the error, 0 for none
		waits   []time.Duration
	}{
		{name: "at once", waits: nil},
		{name: "told", status: []int{429}, after: "7", waits: []time.Duration{7 * time.Second}},
		{name: "told a date", status: []int{503}, after: "Tue, 30 Jun 2026 09:30:09 GMT", waits: []time.Duration{9 * time.Second}},
		{name: "a date gone by", status: []int{503}, after: "Tue, 30 Jun 2026 09:20:09 GMT", waits: []time.Duration{time.Second}},
		{name: "not told", status: []int{503, 429, 503}, waits: []time.Duration{1e9, 2e9, 4e9}},
		{name: "nonsense told", status: []int{503}, after: "-5", waits: []time.Duration{time.Second}},
		{name: "for ever", status: []int{503, 503, 503, 503, 503}, want: 503, waits: []time.Duration{1e9, 2e9, 4e9}},
		{name: "once only", status: []int{503}, o: Options{Tries: 1}, want: 503},
		{name: "too long", status: []int{429}, after: "301", want: 429},
		{name: "patient", status: []int{429}, after: "301", o: Options{Patience: time.Hour}, waits: []time.Duration{301 * time.Second}},
		{name: "no time", status: []int{429}, after: "30", timeout: 10 * time.Second, want: 429},
		{name: "other errors", status: []int{500}, want: 500},
		{name: "wrong", status: []int{400}, want: 400},
	}
	for _, tt := range tests {
		s := newSite(t, func(n int, w http.ResponseWriter, _ *http.Request) {
			if n > len(tt.status) {
				fmt.Fprint(w, `{"papers":3}`)
				return
			}
			if tt.after != "" {
				w.Header().Set("Retry-After", tt.after)
			}
			w.WriteHeader(tt.status[n-1])
		})
		c, waits := at(t, s, tt.o)
		ctx := t.Context()
		if tt.timeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, time.Now().Add(tt.timeout))
			defer cancel()
			c.now = time.Now
		}
		st, err := c.Status(ctx)
		var no *Error
		switch {
		case tt.want == 0 && (err != nil || st.Papers != 3):
			t.Errorf("%s: %v, %v, want an answer", tt.name, st, err)
		case tt.want != 0 && (!errors.As(err, &no) || no.Status != tt.want):
			t.Errorf("%s: %v, want status %d", tt.name, err, tt.want)
		}
		if d := cmp.Diff(tt.waits, *waits); d != "" {
			t.Errorf("%s: waits (-want +got):\n%s", tt.name, d)
		}
	}
}

// TestEnds ends a context while the client waits: the error tells both.
func TestEnds(t *testing.T) {
	s := newSite(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	c, _ := at(t, s, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	c.wait = func(ctx context.Context, _ time.Duration) error { cancel(); return wait(ctx, time.Hour) }
	_, err := c.Status(ctx)
	var no *Error
	if !errors.Is(err, context.Canceled) || !errors.As(err, &no) {
		t.Errorf("error %v, want the context's and the site's", err)
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		kind, body string
		status     int
		want       Error
		text       string
	}{
		{"application/problem+json", `{"type":"https://papers.example/api#invalid","title":"Invalid request","status":400,"detail":"no such day","field":"key","fix":"write 2026-06-30"}`, 400,
			Error{Type: "https://papers.example/api#invalid", Title: "Invalid request", Status: 400, Detail: "no such day", Field: "key", Fix: "write 2026-06-30"},
			"400 key: no such day (write 2026-06-30)"},
		{"text/html", "<h1>Bad gateway</h1>", 502, Error{Title: "Bad Gateway", Status: 502}, "502: Bad Gateway"},
		{"application/json", "[", 404, Error{Title: "Not Found", Status: 404}, "404: Not Found"},
		{"application/json", `{"status":200,"error":"x"}`, 404, Error{Title: "Not Found", Status: 404}, "404: Not Found"},
	}
	for _, tt := range tests {
		s := newSite(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", tt.kind)
			w.WriteHeader(tt.status)
			fmt.Fprint(w, tt.body)
		})
		c, _ := at(t, s, Options{})
		_, err := c.Status(t.Context())
		var no *Error
		if !errors.As(err, &no) {
			t.Fatalf("%d %s: %v", tt.status, tt.body, err)
		}
		if d := cmp.Diff(tt.want, *no); d != "" || no.Error() != tt.text {
			t.Errorf("%d %s: %q, want %q (-want +got):\n%s", tt.status, tt.body, no, tt.text, d)
		}
	}
	// What is no answer of a Broadsheet site.
	s := newSite(t, func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!doctype html>") })
	c, _ := at(t, s, Options{})
	if _, err := c.Status(t.Context()); err == nil || !strings.Contains(err.Error(), "does not answer as a Broadsheet site") {
		t.Errorf("a page for an answer: %v", err)
	}
	s.Close()
	if _, err := c.Status(t.Context()); err == nil {
		t.Error("no error without a site")
	}
}

func TestIterators(t *testing.T) {
	pages := map[string]string{
		"":  `{"key":"2026-06-30","items":[{"id":"1"},{"id":"2"}],"next":"a"}`,
		"a": `{"key":"2026-06-30","items":[],"next":"b"}`,
		"b": `{"key":"2026-06-30","items":[{"id":"3"}],"next":null}`,
	}
	s := newSite(t, func(_ int, w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, pages[r.URL.Query().Get("cursor")]) })
	c, _ := at(t, s, Options{})
	ids := func(most int) (out []string) {
		for p, err := range c.ListPapers(t.Context(), ListDay, "", View{}) {
			if err != nil {
				t.Fatal(err)
			}
			if out = append(out, p.ID); len(out) == most {
				break
			}
		}
		return out
	}
	if d := cmp.Diff([]string{"1", "2", "3"}, ids(100)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"/api/v1/lists/day", "/api/v1/lists/day?cursor=a", "/api/v1/lists/day?cursor=b"}, s.asked); d != "" {
		t.Errorf("asked (-want +got):\n%s", d)
	}
	s.asked = nil
	if ids(1); len(s.asked) != 1 {
		t.Errorf("asked %q for one paper", s.asked)
	}
	n := 0
	for _, err := range c.Hits(t.Context(), Search{Text: "x"}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	for _, err := range c.AllPapers(t.Context(), All{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 6 {
		t.Errorf("%d papers, want 3 twice", n)
	}
	// An error ends the iteration, and is given once.
	pages["a"] = "no"
	errs := 0
	for _, err := range c.AllPapers(t.Context(), All{}) {
		if err != nil {
			errs++
		}
	}
	if errs != 1 {
		t.Errorf("%d errors, want 1", errs)
	}
}
