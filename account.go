package broadsheet

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Role is what a person may do on a site; each includes those before it.
type Role string

// Roles.
const (
	RoleMember    Role = "member"    // votes, comments, submits, claims
	RoleCurator   Role = "curator"   // chooses what is featured
	RoleModerator Role = "moderator" // hides, locks, merges, bans, decides claims
	RoleAdmin     Role = "admin"     // sets the site's rules and people's roles
)

// Roles are all roles, the least first.
var Roles = []Role{RoleMember, RoleCurator, RoleModerator, RoleAdmin}

// Includes tells whether r may do what least may. Nobody ("") includes nothing.
func (r Role) Includes(least Role) bool {
	have := slices.Index(Roles, r)
	return have >= 0 && have >= slices.Index(Roles, least)
}

// AccountState says whether an account is in use.
type AccountState string

// States of accounts.
const (
	AccountActive  AccountState = "active"
	AccountBanned  AccountState = "banned"  // may read, take its data along, appeal and leave
	AccountDeleted AccountState = "deleted" // an empty row, so that what it wrote has an author that is gone
)

// Account is a person who may sign in here.
type Account struct {
	ID    int64  // row number, never shown
	Token string // public object id, 24 hexadecimal characters
	Name  string // handle, as in the address of its page: [a-z0-9-]
	Role  Role
	State AccountState

	FullName    string // as people call it; may be ""
	Bio         string // plain text
	Affiliation string
	ORCID       string // proven by signing in there, else ""
	Links       []string
	AvatarKey   string // of its picture, "" for none
	Zone        string // time zone, "" for the site's

	CreatedAt   time.Time
	SeenAt      time.Time // last active, to the hour
	BannedUntil time.Time // zero: until it is lifted
	BanReason   string
}

// Lapse makes an account active whose ban is over at a time: its row says that it is
// banned until somebody writes it anew.
func (a *Account) Lapse(at time.Time) {
	if a.State == AccountBanned && !a.BannedUntil.IsZero() && !at.Before(a.BannedUntil) {
		a.State = AccountActive
	}
}

// ShownName is how the account is called where there is room for a name.
func (a *Account) ShownName() string {
	if a.FullName != "" {
		return a.FullName
	}
	return a.Name
}

// gonePrefix begins the name of a deleted account. A handle has no colon.
const gonePrefix = "gone:"

// GoneName is the name of an account that was deleted, by its public id. In the log
// it tells that one person did several things, and not who.
func GoneName(token string) string { return gonePrefix + token }

// IsGoneName tells whether a name is that of a deleted account.
func IsGoneName(name string) bool { return strings.HasPrefix(name, gonePrefix) }

// Scope is what an API token may do, beside reading what is public.
type Scope string

// Scopes.
const (
	ScopeRead     Scope = "read"    // what only the account may read: notifications, own submissions
	ScopeVote     Scope = "vote"    // votes and reactions
	ScopeComment  Scope = "comment" // writes, edits and deletes own comments, flags
	ScopeSubmit   Scope = "submit"
	ScopeClaim    Scope = "claim"   // claims, and what a claimed author adds to a paper
	ScopeProfile  Scope = "profile" // own profile and organisations
	ScopeCurate   Scope = "curate"
	ScopeModerate Scope = "moderate"
	ScopeAdmin    Scope = "admin"
)

// Scopes are all scopes.
var Scopes = []Scope{ScopeRead, ScopeVote, ScopeComment, ScopeSubmit, ScopeClaim, ScopeProfile, ScopeCurate, ScopeModerate, ScopeAdmin}

// NewObjectID makes a public object id: 96 random bits as 24 hexadecimal
// characters, the shape that clients of Daily Papers APIs know.
func NewObjectID() string {
	var raw [12]byte
	rand.Read(raw[:]) // never fails
	return hex.EncodeToString(raw[:])
}

// IsObjectID tells whether s has the shape of one.
func IsObjectID(s string) bool {
	if len(s) != 24 {
		return false
	}
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && (s[i] < 'a' || s[i] > 'f') {
			return false
		}
	}
	return true
}
