package mcp

import (
	"context"

	"broadsheet"
)

// Source is where papers are read: this site's use cases, or another site. Its
// errors carry a broadsheet.Kind; a Field is the name of the request's field.
type Source interface {
	List(ctx context.Context, q ListQuery) (*List, error)
	Search(ctx context.Context, q SearchQuery) (*List, error)
	// Similar finds the papers most like those with the ids, in any spelling, best
	// first, at most limit.
	Similar(ctx context.Context, ids []string, limit int) (*List, error)
	// Paper reads a paper by any of its ids in any spelling.
	Paper(ctx context.Context, id string) (*Paper, error)
}

// ListQuery asks for a page of a list.
type ListQuery struct {
	Kind     broadsheet.ListKind
	Key      string // "" is the latest of a list by time
	Sort     broadsheet.Sort
	Category string
	HasCode  bool
	Limit    int
	After    string // Next of the page before
}

// SearchQuery asks for a page of what a search finds.
type SearchQuery struct {
	Text  string
	Sort  broadsheet.Sort
	Mode  broadsheet.Mode
	Limit int
	After string // Next of the page before
}

// List is a page of papers in order.
type List struct {
	Title   string // in a line
	Key     string // of the list, as a ListQuery takes it
	Papers  []Paper
	Total   int
	AtLeast bool   // Total is a lower bound
	Next    string // of the page that follows, "" for none
	Notes   []string
}

// Paper is what is told of a paper. Its JSON is the structured content of the
// tool paper.
type Paper struct {
	ID            string   `json:"id"`
	Title         string   `json:"title"`
	TLDR          string   `json:"tldr,omitempty"`
	Abstract      string   `json:"abstract,omitempty"`
	Authors       []string `json:"authors,omitempty"`
	AuthorCount   int      `json:"authorCount"`
	Organizations []string `json:"organizations,omitempty"`
	Categories    []string `json:"categories,omitempty"`
	Keywords      []string `json:"keywords,omitempty"`
	Published     string   `json:"published,omitempty"`
	Updated       string   `json:"updated,omitempty"`
	Announced     string   `json:"announced,omitempty"`
	Featured      string   `json:"featured,omitempty"`
	Versions      int      `json:"versions,omitempty"`
	Votes         int      `json:"votes"`
	Comments      int      `json:"comments"`
	Withdrawn     bool     `json:"withdrawn,omitempty"`
	Code          []string `json:"code,omitempty"`
	Project       []string `json:"project,omitempty"`
	Page          string   `json:"page,omitempty"`
	Source        string   `json:"source,omitempty"`
	PDF           string   `json:"pdf,omitempty"`
	DOI           string   `json:"doi,omitempty"`
	Journal       string   `json:"journal,omitempty"`
	Note          string   `json:"note,omitempty"`
	License       string   `json:"license,omitempty"`
}
