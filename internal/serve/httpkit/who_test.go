package httpkit

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestWho: nobody who comes through a proxy escapes being counted, whatever
// headers they send along.
func TestWho(t *testing.T) {
	local := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	for _, c := range []struct {
		what, remote string
		trusted      []netip.Prefix
		headers      http.Header
		want         string
	}{
		{"a program here", "127.0.0.1:9", nil, nil, "invalid IP"},
		{"a program here beside a trusted proxy", "127.0.0.1:9", local, nil, "invalid IP"},
		{"a proxy that nobody told us to trust", "127.0.0.1:9", nil, http.Header{"X-Forwarded-For": {"203.0.113.9"}}, "invalid IP"},
		{"through a trusted proxy", "127.0.0.1:9", local, http.Header{"X-Forwarded-For": {"203.0.113.9"}}, "203.0.113.9"},
		{"headers that disagree", "127.0.0.1:9", local, http.Header{"X-Forwarded-For": {"203.0.113.9"}, "Forwarded": {"for=1.2.3.4"}}, "0.0.0.1"},
		{"garbage", "127.0.0.1:9", local, http.Header{"X-Forwarded-For": {"nonsense"}}, "0.0.0.1"},
		{"who says to be here", "127.0.0.1:9", local, http.Header{"X-Forwarded-For": {"127.0.0.1"}}, "0.0.0.1"},
		{"who says to be here, by IPv6", "127.0.0.1:9", local, http.Header{"X-Forwarded-For": {"::1"}}, "0.0.0.1"},
		{"a network", "[2001:db8:1:2:3::4]:9", nil, nil, "2001:db8:1:2::"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Header = c.remote, c.headers
		if r.Header == nil {
			r.Header = http.Header{}
		}
		if got := who(r, c.trusted); got.String() != c.want {
			t.Errorf("%s: counted as %s, want %s", c.what, got, c.want)
		}
	}
}

// TestForgersShareALimit: headers that disagree do not lift a limit.
func TestForgersShareALimit(t *testing.T) {
	h := formSite(t, func(o *Options) {
		o.Limits = map[string]Limit{"api": {Requests: 2, Window: 5 * time.Minute}}
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	})
	code := 0
	for range 3 {
		code = ask(h, "GET", "/api/things", "X-Forwarded-For", "203.0.113.1", "Forwarded", "for=1.2.3.4").Code
	}
	if code != http.StatusTooManyRequests {
		t.Errorf("the third request of a forger: got %d, want 429", code)
	}
}

// TestLane: what goes through a lane of its own is worked one at a time, and
// pages do not wait for it.
func TestLane(t *testing.T) {
	var now, most atomic.Int32
	release := make(chan struct{})
	h := testSite(t, func(o *Options) { o.Timeouts.Render = time.Minute }, Route{Method: "POST", Pattern: "/heavy", Kind: Action, Lane: "heavy", Handle: func(w http.ResponseWriter, r *http.Request) error {
		most.Store(max(most.Load(), now.Add(1)))
		<-release
		now.Add(-1)
		return nil
	}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "POST", "/heavy", nil))
		})
	}
	if got := ask(h, "GET", "/papers/x"); got.Code != http.StatusOK {
		t.Errorf("a page beside it: got %d", got.Code)
	}
	close(release)
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d at once, want 1", most.Load())
	}
}

// TestNoSuchForm: who prefers a form that a thing does not have gets its page.
func TestNoSuchForm(t *testing.T) {
	h := testSite(t, nil, Route{Method: "GET", Pattern: "/papers/{id...}", Suffix: ".rss", Type: "application/rss+xml", Handle: func(http.ResponseWriter, *http.Request) error { return errNoSuchPath }})
	if got := ask(h, "GET", "/papers/x", "Accept", "application/rss+xml, text/html;q=0.9"); got.Code != http.StatusOK || got.Body.String() != "paper x" {
		t.Errorf("by Accept: got %d %s, want the page", got.Code, got.Body)
	}
	if got := ask(h, "GET", "/papers/x.rss"); got.Code != http.StatusNotFound {
		t.Errorf("at its address: got %d, want 404", got.Code)
	}
}

// TestLastModifiedFollowsTheContent: a change that a handler does not date is
// still told to who asks by If-Modified-Since alone.
func TestLastModifiedFollowsTheContent(t *testing.T) {
	now := newClock()
	body := "first"
	h := testSite(t, func(o *Options) { o.Now = now.Now; o.Generation = func() string { return body } }, Route{Method: "GET", Pattern: "/feed", Handle: func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT")
		_, err := w.Write([]byte(body))
		return err
	}})
	since := ask(h, "GET", "/feed").Header().Get("Last-Modified")
	now.add(26 * time.Hour)
	if got := ask(h, "GET", "/feed", "If-Modified-Since", since); got.Code != http.StatusNotModified {
		t.Errorf("a day later: got %d, want 304", got.Code)
	}
	body = "second"
	now.add(time.Hour)
	if got := ask(h, "GET", "/feed", "If-Modified-Since", since); got.Code != http.StatusOK {
		t.Errorf("after a change: got %d, want 200", got.Code)
	}
}
