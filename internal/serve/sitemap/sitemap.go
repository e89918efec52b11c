// Package sitemap tells crawlers what is here: /robots.txt, which keeps them from
// pages that only repeat others, and /sitemap.xml, which names every page that is
// worth their visit: lists (days, weeks, months, categories, organisations) and
// all papers with the date of their last change.
//
// The sitemap is an index of files, by the protocol of sitemaps.org: /sitemaps/lists.xml,
// and /sitemaps/papers-N.xml for each run of papers in the order in which they came
// here, so that a file once full changes only with its papers. A site that does not
// know its own address has no sitemap, since the protocol takes whole addresses only.
package sitemap

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// Options are what crawlers are told with.
type Options struct {
	App     *app.App
	BaseURL string // of the site as readers write it; "" where it does not know
}

// Surface tells crawlers what is here.
type Surface struct {
	app  *app.App
	base string
}

// New makes the surface.
func New(o Options) *Surface {
	return &Surface{app: o.App, base: strings.TrimSuffix(o.BaseURL, "/")}
}

// Routes are robots.txt and, where the site knows its address, the sitemap.
func (s *Surface) Routes() []httpkit.Route {
	get := func(pattern string, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Page, Handle: handle}
	}
	routes := []httpkit.Route{get("/robots.txt", s.robots)}
	if s.base == "" {
		return routes
	}
	return append(routes, get("/sitemap.xml", s.index), get("/sitemaps/lists.xml", s.lists), get("/sitemaps/{file}", s.papers))
}

// robots by RFC 9309. Pages are for all. What is kept back repeats them: results
// of searches, lists in another order or narrowed, and files of citations.
func (s *Surface) robots(w http.ResponseWriter, _ *http.Request) error {
	text := robotsText
	if s.base != "" {
		text += "\nSitemap: " + s.base + "/sitemap.xml\n"
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte(text))
	return err
}

const robotsText = `User-agent: *
Allow: /
Disallow: /search
Disallow: /go
Disallow: /subscribe?
Disallow: /*?*sort=
Disallow: /*?*cat=
Disallow: /*?*code=
Disallow: /*?*limit=
Disallow: /*?*props=
Disallow: /*.bib$
Disallow: /*.ris$
Disallow: /*.csl.json$
`

func (s *Surface) index(w http.ResponseWriter, r *http.Request) error {
	stretches, err := s.app.Stretches(r.Context())
	if err != nil {
		return err
	}
	f := newFile("sitemapindex", "sitemap", len(stretches)+1)
	f.add(s.base+"/sitemaps/lists.xml", "")
	for _, n := range stretches {
		f.add(s.base+"/sitemaps/papers-"+strconv.Itoa(n)+".xml", "")
	}
	return f.send(w)
}

func (s *Surface) papers(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("file")
	digits := strings.TrimSuffix(strings.TrimPrefix(name, "papers-"), ".xml")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > 1<<30 || name != "papers-"+strconv.Itoa(n)+".xml" {
		return &broadsheet.Error{Kind: broadsheet.NotFound, Text: "there is no such part of the sitemap", Fix: "see /sitemap.xml"}
	}
	marks, err := s.app.Stretch(r.Context(), n)
	if err != nil {
		return err
	}
	f := newFile("urlset", "url", len(marks))
	for _, m := range marks {
		at := ""
		if !m.At.IsZero() {
			at = m.At.UTC().Format("2006-01-02")
		}
		f.add(s.base+address.Paper(m.ID), at)
	}
	return f.send(w)
}

// lists are all pages but those of papers, authors and keywords: of these there
// are as many as papers, and each paper leads to its own.
func (s *Surface) lists(w http.ResponseWriter, r *http.Request) error {
	days, err := s.app.AllDays(r.Context())
	if err != nil {
		return err
	}
	categories, err := s.app.Categories(r.Context())
	if err != nil {
		return err
	}
	orgs, err := s.app.Organizations(r.Context())
	if err != nil {
		return err
	}
	f := newFile("urlset", "url", len(days)*5/4+len(categories)+len(orgs)+8)
	for _, path := range []string{"/", address.Hot, "/papers/archive", "/categories", "/orgs", "/about"} {
		f.add(s.base+path, "")
	}
	for _, c := range categories {
		f.add(s.base+address.List(broadsheet.ListCategory, c.Name), "")
	}
	for _, o := range orgs {
		f.add(s.base+address.List(broadsheet.ListOrganization, o.Name), "")
	}
	var week broadsheet.Week
	var month broadsheet.Month
	var year int
	for i := len(days) - 1; i >= 0 && f.entries < mostEntries-4; i-- { // the newest first
		d := days[i].Day
		if y := d.Time().Year(); y != year {
			year = y
			f.add(s.base+address.Year(y), "")
		}
		if d.Month() != month {
			month = d.Month()
			f.add(s.base+address.List(broadsheet.ListMonth, string(month)), "")
		}
		if d.Week() != week {
			week = d.Week()
			f.add(s.base+address.List(broadsheet.ListWeek, string(week)), "")
		}
		f.add(s.base+address.List(broadsheet.ListDay, string(d)), string(d))
	}
	return f.send(w)
}

// mostEntries is how many addresses a file may have.
const mostEntries = 50_000

// file is a sitemap or an index of some being written.
type file struct {
	b           []byte
	root, child string
	entries     int
}

func newFile(root, child string, entries int) *file {
	f := &file{root: root, child: child, b: make([]byte, 0, 200+110*entries)}
	f.b = fmt.Appendf(f.b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n", root)
	return f
}

// add names an address, with the day of its last change where that is known.
func (f *file) add(loc, changed string) {
	f.entries++
	f.b = append(f.b, '<')
	f.b = append(f.b, f.child...)
	f.b = append(f.b, "><loc>"...)
	f.b = escape(f.b, loc)
	f.b = append(f.b, "</loc>"...)
	if changed != "" {
		f.b = append(append(append(f.b, "<lastmod>"...), changed...), "</lastmod>"...)
	}
	f.b = append(append(append(f.b, "</"...), f.child...), ">\n"...)
}

// escape writes an address into XML. Paths are percent-encoded already, but for
// what XML needs escaped.
func escape(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; c {
		case '&':
			b = append(b, "&amp;"...)
		case '<':
			b = append(b, "&lt;"...)
		case '>':
			b = append(b, "&gt;"...)
		case '\'':
			b = append(b, "&apos;"...)
		case '"':
			b = append(b, "&quot;"...)
		default:
			b = append(b, c)
		}
	}
	return b
}

func (f *file) send(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	_, err := w.Write(fmt.Appendf(f.b, "</%s>\n", f.root))
	return err
}
