package card

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/tex"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// Options are what cards need.
type Options struct {
	App     *app.App
	Name    string // of the site, default "Broadsheet"
	Tagline string
	BaseURL string // whose host stands on the cards
}

// Cards draws cards.
type Cards struct {
	app           *app.App
	name, tagline string
	host          string
	fonts         *fonts
}

// New reads the typefaces.
func New(o Options) (*Cards, error) {
	f, err := openFonts()
	if err != nil {
		return nil, err
	}
	c := &Cards{app: o.App, name: cmp.Or(o.Name, "Broadsheet"), tagline: o.Tagline, fonts: f}
	if u, err := url.Parse(o.BaseURL); err == nil {
		c.host = u.Host
	}
	return c, nil
}

// maxAge is how long others may keep a card: who shows it does so for days.
const maxAge = time.Hour

// Routes are the cards.
func (c *Cards) Routes() []httpkit.Route {
	get := func(pattern string, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Page, Handle: handle, MaxAge: maxAge, Lane: "cards", Limit: "api"}
	}
	return []httpkit.Route{get("/cards/papers/{id...}", c.paper), get("/cards/days/{file}", c.day), get(address.SiteCard, c.site)}
}

const suffix = ".png"

func (c *Cards) paper(w http.ResponseWriter, r *http.Request) error {
	id, ok := strings.CutSuffix(r.PathValue("id"), suffix)
	if !ok {
		return errNoCard
	}
	v, err := c.app.Paper(r.Context(), id)
	if err != nil {
		return err
	}
	if v.ID != id {
		return httpkit.Redirect(w, r, address.PaperCard(v.ID), http.StatusPermanentRedirect)
	}
	return c.send(w, c.ofPaper(&v.Paper))
}

func (c *Cards) day(w http.ResponseWriter, r *http.Request) error {
	name, ok := strings.CutSuffix(r.PathValue("file"), suffix)
	if !ok {
		return errNoCard
	}
	day, err := broadsheet.ParseDay(name)
	if err != nil {
		return err
	}
	l, err := c.app.Day(r.Context(), day, app.View{Limit: titles})
	if err != nil {
		return err
	}
	return c.send(w, c.ofDay(l))
}

func (c *Cards) site(w http.ResponseWriter, r *http.Request) error {
	s := sheet{Name: c.name, Headline: cmp.Or(c.tagline, "The daily papers, chosen by those who read them"), Center: c.host}
	return c.send(w, s)
}

var errNoCard = error(&broadsheet.Error{Kind: broadsheet.NotFound, Text: "there is no such card", Fix: "cards are PNG pictures: /cards/papers/2503.02130.png"})

// send draws a sheet. The lane of cards draws one at a time: there is a core for
// readers.
func (c *Cards) send(w http.ResponseWriter, s sheet) error {
	picture, err := c.fonts.draw(s)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/png")
	// Other sites show it: that is what it is for.
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	_, err = w.Write(picture)
	return err
}

const (
	titles  = 3 // of a day's card
	authors = 3
)

func (c *Cards) ofPaper(p *broadsheet.Paper) sheet {
	t := c.fonts.on(nil)
	s := sheet{Name: c.name, FootRight: c.host, FootLeft: idOf(p.ID)}
	if !p.PublishedAt.IsZero() {
		s.Left = p.PublishedAt.UTC().Format("2 January 2006")
	}
	if cat := p.PrimaryCategory(); cat != "" {
		s.Center = cmp.Or(app.CategoryName(cat), cat)
	}
	if n := p.VoteCount(); n > 0 {
		s.Right = plural(n, "vote")
	}
	var ok bool
	if s.Headline, ok = t.showable(tex.Plain(p.Title)); !ok {
		s.Headline, s.FootLeft = idOf(p.ID), ""
	}
	var names []string
	for i := 0; i < len(p.Authors) && len(names) < authors; i++ {
		if name, ok := t.showable(p.Authors[i].Name); ok {
			names = append(names, name)
		}
	}
	if line := byline(names, max(p.AuthorCount, len(p.Authors))); line != "" {
		s.By = []string{line}
	}
	return s
}

func (c *Cards) ofDay(l *app.Listing) sheet {
	t := c.fonts.on(nil)
	s := sheet{Name: c.name, Headline: l.From.Time().Format("2 January 2006"), Left: l.From.Time().Format("Monday"), Center: "The daily papers", Right: plural(l.Total, "paper"), FootRight: c.host}
	switch {
	case l.Total == 0:
	case l.Sample:
		s.By = []string{"a sample edition"}
	case l.Featured:
		s.By = []string{"chosen by readers"}
	default:
		s.By = []string{"announced at their sources"}
	}
	for i := range l.Papers {
		if title, ok := t.showable(tex.Plain(l.Papers[i].Title)); ok {
			s.List = append(s.List, title)
		}
	}
	return s
}

// idOf is a paper's id as people write it.
func idOf(id string) string {
	if broadsheet.SplitID(id).Scheme == "arxiv" {
		return "arXiv:" + id
	}
	return id
}

func byline(names []string, count int) string {
	switch rest := count - len(names); {
	case len(names) == 0 && count > 0:
		return plural(count, "author")
	case rest > 0:
		return strings.Join(names, ", ") + " and " + fmt.Sprint(rest) + " more"
	case len(names) > 1:
		return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
	}
	return strings.Join(names, "")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprint(n) + " " + noun + "s"
}
