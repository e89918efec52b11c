package arxiv

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/lib/xmldoc"
)

// item is an item of a feed.
type item struct {
	paper broadsheet.Paper
	kind  string // announce type
	guid  string
	err   error
	raw   []byte
}

// feedItems reads a feed. Items that cannot be read carry their error.
func feedItems(body []byte) ([]item, error) {
	var items []item
	channel := false
	err := xmldoc.Each(body, func(name string, depth int) bool { return name == "channel" && depth == 1 }, func(p xmldoc.Piece) error {
		channel = channel || p.Parent == "channel"
		if p.Name == "item" && p.Parent == "channel" {
			items = append(items, readItem(p.Node, p.Raw))
		}
		return nil
	})
	if err == nil && !channel {
		err = errors.New("it is no RSS feed")
	}
	return items, err
}

// described is arXiv's description: what is announced, then the abstract.
var described = regexp.MustCompile(`(?s)^\s*arXiv:(\S+)\s+Announce Type:\s*(\S+)\s*(?:Abstract:\s*(.*))?$`)

func readItem(n *xmldoc.Node, raw []byte) item {
	it := item{guid: n.Value("guid"), kind: strings.ToLower(n.Value("announce_type")), raw: raw}
	m := described.FindStringSubmatch(n.Value("description"))
	id, abstract := strings.TrimPrefix(it.guid, "oai:arXiv.org:"), ""
	if m != nil {
		abstract = m[3]
		if id == "" {
			id = m[1]
		}
		if it.kind == "" {
			it.kind = strings.ToLower(m[2])
		}
	}
	if id == "" {
		id = n.Value("link")
	}
	p := broadsheet.Paper{
		Origin: broadsheet.OriginFeed, Title: line(n.Value("title")), Abstract: clean.Clip(clean.Line(abstract), maxAbstract),
		Authors: Authors(n.Value("creator")), License: line(n.Value("rights")), JournalRef: line(n.Value("journal_reference")), DOI: line(n.Value("DOI")),
	}
	var cats []string
	for _, c := range n.All("category") {
		cats = append(cats, strings.Fields(c.Text)...)
	}
	p.Categories = categories(cats)
	p.Withdrawn = isWithdrawn(&p)
	switch it.kind {
	case "new", "cross", "replace", "replace-cross":
	default:
		it.err = broadsheet.InvalidField("announce_type", fmt.Sprintf("%q is none", clean.Clip(it.kind, 40)), "")
		return it
	}
	at, err := time.Parse(time.RFC1123Z, n.Value("pubDate"))
	if err != nil {
		it.err = broadsheet.InvalidField("pubDate", fmt.Sprintf("%q is not a date", clean.Clip(n.Value("pubDate"), 60)), "")
		return it
	}
	p.AnnouncedOn = broadsheet.Day(at.Format(time.DateOnly)) // in the zone that the feed states: New York's
	it.err = finish(&p, id, at)
	it.paper = p
	return it
}
