package httpkit

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestTokenRoutes: a route for tokens never learns of a cookie, another route of
// its kind does; a page cannot be one.
func TestTokenRoutes(t *testing.T) {
	type key struct{}
	say := func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, r.Context().Value(key{}).(string))
		return err
	}
	identify := CookiesOf("").Identifier(func(ctx context.Context, session, bearer, _ string) (context.Context, bool, error) {
		return context.WithValue(ctx, key{}, session+"|"+bearer), true, nil
	})
	h := New([]Route{
		{Method: http.MethodGet, Pattern: "/mine", Kind: Private, Handle: say},
		{Method: http.MethodGet, Pattern: "/api/mine", Kind: Private, Token: true, Handle: say},
		{Method: http.MethodPost, Pattern: "/api/mine", Kind: Action, Token: true, Handle: say},
	}, Options{Identify: identify})
	for _, c := range []struct{ method, path, want string }{
		{"GET", "/mine", "s|t"}, {"GET", "/api/mine", "|t"}, {"POST", "/api/mine", "|t"},
	} {
		r := httptest.NewRequest(c.method, c.path, nil)
		r.AddCookie(&http.Cookie{Name: "__Host-session", Value: "s"})
		r.Header.Set("Authorization", "Bearer t")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Body.String() != c.want {
			t.Errorf("%s %s: the session and token that count are %q, want %q", c.method, c.path, w.Body, c.want)
		}
	}
	if err := (Route{Method: http.MethodGet, Pattern: "/x", Kind: Page, Token: true, Handle: say}).check(); err == nil {
		t.Error("a page for tokens passes the check: it is one for everybody")
	}
}
