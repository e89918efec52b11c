package api

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"broadsheet/client"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// Root is the path below which everything here lies.
const Root = "/api/v1"

// Options are what the API needs.
type Options struct {
	App     *app.App
	BaseURL string // of the site, for the addresses in answers
}

// API answers requests under Root.
type API struct {
	app  *app.App
	base string
}

// New makes the API.
func New(o Options) *API {
	return &API{app: o.App, base: strings.TrimSuffix(o.BaseURL, "/")}
}

// Owns tells whether a path is the API's, also where nothing is there.
func Owns(path string) bool { return path == Root || strings.HasPrefix(path, Root+"/") }

// Routes are the operations, their document, and the papers whose ids hold
// slashes that were not encoded.
func (a *API) Routes() []httpkit.Route {
	var routes []httpkit.Route
	for _, o := range operations {
		rt := a.route(o.path, o.params, func(w http.ResponseWriter, r *http.Request) error { return o.handle(a, w, r) })
		if o.live {
			rt.Kind = httpkit.Plain
		}
		if o.right != "" {
			rt.Kind, rt.CORS, rt.Token, rt.Right, rt.Error = httpkit.Private, false, true, string(o.right), a.refuse(o.right)
		}
		if o.method != "" {
			rt.Method, rt.Kind = o.method, httpkit.Action
		}
		routes = append(routes, rt)
	}
	return append(routes,
		a.route("/papers/{id...}", slashedParams, a.slashed),
		a.route("/openapi.json", nil, serveDocument))
}

func (a *API) route(path string, params []param, handle httpkit.HandlerFunc) httpkit.Route {
	rt := httpkit.Route{Method: http.MethodGet, Pattern: Root + path, Kind: httpkit.Page, Handle: handle,
		CORS: true, Strict: true, Limit: "api", Error: a.Error}
	for _, p := range params {
		if !p.inPath {
			rt.Query = append(rt.Query, p.query())
		}
	}
	return rt
}

//go:embed openapi.json
var document []byte

func serveDocument(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	_, err := w.Write(document)
	return err
}

// write sends an answer as JSON.
func write(w http.ResponseWriter, answer any) error {
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // it stands in no page, and titles hold < and &
	return e.Encode(answer)
}

// follow names the next page in a Link header (RFC 8288), for programs that know
// nothing of the body.
func (a *API) follow(w http.ResponseWriter, r *http.Request, next client.Cursor) {
	if next == "" {
		return
	}
	q := r.URL.Query()
	q.Set("cursor", string(next))
	u := url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: q.Encode()}
	w.Header().Set("Link", "<"+a.base+u.String()+`>; rel="next"`)
}
