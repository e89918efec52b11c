package feeds

const atomNamespace = "http://www.w3.org/2005/Atom"

// atom writes a feed as Atom (RFC 4287), with pages (RFC 5005).
func atom(f *feed) ([]byte, error) {
	d := newDocument(f.size())
	d.start("feed", "xmlns", atomNamespace, "xml:lang", "en")
	d.leaf("id", f.id)
	d.leaf("title", f.title)
	d.leaf("subtitle", f.subtitle)
	d.leaf("updated", moment(f.updated))
	d.start("author")
	d.leaf("name", f.site.name)
	d.leaf("uri", f.site.page)
	d.end()
	d.leaf("generator", "Broadsheet")
	d.leaf("icon", f.icon)
	d.empty("link", "rel", "alternate", "type", "text/html", "href", f.page)
	feedLinks(d, f, "link", "application/atom+xml")
	for i := range f.entries {
		atomEntry(d, &f.entries[i])
	}
	d.end()
	return d.b, nil
}

// feedLinks are a feed's links to itself and its other pages.
func feedLinks(d *document, f *feed, element, kind string) {
	for _, l := range [...]struct{ rel, href string }{{"self", f.self}, {"first", f.first}, {"previous", f.previous}, {"next", f.next}} {
		if l.href != "" {
			d.empty(element, "rel", l.rel, "type", kind, "href", l.href)
		}
	}
}

func atomEntry(d *document, e *entry) {
	d.start("entry")
	d.leaf("id", e.id)
	d.leaf("title", e.title)
	d.leaf("published", moment(e.published))
	d.leaf("updated", moment(e.updated))
	for _, a := range e.authors {
		d.start("author")
		d.leaf("name", a.name)
		if a.page != "" {
			d.leaf("uri", a.page)
		}
		d.end()
	}
	d.empty("link", "rel", "alternate", "type", "text/html", "href", e.page)
	for _, l := range e.links {
		d.empty("link", "rel", "related", "type", l.kind, "title", l.title, "href", l.href)
	}
	for _, t := range e.tags {
		d.empty("category", "term", t.term, "scheme", t.scheme, "label", t.label)
	}
	if e.summary != "" {
		d.leaf("summary", e.summary)
	}
	d.leaf("content", e.content, "type", "html")
	d.end()
}
