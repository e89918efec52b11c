// Package sourcetest is a stand-in for the services that papers come from,
// for tests: arXiv's OAI-PMH, feeds and API, and a Daily Papers API, on one
// local server. It answers with invented papers or replays recorded answers,
// and misbehaves as real services do, on request.
package sourcetest

import (
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"broadsheet/internal/lib/fetch"
)

// Server is the stand-in. Set what it answers before asking.
type Server struct {
	URL string
	// Patience is how long clients made from now on wait for an answer; 0 is
	// a minute, longer than any test.
	Patience time.Duration

	mu      sync.Mutex
	faults  []fault
	asked   []string
	oai     [][]Paper // pages
	expired map[string]bool
	served  time.Time // response date
	feed    string
	etag    string
	api     []Paper
	days    map[string]string
	files   map[string]string
}

// Fault answers a request wrongly.
type Fault func(w http.ResponseWriter, r *http.Request)

type fault struct {
	path string
	do   Fault
}

// New starts a server that knows no papers; it ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{served: time.Date(2026, 6, 3, 3, 0, 0, 0, time.UTC), days: map[string]string{}, expired: map[string]bool{}, files: map[string]string{}}
	http := httptest.NewServer(s)
	t.Cleanup(http.Close)
	s.URL = http.URL
	return s
}

// ServeHTTP answers, after the faults that were asked for.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.URL.RequestURI())
	var do Fault
	for i, f := range s.faults {
		if strings.HasPrefix(r.URL.Path, f.path) {
			do = f.do
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			break
		}
	}
	s.mu.Unlock()
	if do != nil {
		do(w, r)
		if r.Header.Get(passed) == "" {
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.files[r.URL.RequestURI()] != "" || s.files[r.URL.Path] != "":
		name := s.files[r.URL.RequestURI()]
		if name == "" {
			name = s.files[r.URL.Path]
		}
		replay(w, name)
	case r.URL.Path == "/oai":
		s.serveOAI(w, r)
	case strings.HasPrefix(r.URL.Path, "/rss/"):
		s.serveFeed(w, r)
	case r.URL.Path == "/api/query":
		s.serveAPI(w, r)
	case r.URL.Path == "/api/daily_papers":
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		body := s.days[r.URL.Query().Get("date")]
		if body == "" || r.URL.Query().Get("p") != "" {
			body = "[]"
		}
		fmt.Fprint(w, body)
	default:
		http.NotFound(w, r)
	}
}

func replay(w http.ResponseWriter, name string) {
	body, err := os.ReadFile(name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	kind := "text/xml; charset=utf-8"
	if strings.HasSuffix(name, ".json") {
		kind = "application/json"
	}
	w.Header().Set("Content-Type", kind)
	w.Write(body) // a client that hangs up is part of the play
}

// Replay answers requests for that path, or path and query, with a file.
func (s *Server) Replay(path, file string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path] = file
}

// Misbehave lets the next requests whose path begins with path meet the
// faults, one each, in order.
func (s *Server) Misbehave(path string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		s.faults = append(s.faults, fault{path, f})
	}
}

// Asked gives the path and query of every request so far.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

// Calm forgets the faults that are still to come.
func (s *Server) Calm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// passed is set on a request that is to be answered rightly after all.
const passed = "X-Passed"

// Pass is no fault: the request is answered rightly. It takes a place in the
// order of faults.
func Pass(_ http.ResponseWriter, r *http.Request) { r.Header.Set(passed, "yes") }

// Status answers with a status; Retry-After is sent where it is not "".
func Status(code int, retryAfter string) Fault {
	return func(w http.ResponseWriter, _ *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(code)
	}
}

// Hang answers nothing until the client gives up.
func Hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// Cut begins an answer and breaks the connection.
func Cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("Content-Length", "100000")
	fmt.Fprint(w, `<?xml version="1.0"?><OAI-PMH><ListRecords><record>`)
	panic(http.ErrAbortHandler)
}

// Empty answers 200 with no body.
func Empty(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/xml") }

// WrongType answers with a page for people.
func WrongType(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, "<html><body><h1>Down for maintenance</h1></body></html>")
}

// Broken answers with XML that breaks off in the middle.
func Broken(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/xml")
	fmt.Fprint(w, `<?xml version="1.0"?><OAI-PMH><ListRecords><record><header><identifier>oai:arXiv.org:2606.0`)
}

// Endless answers for as long as anybody listens.
func Endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/xml")
	for r.Context().Err() == nil {
		fmt.Fprint(w, strings.Repeat("<a>more</a>", 1000))
	}
}

// Bomb answers with a small body that unpacks to 256 MiB.
func Bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	defer z.Close()
	chunk := make([]byte, 1<<20)
	for range 256 {
		if _, err := z.Write(chunk); err != nil {
			return
		}
	}
}

// Clock passes time only when somebody sleeps by it.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock begins at a time.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

// Sleep moves the clock on.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// Client is a client that may reach the server, at any rate. Bodies may have
// 8 MiB.
func (s *Server) Client(t testing.TB, c *Clock) *fetch.Client {
	t.Helper()
	patience := s.Patience
	if patience == 0 {
		patience = time.Minute
	}
	f := fetch.New(fetch.Options{
		Agent: fetch.Agent("test", "", ""), Clock: c, Rand: func() float64 { return 0 }, MaxBody: 8 << 20, Timeout: patience,
		Allow:  []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Limits: []fetch.Limit{{Name: "test", Hosts: []string{"127.0.0.1"}, Burst: 1}},
	})
	t.Cleanup(f.Close)
	return f
}
