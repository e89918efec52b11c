package client

import (
	"context"
	"iter"
	"net/url"
	"strconv"
)

// Kind says what binds the papers of a list together.
type Kind string

// Kinds of lists, and what the key of each is.
const (
	ListDay          Kind = "day"          // a day, "2026-06-30"; "" is the latest with papers
	ListAnnounced    Kind = "announced"    // a day: all that the sources announced that day
	ListWeek         Kind = "week"         // an ISO week, "2026-W27"; "" is the latest with papers
	ListMonth        Kind = "month"        // a month, "2026-06"; "" is the latest with papers
	ListHot          Kind = "hot"          // no key
	ListAuthor       Kind = "author"       // Author.Key
	ListOrganization Kind = "organization" // Organization.Key
	ListCategory     Kind = "category"     // "cs.LG", or an archive "cs"
	ListSubmitter    Kind = "submitter"    // Person.Key
	ListKeyword      Kind = "keyword"      // the word as papers have it
)

// Cursor says where a list goes on: it is given back as it came, with the same
// other parameters. In JSON an empty one is null: the list ends here.
type Cursor string

// MarshalJSON writes the end of a list as null.
func (c Cursor) MarshalJSON() ([]byte, error) {
	if c == "" {
		return []byte("null"), nil
	}
	return []byte(strconv.Quote(string(c))), nil // it is base64url
}

// List is a page of a list of papers.
type List struct {
	Kind  Kind    `json:"kind"`
	Key   string  `json:"key"`   // of the list that this is: of the latest day, where no day was asked for
	Title string  `json:"title"` // "Papers of 30 June 2026"
	URL   string  `json:"url"`   // page of the list on this site
	Sort  string  `json:"sort"`  // "hot", "top" or "new"
	Items []Paper `json:"items"`
	Total int     `json:"total"` // papers in the whole list, counted up to 20,000
	Next  Cursor  `json:"next"`

	From     Day    `json:"from,omitempty"`     // first day of a list by time
	To       Day    `json:"to,omitempty"`       // last day of a list by time
	PrevList string `json:"prevList,omitempty"` // key of the nearest earlier day, week or month with papers
	NextList string `json:"nextList,omitempty"` // key of the nearest later day, week or month with papers
	Featured bool   `json:"featured,omitempty"` // of a list by time: people chose the papers; otherwise they are what the sources announced

	Categories []Count    `json:"categories,omitempty"` // of a day, week or month, before "cat" narrows it; most first
	Counts     *DayCounts `json:"counts,omitempty"`     // of a list by day
}

// Count is a name and how many papers bear it.
type Count struct {
	Name  string `json:"name"`            // key, as parameters and paths take it
	Label string `json:"label,omitempty"` // as people read it
	Count int    `json:"count"`
}

// DayCounts is how many papers a day has.
type DayCounts struct {
	Featured  int `json:"featured"`
	Announced int `json:"announced"`
}

// Papers is a page of all papers, those that came to the site last first.
type Papers struct {
	Items []Paper `json:"items"`
	Next  Cursor  `json:"next"`
}

// Select is which part of each paper an answer holds. The zero Select is all.
type Select struct {
	Fields  []string // names of Paper's JSON fields; the id comes always
	Authors int      // most authors of a paper; 0 is all
}

func (s Select) into(q url.Values) {
	for _, f := range s.Fields {
		add(q, "fields", f)
	}
	number(q, "authors", s.Authors)
}

// View is how a list is wanted. The zero View is the list's own default.
type View struct {
	Select
	Sort     string // "hot", "top" or "new"
	Category string // "cs.LG", or an archive "cs"
	HasCode  bool
	Limit    int // papers of a page, 1 to 100; 0 is the site's choice, 50
	Cursor   Cursor
}

func (v View) values() url.Values {
	q := url.Values{}
	v.into(q)
	text(q, "sort", v.Sort)
	text(q, "cat", v.Category)
	flag(q, "code", v.HasCode)
	number(q, "limit", v.Limit)
	text(q, "cursor", string(v.Cursor))
	return q
}

// List reads a page of a list.
func (c *Client) List(ctx context.Context, kind Kind, key string, v View) (*List, error) {
	path := "lists/" + url.PathEscape(string(kind))
	if key != "" {
		path += "/" + url.PathEscape(key)
	}
	return get[List](ctx, c, path, v.values())
}

// ListPapers gives the papers of a list one after the other, from v.Cursor to
// the end. It stops at the first error. Where it began with the latest list, its
// cursors stay with that one.
func (c *Client) ListPapers(ctx context.Context, kind Kind, key string, v View) iter.Seq2[Paper, error] {
	return follow(v.Cursor, func(at Cursor) ([]Paper, Cursor, error) {
		v.Cursor = at
		l, err := c.List(ctx, kind, key, v)
		if err != nil {
			return nil, "", err
		}
		return l.Items, l.Next, nil
	})
}

// All is how the walk over all papers is wanted.
type All struct {
	Select
	Limit  int // papers of a page, 1 to 100; 0 is the site's choice, 50
	Cursor Cursor
}

// Papers reads a page of all papers, those that came to the site last first.
func (c *Client) Papers(ctx context.Context, a All) (*Papers, error) {
	q := url.Values{}
	a.into(q)
	number(q, "limit", a.Limit)
	text(q, "cursor", string(a.Cursor))
	return get[Papers](ctx, c, "papers", q)
}

// AllPapers gives all papers one after the other, those that came to the site
// last first. Papers that come while it goes on are not among them.
func (c *Client) AllPapers(ctx context.Context, a All) iter.Seq2[Paper, error] {
	return follow(a.Cursor, func(at Cursor) ([]Paper, Cursor, error) {
		a.Cursor = at
		p, err := c.Papers(ctx, a)
		if err != nil {
			return nil, "", err
		}
		return p.Items, p.Next, nil
	})
}

// Paper reads one paper with everything that is known of it, by any of its ids
// in any spelling.
func (c *Client) Paper(ctx context.Context, id string, s Select) (*Paper, error) {
	q := url.Values{}
	s.into(q)
	return get[Paper](ctx, c, "papers/"+url.PathEscape(id), q)
}
