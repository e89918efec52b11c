package httpkit

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"

	"broadsheet"
)

// counted is a site with one page that says how often it was made.
type counted struct {
	*Handler
	*clock
	made       atomic.Int64
	generation atomic.Int64
	fail       atomic.Bool
}

func newCounted(t *testing.T, rt Route, o Options) *counted {
	t.Helper()
	c := &counted{clock: newClock()}
	rt.Method, rt.Pattern = "GET", "/p/{n}"
	rt.Handle = func(w http.ResponseWriter, r *http.Request) error {
		n := c.made.Add(1)
		if c.fail.Load() {
			return errors.New("the database is gone")
		}
		if r.PathValue("n") == "none" {
			return broadsheet.Errorf(broadsheet.NotFound, "none")
		}
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
		fmt.Fprintf(w, "%d %s %s ", n, r.URL.RawQuery, r.Header.Get("Accept"))
		if r.PathValue("n") == "long" {
			_, err := io.WriteString(w, long)
			return err
		}
		return nil
	}
	o.Now = c.Now
	o.Generation = func() string { return fmt.Sprint(c.generation.Load()) }
	c.Handler = New([]Route{rt}, o)
	return c
}

func (c *counted) get(target string, headers ...string) string {
	w := ask(c, "GET", target, headers...)
	return strings.TrimSpace(w.Body.String())
}

func TestPageIsMadeAgainWhenContentChanges(t *testing.T) {
	c := newCounted(t, Route{}, Options{})
	for _, step := range []struct {
		name    string
		advance time.Duration
		change  bool
		want    string
	}{
		{"first", 0, false, "1"},
		{"again", 0, false, "1"},
		{"changed within half a second", 450 * time.Millisecond, true, "1"},
		{"half a second later", 100 * time.Millisecond, false, "2"},
		{"nothing changes", 50 * time.Second, false, "2"},
		{"a minute old", 11 * time.Second, false, "3"},
		{"changed", 2 * time.Second, true, "4"},
	} {
		c.add(step.advance)
		if step.change {
			c.generation.Add(1)
		}
		if got := c.get("/p/1"); got != step.want {
			t.Errorf("%s: got %q, want %q", step.name, got, step.want)
		}
	}
}

func TestQueryIsCanonical(t *testing.T) {
	c := newCounted(t, Route{Query: []string{"sort=hot", "cat", "page=1"}}, Options{})
	for _, step := range []struct{ query, want string }{
		{"", "1"},
		{"?sort=hot&page=1&utm_source=x&cat=", "1"},
		{"?sort=new&cat=cs.CL", "2 cat=cs.CL&sort=new"},
		{"?cat=cs.CL&x=y&sort=new", "2 cat=cs.CL&sort=new"},
		{"?cat=cs%2eCL&sort=new&page=1", "2 cat=cs.CL&sort=new"},
		{"?cat=a&cat=b", "3 cat=a&cat=b"},
		{"?cat=%zz&sort=hot", "1"},
	} {
		if got := c.get("/p/1" + step.query); got != step.want {
			t.Errorf("GET /p/1%s: got %q, want %q", step.query, got, step.want)
		}
	}
}

