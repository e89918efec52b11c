package web

import (
	"net/http"

	"broadsheet/internal/serve/httpkit"
)

// Routes is the table of pages and assets.
func (w *Web) Routes() []httpkit.Route {
	list := []string{"sort", "cat", "code", "page=1"}
	get := func(pattern string, handle httpkit.HandlerFunc, query ...string) httpkit.Route {
		return httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Page, Handle: handle, Query: query, Error: w.Error}
	}
	day := append([]string{"list", "props"}, list...)
	routes := []httpkit.Route{
		get("/{$}", w.front, day...),
		get("/papers", w.front, append([]string{"date", "week", "month"}, day...)...),
		get("/papers/{id...}", w.paperOrDay, day...),
		get("/papers/hot", w.hot, list...),
		get("/papers/week", w.latestWeek),
		get("/papers/week/{week}", w.week, list...),
		get("/papers/month", w.latestMonth),
		get("/papers/month/{month}", w.month, list...),
		get("/papers/archive", w.archive),
		get("/papers/archive/{year}", w.archive),
		get("/authors/{key}", w.author, list...),
		get("/orgs", w.organizations),
		get("/orgs/{key}", w.organization, list...),
		get("/categories", w.categories),
		get("/categories/{name}", w.category, list...),
		get("/submitters/{key}", w.submitter, list...),
		get("/keywords/{word}", w.keyword, list...),
		get("/search", w.search, "q", "like", "sort", "mode", "after", "exact", "plain", "explain"),
		get("/search/suggest", w.suggest, "q"),
		get("/go", w.jump, "q"),
		get("/about", w.about),
		get("/api", w.api),
		get("/status", w.status),
		get("/favicon.ico", w.icon),
	}
	routes = append(routes, httpkit.Route{Method: http.MethodGet, Pattern: "/pictures/{key}", Kind: httpkit.Asset, Handle: w.picture, Error: w.Error})
	return append(routes, w.assets.Routes()...)
}

// picture serves the site's own copy of a picture.
func (w *Web) picture(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.app.PictureFile(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	rw.Header().Set("Content-Type", p.Type)
	_, err = rw.Write(p.Body)
	return err
}

// icon stands where browsers ask for it by themselves, so that no page need
// name it.
func (w *Web) icon(rw http.ResponseWriter, _ *http.Request) error {
	rw.Header().Set("Content-Type", "image/svg+xml")
	rw.Header().Set("Cache-Control", "public, max-age=604800")
	_, err := rw.Write(icon)
	return err
}
