package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Voted is what became of a vote.
type Voted struct {
	Paper string `json:"paper"` // id, whatever it was asked for by
	Voted bool   `json:"voted"` // the account has a vote there now
	Votes int    `json:"votes"` // of the paper, here and elsewhere
}

// Voter is somebody who voted for a paper.
type Voter struct {
	By Member    `json:"by"`
	At time.Time `json:"at"`
}

// Voters is a page of who voted for a paper here, the latest first.
type Voters struct {
	Paper    string  `json:"paper"`
	Votes    int     `json:"votes"`    // given here
	Imported int     `json:"imported"` // counted elsewhere, without names
	Items    []Voter `json:"items"`
	Next     Cursor  `json:"next"` // of the page after, null at the end
}

// Vote gives the account's vote to a paper; doing it again changes nothing.
func (c *Client) Vote(ctx context.Context, id string) (*Voted, error) {
	return send[Voted](ctx, c, http.MethodPut, "papers/"+url.PathEscape(id)+"/vote", nil)
}

// Unvote takes it back.
func (c *Client) Unvote(ctx context.Context, id string) (*Voted, error) {
	return send[Voted](ctx, c, http.MethodDelete, "papers/"+url.PathEscape(id)+"/vote", nil)
}

// Voters reads a page of who voted for a paper.
func (c *Client) Voters(ctx context.Context, id string, at Cursor) (*Voters, error) {
	q := url.Values{}
	text(q, "cursor", string(at))
	return get[Voters](ctx, c, "papers/"+url.PathEscape(id)+"/votes", q)
}
