package boot

import (
	"fmt"
	"net/http"

	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/serve/api"
	"broadsheet/internal/serve/card"
	"broadsheet/internal/serve/cite"
	"broadsheet/internal/serve/feeds"
	"broadsheet/internal/serve/hf"
	"broadsheet/internal/serve/hooks"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/serve/markdown"
	"broadsheet/internal/serve/sitemap"
	"broadsheet/internal/serve/web"
)

// surfaces are all forms in which the site is read, as one table of routes.
type surfaces struct {
	routes []httpkit.Route
	pages  *web.Web
	api    *api.API
	hf     *hf.HF
}

func newSurfaces(a *app.App, c *config.Config) (*surfaces, error) {
	s := &surfaces{}
	var err error
	s.pages, err = web.New(web.Options{App: a, Name: c.Site.Title, Tagline: c.Site.Tagline, BaseURL: c.Site.URL, Address: c.Address()})
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	s.routes = append(s.routes, s.pages.Routes()...)
	s.routes = append(s.routes, feeds.New(feeds.Options{App: a, Name: c.Site.Title, Tagline: c.Site.Tagline, BaseURL: c.Address()}).Routes()...)
	s.routes = append(s.routes, cite.New(cite.Options{App: a, BaseURL: c.Address()}).Routes()...)
	s.routes = append(s.routes, markdown.New(markdown.Options{App: a, Name: c.Site.Title, Tagline: c.Site.Tagline, BaseURL: c.Address(), Sitemap: c.Site.URL != ""}).Routes()...)
	s.routes = append(s.routes, sitemap.New(sitemap.Options{App: a, BaseURL: c.Site.URL}).Routes()...)
	cards, err := card.New(card.Options{App: a, Name: c.Site.Title, Tagline: c.Site.Tagline, BaseURL: c.Site.URL})
	if err != nil {
		return nil, fmt.Errorf("cards: %w", err)
	}
	s.routes = append(s.routes, cards.Routes()...)
	s.api = api.New(api.Options{App: a, BaseURL: c.Address()})
	s.routes = append(s.routes, s.api.Routes()...)
	s.routes = append(s.routes, hooks.New(a).Routes()...)
	s.hf = hf.New(hf.Options{App: a, BaseURL: c.Address()})
	s.routes = append(s.routes, s.hf.Routes()...)
	return s, nil
}

// error shows the errors of paths that no route has, in the shape of the
// surface that they would belong to.
func (s *surfaces) error(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case api.Owns(r.URL.Path):
		s.api.Error(w, r, err)
	case hf.Owns(r.URL.Path):
		s.hf.Error(w, r, err)
	default:
		s.pages.Error(w, r, err)
	}
}

// limits are what one client may ask.
func limits(h config.HTTP) map[string]httpkit.Limit {
	if h.APIRequests == 0 {
		return nil
	}
	return map[string]httpkit.Limit{"api": {Requests: h.APIRequests, Window: config.APIWindow}}
}
