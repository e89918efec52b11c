package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet/internal/lib/fetch"
)

// clock passes time only by sleeping, and writes down how long.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// client may reach this machine, is never held back by a rate and draws the
// middle of every jitter.
func client(t *testing.T, opt fetch.Options) (*fetch.Client, *clock) {
	t.Helper()
	c := newClock()
	opt.Clock, opt.Rand = c, func() float64 { return 0.5 }
	if opt.Allow == nil {
		opt.Allow = loopback
	}
	if opt.Limits == nil {
		opt.Limits = []fetch.Limit{{Name: "test", Hosts: []string{"127.0.0.1", "localhost"}, Every: 0, Burst: 1000}}
	}
	f := fetch.New(opt)
	t.Cleanup(f.Close)
	return f, c
}

// serve answers each request with the next of the handlers, then with the last.
func serve(t *testing.T, handlers ...http.HandlerFunc) (url string, count *atomic.Int32) {
	t.Helper()
	count = new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := int(count.Add(1)) - 1
		handlers[min(i, len(handlers)-1)](w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, count
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		fmt.Fprint(w, "status ", code)
	}
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprint(w, body)
	}
}

func TestGetSaysWhoAsks(t *testing.T) {
	var got http.Header
	url, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Last-Modified", "Mon, 01 Jun 2026 00:00:00 GMT")
		text("hello")(w, r)
	})
	f, _ := client(t, fetch.Options{Agent: fetch.Agent("1.2", "https://papers.example", "a@papers.example\r\nX: y")})
	res, err := f.Get(t.Context(), fetch.Request{URL: url, Accept: "text/plain", Types: []string{"text/plain"}, ETag: `"old"`, LastModified: "Sun, 31 May 2026 00:00:00 GMT"})
	if err != nil {
		t.Fatal(err)
	}
	if string(res.Body) != "hello" || res.ETag != `"e"` || res.LastModified != "Mon, 01 Jun 2026 00:00:00 GMT" {
		t.Errorf("got %q, ETag %q, modified %q", res.Body, res.ETag, res.LastModified)
	}
	want := http.Header{
		"User-Agent": {"Broadsheet/1.2 (+https://papers.example; mailto:a@papers.exampleX: y)"}, "Accept": {"text/plain"},
		"Accept-Encoding": {"gzip"}, "If-None-Match": {`"old"`}, "If-Modified-Since": {"Sun, 31 May 2026 00:00:00 GMT"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("headers (-want +got):\n%s", d)
	}
}

func TestNotModified(t *testing.T) {
	url, _ := serve(t, status(http.StatusNotModified))
	f, _ := client(t, fetch.Options{})
	res, err := f.Get(t.Context(), fetch.Request{URL: url, ETag: `"e"`})
	if err != nil || !res.NotModified {
		t.Errorf("got %+v, %v; want not modified", res, err)
	}
}

func TestTriesAgain(t *testing.T) {
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, "begun")
		panic(http.ErrAbortHandler)
	}
	date := newClock().now.Add(90 * time.Second).UTC().Format(http.TimeFormat)
	s := time.Second
	for _, c := range []struct {
		name  string
		first http.HandlerFunc
		slept []time.Duration
	}{
		{"429 with seconds", status(429, "Retry-After", "7"), []time.Duration{7 * s}},
		{"503 with date", status(503, "Retry-After", date), []time.Duration{90 * s}},
		{"503", status(503), []time.Duration{3 * s}}, // half of 4 s and a quarter more
		{"406", status(406), []time.Duration{3 * s}},
		{"nonsense in Retry-After", status(503, "Retry-After", "soon"), []time.Duration{3 * s}},
		{"cut connection", cut, []time.Duration{3 * s}},
		{"empty body", text(""), []time.Duration{3 * s}},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, count := serve(t, c.first, text("at last"))
			f, clock := client(t, fetch.Options{})
			res, err := f.Get(t.Context(), fetch.Request{URL: url})
			if err != nil || string(res.Body) != "at last" {
				t.Fatalf("got %v, %v after %d requests", res, err, count.Load())
			}
			if d := cmp.Diff(c.slept, clock.slept); d != "" {
				t.Errorf("slept (-want +got):\n%s", d)
			}
		})
	}
}

