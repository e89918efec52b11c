package broadsheet

import "time"

// Claim says that an account is an author of a paper.
type Claim struct {
	ID       int64  // row number, never shown
	Token    string // public object id
	Account  int64
	By       Person // the account
	Paper    string // public id
	Position int    // of the author on the paper as it was claimed, from 1
	Name     string // as printed there then
	Key      string // AuthorKey of Name
	State    ClaimState
	Proof    ClaimProof // of an accepted claim
	Evidence string     // in the claimant's words, may be ""
	Reason   string     // as the moderator wrote it
	Decider  string     // handle of the moderator, "" where the rules decided
	AskedAt  time.Time
	ClosedAt time.Time // decided or taken back; zero: it waits
}

// ClaimState says what became of a claim.
type ClaimState string

// States of claims.
const (
	ClaimWaiting   ClaimState = "waiting" // for a moderator
	ClaimAccepted  ClaimState = "accepted"
	ClaimRejected  ClaimState = "rejected"
	ClaimRevoked   ClaimState = "revoked"   // by a moderator, after it was accepted
	ClaimTakenBack ClaimState = "withdrawn" // by who claimed
)

// ClaimProof says what a claim was accepted for.
type ClaimProof string

// Proofs of claims.
const (
	ProofORCID     ClaimProof = "orcid"     // the account has proven the iD that the source gives for the author
	ProofAddress   ClaimProof = "address"   // the account has verified an address that the source gives for the author
	ProofModerator ClaimProof = "moderator" // who looked at the evidence
)

// Place is where the claimed author stands on the paper now, from 1; 0 where
// nobody can tell. Sources change lists of authors: a name goes where the paper
// has it now, and never to whoever took its place. Where several have the name,
// only the one at the old place is meant.
func (c *Claim) Place(authors []Author) int {
	found := 0
	for i := range authors {
		if AuthorKey(authors[i].Name) != c.Key {
			continue
		}
		if i+1 == c.Position {
			return c.Position
		}
		if found != 0 {
			found = -1
		} else {
			found = i + 1
		}
	}
	return max(0, found)
}

// EditKind is what people may add to a paper.
type EditKind string

// Kinds of what is added.
const (
	EditCode         EditKind = "code"
	EditProject      EditKind = "project"
	EditMedia        EditKind = "media"
	EditOrganization EditKind = "organization"
)

// PaperEdit is something that a claimed author or curator added to a paper or took
// from it. It stands whatever sources tell later.
type PaperEdit struct {
	Kind    EditKind
	Value   string // URL, or the key of an organisation
	Removed bool
}
