package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Me is whose token it is that asks, and what it may do.
type Me struct {
	Name     string   `json:"name"`               // handle
	FullName string   `json:"fullName,omitempty"` // as people call the account's owner
	Role     string   `json:"role"`               // "member", "curator", "moderator" or "admin"
	State    string   `json:"state"`              // "active" or "banned"
	Scopes   []string `json:"scopes"`             // of the token
	Unread   int      `json:"unread"`             // notifications that were not read, 100 at most; 0 without the scope read
	URL      string   `json:"url"`                // page of the account on this site
}

// Member is somebody with an account, as what they wrote shows them.
type Member struct {
	Name     string `json:"name"`               // handle, "" where the account is deleted
	FullName string `json:"fullName,omitempty"` // as people call them
	Role     string `json:"role,omitempty"`     // where it is more than a member's
	Deleted  bool   `json:"deleted,omitempty"`  // the account is gone
}

// Notification tells of something that happened and concerns the reader.
type Notification struct {
	Kind    string    `json:"kind"`              // "reply", "mention", "paper", "featured", "submission", "claim", "moderation" or "account"
	Text    string    `json:"text"`              // in a sentence
	Actor   string    `json:"actor,omitempty"`   // handle of who did it
	Paper   string    `json:"paper,omitempty"`   // id of the paper that it is about
	Comment string    `json:"comment,omitempty"` // id of the comment that it is about
	Detail  string    `json:"detail,omitempty"`  // the words of somebody else: the comment's beginning, a reason
	At      time.Time `json:"at"`
	Read    bool      `json:"read"`
}

// Notifications is a page of them, the newest first.
type Notifications struct {
	Items   []Notification `json:"items"`
	Unread  int            `json:"unread"`            // 100 at most
	Through string         `json:"through,omitempty"` // names the newest item, for readNotifications
	Next    Cursor         `json:"next"`              // of the page after, null at the end
}

// ReadThrough says which notifications were read.
type ReadThrough struct {
	Through string `json:"through"` // of the answer of notifications: that one and all older ones
}

// Me reads whose token the client has.
func (c *Client) Me(ctx context.Context) (*Me, error) { return get[Me](ctx, c, "me", nil) }

// Notifications reads a page of what the account is told, the newest first.
func (c *Client) Notifications(ctx context.Context, at Cursor) (*Notifications, error) {
	q := url.Values{}
	text(q, "cursor", string(at))
	return get[Notifications](ctx, c, "notifications", q)
}

// ReadNotifications marks those up to Notifications.Through as read.
func (c *Client) ReadNotifications(ctx context.Context, through string) error {
	return do(ctx, c, http.MethodPost, "notifications/read", ReadThrough{through})
}
