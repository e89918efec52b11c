package lookup

import (
	"context"
	"net/url"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/lib/fetch"
)

// maxPage is the most that a page may hold, in bytes. Pages of publishers take
// up to one and a half million.
const maxPage = 4 << 20

// reading is what a page says.
type reading struct {
	paper broadsheet.Paper // without identity
	doi   string           // that it names
	arxiv string           // that it names
	at    *url.URL         // where it stands, after redirects
}

// page reads a page, and what it leads to or names where that is looked up
// better.
func (l *Lookup) page(ctx context.Context, t Target) (broadsheet.Paper, error) {
	r, err := l.read(ctx, t.URL)
	if err != nil {
		return broadsheet.Paper{}, err
	}
	if to, err := Parse(r.at.String()); err == nil && to.Place != Page { // a short address
		return l.find(ctx, to)
	}
	if p, ok := l.named(ctx, &r); ok {
		return p, nil
	}
	id := PageID(r.at)
	if len(id) > maxID {
		id = t.ID
	}
	p := r.paper
	linked(&p, broadsheet.LinkPage, strings.TrimPrefix(id, "url:"))
	identified(&p, broadsheet.SplitID(id))
	return p, nil
}

// named looks up the DOI or arXiv id that a page names. It counts where what is
// found has nearly the page's title: a page may name whatever it likes. What the
// registry lacks is taken from the page only where that is the one that the DOI
// is registered for.
func (l *Lookup) named(ctx context.Context, r *reading) (broadsheet.Paper, bool) {
	if r.arxiv != "" {
		p, err := l.arxiv.Paper(ctx, r.arxiv, l.opt.Now())
		return p, err == nil && sameTitle(p.Title, r.paper.Title)
	}
	if r.doi == "" {
		return broadsheet.Paper{}, false
	}
	p, home, err := l.crossref(ctx, r.doi)
	if err != nil || !sameTitle(p.Title, r.paper.Title) {
		return broadsheet.Paper{}, false
	}
	if home != "" && home == bareHost(r.at) {
		if p.Abstract == "" {
			p.Abstract = r.paper.Abstract
		}
		for _, link := range r.paper.Links {
			linked(&p, link.Kind, link.URL)
		}
	}
	return p, true
}

func bareHost(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") }

// sameTitle compares letters and digits only; pages leave out subtitles, and add
// their own name.
func sameTitle(a, b string) bool {
	x, y := broadsheet.AuthorKey(a), broadsheet.AuthorKey(b) // hyphenated letters and digits, at most 120 bytes
	return len(x) > 3 && len(y) > 3 && (strings.HasPrefix(x, y) || strings.HasPrefix(y, x))
}

// read fetches a page and reads what it says of itself.
func (l *Lookup) read(ctx context.Context, address string) (reading, error) {
	res, err := l.opt.Pages.Get(ctx, fetch.Request{URL: address, Accept: "text/html, application/xhtml+xml;q=0.9", MaxBody: maxPage,
		Types: []string{"text/html", "application/xhtml+xml"}})
	if err != nil {
		host := "this page"
		if u, perr := url.Parse(address); perr == nil && u.Host != "" {
			host = u.Host
		}
		return reading{}, explain(err, host)
	}
	at, err := url.Parse(res.URL)
	if err != nil {
		return reading{}, invalid("the page stands at no address")
	}
	if err := plainHost(at); err != nil {
		return reading{}, err
	}
	m := readTags(res.Body, res.Header.Get("Content-Type"))
	r := reading{at: at, paper: broadsheet.Paper{Origin: broadsheet.OriginCurated}}
	if to, err := at.Parse(m.canonical); err == nil && m.canonical != "" && to.Scheme == at.Scheme && plainHost(to) == nil && to.Host == at.Host && to.User == nil {
		to.Fragment, to.RawFragment = "", ""
		r.at = to
	}
	l.describe(&r, m)
	if r.paper.Title == "" {
		return r, broadsheet.InvalidField("url", "this page does not say what it is called", "give the paper's DOI or arXiv id, if it has one")
	}
	return r, nil
}

// describe makes a paper of a page's tags, those made for papers first.
func (l *Lookup) describe(r *reading, m tags) {
	p := &r.paper
	p.Title = title(m.first("citation_title", "dc.title", "ld:headline", "ld:name", "og:title", "twitter:title", "title"))
	p.Abstract = prose(m.first("citation_abstract", "dcterms.abstract", "dc.description", "ld:abstract", "ld:description", "og:description", "description"), maxAbstract)
	for _, source := range []string{"citation_author", "citation_authors", "dc.creator", "dc.contributor", "ld:author", "author"} {
		for _, names := range m.all[source] {
			for name := range strings.SplitSeq(names, ";") {
				if !strings.Contains(name, "://") {
					authored(p, broadsheet.Author{Name: person(name)})
				}
			}
		}
		if len(p.Authors) > 0 {
			break
		}
	}
	for _, name := range []string{"citation_online_date", "citation_publication_date", "citation_date", "dc.date", "dc.date.issued", "dcterms.issued", "ld:datepublished", "article:published_time"} {
		if p.PublishedAt.IsZero() {
			p.PublishedAt = l.date(m.first(name))
		}
	}
	p.UpdatedAt = p.PublishedAt
	p.JournalRef = title(m.first("citation_journal_title", "citation_conference_title"))
	p.Withdrawn = takenBack(p.Title, p.Abstract)
	for _, x := range []struct {
		kind broadsheet.LinkKind
		tag  string
	}{{broadsheet.LinkPDF, "citation_pdf_url"}, {broadsheet.LinkThumbnail, "og:image"}} {
		if to, err := r.at.Parse(m.first(x.tag)); err == nil && m.first(x.tag) != "" {
			linked(p, x.kind, to.String())
		}
	}
	for _, name := range []string{"citation_doi", "prism.doi", "dc.identifier", "dc.identifier.doi", "bepress_citation_doi", "ld:doi"} {
		for _, v := range m.all[name] {
			if doi, ok := readDOI(clean.Line(v)); ok && r.doi == "" {
				r.doi = doi
			}
		}
	}
	if id, _, ok := broadsheet.ParseArxivID(m.first("citation_arxiv_id")); ok {
		r.arxiv = id
	} else if id, _, ok := broadsheet.ParseArxivID(r.doi); ok {
		r.arxiv, r.doi = id, ""
	}
}
