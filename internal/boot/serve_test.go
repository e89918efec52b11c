package boot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/harvest/sourcetest"
	"broadsheet/internal/jobs"
	"broadsheet/internal/store/storetest"
)

// lines collects what is logged.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
	got chan struct{} // holds one: something was written
}

func newLines() *lines { return &lines{got: make(chan struct{}, 1)} }

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.got <- struct{}{}:
	default:
	}
	return l.buf.Write(p)
}

func (l *lines) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.buf.String(), text)
}

// await waits until text was logged n times.
func (l *lines) await(t *testing.T, text string, n int) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for l.count(text) < n {
		select {
		case <-l.got:
		case <-deadline:
			t.Fatalf("%q was logged %d times, want %d:\n%s", text, l.count(text), n, l.buf.String())
		}
	}
}

func load(t *testing.T, flags map[string]string) *config.Config {
	t.Helper()
	all := map[string]string{"listen": "127.0.0.1:0", "data-dir": filepath.Join(t.TempDir(), "var"), "harvest-enabled": "false"}
	for k, v := range flags {
		all[k] = v
	}
	c, err := config.Load(config.Input{Flags: all})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// started is a running site.
type started struct {
	base string
	log  *lines
	stop context.CancelFunc
	done chan error
}

func start(t *testing.T, c *config.Config) *started {
	t.Helper()
	s := &started{log: newLines(), done: make(chan error, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	s.stop = cancel
	ready, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		s.done <- Serve(ctx, c, Options{Version: "test", Log: slog.New(slog.NewTextHandler(s.log, nil)), Ready: func(base string) { ready <- base }})
	}()
	select {
	case s.base = <-ready:
	case err := <-s.done:
		t.Fatalf("serve: %v", err)
	}
	t.Cleanup(func() { // before its folder goes: it may write to the end
		cancel()
		<-ended
	})
	return s
}

func (s *started) get(t *testing.T, path string) (int, string) {
	t.Helper()
	res, err := http.Get(s.base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestServe(t *testing.T) {
	s := start(t, load(t, nil))
	for path, want := range map[string]int{
		"/papers": 200, "/healthz": 200, "/readyz": 200, "/metrics": 200, "/about": 200, "/status": 200, "/papers/2999.99999": 404, "/nowhere": 404,
	} {
		if got, _ := s.get(t, path); got != want {
			t.Errorf("GET %s: got %d, want %d", path, got, want)
		}
	}
	if _, body := s.get(t, "/metrics"); !strings.Contains(body, "broadsheet_httpkit_requests_total") || !strings.Contains(body, "broadsheet_store_rejects_entries 0") {
		t.Errorf("/metrics lacks the program's own:\n%.2000s", body)
	}
	s.stop()
	if err := <-s.done; err != nil {
		t.Errorf("a stop that was asked for: got %v, want no error", err)
	}
	if _, err := http.Get(s.base + "/papers"); err == nil {
		t.Error("it still serves")
	}
}

// TestMetricsHaveTheirOwnAddress: whoever reaches it may read.
func TestMetricsHaveTheirOwnAddress(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	start(t, load(t, map[string]string{"metrics-listen": addr}))
	res, err := http.Get("http://" + addr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 {
		t.Errorf("got %d, want 200", res.StatusCode)
	}
	if res, err = http.Get("http://" + addr + "/papers"); err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 404 {
		t.Errorf("pages beside the metrics: got %d, want 404", res.StatusCode)
	}
}

// TestAnOpenRequestMayEnd: a request that is being answered when the program
// is told to stop is answered.
func TestAnOpenRequestMayEnd(t *testing.T) {
	log := newLines()
	o := Options{Log: slog.New(slog.NewTextHandler(log, nil))}
	c := load(t, nil)
	s := storetest.Open(t)
	work, err := newBackground(s, c, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	entered, release := make(chan bool), make(chan bool)
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		io.WriteString(w, "whole")
	})
	a, err := app.New(app.Options{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	p := &program{config: c, log: o.Log, store: s, app: a, options: o, work: work, servers: []*http.Server{{Handler: slow}}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done, answer := make(chan error, 1), make(chan string, 1)
	go func() { done <- p.run(ctx, l) }()
	go func() {
		res, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		answer <- fmt.Sprint(string(body), err)
	}()
	<-entered
	stop()
	log.await(t, "msg=stopping", 1)
	close(release)
	if got, want := <-answer, "whole<nil>"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = Serve(t.Context(), load(t, map[string]string{"listen": l.Addr().String()}), Options{Log: slog.New(slog.DiscardHandler)})
	var e *broadsheet.Error
	if !errors.As(err, &e) || e.Field != "listen" || !strings.Contains(e.Text, "another program listens on") || e.Fix == "" {
		t.Errorf("got %v, want one that names the setting and the fix", err)
	}
}

// TestNoNetworkIsSaidOnce: three sources, one line; and pages are served.
func TestNoNetworkIsSaidOnce(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // closed: nobody answers there
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	away := "http://" + l.Addr().String()
	c := load(t, map[string]string{
		"harvest-enabled": "true", "harvest-arxiv-oai-url": away + "/oai", "harvest-arxiv-rss-url": away + "/rss", "harvest-daily-papers-url": away,
	})
	s := start(t, c)
	for deadline := time.Now().Add(30 * time.Second); ; {
		_, body := s.get(t, "/metrics")
		failed := 0
		for _, name := range []string{"arxiv-oai", "arxiv-rss", "daily-papers"} {
			if strings.Contains(body, `broadsheet_harvest_failures_entries{source="`+name+`"} 1`) {
				failed++
			}
		}
		if failed == 3 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("not every source was tried:\n%s", s.log.buf.String())
		}
		time.Sleep(10 * time.Millisecond) // polls what background jobs do; they signal nobody
	}
	if n := s.log.count("level=WARN"); n != 1 || s.log.count("no network") != 1 {
		t.Errorf("got %d warnings, want one that there is no network:\n%s", n, s.log.buf.String())
	}
	if got, _ := s.get(t, "/papers"); got != 200 {
		t.Errorf("GET /papers: got %d, want 200", got)
	}
	s.stop()
	if err := <-s.done; err != nil {
		t.Error(err)
	}
}

// TestHarvestWhileServing: what a source announces is shown, without a restart.
func TestHarvestWhileServing(t *testing.T) {
	fake := sourcetest.New(t)
	fake.Catalog([]sourcetest.Paper{{ID: "2606.00001", Title: "Fresh from the Source"}})
	s := start(t, load(t, map[string]string{
		"harvest-enabled": "true", "harvest-sources": "arxiv-oai", "harvest-categories": "cs.LG",
		"harvest-arxiv-oai-url": fake.URL + "/oai", "site-contact": "papers@example.org",
	}))
	s.log.await(t, "msg=harvested source=arxiv-oai", 1)
	if got, body := s.get(t, "/papers/2606.00001"); got != 200 || !strings.Contains(body, "Fresh from the Source") {
		t.Errorf("GET the new paper: got %d", got)
	}
	s.stop()
	if err := <-s.done; err != nil {
		t.Error(err)
	}
}

// TestTheNetworkGoesAndComes: said once each time, for all hosts together.
func TestTheNetworkGoesAndComes(t *testing.T) {
	log := newLines()
	n := newNetwork(nil, slog.New(slog.NewTextHandler(log, nil)))
	if n.Reached() || n.Away() {
		t.Error("before anything was asked: want neither reached nor away")
	}
	for _, step := range []struct {
		host       string
		reached    bool
		gone, back int // lines so far
	}{
		{"a", false, 1, 0}, {"b", false, 1, 0}, {"a", false, 1, 0}, {"a", true, 1, 1}, {"b", false, 1, 1}, {"b", true, 1, 1},
		{"a", false, 1, 1}, {"b", false, 2, 1},
	} {
		n.note(step.host, step.reached)
		if gone, back := log.count("no network"), log.count("is back"); gone != step.gone || back != step.back {
			t.Errorf("after %s %v: said gone %d times, back %d times; want %d, %d", step.host, step.reached, gone, back, step.gone, step.back)
		}
	}
}

// TestOfflineSourcesAreAskedSoon: one that failed for want of a network in
// offlineRetry at the latest, one that answered when it said.
func TestOfflineSourcesAreAskedSoon(t *testing.T) {
	c := load(t, nil)
	s := storetest.Open(t)
	queue, err := jobs.New(s, jobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := newHarvests(s, queue, c, Options{Log: slog.New(slog.DiscardHandler)}, nil)
	defer h.network.Close()
	now := time.Now().Truncate(time.Second)
	far := now.Add(6 * time.Hour)
	for name, tt := range map[string]struct {
		text string
		want time.Time
	}{
		"arxiv-oai": {"no network: cannot reach it", now.Add(offlineRetry)},
		"arxiv-rss": {"it asks to be left alone for a while", far},
	} {
		st := broadsheet.Source{Name: name, LastAttempt: now, NextRun: far, Failures: 7, Error: tt.text}
		if err := s.PutSource(t.Context(), st); err != nil {
			t.Fatal(err)
		}
		if err := h.plan(t.Context(), name, time.Time{}); err != nil {
			t.Fatal(err)
		}
		list, err := queue.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range list {
			if j.Unique == name && !j.Next.Equal(tt.want) {
				t.Errorf("%s: next run %v, want %v", name, j.Next, tt.want)
			}
		}
		if st, err = s.Source(t.Context(), name); err != nil || !st.NextRun.Equal(tt.want) {
			t.Errorf("%s: the state says next run %v (%v), want %v", name, st.NextRun, err, tt.want)
		}
	}
}
