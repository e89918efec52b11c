package httpkit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/metric"
)

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// long is HTML worth compressing.
var long = "<!doctype html><title>A page</title>" + strings.Repeat("<p>The same words again.</p>", 100)

func say(kind, body string) HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", kind)
		_, err := io.WriteString(w, body)
		return err
	}
}

func testAssets(t testing.TB) (*Assets, error) {
	t.Helper()
	return NewAssets(fstest.MapFS{
		"style.css":     {Data: []byte(strings.Repeat("p{color:black}\n", 100))},
		"img/paper.png": {Data: []byte("\x89PNG not really")},
	})
}

// testSite is a site with every kind of route.
func testSite(t testing.TB, change func(*Options), more ...Route) *Handler {
	t.Helper()
	assets, err := testAssets(t)
	if err != nil {
		t.Fatal(err)
	}
	set := metric.New()
	routes := []Route{
		{Method: "GET", Pattern: "/{$}", Handle: say("text/html", long)},
		{Method: "GET", Pattern: "/papers", Query: []string{"sort=hot", "cat"}, Handle: func(w http.ResponseWriter, r *http.Request) error {
			fmt.Fprintf(w, "papers %s host=%s cookie=%q", r.URL.RawQuery, r.Host, r.Header.Get("Cookie"))
			return nil
		}},
		{Method: "GET", Pattern: "/papers/{id...}", Handle: func(w http.ResponseWriter, r *http.Request) error {
			id := r.PathValue("id")
			if id == "none" {
				return broadsheet.Errorf(broadsheet.NotFound, "no paper %s", id)
			}
			fmt.Fprintf(w, "paper %s", id)
			return nil
		}},
		{Method: "GET", Pattern: "/data", CORS: true, Handle: say("application/json", `{"a":1}`)},
		{Method: "GET", Pattern: "/me", Kind: Private, Handle: func(w http.ResponseWriter, r *http.Request) error {
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
			fmt.Fprintf(w, "you see %s", r.Host)
			return nil
		}},
		{Method: "GET", Pattern: "/cookie", Handle: func(w http.ResponseWriter, r *http.Request) error {
			http.SetCookie(w, &http.Cookie{Name: "track", Value: "1"})
			return nil
		}},
		{Method: "POST", Pattern: "/vote", Kind: Action, MaxBody: 1000, Handle: func(w http.ResponseWriter, r *http.Request) error {
			if err := r.ParseForm(); err != nil {
				return err
			}
			return Redirect(w, r, r.PostForm.Get("next"), http.StatusSeeOther)
		}},
		{Method: "DELETE", Pattern: "/vote", Kind: Action, Handle: func(w http.ResponseWriter, r *http.Request) error {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}},
		{Method: "GET", Pattern: "/panic", Handle: func(http.ResponseWriter, *http.Request) error { panic("secret of the house") }},
		{Method: "GET", Pattern: "/away", Handle: func(w http.ResponseWriter, r *http.Request) error {
			http.Redirect(w, r, "https://evil.example/", http.StatusFound)
			return nil
		}},
	}
	routes = append(routes, assets.Routes()...)
	routes = append(routes, Health(func(context.Context) error { return nil })...)
	routes = append(routes, Metrics(set, false)...)
	routes = append(routes, more...)
	o := Options{BaseURL: "https://papers.example", Metrics: set}
	if change != nil {
		change(&o)
	}
	return New(routes, o)
}

// ask sends a request past the network. Headers come in pairs.
func ask(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestErrors(t *testing.T) {
	kinds := map[string]int{}
	var more []Route
	for kind, status := range map[broadsheet.Kind]int{broadsheet.NotFound: 404, broadsheet.Invalid: 400, broadsheet.Conflict: 409,
		broadsheet.Denied: 403, broadsheet.Limited: 429, broadsheet.Unavailable: 503, broadsheet.Internal: 500} {
		path := "/fail/" + fmt.Sprint(int(kind))
		kinds[path] = status
		more = append(more, Route{Method: "GET", Pattern: path, Handle: func(w http.ResponseWriter, _ *http.Request) error {
			io.WriteString(w, "half a page")
			return fmt.Errorf("load: %w", broadsheet.Errorf(kind, "words of the error"))
		}})
	}
	h := testSite(t, func(o *Options) {
		o.Error = func(w http.ResponseWriter, _ *http.Request, err error) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, "<h1>%d</h1>", Status(err))
		}
	}, more...)
	for path, want := range kinds {
		w := ask(h, "GET", path)
		if body := fmt.Sprintf("<h1>%d</h1>", want); w.Code != want || w.Body.String() != body {
			t.Errorf("GET %s: got %d %q, want %d %q", path, w.Code, w.Body, want, body)
		}
		retry := want == 503 || want == 429
		if got := w.Header().Get("Retry-After") != ""; got != retry {
			t.Errorf("GET %s (%d): Retry-After there: got %v, want %v", path, want, got, retry)
		}
	}
}

