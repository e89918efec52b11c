package client

import (
	"context"
	"iter"
	"net/url"
)

// Search is how papers are looked for.
type Search struct {
	Select
	Text   string // words, "phrases", title: author: cat: id: date: -not OR; see the site's /search page
	Sort   string // "relevance" or "date"
	Mode   string // "hybrid", "lexical" or "semantic"
	Limit  int    // hits of a page, 1 to 100; 0 is the site's choice, 20
	Cursor Cursor

	Explain bool // take each score apart
	Facets  bool // count what was found by category, year, organisation and code
	Exact   bool // search for what was typed, without correcting words
	Plain   bool // leave out the priors for date and popularity
}

func (s Search) values() url.Values {
	q := url.Values{}
	s.into(q)
	text(q, "q", s.Text)
	text(q, "sort", s.Sort)
	text(q, "mode", s.Mode)
	number(q, "limit", s.Limit)
	text(q, "cursor", string(s.Cursor))
	flag(q, "explain", s.Explain)
	flag(q, "facets", s.Facets)
	flag(q, "exact", s.Exact)
	flag(q, "plain", s.Plain)
	return q
}

// Found is a page of what a search found.
type Found struct {
	Query string `json:"query"` // as typed
	Title string `json:"title"`
	URL   string `json:"url"` // page of the search on this site
	Items []Hit  `json:"items"`
	Total int    `json:"total"` // papers that match
	Next  Cursor `json:"next"`

	AtLeast    bool         `json:"atLeast,omitempty"`    // total is a lower bound
	Target     *Target      `json:"target,omitempty"`     // what the whole query names, such as a paper's id; nothing was searched then
	Corrected  string       `json:"corrected,omitempty"`  // what was searched instead of what was typed, which found little
	Suggested  string       `json:"suggested,omitempty"`  // what may have been meant; it was not searched
	Ignored    []Ignored    `json:"ignored,omitempty"`    // parts of the query that do not count
	Unknown    []string     `json:"unknown,omitempty"`    // words that no paper has
	ByMeaning  bool         `json:"byMeaning,omitempty"`  // papers were found by meaning, too
	Nearest    int          `json:"nearest,omitempty"`    // of total, papers that have none of the words and come nearest in meaning
	Incomplete bool         `json:"incomplete,omitempty"` // a part of the index could not be searched, or is still being made
	Facets     []Facet      `json:"facets,omitempty"`
	Also       []Suggestion `json:"also,omitempty"` // authors and organisations of that name
}

// Hit is a paper that was found.
type Hit struct {
	Paper
	Score   float64      `json:"score"`             // higher is better; compare within one answer only
	Explain *Explanation `json:"explain,omitempty"` // where it was asked for
	SameAs  string       `json:"sameAs,omitempty"`  // id of a paper before it that is possibly the same work
}

// Explanation takes a score apart: what each part was and what it gave.
type Explanation struct {
	Label string        `json:"label"` // "bm25 attention", "cosine", "prior date"
	Value float64       `json:"value"`
	Note  string        `json:"note,omitempty"`
	Parts []Explanation `json:"parts,omitempty"`
}

// Target is what a whole query names. Its papers are the items.
type Target struct {
	Kind string `json:"kind"` // "paper", "year", or a kind of list
	Key  string `json:"key"`  // the paper's id, or the key of the list
	URL  string `json:"url"`  // its page on this site
}

// Ignored is a part of a query that does not count, and why.
type Ignored struct {
	Text string `json:"text"`
	Why  string `json:"why"`
}

// Facet counts the papers found by one property.
type Facet struct {
	Name    string  `json:"name"` // "category", "year", "organization" or "code"
	Counts  []Count `json:"counts"`
	Sampled int     `json:"sampled,omitempty"` // how many of the best results were counted, where not all were
}

// Search reads a page of what a search finds.
func (c *Client) Search(ctx context.Context, s Search) (*Found, error) {
	return get[Found](ctx, c, "search", s.values())
}

// Hits gives what a search finds one after the other, best first. It stops at
// the first error. A site lets through 1,000 hits at most.
func (c *Client) Hits(ctx context.Context, s Search) iter.Seq2[Hit, error] {
	return follow(s.Cursor, func(at Cursor) ([]Hit, Cursor, error) {
		s.Cursor = at
		f, err := c.Search(ctx, s)
		if err != nil {
			return nil, "", err
		}
		return f.Items, f.Next, nil
	})
}

// Similar is the papers most like others, best first.
type Similar struct {
	To      []string  `json:"to"` // ids of the papers that were asked about
	URL     string    `json:"url"`
	Items   []Hit     `json:"items"`
	Total   int       `json:"total"`
	Ignored []Ignored `json:"ignored,omitempty"` // ids that do not count
}

// Similar finds the papers most like those with the ids, at most limit; 0 is
// the site's choice, 20. More than ten ids do not count.
func (c *Client) Similar(ctx context.Context, ids []string, limit int, s Select) (*Similar, error) {
	q := url.Values{"id": ids}
	s.into(q)
	number(q, "limit", limit)
	return get[Similar](ctx, c, "similar", q)
}

// Suggestions is what a person may be about to type.
type Suggestions struct {
	Items []Suggestion `json:"items"`
}

// Suggestion is one of them.
type Suggestion struct {
	Kind  string `json:"kind"` // "paper", "author", "category", "organization" or "query"
	Text  string `json:"text"`
	Key   string `json:"key,omitempty"` // of what it names
	Count int    `json:"count,omitempty"`
}

// Suggest says what a person who typed the text may be about to type.
func (c *Client) Suggest(ctx context.Context, typed string) (*Suggestions, error) {
	return get[Suggestions](ctx, c, "suggest", url.Values{"q": {typed}})
}
