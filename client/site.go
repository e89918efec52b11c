package client

import (
	"context"
	"net/url"
	"time"
)

// Status is how the site is doing.
type Status struct {
	At      time.Time `json:"at"`
	Papers  int64     `json:"papers"`
	Latest  Day       `json:"latest,omitempty"` // newest day with papers
	Rejects int       `json:"rejects"`          // records of sources that could not be read and wait
	Index   *Index    `json:"index,omitempty"`  // of the search; missing where the site has none
}

// Index is how the search index is doing.
type Index struct {
	Open     bool   `json:"open"`     // it can be searched
	Complete bool   `json:"complete"` // it has once held every paper
	Papers   int    `json:"papers"`   // that can be found
	Behind   int64  `json:"behind"`   // changes that it has yet to take in
	Model    string `json:"model,omitempty"`
}

// Harvested is the state of one source of papers.
type Harvested struct {
	Name        string    `json:"name"`   // "arxiv-oai", "daily-papers"
	Health      string    `json:"health"` // "good", "late", "failing", "not yet", "waiting for the network"
	LastAttempt time.Time `json:"lastAttempt,omitzero"`
	LastSuccess time.Time `json:"lastSuccess,omitzero"`
	NextRun     time.Time `json:"nextRun,omitzero"`
	LatestItem  time.Time `json:"latestItem,omitzero"` // newest date that the source itself put on an item
	Failures    int       `json:"failures"`            // in a row
	Error       string    `json:"error,omitempty"`     // of the last attempt
	Note        string    `json:"note,omitempty"`
	Papers      int64     `json:"papers"`   // stored or renewed since the beginning
	Rejected    int64     `json:"rejected"` // records kept aside since the beginning
}

// Sources is the state of all sources of papers.
type Sources struct {
	Items []Harvested `json:"items"`
}

// Archive is a year of days.
type Archive struct {
	Year   int          `json:"year"`
	First  int          `json:"first"`  // earliest year with papers
	Last   int          `json:"last"`   // latest year with papers
	Papers int          `json:"papers"` // of the year
	Days   []ArchiveDay `json:"days"`   // those with papers, ascending
}

// ArchiveDay is a day and how many papers its list has.
type ArchiveDay struct {
	Day      Day  `json:"day"`
	Papers   int  `json:"papers"`
	Featured bool `json:"featured"` // people chose them; otherwise they were announced
}

// Status reads how the site is doing.
func (c *Client) Status(ctx context.Context) (*Status, error) {
	return get[Status](ctx, c, "status", nil)
}

// Sources reads how every source of papers is doing.
func (c *Client) Sources(ctx context.Context) (*Sources, error) {
	return get[Sources](ctx, c, "sources", nil)
}

// Archive reads which days of a year have papers; 0 is the newest year.
func (c *Client) Archive(ctx context.Context, year int) (*Archive, error) {
	q := url.Values{}
	number(q, "year", year)
	return get[Archive](ctx, c, "archive", q)
}
