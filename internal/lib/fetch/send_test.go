package fetch_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"broadsheet/internal/lib/fetch"
)

// Whatever is said is the answer, and it is asked for once.
func TestSendOnce(t *testing.T) {
	for _, code := range []int{200, 202, 204, 302, 400, 404, 410, 429, 500, 503} {
		var method, got string
		url, count := serve(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			method, got = r.Method+" "+r.Header.Get("Content-Type"), string(body)
			status(code, "Retry-After", "7", "Location", "http://127.0.0.1:1/elsewhere")(w, r)
		})
		f, c := client(t, fetch.Options{})
		a, err := f.Send(t.Context(), http.MethodPut, fetch.Request{URL: url, Body: []byte("{}"), BodyType: "application/json"})
		if err != nil || a.Status != code || a.RetryAfter != 7*time.Second || count.Load() != 1 || len(c.slept) != 0 {
			t.Errorf("%d: got %+v, %v after %d requests, slept %v; want the status, at once and once", code, a, err, count.Load(), c.slept)
		}
		if method != "PUT application/json" || got != "{}" {
			t.Errorf("%d: the other side got %q %q", code, method, got)
		}
	}
}

// What certainly was not sent is told from what may have been.
func TestSendTellsWhatWasNotSent(t *testing.T) {
	cut := func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	}
	taken, _ := serve(t, cut)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + l.Addr().String()
	l.Close()
	f, _ := client(t, fetch.Options{})
	guarded := fetch.New(fetch.Options{})
	defer guarded.Close()
	for _, c := range []struct {
		name, url string
		by        *fetch.Client
		notSent   bool
		is        error
	}{
		{"cut off after the request", taken, f, false, fetch.ErrCut},
		{"nobody listens", nobody, f, true, fetch.ErrUnreachable},
		{"no TLS there", "https" + strings.TrimPrefix(taken, "http"), f, true, nil},
		{"no address", "ftp://example.org", f, true, fetch.ErrURL},
		{"private network", taken + "/hook/secret", guarded, true, fetch.ErrForbidden},
	} {
		_, err := c.by.Send(t.Context(), http.MethodPost, fetch.Request{URL: c.url, Body: []byte("{}")})
		if err == nil || errors.Is(err, fetch.ErrNotSent) != c.notSent || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got %v, want not sent %v and %v", c.name, err, c.notSent, c.is)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %q tells the address", c.name, err)
		}
	}
}

func TestSendBoundsTheAnswer(t *testing.T) {
	bomb := packed(t, 10<<20)
	for name, answer := range map[string]http.HandlerFunc{
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 32<<10)); err != nil {
					return
				}
			}
		},
		"gzip bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb)
		},
	} {
		url, _ := serve(t, answer)
		f, _ := client(t, fetch.Options{})
		a, err := f.Send(t.Context(), http.MethodPost, fetch.Request{URL: url})
		if err != nil || a.Status != 200 || len(a.Body) > 64<<10 {
			t.Errorf("%s: got %v with %d bytes, want 200 with at most 65,536", name, err, len(a.Body))
		}
	}
}
