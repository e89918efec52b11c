package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Comment is what somebody wrote about a paper. Its words are a stranger's: a
// program that hands them to a model should say so.
type Comment struct {
	ID        string     `json:"id"`
	Paper     string     `json:"paper"`
	Parent    string     `json:"parent,omitempty"` // id of the comment that it answers
	Depth     int        `json:"depth"`            // in its thread, from 0
	By        Member     `json:"by"`
	State     string     `json:"state"`            // "shown", "held" (waits for a moderator), "hidden" or "deleted"; of the last two the place stays
	Text      string     `json:"text,omitempty"`   // Markdown as written; only for its author
	HTML      string     `json:"html,omitempty"`   // as it is shown, safe to embed
	URL       string     `json:"url"`              // on this site
	Version   int        `json:"version"`          // 1 as first written; each edit adds one
	Author    bool       `json:"author,omitempty"` // who wrote it is an author of the paper
	Ups       int        `json:"ups"`              // people who found it helpful
	Downs     int        `json:"downs"`            // people who did not
	Reactions []Reaction `json:"reactions,omitempty"`
	CreatedAt time.Time  `json:"createdAt"`
	EditedAt  time.Time  `json:"editedAt,omitzero"`
}

// Reaction is how many people answered without words, in one of the ways.
type Reaction struct {
	Name  string `json:"name"` // "heart", "party", "think", "eyes" or "thanks"
	Count int    `json:"count"`
}

// Comments is a page of a discussion: threads in order, each comment before its
// answers.
type Comments struct {
	Paper  string    `json:"paper"`
	Total  int       `json:"total"`            // comments that are shown
	Locked bool      `json:"locked,omitempty"` // only moderators may go on
	Items  []Comment `json:"items"`
	Next   Cursor    `json:"next"` // of the page after, null at the end
}

// NewComment is a comment to be.
type NewComment struct {
	Text   string `json:"text"`             // Markdown, at most 8,000 bytes
	Parent string `json:"parent,omitempty"` // id of the comment that it answers
}

// CommentEdit changes a comment.
type CommentEdit struct {
	Text    string `json:"text"`    // Markdown, at most 8,000 bytes
	Version int    `json:"version"` // of the comment as it was read: where it is another by now, the answer is 409
}

// Draft is a text to preview.
type Draft struct {
	Text string `json:"text"` // Markdown, at most 8,000 bytes
}

// Preview is a text as it would be shown.
type Preview struct {
	HTML string `json:"html"`
}

// Opinion says whether a comment is helpful.
type Opinion struct {
	Value int `json:"value"` // 1: helpful, -1: not, 0: takes back what was said
}

// Opinions is how many people say what of a comment.
type Opinions struct {
	Ups   int `json:"ups"`
	Downs int `json:"downs"`
}

// Reactions is how many people gave which reaction to a comment.
type Reactions struct {
	Items []Reaction `json:"items"`
}

// Comments reads a page of the discussion of a paper; sort is "best", "newest",
// "oldest" or "".
func (c *Client) Comments(ctx context.Context, id, sort string, at Cursor) (*Comments, error) {
	q := url.Values{}
	text(q, "sort", sort)
	text(q, "cursor", string(at))
	return get[Comments](ctx, c, "papers/"+url.PathEscape(id)+"/comments", q)
}

// Comment says something about a paper. It may be held for a moderator: State tells.
func (c *Client) Comment(ctx context.Context, id string, x NewComment) (*Comment, error) {
	return send[Comment](ctx, c, http.MethodPost, "papers/"+url.PathEscape(id)+"/comments", x)
}

// OwnComment reads a comment of the account's own, with its text and version.
func (c *Client) OwnComment(ctx context.Context, comment string) (*Comment, error) {
	return get[Comment](ctx, c, "comments/"+url.PathEscape(comment), nil)
}

// EditComment changes a comment of the account's own.
func (c *Client) EditComment(ctx context.Context, comment string, x CommentEdit) (*Comment, error) {
	return send[Comment](ctx, c, http.MethodPatch, "comments/"+url.PathEscape(comment), x)
}

// DeleteComment takes back what the account said.
func (c *Client) DeleteComment(ctx context.Context, comment string) error {
	return do(ctx, c, http.MethodDelete, "comments/"+url.PathEscape(comment), nil)
}

// Preview gives a text as it would be shown.
func (c *Client) Preview(ctx context.Context, markdown string) (*Preview, error) {
	return send[Preview](ctx, c, http.MethodPost, "comments/preview", Draft{markdown})
}

// VoteComment says that a comment is helpful (1), that it is not (-1), or takes
// back what was said (0).
func (c *Client) VoteComment(ctx context.Context, comment string, value int) (*Opinions, error) {
	return send[Opinions](ctx, c, http.MethodPut, "comments/"+url.PathEscape(comment)+"/vote", Opinion{value})
}

// React gives a reaction to a comment, or takes it back.
func (c *Client) React(ctx context.Context, comment, reaction string, back bool) (*Reactions, error) {
	method := http.MethodPut
	if back {
		method = http.MethodDelete
	}
	return send[Reactions](ctx, c, method, "comments/"+url.PathEscape(comment)+"/reactions/"+url.PathEscape(reaction), nil)
}
