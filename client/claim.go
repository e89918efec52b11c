package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Claim says that somebody is an author of a paper.
type Claim struct {
	ID       string    `json:"id"`
	By       Person    `json:"by"`
	Paper    string    `json:"paper"`
	Position int       `json:"position"` // of the author on the paper, from 1
	Name     string    `json:"name"`     // as printed there
	State    string    `json:"state"`    // "waiting", "accepted", "rejected", "revoked" or "withdrawn"
	Proof    string    `json:"proof,omitempty"`
	Evidence string    `json:"evidence,omitempty"` // in the claimant's words
	Reason   string    `json:"reason,omitempty"`   // of who decided
	Hints    []string  `json:"hints,omitempty"`    // for moderators: what stands for it and against it
	AskedAt  time.Time `json:"askedAt"`
	ClosedAt time.Time `json:"closedAt,omitzero"`
}

// Claims is a page of claims.
type Claims struct {
	Items []Claim `json:"items"`
	Next  Cursor  `json:"next"` // of the page after, null at the end
}

// NewClaim says that the account's owner is an author of a paper.
type NewClaim struct {
	Paper    string `json:"paper"`
	Position int    `json:"position"`           // of the author on the paper, from 1
	Name     string `json:"name"`               // as printed there: where another stands at the position by now, the answer is 409
	Evidence string `json:"evidence,omitempty"` // for the moderators, at most 1,000 bytes
}

// Links is what authors and curators say belongs to a paper: whole lists. A list
// that is missing stays as it is.
type Links struct {
	Code          *[]string `json:"code,omitempty"`          // addresses
	Project       *[]string `json:"project,omitempty"`       // addresses
	Media         *[]string `json:"media,omitempty"`         // addresses of pictures and films
	Organizations *[]string `json:"organizations,omitempty"` // keys
	Reason        string    `json:"reason,omitempty"`        // stands in the public log
}

// Claim claims a paper. It is accepted at once where the account proves it, else
// moderators decide: State tells.
func (c *Client) Claim(ctx context.Context, x NewClaim) (*Claim, error) {
	return send[Claim](ctx, c, http.MethodPost, "claims", x)
}

// Claims reads a page of the account's own claims, the newest first.
func (c *Client) Claims(ctx context.Context, at Cursor) (*Claims, error) {
	q := url.Values{}
	text(q, "cursor", string(at))
	return get[Claims](ctx, c, "claims", q)
}

// WithdrawClaim takes back a claim of the account's own.
func (c *Client) WithdrawClaim(ctx context.Context, claim string) error {
	return do(ctx, c, http.MethodDelete, "claims/"+url.PathEscape(claim), nil)
}

// ClaimCases reads the claims that wait for moderators, what waits longest first.
func (c *Client) ClaimCases(ctx context.Context) (*Claims, error) {
	return get[Claims](ctx, c, "moderation/claims", nil)
}

// DecideClaim accepts or rejects a claim; of one that was accepted a rejection
// ends it.
func (c *Client) DecideClaim(ctx context.Context, claim string, x Decision) (*Claim, error) {
	return send[Claim](ctx, c, http.MethodPost, "claims/"+url.PathEscape(claim)+"/decision", x)
}

// SetLinks changes what belongs to a paper, for its claimed authors and curators.
func (c *Client) SetLinks(ctx context.Context, id string, x Links) (*Paper, error) {
	return send[Paper](ctx, c, http.MethodPatch, "papers/"+url.PathEscape(id)+"/links", x)
}
