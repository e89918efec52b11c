package httpkit

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestCookies: cookies are for this host, for no script and no other site's page,
// and secure wherever browsers take such.
func TestCookies(t *testing.T) {
	for _, c := range []struct {
		base   string
		secure bool
	}{
		{"https://papers.example", true}, {"HTTPS://papers.example", true}, {"", true}, {"http://localhost:8080", true}, {"http://127.0.0.1:8080", true}, {"http://[::1]:8080", true}, {"http://x.localhost", true},
		{"http://papers.example", false}, {"http://10.1.2.3:8080", false}, {"http://localhost.evil.example", false}, {"http://127.0.0.1.evil.example", false},
	} {
		w := httptest.NewRecorder()
		cookies := CookiesOf(c.base)
		cookies.Set(w, SessionCookie, "word", time.Hour)
		got := w.Header().Get("Set-Cookie")
		want := "session=word; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"
		if c.secure {
			want = "__Host-session=word; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", c.base, got, want)
		}
		w = httptest.NewRecorder()
		if cookies.Clear(w, SessionCookie); !strings.Contains(w.Header().Get("Set-Cookie"), "Max-Age=0") {
			t.Errorf("%q: a cleared cookie stays: %s", c.base, w.Header().Get("Set-Cookie"))
		}
	}
	for header, want := range map[string]string{"__Host-session=a": "a", "session=a": "", "__Host-session=a; __Host-session=b": "", "__host-session=a": "", "": ""} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Cookie", header)
		if got := CookiesOf("https://papers.example").Value(r, SessionCookie); got != want {
			t.Errorf("the cookies %q: %q, want %q", header, got, want)
		}
	}
}

// TestIdentifier: a token counts as Authorization: Bearer only, and nothing in an
// address counts.
func TestIdentifier(t *testing.T) {
	for _, c := range []struct{ path, authorization, want string }{
		{"/", "Bearer bs_x", "bs_x"}, {"/", "bearer  bs_x ", "bs_x"}, {"/", "Basic bs_x", ""}, {"/", "bs_x", ""}, {"/?access_token=bs_x&authorization=Bearer+bs_x", "", ""},
	} {
		got := ""
		find := func(ctx context.Context, _, bearer, _ string) (context.Context, bool, error) {
			got = bearer
			return ctx, false, nil
		}
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Authorization", c.authorization)
		if _, _, err := CookiesOf("").Identifier(find)(r); err != nil || got != c.want {
			t.Errorf("%s with %q: %q, %v; want %q", c.path, c.authorization, got, err, c.want)
		}
	}
}
