package client

import (
	"context"
	"net/http"
)

// Rules are what the people of a site agreed on. Of a change only the fields that
// are there count. 0 is no limit.
type Rules struct {
	Registration    *string   `json:"registration,omitempty"`    // "open", "domain", "invite" or "closed"
	Domains         *[]string `json:"domains,omitempty"`         // of mail addresses, for registration by domain
	SubmitRole      *string   `json:"submitRole,omitempty"`      // least role that may submit
	SubmitPerDay    *int      `json:"submitPerDay,omitempty"`    // by a member
	SubmitMaxAge    *int      `json:"submitMaxAge,omitempty"`    // days since the paper was published
	SubmitWeekends  *bool     `json:"submitWeekends,omitempty"`  // taken on Saturdays and Sundays
	SubmitReview    *bool     `json:"submitReview,omitempty"`    // wait for a curator
	SubmitMinAge    *int      `json:"submitMinAge,omitempty"`    // days that an account must be old
	SubmitComment   *bool     `json:"submitComment,omitempty"`   // a comment must come with it
	AuthorsOnly     *bool     `json:"authorsOnly,omitempty"`     // only claimed authors submit their papers
	ClaimByAddress  *bool     `json:"claimByAddress,omitempty"`  // a verified address that the paper names is proof
	CommentsPerHour *int      `json:"commentsPerHour,omitempty"` // by one account
	VotesPerHour    *int      `json:"votesPerHour,omitempty"`    // by one account
	NewAccountDays  *int      `json:"newAccountDays,omitempty"`  // for which an account counts as new
	NewPerHour      *int      `json:"newPerHour,omitempty"`      // comments by a new account
	NewLinks        *bool     `json:"newLinks,omitempty"`        // links of new accounts are links
	BlockedWords    *[]string `json:"blockedWords,omitempty"`    // comments with one are held for a moderator
	BlockedDomains  *[]string `json:"blockedDomains,omitempty"`  // links to one are refused
	Appeal          *string   `json:"appeal,omitempty"`          // address or page for appeals
	Text            *string   `json:"text,omitempty"`            // Markdown
}

// NewRules changes rules.
type NewRules struct {
	Reason string `json:"reason,omitempty"` // stands in the public log, at most 500 bytes
	Rules  Rules  `json:"rules"`
}

// Rules reads the rules of the site, for administrators.
func (c *Client) Rules(ctx context.Context) (*Rules, error) { return get[Rules](ctx, c, "rules", nil) }

// SetRules changes the rules that x names and gives them all as they are then.
func (c *Client) SetRules(ctx context.Context, x NewRules) (*Rules, error) {
	return send[Rules](ctx, c, http.MethodPatch, "rules", x)
}
