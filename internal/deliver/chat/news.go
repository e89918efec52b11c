package chat

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/lib/tex"
	"broadsheet/internal/store"
)

// news is an edition as it is told: plain text, on one line each, as sources
// wrote it. Each channel makes it harmless in its own way.
type news struct {
	token        string // of the delivery: the same at every attempt
	subscription string
	topic        string
	edition      string // its public name
	at           time.Time
	now          time.Time // of the attempt, for signatures
	site, home   string    // the site's name and address
	title        string    // "Hot papers, 26 November 2026"
	web          string    // address of the edition
	items        []item
	left         int // papers of the edition that are not among the items
}

// item is a paper.
type item struct {
	id, title, url string
	by             string // "Ada Person, Bo Writer and 3 more"
	votes          int
	why            string
	text           string // its TL;DR, or the first sentences of its abstract
	code           string
	tldr           bool // text is a TL;DR
	authors        []string
	categories     []string
	published      time.Time
}

// In characters.
const (
	titleLength = 200
	nameLength  = 60
	textLength  = 240
	topicLength = 80
)

// Store is what is read of the store.
type Store interface {
	EditionByID(ctx context.Context, id int64) (broadsheet.Edition, error)
	// Papers gives papers in the order of ids, without those that are not here.
	Papers(ctx context.Context, ids []string) ([]broadsheet.Paper, error)
}

// news reads what a delivery tells. It is NotFound where nothing is left to say.
func (c *Carrier) news(ctx context.Context, x *store.Claim) (*news, error) {
	e, err := c.o.Store.EditionByID(ctx, x.EditionID)
	if err != nil {
		return nil, err
	}
	n := &news{token: x.Token, subscription: x.Subscription.Token, topic: e.Topic.String(), edition: e.Token, at: x.PlannedAt.UTC(), now: c.o.Now(),
		site: line(c.o.Title), home: c.o.Base + "/", web: c.o.Base + c.o.Edition(e.Token)}
	n.title = clip(line(e.Title), topicLength)
	day := x.Slot
	if len(day) >= len(time.DateOnly) {
		day = day[:len(time.DateOnly)]
	}
	if d, err := broadsheet.ParseDay(day); err == nil {
		n.title += ", " + d.Time().Format("2 January 2006")
	}
	picks := make(map[string]*broadsheet.Pick, len(e.Picks))
	for i := range e.Picks {
		picks[e.Picks[i].PaperID] = &e.Picks[i]
	}
	papers, err := c.papers(ctx, x.Papers)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, p := range papers {
		if p != nil && !seen[p.ID] { // two may have become one
			seen[p.ID] = true
			n.items = append(n.items, c.item(p, picks[x.Papers[i]]))
		}
	}
	if len(n.items) == 0 && len(x.Papers) > 0 {
		return nil, broadsheet.Errorf(broadsheet.NotFound, "the papers of this edition are gone")
	}
	return n, nil
}

// papers gives a paper for each id, nil for one that is gone.
func (c *Carrier) papers(ctx context.Context, ids []string) ([]*broadsheet.Paper, error) {
	found, err := c.o.Store.Papers(ctx, ids)
	if err != nil {
		return nil, err
	}
	by := make(map[string]*broadsheet.Paper, len(found))
	for i := range found {
		by[found[i].ID] = &found[i]
	}
	out := make([]*broadsheet.Paper, len(ids))
	for i, id := range ids {
		if out[i] = by[id]; out[i] != nil {
			continue
		}
		one, err := c.o.Store.Papers(ctx, []string{id}) // part of another paper by now
		if err != nil {
			return nil, err
		}
		if len(one) == 1 {
			out[i] = &one[0]
		}
	}
	return out, nil
}

func (c *Carrier) item(p *broadsheet.Paper, pick *broadsheet.Pick) item {
	x := item{id: p.ID, title: cmp.Or(clip(line(tex.Plain(p.Title)), titleLength), p.ID), url: c.o.Base + c.o.Paper(p.ID), by: byline(p), votes: p.VoteCount(),
		categories: p.Categories, published: p.PublishedAt}
	if pick != nil {
		x.votes, x.why = pick.Score, clip(line(pick.Why), nameLength)
	}
	if x.tldr = p.TLDR != ""; x.tldr {
		x.text = clip(line(tex.Plain(p.TLDR)), textLength)
	} else {
		x.text = clip(line(tex.Plain(p.Abstract)), textLength)
	}
	for _, a := range p.Authors {
		x.authors = append(x.authors, line(a.Name))
	}
	if l := p.Link(broadsheet.LinkCode); l != nil && broadsheet.ValidURL(l.URL) {
		x.code = l.URL
	}
	return x
}

// about is the line under a title.
func (x *item) about() string {
	var parts []string
	for _, s := range []string{x.by, count(x.votes, "vote"), x.why} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}

// byline names two authors and counts the rest.
func byline(p *broadsheet.Paper) string {
	all := max(p.AuthorCount, len(p.Authors))
	names := make([]string, 0, 2)
	for i := range p.Authors[:min(2, len(p.Authors))] {
		names = append(names, clip(line(p.Authors[i].Name), nameLength))
	}
	switch {
	case len(names) == 0:
		return count(all, "author")
	case all > len(names):
		return strings.Join(names, ", ") + " and " + strconv.Itoa(all-len(names)) + " more"
	}
	return strings.Join(names, " and ")
}

// nothing is what an edition without papers says.
const nothing = "Nothing new since the last edition."

// ending is what stands under the papers, as the text of the link to the web
// edition.
func (n *news) ending() string {
	switch {
	case n.left == 1:
		return "1 more paper on the web"
	case n.left > 1:
		return strconv.Itoa(n.left) + " more papers on the web"
	}
	return "Read on the web"
}

// count writes a number with its noun, "" for none.
func count(n int, noun string) string {
	switch {
	case n <= 0:
		return ""
	case n == 1:
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func line(s string) string { return clean.Line(s) }