func TestBackOffGrowsAndEnds(t *testing.T) {
	url, count := serve(t, status(503))
	f, clock := client(t, fetch.Options{Attempts: 8})
	_, err := f.Get(t.Context(), fetch.Request{URL: url + "/x?key=secret"})
	var se *fetch.StatusError
	if !errors.As(err, &se) || se.Status != 503 || string(se.Body) != "status 503" {
		t.Errorf("got %v, want status 503 with its explanation", err)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("%q holds the query", err)
	}
	s := time.Second
	want := []time.Duration{3 * s, 6 * s, 12 * s, 24 * s, 48 * s, 90 * s, 90 * s}
	if d := cmp.Diff(want, clock.slept); d != "" || count.Load() != 8 {
		t.Errorf("%d requests; slept (-want +got):\n%s", count.Load(), d)
	}
}

func TestDoesNotTryAgain(t *testing.T) {
	for _, code := range []int{400, 401, 403, 404, 410, 501} {
		url, count := serve(t, status(code))
		f, _ := client(t, fetch.Options{})
		if _, err := f.Get(t.Context(), fetch.Request{URL: url}); err == nil || count.Load() != 1 {
			t.Errorf("status %d: %d requests, error %v; want 1 and an error", code, count.Load(), err)
		}
	}
}

func TestLongRetryAfterHoldsTheQueue(t *testing.T) {
	url, count := serve(t, status(429, "Retry-After", "3600"), text("x"))
	f, clock := client(t, fetch.Options{})
	for i, want := range []time.Duration{time.Hour, time.Hour} {
		_, err := f.Get(t.Context(), fetch.Request{URL: url})
		var se *fetch.StatusError
		if !errors.As(err, &se) || se.RetryAfter != want {
			t.Errorf("request %d: got %v, want to be asked to wait %s", i, err, want)
		}
	}
	if count.Load() != 1 {
		t.Errorf("%d requests reached a source that wants to be left alone for an hour", count.Load())
	}
	clock.now = clock.now.Add(time.Hour)
	if _, err := f.Get(t.Context(), fetch.Request{URL: url}); err != nil {
		t.Errorf("after the hour: %v", err)
	}
}

func TestQueueKeepsRateAndOrder(t *testing.T) {
	var under, most atomic.Int32
	url, count := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := under.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		io.Copy(io.Discard, r.Body)
		text("x")(w, r)
		under.Add(-1)
	})
	other := strings.Replace(url, "127.0.0.1", "localhost", 1)
	f, clock := client(t, fetch.Options{Limits: []fetch.Limit{{Name: "one", Hosts: []string{"127.0.0.1", "localhost"}, Every: 3 * time.Second}}})
	begin := clock.Now()
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			if _, err := f.Get(t.Context(), fetch.Request{URL: []string{url, other}[i%2]}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if took := clock.Now().Sub(begin); took < 27*time.Second || count.Load() != 10 {
		t.Errorf("%d requests in %s, want 10 in 27 s or more", count.Load(), took)
	}
	if most.Load() != 1 {
		t.Errorf("%d requests at once, want 1", most.Load())
	}
}

