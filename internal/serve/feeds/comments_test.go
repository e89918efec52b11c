package feeds_test

import (
	"html"
	"net/http/httptest"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/feeds"
	"broadsheet/internal/store/storetest"
)

func TestCommentFeeds(t *testing.T) {
	s := storetest.Open(t)
	put(t, s, broadsheet.Paper{ID: "2606.00001", Origin: broadsheet.OriginCatalog, Title: "Tea of $x^2$", PublishedAt: now}, broadsheet.Paper{ID: "2606.00002", Origin: broadsheet.OriginCatalog, Title: "Biscuits", PublishedAt: now})
	a := apptest.New(t, s, now)
	ada := apptest.Account(t, s, "ada", broadsheet.RoleMember)
	for _, x := range []app.Remark{{Paper: "2606.00001", Text: "The *spoon* <b> & $y$ of @ada"}, {Paper: "2606.00002", Text: "Crumbs"}} {
		if _, err := a.Comment(t.Context(), ada, x); err != nil {
			t.Fatal(err)
		}
	}
	for _, route := range feeds.New(feeds.Options{App: a, BaseURL: base}).Routes() {
		if route.Pattern != "/comments" {
			continue
		}
		for _, c := range []struct {
			query string
			want  []string
			not   string
		}{
			{"", []string{"Tea of x²", "Biscuits", "Crumbs", base + "/papers/2606.00001#c-", "spoon", base + "/people/ada"}, "<b>"},
			{"?paper=2606.00001", []string{"Tea of x²", "spoon"}, "Crumbs"},
		} {
			w := httptest.NewRecorder()
			if err := route.Handle(w, httptest.NewRequest("GET", "/comments"+c.query, nil)); err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(w.Body.String(), want) {
					t.Errorf("/comments%s%s: want %q in\n%s", route.Suffix, c.query, want, w.Body)
				}
			}
			if strings.Contains(html.UnescapeString(w.Body.String()), `href="/`) || strings.Contains(w.Body.String(), `href=\"/`) || strings.Contains(w.Body.String(), `href=\u0022/`) {
				t.Errorf("/comments%s%s: a link without the site's address in\n%s", route.Suffix, c.query, w.Body)
			}
			if strings.Contains(w.Body.String(), c.not) && !(c.not == "<b>" && route.Suffix == ".json") { // where it is plain text
				t.Errorf("/comments%s%s: want no %q in\n%s", route.Suffix, c.query, c.not, w.Body)
			}
		}
		if err := route.Handle(httptest.NewRecorder(), httptest.NewRequest("GET", "/comments?paper=2606.99999", nil)); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("/comments%s of a paper that is not here: %v, want NotFound", route.Suffix, err)
		}
	}
}
