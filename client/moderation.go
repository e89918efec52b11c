package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Report tells the moderators of something.
type Report struct {
	Kind   string `json:"kind"`           // "paper", "comment" or "account"
	ID     string `json:"id"`             // the paper's or comment's id, the handle
	Reason string `json:"reason"`         // "spam", "rude", "wrong", "duplicate", "unlawful" or "other"
	Text   string `json:"text,omitempty"` // at most 500 bytes
}

// Reported is a report as moderators read it.
type Reported struct {
	By     string    `json:"by"` // handle
	Reason string    `json:"reason"`
	Text   string    `json:"text,omitempty"`
	At     time.Time `json:"at"`
}

// Case is something that waits for moderators, with the reports about it.
type Case struct {
	Kind    string     `json:"kind"` // "paper", "comment" or "account"
	ID      string     `json:"id"`
	Paper   string     `json:"paper,omitempty"` // on which it stands
	Title   string     `json:"title,omitempty"` // of the paper, the comment's words, the name; missing where it is gone
	By      string     `json:"by,omitempty"`    // handle of who wrote the comment
	Hidden  bool       `json:"hidden,omitempty"`
	Locked  bool       `json:"locked,omitempty"`
	Held    bool       `json:"held,omitempty"` // a comment that waits to be shown
	Reports []Reported `json:"reports"`
}

// Cases is all that waits for moderators, what was reported first before.
type Cases struct {
	Items []Case `json:"items"`
}

// Deed is what a moderator does. It stands in the public log.
type Deed struct {
	Act    string    `json:"act"`              // "hide", "show", "lock", "unlock", "merge", "ban", "unban" or "dismiss"
	Kind   string    `json:"kind"`             // "paper", "comment" or "account"
	ID     string    `json:"id"`               // the paper's or comment's id, the handle
	Into   string    `json:"into,omitempty"`   // of merge: id of the paper that stays
	Until  time.Time `json:"until,omitzero"`   // of ban; without it until it is lifted
	Reason string    `json:"reason,omitempty"` // at most 500 bytes; hide, lock, merge and ban need one
}

// LogLine is a line of the public log.
type LogLine struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor,omitempty"` // handle; missing for the program itself
	Act    string    `json:"act"`
	Kind   string    `json:"kind,omitempty"`
	ID     string    `json:"id,omitempty"`    // of what it was done to
	Paper  string    `json:"paper,omitempty"` // on which it happened
	Reason string    `json:"reason,omitempty"`
	Detail string    `json:"detail,omitempty"`
}

// Log is a page of the public log, the newest first.
type Log struct {
	Items []LogLine `json:"items"`
	Next  Cursor    `json:"next"` // of the page after, null at the end
}

// LogQuery picks lines of the log; what is empty picks all.
type LogQuery struct {
	Actor, Act, Kind, ID, Paper string
	Cursor                      Cursor
}

// Report tells the moderators of something.
func (c *Client) Report(ctx context.Context, x Report) error {
	return do(ctx, c, http.MethodPost, "reports", x)
}

// Cases reads what waits for moderators.
func (c *Client) Cases(ctx context.Context) (*Cases, error) {
	return get[Cases](ctx, c, "moderation/cases", nil)
}

// Moderate does something as a moderator.
func (c *Client) Moderate(ctx context.Context, x Deed) error {
	return do(ctx, c, http.MethodPost, "moderation/deeds", x)
}

// Log reads a page of what curators, moderators and administrators did.
func (c *Client) Log(ctx context.Context, x LogQuery) (*Log, error) {
	q := url.Values{}
	text(q, "actor", x.Actor)
	text(q, "act", x.Act)
	text(q, "kind", x.Kind)
	text(q, "id", x.ID)
	text(q, "paper", x.Paper)
	text(q, "cursor", string(x.Cursor))
	return get[Log](ctx, c, "log", q)
}
