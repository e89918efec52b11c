package feeds

import (
	"html"
	"net/http"
	"net/url"
	"strings"

	"broadsheet/internal/app"
	"broadsheet/internal/lib/clean"
	prose "broadsheet/internal/lib/markup" // markup is the HTML of this package
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// commentsPath is the page whose forms the feeds of discussions are.
const commentsPath = "/comments"

// commentRoutes are the feeds of the latest comments: of the site, or of one
// paper.
func (f *Feeds) commentRoutes() (routes []httpkit.Route) {
	for _, form := range forms {
		routes = append(routes, httpkit.Route{Method: http.MethodGet, Pattern: commentsPath, Kind: httpkit.Page, Suffix: form.suffix, Type: form.kind,
			Query: []string{"paper"}, MaxAge: maxAge, CORS: true, Error: Error, Handle: func(w http.ResponseWriter, r *http.Request) error {
				l, err := f.app.LatestComments(r.Context(), r.URL.Query().Get("paper"), app.LatestPage)
				if err != nil {
					return err
				}
				return send(w, f.comments(l, r.URL.Query().Get("paper"), form), form)
			}})
	}
	return routes
}

// comments makes the feed of comments; paper is what was asked for.
func (f *Feeds) comments(l *app.Latest, paper string, form form) *feed {
	query := url.Values{}
	out := &feed{title: "Comments · " + f.name, subtitle: "What readers say about papers", site: person{f.name, f.base + "/"}, icon: f.base + "/favicon.ico", updated: never}
	if paper != "" {
		query.Set("paper", paper)
		out.subtitle = "What readers say about one paper"
		if len(l.Comments) > 0 {
			out.title = "Comments on " + line(l.Titles[l.Comments[0].Paper]) + " · " + f.name
		}
	}
	out.id, out.page, out.self = listID(join(commentsPath, query)), f.base+join(commentsPath, query), f.base+join(commentsPath+form.suffix, query)
	if !l.Updated.IsZero() {
		out.updated = l.Updated
	}
	for i := range l.Comments {
		c := &l.Comments[i]
		who := person{clean.Line(c.By.ShownName()), f.base + "/people/" + c.By.Name}
		if c.By.Gone() {
			who = person{name: "somebody who left"}
		}
		e := entry{id: urn("comment " + c.Token), title: who.name + " on " + line(l.Titles[c.Paper]), page: f.base + uri(address.Paper(c.Paper)) + "#c-" + c.Token,
			published: c.CreatedAt, updated: c.CreatedAt, authors: []person{who}, summary: prose.Excerpt(c.Plain, 280),
			// Mentions are links within the site, of which readers elsewhere know nothing.
			content: strings.ReplaceAll(c.HTML, `<a href="/`, `<a href="`+html.EscapeString(f.base)+`/`)}
		if !c.EditedAt.IsZero() {
			e.updated = c.EditedAt
		}
		out.entries = append(out.entries, e)
	}
	return out
}
