package broadsheet

import (
	"fmt"
	"slices"
)

// Registration says who may open an account.
type Registration string

// Ways of registration.
const (
	RegistrationOpen   Registration = "open"
	RegistrationDomain Registration = "domain" // addresses of Rules.Domains only
	RegistrationInvite Registration = "invite"
	RegistrationClosed Registration = "closed" // the command line only
)

// Rules are what the people of a site agreed on; administrators change them
// while it runs, and each change stands in the public log. Zero means none or no
// limit where nothing else is said.
type Rules struct {
	Registration Registration `json:"registration"`
	Domains      []string     `json:"domains,omitempty"` // of mail addresses, for RegistrationDomain

	SubmitRole     Role `json:"submitRole"`     // least role that may submit
	SubmitPerDay   int  `json:"submitPerDay"`   // by a member
	SubmitMaxAge   int  `json:"submitMaxAge"`   // days since the paper was published
	SubmitWeekends bool `json:"submitWeekends"` // taken on Saturdays and Sundays
	SubmitReview   bool `json:"submitReview"`   // wait in the curators' queue; else featured at once
	SubmitMinAge   int  `json:"submitMinAge"`   // days that an account must be old
	SubmitComment  bool `json:"submitComment"`  // a comment must come with it
	AuthorsOnly    bool `json:"authorsOnly"`    // only claimed authors submit their papers
	ClaimByAddress bool `json:"claimByAddress"` // a verified address that the paper names is proof

	CommentsPerHour int      `json:"commentsPerHour"`
	VotesPerHour    int      `json:"votesPerHour"`
	NewAccountDays  int      `json:"newAccountDays"`           // for which an account counts as new
	NewPerHour      int      `json:"newPerHour"`               // comments by a new account
	NewLinks        bool     `json:"newLinks"`                 // links of new accounts are links
	BlockedWords    []string `json:"blockedWords,omitempty"`   // held for a moderator
	BlockedDomains  []string `json:"blockedDomains,omitempty"` // in links of comments and submissions: refused
	Appeal          string   `json:"appeal,omitempty"`         // address or page for appeals
	Text            string   `json:"text,omitempty"`           // Markdown shown at /rules
}

// DefaultRules are those of a new site.
func DefaultRules() Rules {
	return Rules{Registration: RegistrationOpen, SubmitRole: RoleMember, SubmitPerDay: 2, SubmitMaxAge: 14, SubmitWeekends: true, SubmitReview: true,
		ClaimByAddress: true, CommentsPerHour: 60, VotesPerHour: 600, NewAccountDays: 3, NewPerHour: 10}
}

// Check finds what cannot be.
func (r *Rules) Check() error {
	switch r.Registration {
	case RegistrationOpen, RegistrationInvite, RegistrationClosed:
	case RegistrationDomain:
		if len(r.Domains) == 0 {
			return InvalidField("domains", "nobody could register: no domain is named", "name at least one, such as example.org")
		}
	default:
		return InvalidField("registration", fmt.Sprintf("%.40q means nothing here", r.Registration), "use open, domain, invite or closed")
	}
	if !slices.Contains(Roles, r.SubmitRole) {
		return InvalidField("submitRole", fmt.Sprintf("%.40q is no role", r.SubmitRole), "use member, curator, moderator or admin")
	}
	for _, n := range []struct {
		field string
		value int
	}{{"submitPerDay", r.SubmitPerDay}, {"submitMaxAge", r.SubmitMaxAge}, {"submitMinAge", r.SubmitMinAge}, {"commentsPerHour", r.CommentsPerHour},
		{"votesPerHour", r.VotesPerHour}, {"newAccountDays", r.NewAccountDays}, {"newPerHour", r.NewPerHour}} {
		if n.value < 0 || n.value > 1_000_000 {
			return InvalidField(n.field, fmt.Sprintf("%d cannot be", n.value), "use 0 for no limit, or up to 1,000,000")
		}
	}
	return nil
}
