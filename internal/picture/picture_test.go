package picture

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// site is a server of pictures that remembers what it was asked for.
type site struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func (s *site) took() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.asked
	s.asked = nil
	slices.Sort(out)
	return out
}

func newSite(t *testing.T) *site {
	s := &site{}
	answer := func(kind string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Write(body)
		}
	}
	dot := asPNG(t, plain(90, 90, red))
	mux := http.NewServeMux()
	mux.Handle("/lab", answer("image/png", dot))
	mux.Handle("/photo", answer("image/jpeg", asJPEG(t, noise(900, 600))))
	mux.Handle("/mislabelled", answer("image/jpeg", dot))
	mux.Handle("/octets", answer("application/octet-stream", dot))
	mux.Handle("/page", answer("text/html", dot))
	mux.Handle("/drawing", answer("image/svg+xml", []byte("<svg/>")))
	mux.Handle("/hidden-drawing", answer("image/png", []byte("<svg/>")))
	mux.Handle("/bomb", answer("image/png", bomb(t, 60_000, 60_000)))
	mux.Handle("/fat", answer("image/png", make([]byte, MaxBytes+1)))
	mux.Handle("/inside", http.RedirectHandler("http://10.0.0.1/lab", http.StatusFound))
	mux.Handle("/moved", http.RedirectHandler("/lab", http.StatusMovedPermanently))
	mux.Handle("/busy", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7200")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.Path[1:])
		s.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func client(t *testing.T) *fetch.Client {
	c := fetch.New(fetch.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Attempts: 1, MaxWait: time.Millisecond,
		Limits: []fetch.Limit{{Name: "test", Hosts: []string{"127.0.0.1"}, Burst: 1000}}})
	t.Cleanup(c.Close)
	return c
}

