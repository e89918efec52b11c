package remote_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"broadsheet"
	"broadsheet/internal/embed"
	"broadsheet/internal/embed/embedtest"
	"broadsheet/internal/embed/remote"
	"broadsheet/internal/lib/fetch"

	"github.com/google/go-cmp/cmp"
)

// slow answers after a time that each request is given by turns; a negative
// time fails at once.
type slow struct {
	mu    sync.Mutex
	takes []time.Duration
	asked int
}

func (s *slow) Post(ctx context.Context, _ fetch.Request) (*fetch.Response, error) {
	s.mu.Lock()
	take := s.takes[min(s.asked, len(s.takes)-1)]
	s.asked++
	s.mu.Unlock()
	if take < 0 {
		return nil, fetch.ErrUnreachable
	}
	if err := (fetch.SystemClock{}).Sleep(ctx, take); err != nil {
		return nil, err
	}
	return &fetch.Response{Body: []byte(embedtest.Answer("base64", embedtest.Vector("x", 384)))}, nil
}

func (s *slow) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// ask asks for the vector of a query and tells what came, and after what time.
func ask(ctx context.Context, m *remote.Model, text string) string {
	began := time.Now()
	got, err := m.Embed(ctx, embed.Query, []string{text})
	took := time.Since(began)
	switch {
	case err == nil && got[0] != nil:
		return fmt.Sprint(took, " vector")
	case err == nil:
		return fmt.Sprint(took, " none")
	case errors.Is(err, context.Canceled):
		return fmt.Sprint(took, " cancelled")
	}
	var e *broadsheet.Error
	if !errors.As(err, &e) || e.Kind != broadsheet.Unavailable || e.Fix == "" {
		return fmt.Sprint(took, " unexpected ", err)
	}
	return fmt.Sprint(took, " ", e.Field)
}

func TestQueryWaitsOnlySoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ms = time.Millisecond
		s := &slow{takes: []time.Duration{100 * ms, 500 * ms, time.Hour, 0}}
		m := remote.New(remote.Options{URL: "http://x", Model: "m", Queries: s})
		defer m.Close()
		var got []string
		step := func(text string) { got = append(got, text+" "+ask(t.Context(), m, text)) }
		step("a")
		step("a") // kept
		step("b")
		time.Sleep(200 * ms)
		step("b") // came late, and was kept
		step("c")
		step("c") // still under way: not asked again
		step(" ")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*ms, cancel)
		got = append(got, "c "+ask(ctx, m, "c"))
		time.Sleep(10 * time.Second)
		step("c") // given up after 10 s, and asked anew
		if d := cmp.Diff([]string{"a 100ms vector", "a 0s vector", "b 300ms embed.query_timeout", "b 0s vector",
			"c 300ms embed.query_timeout", "c 300ms embed.query_timeout", "  0s none", "c 50ms cancelled", "c 0s vector"}, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if s.count() != 4 {
			t.Errorf("asked %d times, want 4", s.count())
		}
	})
}

// A service that is down is left alone: search does not wait for it, and it is
// asked now and then.
func TestQueryLeavesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{takes: []time.Duration{-1, -1, -1, -1, -1, -1, 0}}
		m := remote.New(remote.Options{URL: "http://x", Model: "m", Queries: s})
		defer m.Close()
		begin := time.Now()
		var asked []string
		for i := 0; time.Since(begin) < 20*time.Second; i++ { // ten searches a second
			before := s.count()
			ask(t.Context(), m, fmt.Sprint("query ", i))
			if s.count() > before && len(asked) < 7 {
				asked = append(asked, time.Since(begin).String())
			}
			time.Sleep(100 * time.Millisecond)
		}
		if d := cmp.Diff([]string{"0s", "100ms", "200ms", "1.2s", "3.2s", "7.2s", "15.2s"}, asked); d != "" {
			t.Errorf("asked at (-want +got):\n%s", d)
		}
		if got := ask(t.Context(), m, "query again"); got != "0s vector" {
			t.Errorf("after it is back: %s", got)
		}
	})
}

func TestQueriesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{takes: []time.Duration{time.Hour}}
		m := remote.New(remote.Options{URL: "http://x", Model: "m", Queries: s})
		var all sync.WaitGroup
		var mu sync.Mutex
		got := map[string]int{}
		for i := range 200 {
			all.Go(func() {
				a := ask(t.Context(), m, fmt.Sprint(i))
				mu.Lock()
				defer mu.Unlock()
				got[a]++
			})
		}
		all.Wait()
		if d := cmp.Diff(map[string]int{"300ms embed.query_timeout": 64, "0s embed.url": 136}, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		m.Close() // ends what is under way
		if got := ask(t.Context(), m, "late"); got != "0s embed.url" {
			t.Errorf("after the end: %s", got)
		}
	})
}

func TestQueryCacheIsBounded(t *testing.T) {
	s := embedtest.New(t)
	m, _ := model(t, s, remote.Options{QueryCache: 2, QueryPrefix: "query: "})
	for _, text := range []string{"a", "b", "a", "c", "a", "b"} { // c drives out b
		if _, err := m.Embed(t.Context(), embed.Query, []string{text}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, r := range s.Asked() {
		got = append(got, r.Input...)
	}
	if d := cmp.Diff([]string{"query: a", "query: b", "query: c", "query: b"}, got); d != "" {
		t.Errorf("asked (-want +got):\n%s", d)
	}
	if m.Spent() != 0 {
		t.Errorf("queries count against the budget of documents: %d", m.Spent())
	}
}
