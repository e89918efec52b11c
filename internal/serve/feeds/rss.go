package feeds

import "time"

// rssDate is a time as RSS writes it: RFC 822 with four digits for the year.
const rssDate = "Mon, 02 Jan 2006 15:04:05 +0000"

// ttl is for how many minutes a reader need not ask again.
const ttl = "30"

// rss writes a feed as RSS 2.0, by the RSS Board's specification and its Profile.
// Authors are Dublin Core's creators: RSS knows its own only by their mail.
func rss(f *feed) ([]byte, error) {
	d := newDocument(f.size())
	d.start("rss", "version", "2.0", "xmlns:atom", atomNamespace, "xmlns:dc", "http://purl.org/dc/elements/1.1/")
	d.start("channel")
	d.leaf("title", f.title)
	d.leaf("link", f.page)
	d.leaf("description", f.subtitle)
	d.leaf("language", "en")
	d.leaf("lastBuildDate", rssTime(f.updated))
	d.leaf("docs", "https://www.rssboard.org/rss-specification")
	d.leaf("generator", "Broadsheet")
	d.leaf("ttl", ttl)
	feedLinks(d, f, "atom:link", "application/rss+xml")
	for i := range f.entries {
		rssItem(d, &f.entries[i])
	}
	d.end()
	d.end()
	return d.b, nil
}

func rssItem(d *document, e *entry) {
	d.start("item")
	d.leaf("title", e.title)
	d.leaf("link", e.page)
	d.leaf("guid", e.id, "isPermaLink", "false")
	d.leaf("pubDate", rssTime(e.published))
	for _, a := range e.authors {
		d.leaf("dc:creator", a.name)
	}
	for _, t := range e.tags {
		d.leaf("category", t.term, "domain", t.scheme)
	}
	d.leaf("description", e.content)
	for _, l := range e.links {
		d.empty("atom:link", "rel", "related", "type", l.kind, "title", l.title, "href", l.href)
	}
	d.end()
}

func rssTime(t time.Time) string { return t.UTC().Format(rssDate) }
