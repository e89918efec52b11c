package broadsheet

import "time"

// Submission is a paper that somebody asks the site to feature.
type Submission struct {
	ID      int64  // row number, never shown
	Token   string // public object id
	Account int64  // row of who submits
	By      Person // who submits, as the front page names them
	Typed   string // what was typed
	Ident   string // public id that this names
	State   SubmissionState

	Paper    string   // public id of the paper; "" while it is looked for
	Found    *Paper   // as its source describes it; nil where the paper is here, and once it is
	Missing  []string // what the source does not tell: "abstract", "authors", "date"
	Problem  string   // why it was not found, or not yet
	Comment  string   // that comes with it: Markdown, "" for none
	Media    string   // address of a picture or film that comes with it, "" for none
	Reason   string   // as the curator wrote it
	Decider  string   // handle of the curator, "" where the rules decided
	AskedAt  time.Time
	SentAt   time.Time // zero: not yet
	ClosedAt time.Time // accepted, rejected, taken back; zero: not yet
}

// SubmissionState says how far a submission is.
type SubmissionState string

// States of submissions.
const (
	SubmissionLooking   SubmissionState = "looking"    // its source is being asked
	SubmissionFailed    SubmissionState = "failed"     // it was not found
	SubmissionDraft     SubmissionState = "draft"      // found; who submits has not confirmed it
	SubmissionQueued    SubmissionState = "queued"     // waits for a curator
	SubmissionAccepted  SubmissionState = "accepted"   // featured
	SubmissionRejected  SubmissionState = "rejected"   // by a curator
	SubmissionTakenBack SubmissionState = "taken back" // by who submitted it
)

// Open tells whether something may still become of it.
func (s SubmissionState) Open() bool {
	return s == SubmissionLooking || s == SubmissionDraft || s == SubmissionQueued
}
