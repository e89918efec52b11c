package feeds

import (
	"cmp"
	"io"
	"net/http"
	"strings"
	"time"

	"broadsheet/internal/app"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// Options are what the feeds need.
type Options struct {
	App     *app.App
	Name    string // of the site, default "Broadsheet"
	Tagline string // what the feed of the front page says of itself
	BaseURL string // the site's address, for formats that know no relative ones
}

// Feeds writes the site's feeds.
type Feeds struct {
	app     *app.App
	name    string
	tagline string
	base    string
}

// New makes the feeds of a site.
func New(o Options) *Feeds {
	name := cmp.Or(clean.Line(o.Name), "Broadsheet")
	return &Feeds{app: o.App, name: name, tagline: cmp.Or(clean.Line(o.Tagline), "The newest day's papers"), base: strings.TrimSuffix(o.BaseURL, "/")}
}

// form is a format of feeds.
type form struct {
	suffix string
	kind   string // media type
	write  func(*feed) ([]byte, error)
}

var forms = []form{
	{".atom", "application/atom+xml", atom},
	{".rss", "application/rss+xml", rss},
	{".json", "application/feed+json", jsonFeed},
}

// maxAge is how long a reader may keep a feed without asking. Those that poll
// more often than a page is looked at do not see more.
const maxAge = 10 * time.Minute

// Routes is the table of feeds. Parameters that mean nothing are ignored: some
// readers add one of their own to every address.
func (f *Feeds) Routes() []httpkit.Route {
	var routes []httpkit.Route
	for _, place := range address.Places {
		for _, form := range forms {
			routes = append(routes, httpkit.Route{Method: http.MethodGet, Pattern: place.Pattern, Kind: httpkit.Page, Suffix: form.suffix, Type: form.kind,
				Query: place.Params, MaxAge: maxAge, CORS: true, Error: Error, Handle: f.handle(place, form)})
		}
	}
	return append(routes, f.commentRoutes()...)
}

func (f *Feeds) handle(place address.Place, form form) httpkit.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		papers, err := place.Read(r.Context(), f.app, r)
		if err != nil {
			return err
		}
		return send(w, f.feed(r.URL, papers, form), form)
	}
}

func send(w http.ResponseWriter, f *feed, form form) error {
	body, err := form.write(f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", form.kind)
	w.Header().Set("Last-Modified", f.updated.UTC().Format(http.TimeFormat))
	_, err = w.Write(body)
	return err
}

// Error writes what was wrong with a feed's address as a line of text: readers
// of feeds show people that much of it, if anything.
func Error(w http.ResponseWriter, _ *http.Request, err error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, httpkit.PublicText(err)+"\n")
}
