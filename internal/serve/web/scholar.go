package web

import (
	"cmp"
	"strconv"

	"broadsheet"
	"broadsheet/internal/lib/cite"
	"broadsheet/internal/serve/address"
)

// scholar is what a paper's page tells programs in its head: the citation_ tags
// that Google Scholar and Zotero read, and the paper as schema.org has it.
type scholar struct {
	Tags []metaTag
	// Linked becomes a block of JSON-LD: data that no browser runs. The template
	// writes it as JSON in which no character can end the block.
	Linked map[string]any
}

type metaTag struct{ Name, Content string }

// scholarAuthors bounds the names in the head: a collaboration has thousands,
// and the page names them all.
const scholarAuthors = 100

func (w *Web) scholar(p *broadsheet.Paper) *scholar {
	facts, source := cite.FactsOf(p), address.SourceOf(p)
	s := &scholar{}
	tag := func(name, content string) {
		if content != "" {
			s.Tags = append(s.Tags, metaTag{"citation_" + name, content})
		}
	}
	tag("title", plain(p.Title))
	for _, a := range p.Authors[:min(len(p.Authors), scholarAuthors)] {
		// As printed: of "van der Linde, Jelmer B." Zotero makes two people.
		tag("author", plain(a.Name))
	}
	date := strconv.Itoa(facts.Year)
	if !facts.Day.IsZero() {
		date = facts.Day.Format("2006/01/02")
	}
	if facts.Year > 0 {
		tag("publication_date", date)
	}
	tag("journal_title", facts.Journal)
	tag("volume", facts.Volume)
	tag("issue", facts.Issue)
	tag("firstpage", facts.FirstPage)
	tag("lastpage", facts.LastPage)
	tag("arxiv_id", facts.ArXiv)
	tag("doi", facts.DOI)
	for _, k := range p.Keywords {
		tag("keywords", k)
	}
	tag("pdf_url", source.PDF)
	tag("abstract_html_url", cmp.Or(w.canonical(address.Paper(p.ID)), source.Page))
	s.Linked = w.linked(p, facts, source)
	return s
}

// linked is a paper as a ScholarlyArticle of schema.org.
func (w *Web) linked(p *broadsheet.Paper, facts cite.Facts, source address.Source) map[string]any {
	out := map[string]any{"@context": "https://schema.org", "@type": "ScholarlyArticle", "headline": clip(plain(cmp.Or(p.Title, p.ID)), 300)}
	put := func(name, value string) {
		if value != "" {
			out[name] = value
		}
	}
	put("url", w.canonical(address.Paper(p.ID)))
	put("sameAs", source.Page)
	put("description", clip(plain(cmp.Or(p.TLDR, p.Abstract)), 300))
	if !p.PublishedAt.IsZero() {
		put("datePublished", p.PublishedAt.UTC().Format("2006-01-02"))
	}
	if n := len(p.Versions); n > 1 && !p.Versions[n-1].CreatedAt.IsZero() {
		put("dateModified", p.Versions[n-1].CreatedAt.UTC().Format("2006-01-02"))
	}
	put("image", w.canonical(address.PaperCard(p.ID)))
	var authors, ids []map[string]any
	for _, a := range p.Authors[:min(len(p.Authors), scholarAuthors)] {
		authors = append(authors, map[string]any{"@type": "Person", "name": plain(a.Name)})
	}
	if authors != nil {
		out["author"] = authors
	}
	id := func(scheme, value string) {
		if value != "" {
			ids = append(ids, map[string]any{"@type": "PropertyValue", "propertyID": scheme, "value": value})
		}
	}
	id("arXiv", facts.ArXiv)
	id("DOI", facts.DOI)
	if ids != nil {
		out["identifier"] = ids
	}
	if len(p.Keywords) > 0 {
		out["keywords"] = p.Keywords
	}
	if facts.Journal != "" {
		out["isPartOf"] = map[string]any{"@type": "Periodical", "name": facts.Journal}
	}
	if broadsheet.ValidURL(p.License) {
		put("license", p.License)
	}
	return out
}