func feature(t *testing.T, s *store.Store, urls ...string) {
	t.Helper()
	var b store.Batch
	for i, u := range urls {
		day := broadsheet.Day("2026-01-09")
		b.Papers = append(b.Papers, broadsheet.Paper{ID: fmt.Sprintf("2601.%05d", i), Title: "A paper", PublishedAt: day.Time(),
			Links:    []broadsheet.Link{{Kind: broadsheet.LinkMedia, URL: u}},
			Features: []broadsheet.Feature{{Day: day, Position: i + 1, FeaturedAt: day.Time()}}})
	}
	if _, err := s.Put(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func TestRun(t *testing.T) {
	from, s := newSite(t), storetest.Open(t)
	now := time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
	p, err := New(Options{Store: s, Fetch: client(t), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"lab", "photo", "mislabelled", "octets", "page", "drawing", "hidden-drawing", "bomb", "fat", "inside", "moved", "missing"}
	var urls []string
	for _, n := range names {
		urls = append(urls, from.URL+"/"+n)
	}
	feature(t, s, urls...)
	run := func() []string {
		t.Helper()
		if err := p.Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		return from.took()
	}
	if got := run(); len(got) != len(names)+1 { // "moved" leads to "lab"
		t.Errorf("asked for %v", got)
	}
	sizes := map[string]string{}
	for _, n := range append(names, "unknown") {
		u := from.URL + "/" + n
		pic, err := s.Picture(t.Context(), store.PictureKey(u, store.PictureThumbnail))
		if broadsheet.KindOf(err) == broadsheet.NotFound {
			continue
		}
		if err != nil || pic.URL != u {
			t.Errorf("picture %s: got %s %v, want the copy of %s", n, pic.URL, err, u)
			continue
		}
		check(t, pic)
		sizes[n] = fmt.Sprint(pic.Width, " × ", pic.Height)
	}
	want := map[string]string{"lab": "90 × 90", "mislabelled": "90 × 90", "octets": "90 × 90", "moved": "90 × 90", "photo": "405 × 270"}
	if diff := cmp.Diff(want, sizes); diff != "" {
		t.Errorf("copies (-want +got):\n%s", diff)
	}
	if got := run(); got != nil {
		t.Errorf("asked again for %v", got)
	}
	now = now.Add(23 * time.Hour)
	if got := run(); got != nil {
		t.Errorf("asked within a day for %v", got)
	}
	now = now.Add(time.Hour)
	bad := []string{"bomb", "drawing", "fat", "hidden-drawing", "inside", "missing", "page"}
	if diff := cmp.Diff(bad, run()); diff != "" {
		t.Errorf("asked for after a day (-want +got):\n%s", diff)
	}
	now = now.Add(47 * time.Hour)
	if got := run(); got != nil {
		t.Errorf("asked within two days for %v", got)
	}
}

// A host that asks to wait, or is out of reach, is not asked for more.
func TestRunSparesHosts(t *testing.T) {
	from, s := newSite(t), storetest.Open(t)
	var urls []string
	for i := range 100 {
		urls = append(urls, fmt.Sprintf("%s/busy?%d", from.URL, i))
	}
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	urls = append(urls, down.URL+"/a", down.URL+"/b")
	feature(t, s, urls...)
	now := time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
	p, err := New(Options{Store: s, Fetch: client(t), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := from.took(); len(got) != 1 {
		t.Errorf("a host that answered 429 was asked %d times, want once", len(got))
	}
	refs, err := s.PicturesWanted(t.Context(), now, 1000)
	if err != nil || len(refs) != 100 {
		t.Errorf("%d are still wanted (%v), want the 100 that were not asked for", len(refs), err)
	}
}

// getter answers from a function.
type getter func(ctx context.Context, r fetch.Request) (*fetch.Response, error)

func (g getter) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) { return g(ctx, r) }

func TestRunEndsWithItsContext(t *testing.T) {
	s := storetest.Open(t)
	feature(t, s, "https://p.example/a", "https://p.example/b", "https://p.example/c")
	ctx, cancel := context.WithCancel(t.Context())
	dot := asPNG(t, plain(9, 9, red))
	asked := 0
	p, err := New(Options{Store: s, Fetch: getter(func(ctx context.Context, _ fetch.Request) (*fetch.Response, error) {
		if asked++; asked == 2 {
			cancel()
			return nil, ctx.Err()
		}
		return &fetch.Response{Body: dot}, nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	refs, err := s.PicturesWanted(t.Context(), time.Now(), 10)
	if err != nil || len(refs) != 2 || refs[0].Failures != 0 {
		t.Errorf("wanted: got %v %v, want two, neither failed: the first was kept", refs, err)
	}
}

func TestAfterError(t *testing.T) {
	status := func(code int, wait time.Duration) error {
		return fmt.Errorf("get: %w", &fetch.StatusError{Status: code, RetryAfter: wait})
	}
	for _, test := range []struct {
		err      error
		failures int
		wait     time.Duration
		host     bool
	}{
		{status(404, 0), 0, 24 * time.Hour, false},
		{status(404, 0), 2, 96 * time.Hour, false},
		{status(404, 0), 1000, 720 * time.Hour, false},
		{status(500, 0), 0, time.Hour, false},
		{status(500, 0), 3, 8 * time.Hour, false},
		{status(429, 0), 0, time.Hour, true},
		{status(503, 5*time.Hour), 3, 5 * time.Hour, true},
		{fetch.ErrUnreachable, 0, time.Hour, true},
		{fetch.ErrForbidden, 0, 24 * time.Hour, false},
		{errNoPicture, 1, 48 * time.Hour, false},
		{errors.New("else"), 0, time.Hour, false},
	} {
		wait, host := afterError(test.err, test.failures)
		if wait != test.wait || (host != nil) != test.host {
			t.Errorf("%v after %d failures: got %v %v, want %v %v", test.err, test.failures, wait, host, test.wait, test.host)
		}
	}
}

func TestClip(t *testing.T) {
	if got := clip(strings.Repeat("é", 1000)); len([]rune(got)) != 301 {
		t.Errorf("clip left %d characters, want 300 and a mark", len([]rune(got)))
	}
}
