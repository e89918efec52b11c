package fetch_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet/internal/lib/fetch"
)

func TestPost(t *testing.T) {
	var got []string
	answer := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got = append(got, fmt.Sprint(r.Method, " ", r.Header.Get("Content-Type"), " ", r.Header.Get("Authorization"), " ", string(body)))
			w.WriteHeader(status)
			fmt.Fprint(w, "answer")
		}
	}
	url, _ := serve(t, answer(503), answer(200))
	f, c := client(t, fetch.Options{})
	res, err := f.Post(t.Context(), fetch.Request{URL: url, Body: []byte(`{"a":1}`), BodyType: "application/json", Header: http.Header{"Authorization": {"Bearer k"}}})
	if err != nil || string(res.Body) != "answer" {
		t.Fatalf("got %v, %v", res, err)
	}
	one := `POST application/json Bearer k {"a":1}`
	if d := cmp.Diff([]string{one, one}, got); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]time.Duration{3 * time.Second}, c.slept); d != "" {
		t.Errorf("slept (-want +got):\n%s", d)
	}
}

// A key that is posted must not follow a redirect to somebody else.
func TestPostFollowsNoRedirect(t *testing.T) {
	elsewhere, asked := serve(t, text("stolen"))
	for _, code := range []int{301, 302, 303, 307, 308} {
		url, _ := serve(t, status(code, "Location", elsewhere))
		f, _ := client(t, fetch.Options{})
		if _, err := f.Post(t.Context(), fetch.Request{URL: url, Body: []byte("{}")}); !errors.Is(err, fetch.ErrRedirect) {
			t.Errorf("%d: got %v, want %v", code, err, fetch.ErrRedirect)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the other address was asked %d times, want 0", n)
	}
}

func TestPostReachesNoPrivateNetwork(t *testing.T) {
	url, asked := serve(t, text("secret"))
	f := fetch.New(fetch.Options{Attempts: 1})
	defer f.Close()
	if _, err := f.Post(t.Context(), fetch.Request{URL: url}); !errors.Is(err, fetch.ErrForbidden) || asked.Load() != 0 {
		t.Errorf("got %v and %d requests, want %v and none", err, asked.Load(), fetch.ErrForbidden)
	}
}

// As many requests are under way as the limit says, never more.
func TestParallel(t *testing.T) {
	const parallel, requests = 3, 9
	var now, most atomic.Int32
	all := make(chan struct{})
	var open sync.Once
	url, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		if n == parallel {
			open.Do(func() { close(all) })
		}
		select {
		case <-all: // nobody goes before so many are here
		case <-r.Context().Done():
		}
		text("ok")(w, r)
	})
	f, _ := client(t, fetch.Options{Timeout: time.Minute, Limits: []fetch.Limit{{Name: "test", Hosts: []string{"127.0.0.1"}, Burst: 1000, Parallel: parallel}}})
	var wg sync.WaitGroup
	var once sync.Once
	for range requests {
		wg.Go(func() {
			if _, err := f.Get(t.Context(), fetch.Request{URL: url}); err != nil {
				once.Do(func() { t.Errorf("get: %v", err) })
			}
		})
	}
	wg.Wait()
	if most.Load() != parallel {
		t.Errorf("%d requests at a time, want %d", most.Load(), parallel)
	}
}
