package broadsheet

import "time"

// Membership is an account's place in an organisation.
type Membership struct {
	Organization Organization
	Account      int64  // row number, never shown
	By           Person // the account
	Role         MemberRole
	State        MemberState
	Proof        MemberProof // of a member
	At           time.Time   // since when it is so
}

// MemberRole is what somebody may do for an organisation.
type MemberRole string

// Roles in organisations.
const (
	MemberOwner MemberRole = "owner" // edits its page, decides who belongs to it
	MemberPlain MemberRole = "member"
)

// MemberState says how far a membership is.
type MemberState string

// States of memberships.
const (
	MemberIn      MemberState = "member"
	MemberAsked   MemberState = "asked"   // the person asks, an owner or moderator decides
	MemberInvited MemberState = "invited" // an owner or moderator asks, the person decides
)

// MemberProof says why somebody is a member.
type MemberProof string

// Proofs of membership.
const (
	MemberByDomain    MemberProof = "domain"    // a verified address at a domain that moderators set
	MemberByOwner     MemberProof = "owner"     // an owner said so
	MemberByModerator MemberProof = "moderator" // a moderator, or the curator who made the organisation
)

// OrganizationPage is what an organisation says of itself, beside its name and
// picture.
type OrganizationPage struct {
	Key         string
	Link        string   // of its own site, "" for none
	Description string   // plain text
	Domains     []string // of mail: who has a verified address there is a member
	ChangedAt   time.Time
}
