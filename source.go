package broadsheet

import "time"

// Source is the state of one place that papers come from, as the status page
// shows it.
type Source struct {
	Name        string    `json:"name"`             // "arxiv-oai", "arxiv-rss", "arxiv-api", "daily-papers"
	Cursor      string    `json:"cursor,omitempty"` // where the next harvest goes on; its form is the harvester's own
	LastAttempt time.Time `json:"lastAttempt,omitzero"`
	LastSuccess time.Time `json:"lastSuccess,omitzero"`
	NextRun     time.Time `json:"nextRun,omitzero"`
	LatestItem  time.Time `json:"latestItem,omitzero"` // newest date that the source itself put on an item
	Failures    int       `json:"failures,omitempty"`  // in a row
	Error       string    `json:"error,omitempty"`     // of the last attempt, "" after a success
	Note        string    `json:"note,omitempty"`      // "no announcement today", "feed repeats 2026-06-29"
	Papers      int64     `json:"papers,omitempty"`    // stored or renewed since the beginning
	Rejected    int64     `json:"rejected,omitempty"`  // kept aside since the beginning
}

// Reject is a record that could not be stored, kept aside with the reason.
type Reject struct {
	ID         int64     `json:"-"`
	Source     string    `json:"source"` // of harvest or import: "arxiv-oai", "import"
	Ref        string    `json:"ref"`    // where it stood: "papers.jsonl.zst:1042", a URL and item
	Layout     string    `json:"layout"` // how to read Body again: "arxiv-snapshot", "oai-arXiv", …
	Reason     string    `json:"reason"`
	Body       []byte    `json:"body,omitempty"` // at most 64 KiB of it
	At         time.Time `json:"at,omitzero"`
	ReplayedAt time.Time `json:"replayedAt,omitzero"` // when it went in after all
}

// Change says that something about a paper became different. Followers read
// changes in an order in which nothing is ever missed.
type Change struct {
	Cursor  string // where to go on after this one; opaque
	PaperID string
	Kind    ChangeKind
}

// ChangeKind says what about a paper changed last. Of changes to one paper the
// older ones are removed in time, whatever their kinds: a follower that passes
// over a kind may never hear of the paper, so it must take each as news of all
// that it keeps of it.
type ChangeKind string

// Kinds of changes.
const (
	ChangePaper   ChangeKind = "paper"   // the paper or its description
	ChangeFeature ChangeKind = "feature" // it was featured, or a feature's facts changed
	ChangeCounts  ChangeKind = "counts"  // votes or comments
	ChangeDelete  ChangeKind = "delete"  // it is gone
	ChangeVectors ChangeKind = "vectors" // a model elsewhere gave it a new vector
)
