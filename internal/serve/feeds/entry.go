package feeds

import (
	"cmp"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/lib/tex"
	"broadsheet/internal/serve/address"
)

// entry is a paper as all forms write it.
type entry struct {
	id        string
	title     string
	page      string // here
	published time.Time
	updated   time.Time
	authors   []person // the first authorsShown
	tags      []tag
	links     []link
	source    string // page at the source, "" where none is known
	summary   string // a sentence or two, "" for none
	content   string // HTML
}

// tag is a category or a keyword.
type tag struct{ term, scheme, label string }

// link leads to something about a paper that is elsewhere.
type link struct{ title, kind, href string }

// arxivScheme is how arXiv's own feeds name its categories.
const arxivScheme = "http://arxiv.org/schemas/atom"

// authorsShown is how many of a paper's authors are named: collaborations in
// physics have three thousand.
const authorsShown = 20

func (f *Feeds) entry(p *broadsheet.Paper) entry {
	e := entry{
		id: paperID(p.ID), title: cmp.Or(line(p.Title), clean.Line(p.ID), "Untitled"), page: f.base + uri(address.Paper(p.ID)),
		authors: f.authors(p), tags: tags(p), summary: line(p.TLDR),
	}
	e.published, e.updated = dates(p)
	e.links, e.source = links(p)
	e.content = f.content(p, &e)
	return e
}

// line is text with TeX as plain text.
func line(s string) string { return clean.Line(tex.Plain(s)) }

// dates says when a paper came to the readers of this site, and when it last
// changed for them.
func dates(p *broadsheet.Paper) (published, updated time.Time) {
	came := p.SeenAt
	if came.IsZero() {
		came = p.PublishedAt
	}
	published = came
	updated = came
	later := func(t time.Time) {
		if t.After(updated) {
			updated = t
		}
	}
	for i, f := range p.Features {
		at := f.FeaturedAt
		if at.IsZero() {
			at = f.Day.Time()
		}
		if i == 0 {
			published = at
		}
		later(at)
	}
	for _, v := range p.Versions {
		later(v.CreatedAt)
	}
	if published.IsZero() {
		published = never
	}
	later(published)
	return published.UTC().Truncate(time.Second), updated.UTC().Truncate(time.Second)
}

func (f *Feeds) authors(p *broadsheet.Paper) []person {
	n := min(len(p.Authors), authorsShown)
	out := make([]person, 0, n)
	for _, a := range p.Authors[:n] {
		who := person{name: clean.Line(a.Name)}
		if who.name == "" {
			continue
		}
		if key := cmp.Or(a.Key, broadsheet.AuthorKey(a.Name)); key != "" {
			who.page = f.base + address.List(broadsheet.ListAuthor, key)
		}
		out = append(out, who)
	}
	return out
}

func tags(p *broadsheet.Paper) []tag {
	var out []tag
	seen := map[string]bool{}
	add := func(t tag) {
		if t.term != "" && !seen[t.term] {
			seen[t.term] = true
			out = append(out, t)
		}
	}
	for _, c := range p.Categories {
		add(tag{clean.Line(c), arxivScheme, app.CategoryName(c)})
	}
	for _, k := range p.Keywords {
		add(tag{term: clean.Line(k)})
	}
	return out
}

// links are where a paper stands at its source, and its code and project.
func links(p *broadsheet.Paper) (out []link, page string) {
	s := address.SourceOf(p)
	add := func(title, kind, href string) {
		if href = webURI(href); href != "" {
			out = append(out, link{title, kind, href})
		}
	}
	add(s.Name, "text/html", s.Page)
	add("PDF", "application/pdf", s.PDF)
	if l := p.Link(broadsheet.LinkCode); l != nil {
		add("Code", "", address.Web(l.URL))
	}
	if l := p.Link(broadsheet.LinkProject); l != nil {
		add("Project", "", address.Web(l.URL))
	}
	return out, webURI(s.Page)
}