func TestPanic(t *testing.T) {
	var log bytes.Buffer
	h := testSite(t, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	w := ask(h, "GET", "/panic")
	id := w.Header().Get("X-Request-Id")
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || id == "" {
		t.Errorf("GET /panic: got %d %q, id %q; want 500 without the panic's words, with an id", w.Code, w.Body, id)
	}
	if got := log.String(); !strings.Contains(got, "secret of the house") || !strings.Contains(got, id) || !strings.Contains(got, "kit_test.go") {
		t.Errorf("log of a panic: got %q, want words, id %s and stack", got, id)
	}
	// A broken error page still gives an answer.
	h = testSite(t, func(o *Options) { o.Error = func(http.ResponseWriter, *http.Request, error) { panic("again") } })
	if w := ask(h, "GET", "/nowhere"); w.Code != 404 || w.Body.Len() == 0 {
		t.Errorf("error page that panics: got %d %q, want 404 with text", w.Code, w.Body)
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 200}, {errors.New("x"), 500}, {context.DeadlineExceeded, 503},
		{&http.MaxBytesError{}, 413}, {refuse(414, broadsheet.Invalid, "", ""), 414},
		{fmt.Errorf("a: %w", broadsheet.InvalidField("day", "bad", "good")), 400},
	} {
		if got := Status(c.err); got != c.want {
			t.Errorf("Status(%v): got %d, want %d", c.err, got, c.want)
		}
	}
}

func TestPublicText(t *testing.T) {
	inner := errors.New("dial tcp 10.0.0.7: refused")
	for _, c := range []struct {
		err  error
		want string
	}{
		{inner, "something went wrong here; it is in the log"},
		{&broadsheet.Error{Kind: broadsheet.Unavailable, Text: "the database is out of reach", Err: inner}, "the database is out of reach"},
		{fmt.Errorf("list: %w", broadsheet.InvalidField("day", "no such day", "write 2026-01-02")), "day: no such day (write 2026-01-02)"},
	} {
		if got := PublicText(c.err); got != c.want {
			t.Errorf("PublicText(%v): got %q, want %q", c.err, got, c.want)
		}
	}
}

func TestRouteTable(t *testing.T) {
	f := say("text/plain", "")
	for _, c := range []struct {
		name string
		rt   Route
	}{
		{"mutating page", Route{Method: "POST", Pattern: "/a", Kind: Page, Handle: f}},
		{"action by GET", Route{Method: "GET", Pattern: "/a", Kind: Action, Handle: f}},
		{"no handler", Route{Method: "GET", Pattern: "/a"}},
		{"trailing slash", Route{Method: "GET", Pattern: "/a/", Handle: f}},
		{"host", Route{Method: "GET", Pattern: "evil.example/a", Handle: f}},
		{"CORS on private", Route{Method: "GET", Pattern: "/a", Kind: Private, CORS: true, Handle: f}},
		{"CORS on action", Route{Method: "POST", Pattern: "/a", Kind: Action, CORS: true, Handle: f}},
		{"cross-origin page", Route{Method: "GET", Pattern: "/a", CrossOrigin: true, Handle: f}},
		{"method", Route{Method: "BREW", Pattern: "/a", Handle: f}},
	} {
		if c.rt.check() == nil {
			t.Errorf("%s: the table was taken, want an error", c.name)
		}
	}
}

func TestPaths(t *testing.T) {
	h := testSite(t, nil)
	for _, c := range []struct {
		target, want string // body, or "-> location", or a status
	}{
		{"/papers/2503.02130", "paper 2503.02130"},
		{"/papers/math/0309136", "paper math/0309136"},
		{"/papers/math%2F0309136", "paper math/0309136"},
		{"/papers/doi:10.1%2Fa%2F%2Fb", "paper doi:10.1/a//b"},
		{"/papers/" + EscapePath("doi:10.1/a//b"), "paper doi:10.1/a//b"},
		{"/papers/" + EscapePath("math/0309136"), "paper math/0309136"},
		{"/papers/" + EscapePath("x:ä b/ü?#%"), "paper x:ä b/ü?#%"},
		{"/papers/", "-> /papers"},
		{"/papers/math/0309136/", "-> /papers/math/0309136"},
		{"//papers", "-> /papers"},
		{"/papers//x?a=b", "-> /papers/x?a=b"},
		{"//evil.example/", "-> /evil.example"},
		{"/papers/../me", "-> /me"},
		{"/none", "404"},
		{"/papers/none", "404"},
	} {
		w := ask(h, "GET", c.target)
		got := w.Body.String()
		switch {
		case w.Code == http.StatusPermanentRedirect:
			got = "-> " + w.Header().Get("Location")
		case w.Code != 200:
			got = fmt.Sprint(w.Code)
		}
		if got != c.want {
			t.Errorf("GET %s: got %q, want %q", c.target, got, c.want)
		}
	}
}
