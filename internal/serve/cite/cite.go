// Package cite serves citations: every list and every paper as BibTeX (.bib), RIS
// (.ris) and CSL-JSON (.csl.json), at the page's address with that suffix or by
// Accept. What stands in them is internal/lib/cite's; which papers they hold, and
// in which order, is the list's own. Errors are a line of plain text.
package cite

import (
	"fmt"
	"net/http"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/cite"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// Options are what citations need.
type Options struct {
	App *app.App
	// BaseURL is the site's address, for the link to the page that citations are
	// of.
	BaseURL string
}

// Surface serves citations.
type Surface struct {
	app  *app.App
	base string
}

// New makes the surface.
func New(o Options) *Surface {
	return &Surface{app: o.App, base: strings.TrimSuffix(o.BaseURL, "/")}
}

// form is a format with its address.
type form struct {
	suffix, media string
	write         func([]broadsheet.Paper) ([]byte, error)
}

var forms = []form{
	{".bib", "application/x-bibtex", func(p []broadsheet.Paper) ([]byte, error) { return cite.BibTeX(p), nil }},
	{".ris", "application/x-research-info-systems", func(p []broadsheet.Paper) ([]byte, error) { return cite.RIS(p), nil }},
	{".csl.json", "application/vnd.citationstyles.csl+json", cite.CSL},
}

// Routes are the forms of all places with papers.
func (s *Surface) Routes() []httpkit.Route {
	var routes []httpkit.Route
	for _, place := range address.Places {
		for _, f := range forms {
			routes = append(routes, httpkit.Route{Method: http.MethodGet, Pattern: place.Pattern, Kind: httpkit.Page, Query: place.Params,
				Suffix: f.suffix, Type: f.media, CORS: true, Limit: "api", Error: plainError,
				Handle: func(w http.ResponseWriter, r *http.Request) error { return s.serve(w, r, place, f) }})
		}
	}
	return routes
}

func (s *Surface) serve(w http.ResponseWriter, r *http.Request, place address.Place, f form) error {
	if id, ok := place.PaperID(r); ok {
		return s.paper(w, r, id, f)
	}
	list, err := place.Read(r.Context(), s.app, r)
	if err != nil {
		return err
	}
	path, _, _ := strings.Cut(list.Path, "?")
	name := fileName(strings.TrimPrefix(path, "/papers/"))
	return s.send(w, f, name, list.Path, list.Next, list.Papers)
}

// paper serves one; any spelling of an id leads to the one that is shown.
func (s *Surface) paper(w http.ResponseWriter, r *http.Request, id string, f form) error {
	v, err := s.app.Paper(r.Context(), id)
	if err != nil {
		return err
	}
	path := address.Paper(v.ID)
	if id != v.ID {
		return httpkit.Redirect(w, r, address.Form(path, f.suffix), http.StatusPermanentRedirect)
	}
	return s.send(w, f, cite.Key(&v.Paper), path, "", []broadsheet.Paper{v.Paper})
}

func (s *Surface) send(w http.ResponseWriter, f form, name, path, next string, papers []broadsheet.Paper) error {
	body, err := f.write(papers)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", f.media+"; charset=utf-8")
	// Shown by a browser that can, saved under this name by one that cannot.
	h.Set("Content-Disposition", fmt.Sprintf("inline; filename=%q", name+f.suffix))
	h.Add("Link", "<"+s.base+path+`>; rel="canonical"`)
	if next != "" {
		h.Add("Link", "<"+s.base+address.Form(next, f.suffix)+`>; rel="next"`)
	}
	_, err = w.Write(body)
	return err
}

// fileName makes a name of a path that every system takes: letters, digits, dots
// and hyphens of ASCII.
func fileName(path string) string {
	name := strings.FieldsFunc(path, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.')
	})
	joined := strings.Trim(strings.Join(name, "-"), ".-")
	if joined == "" {
		return "papers"
	}
	return joined[:min(len(joined), 80)]
}

func plainError(w http.ResponseWriter, _ *http.Request, err error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, httpkit.PublicText(err))
}
