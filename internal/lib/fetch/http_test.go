package fetch_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"broadsheet/internal/lib/fetch"
)

// TestHTTP: libraries that want an http.Client get one that reaches no private
// network, follows no redirect, and reads bounded answers.
func TestHTTP(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/much":
			_, _ = w.Write([]byte(strings.Repeat("x", 2000)))
		default:
			_, _ = w.Write([]byte(r.Method + " " + r.UserAgent()))
		}
	}))
	defer s.Close()
	c := fetch.New(fetch.Options{Agent: "us", MaxBody: 1000, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}).HTTP()
	for path, want := range map[string]int{"/": http.StatusOK, "/away": http.StatusFound} {
		res, err := c.Get(s.URL + path)
		if err != nil || res.StatusCode != want {
			t.Fatalf("%s: %v %v, want %d", path, res, err, want)
		}
		res.Body.Close()
	}
	if _, err := c.Get(s.URL + "/much"); !errors.Is(err, fetch.ErrTooLarge) {
		t.Errorf("too much: %v", err)
	}
	if _, err := fetch.New(fetch.Options{}).HTTP().Get(s.URL); !errors.Is(err, fetch.ErrForbidden) {
		t.Errorf("a private network: %v", err)
	}
}
