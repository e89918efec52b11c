package broadsheet

import (
	"fmt"
	"slices"
	"strings"
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

// Registrations are all ways.
var Registrations = []Registration{RegistrationOpen, RegistrationDomain, RegistrationInvite, RegistrationClosed}

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
	BlockedDomains  []string `json:"blockedDomains,omitempty"` // in addresses that people give: refused
	Appeal          string   `json:"appeal,omitempty"`         // address or page for appeals
	Text            string   `json:"text,omitempty"`           // Markdown shown at /rules
}

// DefaultRules are those of a new site.
func DefaultRules() Rules {
	return Rules{Registration: RegistrationOpen, SubmitRole: RoleMember, SubmitPerDay: 2, SubmitMaxAge: 14, SubmitWeekends: true, SubmitReview: true,
		ClaimByAddress: true, CommentsPerHour: 60, VotesPerHour: 600, NewAccountDays: 3, NewPerHour: 10}
}

// Limits of what rules hold.
const (
	MaxRuleText    = 8000 // bytes of Rules.Text, as of a comment
	maxRuleEntries = 2000 // of a list
	maxRuleEntry   = 200  // bytes
)

// Check finds what cannot be: the first of Problems.
func (r *Rules) Check() error {
	if all := r.Problems(); len(all) > 0 {
		return all[0]
	}
	return nil
}

// Problems finds all that cannot be, at most one a field, in the order of the
// fields.
func (r *Rules) Problems() (out []error) {
	wrong := func(field, text, fix string) { out = append(out, InvalidField(field, text, fix)) }
	list := func(field string, entries []string, domains bool) {
		if len(entries) > maxRuleEntries {
			wrong(field, fmt.Sprintf("has %d entries", len(entries)), fmt.Sprint("use at most ", maxRuleEntries))
			return
		}
		for _, x := range entries {
			switch {
			case len(x) > maxRuleEntry:
				wrong(field, fmt.Sprintf("%.40q… is too long", x), fmt.Sprint("use at most ", maxRuleEntry, " bytes a line"))
			case domains && !isDomain(x):
				wrong(field, fmt.Sprintf("%q is no domain", x), "write it as example.org, one a line")
			default:
				continue
			}
			return
		}
	}
	switch {
	case r.Registration == RegistrationDomain && len(r.Domains) == 0:
		wrong("domains", "nobody could register: no domain is named", "name at least one, such as example.org")
	case !slices.Contains(Registrations, r.Registration):
		wrong("registration", fmt.Sprintf("%.40q means nothing here", r.Registration), "use open, domain, invite or closed")
	}
	list("domains", r.Domains, true)
	if !slices.Contains(Roles, r.SubmitRole) {
		wrong("submitRole", fmt.Sprintf("%.40q is no role", r.SubmitRole), "use member, curator, moderator or admin")
	}
	for _, n := range []struct {
		field string
		value int
	}{{"submitPerDay", r.SubmitPerDay}, {"submitMaxAge", r.SubmitMaxAge}, {"submitMinAge", r.SubmitMinAge}, {"commentsPerHour", r.CommentsPerHour},
		{"votesPerHour", r.VotesPerHour}, {"newAccountDays", r.NewAccountDays}, {"newPerHour", r.NewPerHour}} {
		if n.value < 0 || n.value > 1_000_000 {
			wrong(n.field, fmt.Sprintf("%d cannot be", n.value), "use 0 for no limit, or up to 1,000,000")
		}
	}
	list("blockedWords", r.BlockedWords, false)
	list("blockedDomains", r.BlockedDomains, true)
	if r.Appeal != "" && !isContact(r.Appeal) {
		wrong("appeal", "is neither a mail address nor the address of a page", "write appeals@example.org or https://example.org/appeals")
	}
	if len(r.Text) > MaxRuleText {
		wrong("text", fmt.Sprintf("has %d bytes", len(r.Text)), fmt.Sprint("use at most ", MaxRuleText))
	}
	return out
}

// isDomain tells whether s may be a domain of mail or links: the name of a host
// in ASCII, of two labels at least. Other scripts are written as links carry them,
// as xn--….
func isDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, c := range []byte(l) {
			if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				return false
			}
		}
	}
	return len(labels) > 1
}

// isContact tells whether s is a mail address or the address of a page.
func isContact(s string) bool {
	if strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") {
		return !strings.ContainsAny(s, " \t\r\n<>\"")
	}
	_, err := ParseAddress(s)
	return err == nil
}