// TestTwoClientsStandInOneQueue: together they keep the rate, the gate and one
// connection, and the second reaches no more private networks than it may.
func TestTwoClientsStandInOneQueue(t *testing.T) {
	var opened atomic.Int32
	s := httptest.NewUnstartedServer(text("x"))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	g := &gate{}
	first, clock := client(t, fetch.Options{Gate: g, Limits: []fetch.Limit{{Name: "one", Hosts: []string{"127.0.0.1"}, Every: 3 * time.Second, Shared: true}}})
	second := first.Beside(fetch.Options{Allow: loopback})
	t.Cleanup(second.Close)
	begin := clock.Now()
	for range 3 {
		for _, c := range []*fetch.Client{first, second} {
			if _, err := c.Get(t.Context(), fetch.Request{URL: s.URL}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if took := clock.Now().Sub(begin); took < 15*time.Second || len(g.names) != 6 {
		t.Errorf("6 requests in %s, %d with leave; want 15 s, all", took, len(g.names))
	}
	if opened.Load() != 6 {
		t.Errorf("%d connections for 6 turns: one client kept its own while the other asked", opened.Load())
	}
	first.Close()
	if _, err := second.Get(t.Context(), fetch.Request{URL: s.URL}); err != nil {
		t.Errorf("after the first was closed: %v", err)
	}
	if _, err := first.Beside(fetch.Options{}).Get(t.Context(), fetch.Request{URL: s.URL}); !errors.Is(err, fetch.ErrForbidden) {
		t.Errorf("got %v, want ErrForbidden: the first one's private networks are not the second's", err)
	}
}

// TestManyHosts asks more hosts than queues are kept for: all of 127.0.0.0/8
// is this machine.
func TestManyHosts(t *testing.T) {
	url, count := serve(t, text("x"))
	f, _ := client(t, fetch.Options{Limits: []fetch.Limit{{Name: "none", Hosts: []string{"a.example"}}}})
	for i := range 600 {
		u := strings.Replace(url, "127.0.0.1", fmt.Sprintf("127.0.%d.%d", i/200, i%200+1), 1)
		if _, err := f.Get(t.Context(), fetch.Request{URL: u}); err != nil {
			t.Skipf("this machine does not answer at every address of 127.0.0.0/8: %v", err)
		}
	}
	if n := f.Queues(); n > 300 || count.Load() != 600 {
		t.Errorf("%d queues are kept after %d requests", n, count.Load())
	}
}

type gate struct{ names []string }

func (g *gate) Wait(_ context.Context, name string, every time.Duration) error {
	g.names = append(g.names, fmt.Sprint(name, " ", every))
	return nil
}

func TestGateIsAskedForSharedLimits(t *testing.T) {
	url, _ := serve(t, text("x"))
	g := &gate{}
	f, _ := client(t, fetch.Options{Gate: g, Limits: []fetch.Limit{
		{Name: "shared", Hosts: []string{"127.0.0.1"}, Every: 3 * time.Second, Shared: true}, {Name: "own", Hosts: []string{"localhost"}}}})
	for _, u := range []string{url, strings.Replace(url, "127.0.0.1", "localhost", 1)} {
		if _, err := f.Get(t.Context(), fetch.Request{URL: u}); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]string{"shared 3s"}, g.names); d != "" {
		t.Errorf("asked (-want +got):\n%s", d)
	}
}

func TestTimeOut(t *testing.T) {
	release := make(chan struct{})
	url, count := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	f, _ := client(t, fetch.Options{Timeout: 30 * time.Millisecond, Attempts: 2})
	_, err := f.Get(t.Context(), fetch.Request{URL: url})
	if !errors.Is(err, fetch.ErrTimeout) || count.Load() != 2 {
		t.Errorf("got %v after %d requests, want ErrTimeout after 2", err, count.Load())
	}
}

func TestSlowBodyIsBounded(t *testing.T) {
	url, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			fmt.Fprint(w, "drip ")
			w.(http.Flusher).Flush()
		}
	})
	f, _ := client(t, fetch.Options{Timeout: 30 * time.Millisecond, Attempts: 1, MaxBody: 1 << 40})
	if _, err := f.Get(t.Context(), fetch.Request{URL: url}); !errors.Is(err, fetch.ErrTimeout) {
		t.Errorf("got %v, want ErrTimeout", err)
	}
}

