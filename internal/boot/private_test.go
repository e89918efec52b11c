package boot

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/httpkit"
)

// TestPrivateSite walks the whole table of a private site: a stranger gets nothing
// but the way to sign in, what its pages are made of, health, and what links of
// mails open with their seals; a member reads, and so does a program with a token;
// no proxy may keep any of it.
func TestPrivateSite(t *testing.T) {
	c := load(t, map[string]string{"site-url": "https://papers.example", "accounts-private": "true"})
	s, err := OpenStore(t.Context(), c.Database, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, err := LoadSample(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	p, err := newProgram(s, c, Options{Version: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	h := p.servers[0].Handler.(*httpkit.Handler)
	ada := apptest.Account(t, s, "ada", broadsheet.RoleMember)
	cookie, word := apptest.Cookie(t, s, ada), apptest.Token(t, s, ada, broadsheet.ScopeRead)
	ask := func(method, path string, change func(*http.Request)) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "https://papers.example"+path, nil)
		if change != nil {
			change(r)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	open := []string{"/sign-in", "/sign-out", "/static/", "/favicon.ico", "/robots.txt", "/subscriptions/", "/preferences/", "/hooks/mail/", "/admin/delivery", "/healthz", "/readyz", "/metrics"}
	wild := regexp.MustCompile(`\{[^}]*\}`)
	walked := 0
	for _, rt := range h.Routes() {
		path := wild.ReplaceAllString(strings.Replace(rt.Pattern, "{$}", "", 1), "2026-07-01") + rt.Suffix
		mayAnswer := rt.CrossOrigin
		for _, o := range open {
			mayAnswer = mayAnswer || strings.HasPrefix(path, o)
		}
		if mayAnswer {
			continue
		}
		walked++
		if w := ask(rt.Method, path, nil); w.Code != http.StatusUnauthorized || strings.Contains(w.Header().Get("Cache-Control"), "public") {
			t.Errorf("%s %s: a stranger gets %d, %s; want 401", rt.Method, path, w.Code, w.Header().Get("Cache-Control"))
		}
		if rt.Method != http.MethodGet {
			continue
		}
		if w := ask(rt.Method, path, func(r *http.Request) { r.Header.Set("Accept", "text/html,*/*") }); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/sign-in?next=%2F") {
			t.Errorf("%s: a stranger's browser gets %d to %q; want the way to sign in", path, w.Code, w.Header().Get("Location"))
		}
		for who, change := range map[string]func(*http.Request){
			"a member": func(r *http.Request) { r.AddCookie(cookie) }, "a program": func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+word) },
		} {
			w := ask(rt.Method, path, change)
			// The API takes tokens only.
			if w.Code == http.StatusUnauthorized && !(who == "a member" && strings.HasPrefix(path, "/api/")) || strings.Contains(w.Header().Get("Cache-Control"), "public") {
				t.Errorf("%s: %s gets %d, %s", path, who, w.Code, w.Header().Get("Cache-Control"))
			}
		}
	}
	if walked < 50 {
		t.Errorf("only %d routes were walked", walked)
	}
	for _, scope := range []broadsheet.Scope{broadsheet.ScopeVote, broadsheet.ScopeRead} {
		word := apptest.Token(t, s, ada, scope)
		w := ask(http.MethodGet, "/papers/2026-07-01", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+word) })
		if want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[scope == broadsheet.ScopeRead]; w.Code != want {
			t.Errorf("a token with the scope %s reads a page: %d, want %d", scope, w.Code, want)
		}
	}
	if w := ask(http.MethodGet, "/no/such/path", nil); w.Code != http.StatusUnauthorized {
		t.Errorf("a path that is not there: a stranger gets %d", w.Code)
	}
	if w := ask(http.MethodGet, "/papers/2026-07-01", func(r *http.Request) { r.AddCookie(cookie) }); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<article") {
		t.Errorf("a member's page: %d", w.Code)
	}
}
