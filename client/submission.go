package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Submission is a paper that somebody asks the site to feature.
type Submission struct {
	ID       string    `json:"id"`
	By       Person    `json:"by"`
	Asked    string    `json:"asked"`             // what was asked for: an id, a DOI, an address
	State    string    `json:"state"`             // "looking", "failed", "draft" (found: send it), "queued", "accepted", "rejected" or "taken back"
	Paper    *Paper    `json:"paper,omitempty"`   // as it is or would be here; missing until it is found
	Missing  []string  `json:"missing,omitempty"` // what its source does not tell: "abstract", "authors", "date"
	Same     []string  `json:"same,omitempty"`    // ids of papers here that may be the same work
	Problem  string    `json:"problem,omitempty"` // why it was not found, or not yet
	Refusal  string    `json:"refusal,omitempty"` // why the rules of the site do not let it be sent now
	Comment  string    `json:"comment,omitempty"` // that comes with it, Markdown
	Media    string    `json:"media,omitempty"`   // address of a picture or film that comes with it
	Reason   string    `json:"reason,omitempty"`  // of who decided
	Decider  string    `json:"decider,omitempty"` // handle of the curator who decided
	URL      string    `json:"url"`               // on this site
	AskedAt  time.Time `json:"askedAt"`
	SentAt   time.Time `json:"sentAt,omitzero"`
	ClosedAt time.Time `json:"closedAt,omitzero"`
}

// Submissions is a page of submissions.
type Submissions struct {
	Items []Submission `json:"items"`
	Next  Cursor       `json:"next"` // of the page after, null at the end
}

// Queue is what waits for curators, what waits longest first.
type Queue struct {
	Items []Submission `json:"items"`
	More  bool         `json:"more,omitempty"` // there is more, to be seen when these are decided
}

// NewSubmission names a paper to submit.
type NewSubmission struct {
	Paper string `json:"paper"` // an arXiv id, a DOI, or the address of a page about it
}

// Send confirms a submission.
type Send struct {
	Comment string `json:"comment,omitempty"` // Markdown, at most 8,000 bytes
	Media   string `json:"media,omitempty"`   // address of a picture or film, with https
}

// Decision is what a curator makes of a submission.
type Decision struct {
	Accept bool   `json:"accept"`
	Reason string `json:"reason,omitempty"` // at most 500 bytes; a rejection needs one, and the submitter reads it
}

// Submit begins a submission: the paper is looked up at its source. It is not sent
// before SendSubmission.
func (c *Client) Submit(ctx context.Context, paper string) (*Submission, error) {
	return send[Submission](ctx, c, http.MethodPost, "submissions", NewSubmission{paper})
}

// Submission reads a submission of the account's own; curators read all that were sent.
func (c *Client) Submission(ctx context.Context, submission string) (*Submission, error) {
	return get[Submission](ctx, c, "submissions/"+url.PathEscape(submission), nil)
}

// Submissions reads a page of the account's own, the newest first.
func (c *Client) Submissions(ctx context.Context, at Cursor) (*Submissions, error) {
	q := url.Values{}
	text(q, "cursor", string(at))
	return get[Submissions](ctx, c, "submissions", q)
}

// SendSubmission confirms a submission that is a draft.
func (c *Client) SendSubmission(ctx context.Context, submission string, x Send) (*Submission, error) {
	return send[Submission](ctx, c, http.MethodPost, "submissions/"+url.PathEscape(submission)+"/send", x)
}

// TakeBack ends a submission that nobody has decided.
func (c *Client) TakeBack(ctx context.Context, submission string) error {
	return do(ctx, c, http.MethodDelete, "submissions/"+url.PathEscape(submission), nil)
}

// Queue reads what waits for curators.
func (c *Client) Queue(ctx context.Context) (*Queue, error) { return get[Queue](ctx, c, "queue", nil) }

// Decide accepts or rejects a submission.
func (c *Client) Decide(ctx context.Context, submission string, x Decision) (*Submission, error) {
	return send[Submission](ctx, c, http.MethodPost, "submissions/"+url.PathEscape(submission)+"/decision", x)
}

// Feature puts a paper on today's front page.
func (c *Client) Feature(ctx context.Context, id string) error {
	return do(ctx, c, http.MethodPut, "papers/"+url.PathEscape(id)+"/feature", nil)
}

// Unfeature takes a paper off today's front page; why may be "".
func (c *Client) Unfeature(ctx context.Context, id, why string) error {
	path := "papers/" + url.PathEscape(id) + "/feature"
	if why != "" {
		path += "?" + url.Values{"reason": {why}}.Encode()
	}
	return do(ctx, c, http.MethodDelete, path, nil)
}
