package boot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"broadsheet"
	"broadsheet/internal/config"
	"broadsheet/internal/embed"
	"broadsheet/internal/embed/embedtest"
	"broadsheet/internal/jobs"
	"broadsheet/internal/lib/metric"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

func putPapers(ctx context.Context, t *testing.T, s *store.Store, from, n int) {
	t.Helper()
	var b store.Batch
	for i := from; i < n; i++ {
		b.Papers = append(b.Papers, broadsheet.Paper{ID: fmt.Sprintf("2606.%05d", i+1), Title: fmt.Sprint("Paper ", i), Abstract: "About it."})
	}
	if _, err := s.Put(ctx, b); err != nil {
		t.Fatal(err)
	}
}

// locked is a buffer that several goroutines write.
type locked struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// From the settings to the vectors of all papers and of a query, through a
// service that is really asked; the key stays out of the log and the metrics.
func TestElsewhere(t *testing.T) {
	const key = "hunter22"
	server := embedtest.New(t)
	server.Key = key
	s := storetest.Open(t)
	putPapers(t.Context(), t, s, 0, 150)
	var log locked
	set := metric.New()
	c := &config.Config{Embed: config.Embed{URL: server.URL, Model: "m", Key: key, Batch: 16, Parallel: 3, QueryTimeout: 30 * time.Second, Timeout: time.Minute}}
	e := NewElsewhere(s, c, Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}, set)
	defer e.Close()
	if ready, err := e.Ready(t.Context()); err != nil || ready {
		t.Errorf("before: ready %t, %v", ready, err)
	}
	server.Misbehave(embedtest.Page) // the follower waits a second
	e.start(t.Context())
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); ; <-tick.C {
		ready, err := e.Ready(t.Context())
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("not ready in time: %v\n%s", err, log.String())
		}
		if ready {
			break
		}
	}
	p, err := e.Progress(t.Context())
	if err != nil || p.Papers != 150 || p.Vectors != 150 || p.Model != e.Name() {
		t.Errorf("progress: got %+v, %v", p, err)
	}
	v, err := e.Query(t.Context(), "Paper 7")
	if err != nil || len(v) != embed.Dim {
		t.Errorf("query: got %d numbers, %v", len(v), err)
	}
	w := httptest.NewRecorder()
	set.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{"broadsheet_embed_vectors_total 150", "broadsheet_embed_missing_entries 0", `broadsheet_embed_requests_total{kind="query",outcome="ok"} 1`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("metrics lack %q", want)
		}
	}
	if strings.Contains(log.String()+w.Body.String(), key) {
		t.Error("the log or the metrics hold the key")
	}
	if !strings.Contains(log.String(), "the embeddings service answers something else") {
		t.Errorf("the log does not tell of the failure:\n%s", log.String())
	}
}

func TestNoElsewhere(t *testing.T) {
	e := NewElsewhere(nil, &config.Config{}, Options{}, nil)
	e.start(t.Context())
	defer e.Close()
	if ready, err := e.Ready(t.Context()); e != nil || e.Name() != "" || ready || err != nil {
		t.Errorf("got %v, %q, %t, %v; want none", e, e.Name(), ready, err)
	}
	if _, err := e.Query(t.Context(), "x"); broadsheet.KindOf(err) != broadsheet.Unavailable {
		t.Errorf("query: got %v, want Unavailable", err)
	}
}

// A service that is away for hours is asked about once a minute, and papers
// that came meanwhile have their vectors soon after it is back.
func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.Open(t)
		putPapers(t.Context(), t, s, 0, 20)
		back := time.Now().Add(3 * time.Hour)
		m := &embedtest.Model{Called: "m", Before: func(context.Context, int, []string) error {
			if time.Now().Before(back) {
				return errors.New("away")
			}
			return nil
		}}
		w := embed.NewWorker(m, s, embed.WorkerOptions{Batch: 64})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			ended <- w.Run(ctx, func(ctx context.Context) error {
				return jobs.Follow(ctx, s, jobs.Follower{Name: w.Name(), Handle: w.Handle}, nil)
			})
		}()
		time.Sleep(3*time.Hour - time.Second)
		putPapers(t.Context(), t, s, 20, 30)
		if calls := m.Calls(); calls < 150 || calls > 200 {
			t.Errorf("asked %d times in three hours, want about once a minute", calls)
		}
		time.Sleep(2 * time.Minute)
		if n, err := s.VectorCount(t.Context(), "m"); err != nil || n != 30 {
			t.Errorf("two minutes after it is back: %d vectors, %v; want 30", n, err)
		}
		cancel()
		if err := <-ended; err != context.Canceled {
			t.Errorf("ended with %v", err)
		}
	})
}
