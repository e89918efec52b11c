package broadsheet

import "time"

// Session is a browser in which somebody signed in.
type Session struct {
	ID        string // by which it is listed and ended; the cookie holds another word
	AccountID int64
	CreatedAt time.Time
	SeenAt    time.Time // to the hour
	ExpiresAt time.Time
	ProvedAt  time.Time // when who sits there last showed all that the account asks for at sign-in
	Client    string    // network that signed in, as limits count it
	Agent     string    // what the browser calls itself
}

// AccountAddress is a mail address that an account's owner has shown to read.
type AccountAddress struct {
	AccountID  int64
	Address    string
	VerifiedAt time.Time
	Primary    bool // is written to
}

// Identity is an account elsewhere with which somebody signs in here.
type Identity struct {
	Provider  string // name in the settings: "orcid"
	Subject   string // the account's own id there
	AccountID int64
	Label     string // as people know it: an ORCID iD, a user name
	CreatedAt time.Time
	UsedAt    time.Time
}

// Passkey is a key of the Web Authentication standard that proves its owner.
type Passkey struct {
	ID        string // credential id, base64url
	AccountID int64
	Name      string // as its owner calls it
	Data      []byte // JSON of the public key and what belongs to it
	CreatedAt time.Time
	UsedAt    time.Time
}

// APIToken is a word with which a person's programs act for them. Only its hash is
// kept.
type APIToken struct {
	ID        string // by which it is listed and ended
	AccountID int64
	Name      string // as its owner calls it
	Scopes    []Scope
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time // to the hour
}

// Ticket is a step of signing in that waits for the next: a mailed link, a choice
// of a name, a second factor. It is used once.
type Ticket struct {
	Purpose   string
	AccountID int64             // 0: none yet
	Address   string            // mail address that it is about
	Code      string            // hash of the short code that stands for it in the browser that asked; "" for none
	Browser   string            // hash of the word of the browser that asked; "" for any
	Data      map[string]string // what the next step needs
	Tries     int               // how often a code was wrong
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Invite is a word that lets somebody register where nobody else may.
type Invite struct {
	ID        string // by which it is listed and ended
	AccountID int64  // of who invites
	Note      string // for whom it is, as who invites wrote it
	Uses      int    // that are left
	CreatedAt time.Time
	ExpiresAt time.Time
}