func TestCancelledByTheCaller(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url, count := serve(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	f, _ := client(t, fetch.Options{})
	if _, err := f.Get(ctx, fetch.Request{URL: url}); !errors.Is(err, context.Canceled) || count.Load() != 1 {
		t.Errorf("got %v after %d requests, want Canceled after 1", err, count.Load())
	}
}

func packed(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(make([]byte, n)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSizes(t *testing.T) {
	gz := func(n int) http.HandlerFunc {
		body := packed(t, n)
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(body)
		}
	}
	endless := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			fmt.Fprint(w, strings.Repeat("more ", 1000))
		}
	}
	sized := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.Write(bytes.Repeat([]byte("x"), n)) }
	}
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		want   error
	}{
		{"just fits", sized(1 << 20), nil},
		{"one byte too many", sized(1<<20 + 1), fetch.ErrTooLarge},
		{"endless body", endless, fetch.ErrTooLarge},
		{"packed, just fits", gz(1 << 20), nil},
		{"packed, one byte too many", gz(1<<20 + 1), fetch.ErrTooLarge},
		{"gzip bomb", gz(200 << 20), fetch.ErrTooLarge},
		{"twice packed", status(200, "Content-Encoding", "gzip, gzip"), fetch.ErrType},
	} {
		url, count := serve(t, c.answer)
		f, _ := client(t, fetch.Options{MaxBody: 1 << 20})
		if _, err := f.Get(t.Context(), fetch.Request{URL: url, MayBeEmpty: true}); !errors.Is(err, c.want) || count.Load() != 1 {
			t.Errorf("%s: got %v after %d requests, want %v after 1", c.name, err, count.Load(), c.want)
		}
	}
}

func TestContentType(t *testing.T) {
	for _, c := range []struct {
		header string
		ok     bool
	}{{"text/xml; charset=utf-8", true}, {"application/xml", true}, {"APPLICATION/XML", true}, {"text/html", false}, {"", false}, {";;", false}} {
		url, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{c.header}
			fmt.Fprint(w, "<x/>")
		})
		f, _ := client(t, fetch.Options{})
		_, err := f.Get(t.Context(), fetch.Request{URL: url, Types: []string{"text/xml", "application/xml"}})
		if c.ok != (err == nil) || !c.ok && !errors.Is(err, fetch.ErrType) {
			t.Errorf("content type %q: error %v, want one: %v", c.header, err, !c.ok)
		}
	}
}

func TestRedirects(t *testing.T) {
	to := func(where string) http.HandlerFunc { return status(302, "Location", where) }
	for _, c := range []struct {
		name     string
		handlers []http.HandlerFunc
		want     error
	}{
		{"relative", []http.HandlerFunc{to("/there"), text("x")}, nil},
		{"five", []http.HandlerFunc{to("/1"), to("/2"), to("/3"), to("/4"), to("/5"), text("x")}, nil},
		{"in a circle", []http.HandlerFunc{to("/again")}, fetch.ErrRedirect},
		{"nowhere", []http.HandlerFunc{status(302)}, fetch.ErrRedirect},
		{"other scheme", []http.HandlerFunc{to("file:///etc/passwd")}, fetch.ErrRedirect},
		{"credentials", []http.HandlerFunc{to("http://a:b@127.0.0.1/")}, fetch.ErrRedirect},
		{"private network", []http.HandlerFunc{to("http://10.0.0.1/")}, fetch.ErrForbidden},
		{"metadata service", []http.HandlerFunc{to("http://169.254.169.254/latest/meta-data/")}, fetch.ErrForbidden},
	} {
		url, _ := serve(t, c.handlers...)
		f, _ := client(t, fetch.Options{})
		if _, err := f.Get(t.Context(), fetch.Request{URL: url}); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

func TestNobodyListens(t *testing.T) {
	s := httptest.NewServer(nil)
	s.Close()
	f, clock := client(t, fetch.Options{})
	if _, err := f.Get(t.Context(), fetch.Request{URL: s.URL}); !errors.Is(err, fetch.ErrUnreachable) || len(clock.slept) != 0 {
		t.Errorf("got %v after sleeping %v, want ErrUnreachable at once", err, clock.slept)
	}
}

func TestBadAddresses(t *testing.T) {
	for _, u := range []string{"", "x", "ftp://a.example/", "file:///etc/passwd", "http://", "http://u:p@a.example/", "http://a b/", "gopher://127.0.0.1:70/"} {
		f, _ := client(t, fetch.Options{})
		if _, err := f.Get(t.Context(), fetch.Request{URL: u}); !errors.Is(err, fetch.ErrURL) {
			t.Errorf("Get(%q): got %v, want ErrURL", u, err)
		}
	}
}