func TestOffers(t *testing.T) {
	c := newCounted(t, Route{Offers: []string{"text/html", "text/markdown"}}, Options{})
	for _, step := range []struct{ accept, want string }{
		{"", "1  text/html"}, {"*/*", "1  text/html"}, {"text/markdown", "2  text/markdown"},
		{"text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "1  text/html"}, {"image/png", "1  text/html"}, {"text/*;q=0.5, text/markdown", "2  text/markdown"},
	} {
		if got := c.get("/p/1", "Accept", step.accept); got != step.want {
			t.Errorf("Accept %q: got %q, want %q", step.accept, got, step.want)
		}
	}
	if got := ask(c, "GET", "/p/1").Header().Get("Vary"); got != "Accept, Accept-Encoding" {
		t.Errorf("Vary: got %q", got)
	}
}

func TestCodings(t *testing.T) {
	c := newCounted(t, Route{}, Options{})
	want := c.get("/p/long")
	tags := map[string]bool{}
	for _, step := range []struct{ accept, coding string }{
		{"", ""}, {"gzip", "gzip"}, {"gzip, deflate, br, zstd", "br"}, {"br;q=0, gzip", "gzip"}, {"GZIP;q=0.5", "gzip"}, {"*", "gzip"},
		{"gzip;q=0", ""}, {"gzip;q=0.000, identity", ""}, {"*;q=0", ""}, {"gzip;q=0, *", ""}, {"deflate", ""},
	} {
		w := ask(c, "GET", "/p/long", "Accept-Encoding", step.accept)
		if got := w.Header().Get("Content-Encoding"); got != step.coding {
			t.Errorf("Accept-Encoding %q: got coding %q, want %q", step.accept, got, step.coding)
		}
		if got := w.Header().Get("Content-Length"); got != fmt.Sprint(w.Body.Len()) {
			t.Errorf("Accept-Encoding %q: Content-Length %s for %d bytes", step.accept, got, w.Body.Len())
		}
		tags[w.Header().Get("Etag")] = true
		var body io.Reader = w.Body
		switch w.Header().Get("Content-Encoding") {
		case "gzip":
			zr, err := gzip.NewReader(body)
			if err != nil {
				t.Fatal(err)
			}
			body = zr
		case "br":
			body = brotli.NewReader(body)
		}
		got, err := io.ReadAll(body)
		if err != nil || strings.TrimSpace(string(got)) != want {
			t.Errorf("Accept-Encoding %q: decoded %d bytes (%v), want %d", step.accept, len(got), err, len(want))
		}
	}
	if len(tags) != 3 || tags[""] {
		t.Errorf("entity tags of three forms: got %v, want three", tags)
	}
	if w := ask(c, "GET", "/p/short", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" {
		t.Errorf("a body of %d bytes came compressed", w.Body.Len())
	}
}

func TestConditional(t *testing.T) {
	c := newCounted(t, Route{}, Options{})
	tag, modified := ask(c, "GET", "/p/long").Header().Get("Etag"), ask(c, "GET", "/p/long").Header().Get("Last-Modified")
	zipped := ask(c, "GET", "/p/long", "Accept-Encoding", "gzip").Header().Get("Etag")
	for _, step := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"same", []string{"If-None-Match", tag}, 304},
		{"weak", []string{"If-None-Match", "W/" + tag}, 304},
		{"in a list", []string{"If-None-Match", `"a", ` + tag}, 304},
		{"star", []string{"If-None-Match", "*"}, 304},
		{"other", []string{"If-None-Match", `"a"`}, 200},
		{"other form", []string{"If-None-Match", zipped}, 200},
		{"compressed form", []string{"If-None-Match", zipped, "Accept-Encoding", "gzip"}, 304},
		{"since then", []string{"If-Modified-Since", modified}, 304},
		{"since the handler's date, before it was first seen here", []string{"If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"}, 200},
		{"since before", []string{"If-Modified-Since", "Wed, 31 Dec 2025 23:59:59 GMT"}, 200},
		{"tag goes first", []string{"If-None-Match", `"a"`, "If-Modified-Since", modified}, 200},
		{"no date", []string{"If-Modified-Since", "yesterday"}, 200},
	} {
		w := ask(c, "GET", "/p/long", step.headers...)
		if w.Code != step.want || (w.Code == 304) != (w.Body.Len() == 0) || w.Header().Get("Etag") == "" || w.Header().Get("Cache-Control") == "" {
			t.Errorf("%s: got %d with %d bytes and %v, want %d", step.name, w.Code, w.Body.Len(), w.Header(), step.want)
		}
	}
	if w := ask(c, "GET", "/p/none", "If-None-Match", "*"); w.Code != 404 {
		t.Errorf("missing page asked with If-None-Match: got %d, want 404", w.Code)
	}
}

func TestMissingPagesAreKeptApart(t *testing.T) {
	c := newCounted(t, Route{}, Options{CacheBytes: 1 << 20})
	c.get("/p/1")
	for range 3 {
		if w := ask(c, "GET", "/p/none"); w.Code != 404 {
			t.Errorf("GET /p/none: got %d, want 404", w.Code)
		}
	}
	if got := c.made.Load(); got != 2 {
		t.Errorf("one page and one missing page were made %d times, want 2", got)
	}
	for n := range 6000 { // far more nonsense than the cache of errors holds
		ask(c, "GET", fmt.Sprintf("/nonsense/%d", n))
	}
	if _, bytes := c.errors.usage(); bytes > errorBytes {
		t.Errorf("cache of errors: %d bytes, want at most %d", bytes, errorBytes)
	}
	if got := c.get("/p/1"); got != "1" {
		t.Errorf("page after much nonsense: got %q, want the kept %q", got, "1")
	}
}

func TestCacheIsBounded(t *testing.T) {
	const limit = 200 << 10
	c := newCounted(t, Route{Query: []string{"q"}}, Options{CacheBytes: limit})
	for n := range 500 {
		ask(c, "GET", fmt.Sprintf("/p/long?q=%d", n), "Accept-Encoding", "gzip")
		ask(c, "GET", fmt.Sprintf("/p/long?q=%d", n), "Accept-Encoding", "br")
		ask(c, "GET", "/p/long?q=0") // a page that readers look at
		if _, bytes := c.pages.usage(); bytes > limit {
			t.Fatalf("after %d pages: %d bytes, want at most %d", n+1, bytes, limit)
		}
	}
	total := 0
	for el := c.pages.order.Front(); el != nil; el = el.Next() {
		it := el.Value.(*item)
		total += it.entry.size() + 2*len(it.key)
	}
	if entries, bytes := c.pages.usage(); bytes != total || entries != len(c.pages.items) || entries < 10 {
		t.Errorf("cache counts %d entries and %d bytes; holds %d and %d", entries, bytes, len(c.pages.items), total)
	}
	if got := c.made.Load(); got != 500 {
		t.Errorf("500 pages, one of them always wanted: made %d times, want 500", got)
	}
}

func TestOldPageShowsWhileTheDatabaseIsGone(t *testing.T) {
	c := newCounted(t, Route{}, Options{})
	c.get("/p/1")
	c.fail.Store(true)
	c.generation.Add(1)
	c.add(2 * time.Second)
	if got := c.get("/p/1"); got != "1" {
		t.Errorf("page that cannot be made anew: got %q, want the old one", got)
	}
	if w := ask(c, "GET", "/p/2"); w.Code != 500 {
		t.Errorf("page that was never made: got %d, want 500", w.Code)
	}
	c.add(2 * time.Hour)
	if w := ask(c, "GET", "/p/1"); w.Code != 500 {
		t.Errorf("page that is hours old: got %d, want 500", w.Code)
	}
	c.fail.Store(false)
	if w := ask(c, "GET", "/p/2"); w.Code != 200 {
		t.Errorf("page after the database is back: got %d, want 200: errors of ours are not kept", w.Code)
	}
}

// blocked is a site whose page /slow waits for the gate.
func blocked(o Options) (h *Handler, gate chan struct{}, made *atomic.Int64) {
	gate, made = make(chan struct{}), new(atomic.Int64)
	h = New([]Route{{Method: "GET", Pattern: "/slow/{n}", Handle: func(w http.ResponseWriter, r *http.Request) error {
		made.Add(1)
		select {
		case <-gate:
		case <-r.Context().Done():
			return r.Context().Err()
		}
		_, err := io.WriteString(w, "made")
		return err
	}}}, o)
	return h, gate, made
}

func TestOneRenderForMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, gate, made := blocked(Options{})
		var wg sync.WaitGroup
		var good atomic.Int64
		first, leave := context.WithCancel(t.Context())
		for i := range 50 {
			wg.Go(func() {
				r := httptest.NewRequest("GET", "/slow/1", nil)
				if i == 0 {
					r = r.WithContext(first)
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code == 200 && w.Body.String() == "made" {
					good.Add(1)
				}
			})
			synctest.Wait() // so that the first of them leads
		}
		leave() // the one who came first goes away; the others still get the page
		synctest.Wait()
		close(gate)
		wg.Wait()
		if made.Load() != 1 || good.Load() < 49 {
			t.Errorf("50 readers of a new page: made %d times, %d answers; want 1 and 49 or more", made.Load(), good.Load())
		}
	})
}

func TestRenderTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _, _ := blocked(Options{})
		w := ask(h, "GET", "/slow/1")
		if w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("page that is never done: got %d, Retry-After %q; want 503 and one", w.Code, w.Header().Get("Retry-After"))
		}
	})
}

func TestReadersBesideCrawler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := newClock()
		h, gate, made := blocked(Options{Renders: 2, Queue: 8, Now: now.Now})
		go func() { gate <- struct{}{} }()
		ask(h, "GET", "/slow/hot") // now kept
		var wg sync.WaitGroup
		var busy, shown atomic.Int64
		for n := range 40 { // a crawler takes its turn and its share of the queue
			wg.Go(func() {
				if w := ask(h, "GET", fmt.Sprintf("/slow/%d", n)); w.Code == 503 {
					busy.Add(1)
				}
			})
		}
		synctest.Wait()
		if made.Load() != 2 || busy.Load() != 35 {
			t.Errorf("crawler of 40 pages: %d renders, %d told to come back; want 2 (one before it) and 35", made.Load(), busy.Load())
		}
		if w := ask(h, "GET", "/slow/hot"); w.Code != 200 {
			t.Errorf("kept page beside a crawler: got %d, want 200", w.Code)
		}
		now.add(2 * maxAge) // the kept page is stale now: it is made anew past the crawler
		for range 3 {
			wg.Go(func() {
				if w := ask(h, "GET", "/slow/hot"); w.Body.String() == "made" {
					shown.Add(1)
				}
			})
		}
		synctest.Wait()
		if made.Load() != 3 || shown.Load() != 2 {
			t.Errorf("stale page asked for by 3: %d renders, shown to %d at once; want 3 and 2", made.Load(), shown.Load())
		}
		wg.Go(func() { // and a reader elsewhere gets a page that nobody asked for yet
			r := httptest.NewRequest("GET", "/slow/reader", nil)
			r.RemoteAddr = "198.51.100.1:9"
			h.ServeHTTP(httptest.NewRecorder(), r)
		})
		synctest.Wait()
		if made.Load() != 4 {
			t.Errorf("reader's new page beside a crawler: %d renders, want a fourth", made.Load())
		}
		close(gate)
		wg.Wait()
	})
}

func TestAssets(t *testing.T) {
	assets, err := testAssets(t)
	if err != nil {
		t.Fatal(err)
	}
	h := testSite(t, nil)
	for name, kind := range map[string]string{"style.css": "text/css; charset=utf-8", "img/paper.png": "image/png"} {
		w := ask(h, "GET", assets.URL(name))
		if w.Code != 200 || w.Header().Get("Content-Type") != kind || w.Header().Get("Etag") == "" {
			t.Errorf("GET %s: got %d %v, want 200, type %q, an entity tag", assets.URL(name), w.Code, w.Header(), kind)
		}
	}
	if w := ask(h, "GET", assets.URL("style.css"), "Accept-Encoding", "br"); w.Header().Get("Content-Encoding") != "br" {
		t.Errorf("style sheet asked with br: got coding %q", w.Header().Get("Content-Encoding"))
	}
	if w := ask(h, "GET", assets.URL("img/paper.png"), "Accept-Encoding", "br"); w.Header().Get("Content-Encoding") != "" {
		t.Errorf("picture asked with br: got coding %q, want none", w.Header().Get("Content-Encoding"))
	}
}

func TestReady(t *testing.T) {
	ready := errors.New("postgres://user:secret@db: refused")
	h := New(Health(func(context.Context) error { return ready }), Options{})
	if w := ask(h, "GET", "/readyz"); w.Code != 503 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("GET /readyz: got %d %q, want 503 without the reason", w.Code, w.Body)
	}
	if w := ask(h, "GET", "/healthz"); w.Code != 200 {
		t.Errorf("GET /healthz: got %d, want 200", w.Code)
	}
	ready = nil
	if w := ask(h, "GET", "/readyz"); w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("GET /readyz: got %d, %q; want 200, no-store", w.Code, w.Header().Get("Cache-Control"))
	}
}
