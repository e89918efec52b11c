package web

import (
	"net/http"

	"broadsheet/internal/app"
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
		get("/rules", w.rules),
		get("/favicon.ico", w.icon),
	}
	routes = append(routes, w.mailRoutes()...)
	routes = append(routes, w.commentRoutes()...)
	routes = append(routes, w.adminRoutes()...)
	routes = append(routes, w.adminPages()...)
	routes = append(routes, w.signRoutes()...)
	routes = append(routes, w.voteRoutes()...)
	routes = append(routes, w.logRoutes()...)
	routes = append(routes, w.submitRoutes()...)
	routes = append(routes, w.moderationRoutes()...)
	routes = append(routes, w.claimRoutes()...)
	routes = append(routes, w.memberRoutes()...)
	routes = append(routes, w.notificationRoutes()...)
	routes = append(routes, w.factorRoutes()...)
	routes = append(routes, w.lockRoutes()...)
	routes = append(routes, w.elsewhereRoutes()...)
	routes = append(routes, w.profileRoutes()...)
	routes = append(routes, httpkit.Route{Method: http.MethodGet, Pattern: "/pictures/{key}", Kind: httpkit.Asset, Handle: w.picture, Error: w.Error})
	personal(routes)
	w.has = map[string]bool{}
	for i := range routes {
		w.has[routes[i].Pattern] = true
		routes[i] = w.seated(w.toSignIn(routes[i]))
	}
	return append(routes, w.assets.Routes()...)
}

// mailRoutes are the pages of subscriptions. What a link in a mail opens is never
// stored, and changes nothing before a button is pressed.
func (w *Web) mailRoutes() []httpkit.Route {
	route := func(method, pattern string, kind httpkit.RouteKind, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: method, Pattern: pattern, Kind: kind, Handle: w.byMail(handle), Right: string(app.RightOpen), MaxBody: maxForm, Error: w.Error}
	}
	get, post := http.MethodGet, http.MethodPost
	form := route(get, subscribePath, httpkit.Page, w.subscribe)
	form.Query = []string{"topic", "rhythm"}
	oneClick := route(post, "/subscriptions/{token}/unsubscribe", httpkit.Action, w.end)
	oneClick.CrossOrigin = true // RFC 8058
	return []httpkit.Route{
		form, oneClick,
		route(post, subscribePath, httpkit.Action, w.order),
		route(get, sentPath, httpkit.Page, w.sent),
		route(get, "/subscriptions/{token}/unsubscribe", httpkit.Private, w.unsubscribe),
		route(get, "/subscriptions/{token}/confirm", httpkit.Private, w.confirm),
		route(post, "/subscriptions/{token}/confirm", httpkit.Action, w.start),
		route(get, preferencesPath, httpkit.Page, w.asking),
		route(post, preferencesPath, httpkit.Action, w.askLink),
		route(get, linkSentPath, httpkit.Page, w.linkSent),
		route(get, preferencesPath+"/{key}", httpkit.Private, w.preferences),
		route(post, preferencesPath+"/{key}", httpkit.Action, w.prefer),
		route(get, preferencesPath+"/{key}/data", httpkit.Private, w.data),
		route(get, preferencesPath+"/{key}/erase", httpkit.Private, w.erasing),
		route(post, preferencesPath+"/{key}/erase", httpkit.Action, w.erase),
		{Method: get, Pattern: "/editions/{token}", Kind: httpkit.Page, Handle: w.edition, Error: w.Error},
	}
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
