package client

import (
	"context"
	"net/url"
)

// Profile is an author or an organisation and how many papers it has here.
type Profile struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Papers int    `json:"papers"`           // counted up to 20,000
	URL    string `json:"url"`              // page on this site
	Latest Day    `json:"latest,omitempty"` // day of publication of the newest paper
}

// Profiles is a list of organisations, those with most papers first.
type Profiles struct {
	Items []Profile `json:"items"`
}

// Category is a category or a whole archive of a source.
type Category struct {
	Name   string `json:"name"` // "cs.LG", "cs"
	Label  string `json:"label,omitempty"`
	Papers int    `json:"papers"`
	URL    string `json:"url"`
}

// Categories is all categories that papers here have, those with most papers
// first.
type Categories struct {
	Items []Category `json:"items"`
}

// Author reads who has that key.
func (c *Client) Author(ctx context.Context, key string) (*Profile, error) {
	return get[Profile](ctx, c, "authors/"+url.PathEscape(key), nil)
}

// Organization reads which organisation has that key.
func (c *Client) Organization(ctx context.Context, key string) (*Profile, error) {
	return get[Profile](ctx, c, "organizations/"+url.PathEscape(key), nil)
}

// Organizations reads those with the most papers.
func (c *Client) Organizations(ctx context.Context) (*Profiles, error) {
	return get[Profiles](ctx, c, "organizations", nil)
}

// Categories reads all categories that papers here have.
func (c *Client) Categories(ctx context.Context) (*Categories, error) {
	return get[Categories](ctx, c, "categories", nil)
}
