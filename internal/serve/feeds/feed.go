package feeds

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/serve/address"
)

// feed is a page of a list as all forms write it. Addresses are whole.
type feed struct {
	id       string
	title    string
	subtitle string
	site     person // who publishes it
	icon     string
	page     string // the list as a page
	self     string
	first    string // pages of the feed (RFC 5005, section 3); "" for none
	previous string
	next     string
	updated  time.Time
	entries  []entry
}

// person is somebody who made something.
type person struct{ name, page string }

// never is the date of an empty list that has no day: it only must not move.
var never = time.Date(1991, time.August, 14, 0, 0, 0, 0, time.UTC)

// feed makes the feed that was asked for at an address without its suffix.
func (f *Feeds) feed(at *url.URL, p *address.Papers, form form) *feed {
	path := p.Path
	front := at.Path == address.Front
	if front {
		// The list is that of a day, but who subscribes to it wants every newest day.
		path = address.Front + strings.TrimPrefix(p.Path, dayPath(p))
	}
	page, query := part(path)
	query.Del("page")
	query.Del("after")
	out := &feed{
		id: listID(join(page, query)), title: f.title(p, front), subtitle: f.subtitle(p, front),
		site: person{f.name, f.base + "/"}, icon: f.base + "/favicon.ico", page: f.base + join(page, query),
		entries: make([]entry, len(p.Papers)), updated: never,
	}
	f.pages(out, at, p, form)
	if l := p.Listing; l != nil && l.From != "" {
		out.updated = l.From.Time()
	}
	for i := range p.Papers {
		out.entries[i] = f.entry(&p.Papers[i])
		if e := &out.entries[i]; i == 0 || e.updated.After(out.updated) {
			out.updated = e.updated
		}
	}
	return out
}

// pages links the pages of a feed with each other.
func (f *Feeds) pages(out *feed, at *url.URL, p *address.Papers, form form) {
	to := func(path string, query url.Values) string { return f.base + join(path+form.suffix, query) }
	here, query := at.EscapedPath(), at.Query()
	out.self = to(here, query)
	number, _ := strconv.Atoi(query.Get("page"))
	if number > 1 || query.Has("after") {
		query.Del("page")
		query.Del("after")
		out.first = to(here, query)
	}
	if number > 1 {
		if number > 2 {
			query.Set("page", strconv.Itoa(number-1))
		}
		out.previous = to(here, query)
	}
	if p.Next != "" {
		out.next = to(part(p.Next))
	}
}

// orders say how a list is ordered.
var orders = map[broadsheet.Sort]string{
	broadsheet.SortHot: "the hottest first", broadsheet.SortTop: "most votes first", broadsheet.SortNew: "the newest first",
	broadsheet.SortDate: "the newest first", broadsheet.SortRelevance: "the best match first",
}

func (f *Feeds) title(p *address.Papers, front bool) string {
	title := p.Title
	if l := p.Listing; l != nil {
		if front {
			title = "Daily papers"
			if l.List.Kind == broadsheet.ListAnnounced {
				title = "Announced papers"
			}
		}
		if c := l.View.Category; c != "" {
			title += " in " + c
		}
		if l.View.HasCode {
			title += " with code"
		}
	}
	if title = clean.Line(title); title == "" {
		return f.name
	}
	return title + " · " + f.name
}

func (f *Feeds) subtitle(p *address.Papers, front bool) string {
	sort := broadsheet.SortRelevance
	switch {
	case front:
		return f.tagline
	case p.Listing != nil:
		sort = p.Listing.View.Sort
	case p.Found.Query.Sort != "":
		sort = p.Found.Query.Sort
	}
	return fmt.Sprintf("Papers on %s, %s", f.name, orders[sort])
}

// dayPath is the path of the day that the front page shows.
func dayPath(p *address.Papers) string {
	path, _, _ := strings.Cut(p.Path, "?")
	return path
}

// part splits a path here from its query.
func part(path string) (string, url.Values) {
	path, raw, _ := strings.Cut(path, "?")
	query, _ := url.ParseQuery(raw) // made by the site
	return path, query
}

func join(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
