package markdown

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// Options are what the Markdown needs.
type Options struct {
	App     *app.App
	Name    string // of the site, default "Broadsheet"
	Tagline string // may be ""
	BaseURL string // before all paths
	Sitemap bool   // there is one
}

// Surface serves Markdown.
type Surface struct {
	app           *app.App
	name, tagline string
	base          string
	sitemap       bool
}

// New makes the surface.
func New(o Options) *Surface {
	return &Surface{app: o.App, name: cmp.Or(o.Name, "Broadsheet"), tagline: o.Tagline, base: strings.TrimSuffix(o.BaseURL, "/"), sitemap: o.Sitemap}
}

const (
	suffix = ".md"
	media  = "text/markdown"
)

// Routes are the Markdown of all places with papers and of what leads to them,
// and /llms.txt.
func (s *Surface) Routes() []httpkit.Route {
	form := func(pattern string, query []string, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Page, Query: query, Suffix: suffix, Type: media,
			CORS: true, Limit: "api", Handle: handle, Error: s.Error}
	}
	routes := []httpkit.Route{{Method: http.MethodGet, Pattern: "/llms.txt", Kind: httpkit.Page, Handle: s.guide, CORS: true, Error: s.Error}}
	routes = append(routes, form("/categories", nil, s.categories), form("/orgs", nil, s.organizations),
		form("/papers/archive", nil, s.archive), form("/papers/archive/{year}", nil, s.archive))
	for _, place := range address.Places {
		handle := func(w http.ResponseWriter, r *http.Request) error { return s.serve(w, r, place) }
		routes = append(routes, form(place.Pattern, place.Params, handle))
		if place.Pattern == address.Front {
			// The site's own address has no suffix; who asks for Markdown there gets it.
			routes = append(routes, form("/{$}", place.Params, handle))
		}
	}
	return routes
}

func (s *Surface) serve(w http.ResponseWriter, r *http.Request, place address.Place) error {
	if id, ok := place.PaperID(r); ok {
		return s.paper(w, r, id)
	}
	list, err := place.Read(r.Context(), s.app, r)
	if err != nil {
		return err
	}
	if list.Next != "" {
		w.Header().Add("Link", "<"+s.base+address.Form(list.Next, suffix)+`>; rel="next"`)
	}
	return s.send(w, list.Path, s.list(list))
}

// send writes an answer whose page is at path.
func (s *Surface) send(w http.ResponseWriter, path string, text []byte) error {
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	w.Header().Add("Link", "<"+s.base+path+`>; rel="canonical"`)
	_, err := w.Write(text)
	return err
}

// Error shows err as Markdown.
func (s *Surface) Error(w http.ResponseWriter, _ *http.Request, err error) {
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n%s\n", http.StatusText(httpkit.Status(err)), escape(httpkit.PublicText(err), true))
	_, _ = w.Write(b.Bytes())
}
