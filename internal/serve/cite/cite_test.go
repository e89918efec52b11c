package cite_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/cite"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

var now = time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)

// site serves the citations of papers that nobody wrote beside pages that stand
// for the site's own.
func site(t testing.TB) *httpkit.Handler {
	t.Helper()
	s := storetest.Open(t)
	var papers []broadsheet.Paper
	for i, title := range []string{"Cooling of tea", "Cooling of milk", "Biscuits as a service"} {
		papers = append(papers, broadsheet.Paper{ID: "2606.0000" + string(rune('1'+i)), Title: title, Abstract: "We cool.", Authors: []broadsheet.Author{{Name: "Ada Brandung"}}, AuthorCount: 1,
			Categories: []string{"cs.LG"}, PublishedAt: now.AddDate(0, 0, -i), Features: []broadsheet.Feature{{Day: "2026-06-30", Position: i + 1}}, ImportedVotes: 9 - i})
	}
	papers = append(papers, broadsheet.Paper{ID: "math/0309136", Title: "Crumbs", Authors: []broadsheet.Author{{Name: "Cy Dunk"}}, AuthorCount: 1, PublishedAt: now})
	if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
		t.Fatal(err)
	}
	routes := cite.New(cite.Options{App: apptest.New(t, s, now), BaseURL: "https://papers.example/"}).Routes()
	for _, pattern := range []string{"/papers/{id...}", "/papers", "/search"} {
		routes = append(routes, httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Page, Handle: func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Type", "text/html")
			return nil
		}})
	}
	return httpkit.New(routes, httpkit.Options{BaseURL: "https://papers.example"})
}

// TestCitations asks for citations by address and by Accept.
func TestCitations(t *testing.T) {
	h := site(t)
	const bib, ris, csl = "application/x-bibtex", "application/x-research-info-systems", "application/vnd.citationstyles.csl+json"
	for _, tc := range []struct {
		path, accept string
		status       int
		media, name  string
		count        string // text that each citation has once
		want         int
		link         string // header, a part of
	}{
		{"/papers/2026-06-30.bib", "", 200, bib, "2026-06-30.bib", "@misc{", 3, `<https://papers.example/papers/2026-06-30>; rel="canonical"`},
		{"/papers/2026-06-30.ris", "", 200, ris, "2026-06-30.ris", "TY  - ", 3, ""},
		{"/papers/2026-06-30.csl.json", "", 200, csl, "2026-06-30.csl.json", `"type":"article"`, 3, ""},
		{"/papers/2026-06-30", bib, 200, bib, "2026-06-30.bib", "@misc{", 3, ""},
		{"/papers/2026-06-30", ris + ";q=0.9, text/html;q=0.1", 200, ris, "2026-06-30.ris", "TY  - ", 3, ""},
		{"/papers/2026-06-30", "text/html,*/*", 200, "text/html", "", "@misc{", 0, ""},
		{"/papers/2026-06-30.bib?limit=2", "", 200, bib, "2026-06-30.bib", "@misc{", 2, `<https://papers.example/papers/2026-06-30.bib?limit=2&page=2>; rel="next"`},
		{"/papers.bib", "", 200, bib, "2026-06-30.bib", "@misc{", 3, ""},
		{"/categories/cs.LG.bib", "", 200, bib, "categories-cs.LG.bib", "@misc{", 3, ""},
		{"/authors/ada-brandung.csl.json", "", 200, csl, "authors-ada-brandung.csl.json", `"type":"article"`, 3, ""},
		{"/search.bib?q=biscuits", "", 200, bib, "search.bib", "@misc{", 1, ""},
		{"/papers/2606.00003.bib", "", 200, bib, "brandung2026biscuits.bib", "@misc{brandung2026biscuits,", 1, `<https://papers.example/papers/2606.00003>; rel="canonical"`},
		{"/papers/math/0309136.csl.json", "", 200, csl, "dunk2026crumbs.csl.json", `"type":"article"`, 1, ""},
		{"/papers/2606.00003", csl, 200, csl, "brandung2026biscuits.csl.json", `"type":"article"`, 1, ""},
		{"/papers/arXiv:2606.00003v2.bib", "", 308, "text/plain", "", "", 0, ""},
		{"/papers/2606.99999.bib", "", 404, "text/plain", "", "not here", 0, ""},
		{"/papers/2026-02-30.bib", "", 400, "text/plain", "", "2026-02-30", 1, ""},
		{"/papers/2026-06-30.bib?sort=best", "", 400, "text/plain", "", "use hot, top or new", 1, ""},
	} {
		r := httptest.NewRequest(http.MethodGet, tc.path, nil)
		if tc.accept != "" {
			r.Header.Set("Accept", tc.accept)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		what := tc.path + " as " + tc.accept
		if w.Code != tc.status {
			t.Errorf("%s: status %d, want %d\n%s", what, w.Code, tc.status, w.Body)
			continue
		}
		if got, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";"); got != tc.media {
			t.Errorf("%s: type %q, want %q", what, got, tc.media)
		}
		if got, want := w.Header().Get("Content-Disposition"), `inline; filename="`+tc.name+`"`; tc.name != "" && got != want {
			t.Errorf("%s: Content-Disposition %q, want %q", what, got, want)
		}
		if tc.count != "" && strings.Count(w.Body.String(), tc.count) != tc.want {
			t.Errorf("%s: %d times %q, want %d\n%s", what, strings.Count(w.Body.String(), tc.count), tc.count, tc.want, w.Body)
		}
		if got := strings.Join(w.Header().Values("Link"), ", "); !strings.Contains(got, tc.link) {
			t.Errorf("%s: Link %q has no %q", what, got, tc.link)
		}
		if to := w.Header().Get("Location"); w.Code == 308 && to != "/papers/2606.00003.bib" {
			t.Errorf("%s: leads to %q", what, to)
		}
	}
}

// TestSameOrder sees that a citation file holds a list's papers in its order.
func TestSameOrder(t *testing.T) {
	w := httptest.NewRecorder()
	site(t).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/papers/2026-06-30.bib?sort=top", nil))
	body := w.Body.String()
	a, b, c := strings.Index(body, "Cooling of tea"), strings.Index(body, "Cooling of milk"), strings.Index(body, "Biscuits")
	if a < 0 || a > b || b > c {
		t.Errorf("by votes the papers stand at %d, %d, %d, want them in that order\n%s", a, b, c, body)
	}
}
