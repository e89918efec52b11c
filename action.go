package broadsheet

import "time"

// Action is a line of the public log: what somebody with a role did to
// something here.
type Action struct {
	ID     int64
	At     time.Time
	Actor  string // handle; "" for the program itself or the command line
	Act    Act
	Kind   ObjectKind
	Object string // public id: of the paper, the comment's token, a handle, a rule's name
	Paper  string // the paper that it happened on, "" for none
	Reason string // as its author wrote it
	Detail string // what changed, in one line
	Hidden bool   // only moderators see it: it names what must not be shown
}

// Act is what was done.
type Act string

// Acts, with the object that they are done to.
const (
	ActFeature        Act = "feature" // paper
	ActUnfeature      Act = "unfeature"
	ActAccept         Act = "accept" // submission, claim
	ActReject         Act = "reject"
	ActHide           Act = "hide" // paper, comment
	ActShow           Act = "show"
	ActLock           Act = "lock" // a paper's discussion
	ActUnlock         Act = "unlock"
	ActMerge          Act = "merge" // paper, name of an author
	ActEdit           Act = "edit"  // paper: links, organisation
	ActBan            Act = "ban"   // account
	ActUnban          Act = "unban"
	ActRole           Act = "role"    // account
	ActDismiss        Act = "dismiss" // flag
	ActRule           Act = "rule"    // a rule of the site
	ActDiscountVotes  Act = "discount votes"
	ActDeleteAccount  Act = "delete account" // by an admin
	ActOrganization   Act = "organization"
	ActInvite         Act = "invite"
	ActRestoreAccount Act = "restore account"
	ActTend           Act = "tend" // account, source, job, store: what an administrator set going or ended there
)

// ObjectKind says what an act or a flag is about.
type ObjectKind string

// Kinds of objects.
const (
	ObjectPaper        ObjectKind = "paper"
	ObjectComment      ObjectKind = "comment"
	ObjectAccount      ObjectKind = "account"
	ObjectSubmission   ObjectKind = "submission"
	ObjectClaim        ObjectKind = "claim"
	ObjectOrganization ObjectKind = "organization"
	ObjectRule         ObjectKind = "rule"
	ObjectAuthor       ObjectKind = "author" // key of a name
	ObjectSource       ObjectKind = "source" // of papers
	ObjectJob          ObjectKind = "job"
	ObjectStore        ObjectKind = "store" // database, index, backups
)
