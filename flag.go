package broadsheet

import (
	"slices"
	"time"
)

// FlagReason is why somebody reports something.
type FlagReason string

// Reasons of reports.
const (
	FlagSpam      FlagReason = "spam"
	FlagRude      FlagReason = "rude"      // insults, harassment
	FlagWrong     FlagReason = "wrong"     // of a paper: what stands here of it is not so
	FlagDuplicate FlagReason = "duplicate" // of a paper: the same work stands here twice
	FlagUnlawful  FlagReason = "unlawful"  // personal data, copyright
	FlagOther     FlagReason = "other"
)

// FlagReasons are all reasons, in the order in which they are offered.
var FlagReasons = []FlagReason{FlagSpam, FlagRude, FlagWrong, FlagDuplicate, FlagUnlawful, FlagOther}

// IsFlagReason tells whether r is one of FlagReasons.
func IsFlagReason(r FlagReason) bool { return slices.Contains(FlagReasons, r) }

// Flag is what somebody reported to the moderators.
type Flag struct {
	ID        int64
	Kind      ObjectKind // paper, comment or account
	Object    string     // public id
	Paper     string     // public id of the paper that it stands on, "" for none
	Account   int64      // who reported it
	By        string     // handle of who reported it
	Reason    FlagReason
	Text      string // in the reporter's words, may be ""
	At        time.Time
	DecidedAt time.Time // zero: open
	Decider   string    // handle
	Outcome   FlagOutcome
}

// FlagOutcome is what moderators made of a report.
type FlagOutcome string

// Outcomes of reports.
const (
	FlagUpheld    FlagOutcome = "upheld"    // something was done
	FlagDismissed FlagOutcome = "dismissed" // nothing was to be done
)
