package web

import (
	"cmp"
	"fmt"
	"net/http"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// listPage is a list of papers.
type listPage struct {
	Frame    frame
	Heading  string
	Sub      string // a line under the heading
	Avatar   *app.Picture
	Profile  string   // path of the submitter's page here, "" for none
	People   []choice // of an author: whose name it is here; of an organisation: some members
	More     choice   // of an organisation: all of them
	Also     string   // of an author: other names
	PrevName string   // of Frame.Prev
	NextName string
	Count    string // "51 papers"
	How      string // "chosen by readers"
	Sorts    []choice
	Code     choice
	Subjects []choice
	Subject  string // that is chosen
	AllPath  string // the list without a filter
	Lead     *card
	Cards    []card
	Briefs   []card  // announced, of a day for which few are chosen
	BriefsOf string  // their heading
	Other    *choice // the day's other list
	Empty    string
	Number   int
	Pages    int
	Newer    string // path of the page before, "" for none
	Older    string
	Props    string // JSON for programs that read the day page
}

// listed fills what all lists share.
func (w *Web) listed(l *app.Listing, f frame, link viewLink) listPage {
	now := w.app.Now()
	v := l.View
	p := listPage{Frame: f, Count: plural(l.Total, "paper"), Sorts: link.sorts(v), Code: link.code(v), Number: v.Page, Pages: l.Pages(),
		Subjects: link.categories(v, l.Categories), Subject: v.Category, AllPath: link.path}
	if link.announced {
		p.AllPath += "?list=announced"
	}
	if l.Total == broadsheet.MaxOffset {
		p.Count = "the newest " + p.Count
	}
	p.Cards = w.cards(l, now)
	own, first := link, v
	own.path, first.Page = cmp.Or(link.feed, link.path), 1
	p.Frame.Feeds = feeds(own.to(first))
	p.Frame.forms(link.to(v), len(p.Cards))
	p.Frame.Mail = w.mailOf(l)
	step := func(n int) string { to := v; to.Page += n; return link.to(to) }
	if v.Page > 1 {
		p.Newer = step(-1)
	}
	if l.More && v.Page*v.Limit <= broadsheet.MaxOffset {
		p.Older = step(1)
	}
	if v.Page > 1 || v.Category != "" || v.HasCode || v.Sort != link.def {
		p.Frame.NoIndex = v.Page == 1
		p.Frame.Canonical = w.canonical(link.to(v))
	}
	if v.Page > 1 {
		p.Frame.Title += fmt.Sprintf(", page %d", v.Page)
	}
	if len(p.Cards) == 0 {
		p.Frame.NoIndex = true
		p.Empty = "There are no papers here yet."
		if v.Category != "" || v.HasCode {
			p.Empty = "No paper of this list fits."
		}
	}
	return p
}

// split makes the first paper of a first page the lead.
func (w *Web) split(p *listPage, l *app.Listing) {
	if p.Number == 1 && len(p.Cards) > 0 {
		p.Lead = &p.Cards[0]
		w.lead(p.Lead, &l.Papers[0])
		p.Cards = p.Cards[1:]
	}
}

// named shows the list of an author, organisation, category, keyword or
// submitter. What was asked for in another spelling than its own lives there.
func (w *Web) named(rw http.ResponseWriter, r *http.Request, kind, key, here string, read func(app.View) (*app.Listing, error)) error {
	v, err := address.View(r.URL.Query())
	if err != nil {
		return err
	}
	l, err := read(v)
	if err != nil {
		return err
	}
	path := address.List(l.List.Kind, l.List.Key)
	if key != l.List.Key {
		if r.URL.RawQuery != "" {
			path += "?" + r.URL.RawQuery
		}
		code := http.StatusPermanentRedirect
		if l.List.Kind == broadsheet.ListAuthor && broadsheet.AuthorKey(key) != l.List.Key { // another name of the author, who may come apart again
			code = http.StatusTemporaryRedirect
		}
		return httpkit.Redirect(rw, r, path, code)
	}
	name := l.Name
	if name == "" {
		name = key
	}
	f := w.frame(name, fmt.Sprintf("%s: %s on %s.", name, plural(l.Total, "paper"), w.name), path)
	f.Here = here
	p := w.listed(l, f, viewLink{path: path, def: app.DefaultSort(l.List.Kind)})
	p.Heading, p.Sub, p.Avatar, p.Subjects = name, kind, l.Avatar, nil
	if err := w.beside(r, &p, l); err != nil {
		return err
	}
	if l.List.Kind == broadsheet.ListSubmitter {
		has, err := w.app.HasProfile(r.Context(), l.List.Key)
		if err != nil {
			return err
		}
		if has {
			p.Profile = peoplePath(l.List.Key)
		}
	}
	return w.render(rw, "list.html", p)
}

func (w *Web) author(rw http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("key")
	return w.named(rw, r, "Author", key, "", func(v app.View) (*app.Listing, error) { return w.app.Author(r.Context(), key, v) })
}

func (w *Web) organization(rw http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("key")
	return w.named(rw, r, "Organisation", key, "orgs", func(v app.View) (*app.Listing, error) { return w.app.Organization(r.Context(), key, v) })
}

func (w *Web) category(rw http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	kind := "Category " + name // shown where it is spelt so
	if app.CategoryArchive(name) == name {
		kind = "Archive " + name
	}
	return w.named(rw, r, kind, name, "categories", func(v app.View) (*app.Listing, error) { return w.app.Category(r.Context(), name, v) })
}

func (w *Web) submitter(rw http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("key")
	return w.named(rw, r, "Submitter", key, "", func(v app.View) (*app.Listing, error) { return w.app.Submitter(r.Context(), key, v) })
}

func (w *Web) keyword(rw http.ResponseWriter, r *http.Request) error {
	word := r.PathValue("word")
	return w.named(rw, r, "Keyword", word, "", func(v app.View) (*app.Listing, error) { return w.app.Keyword(r.Context(), word, v) })
}
