package hf_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/hf"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"
)

// site serves a store's answers at the tests' clock.
type site struct {
	*httpkit.Handler
	routes []httpkit.Route
}

func newSite(t testing.TB, a *app.App, now time.Time) *site {
	t.Helper()
	h := hf.New(hf.Options{App: a, BaseURL: "https://papers.example"})
	generation := 0
	return &site{httpkit.New(h.Routes(), httpkit.Options{Error: h.Error, BaseURL: "https://papers.example", Now: func() time.Time { return now },
		Limits:     map[string]httpkit.Limit{"api": {Requests: 1000, Window: 5 * time.Minute}},
		Generation: func() string { generation++; return fmt.Sprint(generation) }}), h.Routes()}
}

// searchSite has a search over what is in the store now.
func searchSite(t testing.TB, s *store.Store, now time.Time) *site {
	return newSite(t, apptest.New(t, s, now), now)
}

// plainSite has no search.
func plainSite(t testing.TB, s *store.Store, now time.Time) *site {
	t.Helper()
	a, err := app.New(app.Options{Store: s, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return newSite(t, a, now)
}

// get asks for a path.
func (s *site) get(t testing.TB, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// direct asks the route itself, without the cache of answers; the path is one
// without values in it.
func (s *site) direct(t testing.TB, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for _, rt := range s.routes {
		if rt.Pattern == r.URL.Path {
			w := httptest.NewRecorder()
			if err := rt.Handle(w, r); err != nil {
				t.Fatal(err)
			}
			return w
		}
	}
	t.Fatalf("no route %s", path)
	return nil
}
