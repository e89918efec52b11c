package app

import (
	"cmp"
	"context"
	"maps"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/auth"
)

// Accounts say how people sign in. The zero value works: by links that the
// command line prints.
type Accounts struct {
	// Ask takes a request for a mailed link over and has it done soon by
	// PrepareSignIn; nil: no links are mailed. It does the same for every address.
	Ask func(ctx context.Context, q SignInRequest) error
	// Refused tells whether addresses of a domain are not taken.
	Refused func(domain string) bool
	// PerDay is how many such mails an address may be sent in a day, default 3;
	// PerClient how many a client may ask for in an hour, default 20; PerSite all
	// clients together, default 1,000.
	PerDay, PerClient, PerSite int

	Idle            time.Duration   // until an unused session ends, default 30 days
	Longest         time.Duration   // until any session ends, default a year
	AdminLongest    time.Duration   // of an administrator, default 7 days
	Elsewhere       *auth.Elsewhere // accounts elsewhere; nil: none
	Passkeys        *auth.Passkeys  // nil: browsers give none to this site
	RecoveryCodes   int             // how many an account gets, default 10
	Private         bool            // nobody reads without signing in
	LongestAPIToken time.Duration
}

// signing is Accounts with defaults, and what is counted.
type signing struct {
	Accounts
	idle, absolute, adminLongest time.Duration
	asks, tries                  window
	moves, keys                  window // changes of address; browsers that are asked for a passkey or sent elsewhere
}

func newSigning(o Accounts) *signing {
	return &signing{Accounts: o,
		idle: cmp.Or(o.Idle, 30*24*time.Hour), absolute: cmp.Or(o.Longest, 365*24*time.Hour), adminLongest: cmp.Or(o.AdminLongest, 7*24*time.Hour),
		// Each way in has a window of its own: who uses one up leaves the others open. What
		// mails nothing has no bound for all together, so that no machine can end it.
		asks:  window{each: orDefault(o.PerClient, 20), wide: 5 * orDefault(o.PerClient, 20), all: orDefault(o.PerSite, 1000), length: time.Hour},
		moves: window{each: orDefault(o.PerClient, 20), wide: 5 * orDefault(o.PerClient, 20), all: orDefault(o.PerSite, 1000), length: time.Hour},
		keys:  window{each: 100, wide: 500, length: time.Hour},
		tries: window{each: 10, length: time.Hour}}
}

// Purposes of tickets, and of the hashes of their words.
const (
	ticketLink    = "link"    // opens an account, or the choice of a name for a new one
	ticketName    = "name"    // somebody new is to choose a name
	ticketFactor  = "factor"  // the first factor was shown, the second is missing
	ticketPasskey = "passkey" // a browser was asked for a passkey
	ticketNewKey  = "new passkey"
	ticketAddress = "address" // a new address is to be confirmed
	ticketBrowser = "browser" // of the word in a browser's cookie
	ticketKnown   = "known"   // of the word of a browser in which somebody signed in before
)

// Keys of a ticket's data.
const (
	dataNext     = "next"
	dataRole     = "role"
	dataInvite   = "invite"
	dataProvider = "provider"
	dataSubject  = "subject"
	dataLabel    = "label"
	dataVerified = "verified" // the address is
	dataKey      = "key"
	dataOld      = "old"
	dataStage    = "stage"
)

const (
	// linkFor is how long a link, a code and what follows them hold.
	linkFor = 10 * time.Minute
	// nameFor is how long somebody new may look for a name.
	nameFor = 30 * time.Minute
	// codeTries is how often a code may be wrong.
	codeTries = 5
	// knownPerDay is how many mails an account is sent in a day for browsers in which
	// its owner signed in before.
	knownPerDay = 10
)

// errLink is the error of a link or code that opens nothing: it does not say
// whether it ever did.
var errLink = &broadsheet.Error{Kind: broadsheet.Denied, Text: "this link or code does not hold, or not any more", Fix: "ask for a new one; each works once, for ten minutes"}

// SignInRequest asks for a mailed link. It is all that is kept of the address
// until it is done.
type SignInRequest struct {
	// ID is its own: however often it takes to send the mail, it counts once.
	ID      string `json:"id,omitempty"`
	Address string `json:"address,omitempty"`
	Browser string `json:"browser,omitempty"` // hash of its word
	Next    string `json:"next,omitempty"`
	Invite  string `json:"invite,omitempty"`
	// Known is the hash of the word by which the browser shows that somebody signed in
	// to an account there before, "" for none.
	Known string `json:"known,omitempty"`
	// Kind and Account are set for a mail to who is signed in: MailOldAddress,
	// MailNewAddress or MailChanged.
	Kind    SignInKind `json:"kind,omitempty"`
	Account int64      `json:"account,omitempty"`
	Minor   bool       `json:"minor,omitempty"` // of MailChanged: no lock was changed
}

// SignsInByMail tells whether links are mailed.
func (a *App) SignsInByMail() bool { return a.sign.Ask != nil }

// AskSignIn asks for a link and a code to sign in with an address. What is done
// before it answers, and what it answers, is the same whether the address has an
// account, may have one, or neither. word goes into a cookie of the browser, for
// which alone the link works and in which the code is typed. trap is a field that
// people do not see. q.Known is the word of Step.Known that the browser has.
func (a *App) AskSignIn(ctx context.Context, q SignInRequest, client, trap string) (word string, err error) {
	if a.sign.Ask == nil {
		return "", &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "this site sends no mail", Fix: "ask who runs it for a link"}
	}
	if q.Address, err = broadsheet.ParseAddress(q.Address); err != nil {
		return "", err
	}
	if err := a.sign.asks.take(client, a.now()); err != nil {
		return "", err
	}
	word = auth.NewToken()
	if trap != "" {
		return word, nil
	}
	q.Browser = auth.Hash(ticketBrowser, word)
	if q.Known != "" {
		q.Known = auth.Hash(ticketKnown, q.Known)
	}
	return word, a.ask(ctx, q)
}

// SignInMail is what is to be mailed.
type SignInMail struct {
	To   string
	Kind SignInKind
	Path string // of the page that the link leads to
	Code string // as people type it
	At   time.Time
}

// SignInKind says what such a mail is about.
type SignInKind string

// Kinds of mails about signing in.
const (
	MailSignIn     SignInKind = "sign-in"     // to who has an account
	MailSignUp     SignInKind = "sign-up"     // to who may have one
	MailOther      SignInKind = "other"       // the mailbox has an account under another spelling
	MailNewAddress SignInKind = "new-address" // confirm an address that is to take the place of another
	MailOldAddress SignInKind = "old-address" // confirm that another takes its place
	MailChanged    SignInKind = "changed"     // the locks of the account were changed
)

// PrepareSignIn does what was asked for: everything that depends on the address.
// ok is false where nothing is to be mailed.
func (a *App) PrepareSignIn(ctx context.Context, q SignInRequest) (m SignInMail, ok bool, err error) {
	if q.Kind != "" {
		return a.prepareForAccount(ctx, q)
	}
	account, err := a.store.AccountByAddress(ctx, q.Address)
	kind := MailSignIn
	if err != nil {
		if broadsheet.KindOf(err) != broadsheet.NotFound {
			return m, false, err
		}
		kind = MailSignUp
		owner, err := a.store.MailboxOwner(ctx, mailboxKey(q.Address))
		if err != nil {
			return m, false, err
		}
		if owner != 0 {
			kind = MailOther
		} else if err := a.MayRegister(ctx, q.Address, q.Invite); err != nil {
			if broadsheet.KindOf(err) == broadsheet.Denied {
				return m, false, nil
			}
			return m, false, err
		}
	} else if account.State == broadsheet.AccountDeleted {
		return m, false, nil
	}
	if stop, err := a.stopped(ctx, q.Address, kind == MailSignIn); err != nil || stop {
		return m, false, err
	}
	// Counted only where something is sent: a stranger who asks for nothing cannot
	// use up what the owner may ask for.
	// A browser in which its owner signed in before has an allowance of its own, so
	// that strangers who use up the other do not lock anybody out.
	counted, most := "sign-in", orDefault(a.sign.PerDay, 3)
	if word := a.knownWord(&account); kind == MailSignIn && word != "" && q.Known == auth.Hash(ticketKnown, word) {
		counted, most = "sign-in known", knownPerDay
	}
	if ok, err := a.takeMail(ctx, q, auth.Hash(counted, mailboxKey(q.Address)), most); err != nil || !ok {
		return m, false, err
	}
	m = SignInMail{To: q.Address, Kind: kind, At: a.now()}
	if kind == MailOther {
		return m, true, nil
	}
	data := map[string]string{dataVerified: "1", dataNext: q.Next, dataInvite: q.Invite}
	token, err := a.putTicket(ctx, broadsheet.Ticket{Purpose: ticketLink, AccountID: account.ID, Address: q.Address, Browser: q.Browser, Data: data}, linkFor, true)
	if err != nil {
		return m, false, err
	}
	m.Path, m.Code = linkPath(token), auth.ShowCode(auth.Code(token))
	return m, true, nil
}

// knownWord is what browsers keep in which the owner of an account has signed in,
// "" on a site without a key. It opens nothing: it only asks for mails beside those
// that strangers may ask for.
func (a *App) knownWord(account *broadsheet.Account) string {
	if a.key == nil {
		return ""
	}
	return a.key.Sign(time.Time{}, "known browser", account.Token)
}

// takeMail counts a mail under a key, once for each request.
func (a *App) takeMail(ctx context.Context, q SignInRequest, key string, most int) (bool, error) {
	if q.ID == "" { // of a program before this one
		return a.store.TakeNotice(ctx, key, a.now(), most)
	}
	return a.store.TakeNoticeOf(ctx, auth.Hash("request", q.ID), key, a.now(), most)
}

// ask takes a request over.
func (a *App) ask(ctx context.Context, q SignInRequest) error {
	q.ID = auth.NewToken()
	return a.sign.Ask(ctx, q)
}

// stopped tells whether nothing is to be mailed to an address. What an account's
// owner needs to get in or is to know goes to theirs although they stopped, or
// called spam, what is sent every day: only an address that is none stops that.
func (a *App) stopped(ctx context.Context, address string, own bool) (bool, error) {
	x, found, err := a.store.Suppression(ctx, broadsheet.ChannelMail, broadsheet.AddressKey(address))
	return found && (!own || x.Reason == broadsheet.SuppressedBounce), err
}

// LinkPath is the page that a link to sign in leads to.
const LinkPath = "/sign-in/link/"

func linkPath(token string) string { return LinkPath + token }

// putTicket keeps a ticket and gives its token.
func (a *App) putTicket(ctx context.Context, x broadsheet.Ticket, holds time.Duration, coded bool) (string, error) {
	token := auth.NewToken()
	maps.DeleteFunc(x.Data, func(_, v string) bool { return v == "" })
	x.CreatedAt = a.now()
	x.ExpiresAt = x.CreatedAt.Add(holds)
	if coded {
		x.Code = auth.Hash(x.Purpose+" code", auth.Code(token))
	}
	return token, a.store.PutTicket(ctx, auth.Hash(x.Purpose, token), x)
}

// Link is what a link would do.
type Link struct {
	Name    string // handle of the account, "" for a new one
	Address string
	Code    string // to be typed in the browser that asked: it was another one; "" where the link works here
	First   bool   // it makes an administrator
}

// LookAtLink tells what a link would do, and does nothing: programs that look at
// the links of mails come here. word is that of the browser's cookie.
func (a *App) LookAtLink(ctx context.Context, token, word string) (l Link, err error) {
	token = strings.ToLower(token)
	x, err := a.ticket(ctx, token, ticketLink)
	if err != nil {
		return l, err
	}
	l.Address, l.First = x.Address, x.Data[dataRole] == string(broadsheet.RoleAdmin) && x.AccountID == 0
	if x.Browser != "" && x.Browser != auth.Hash(ticketBrowser, word) {
		l.Code = auth.ShowCode(auth.Code(token))
	}
	if x.AccountID != 0 {
		account, err := a.store.Account(ctx, x.AccountID)
		if err != nil {
			return l, errLink
		}
		l.Name = account.Name
	}
	return l, nil
}

func (a *App) ticket(ctx context.Context, token, purpose string) (x broadsheet.Ticket, err error) {
	if !auth.IsToken(token) {
		return x, errLink
	}
	x, err = a.store.Ticket(ctx, auth.Hash(purpose, token), purpose, a.now())
	return x, notTicket(err)
}

// notTicket says of a ticket that is not there what people can do.
func notTicket(err error) error {
	if err != nil && broadsheet.KindOf(err) == broadsheet.NotFound {
		return errLink
	}
	return err
}

// Step is what signing in has come to.
type Step struct {
	At   StepAt
	Word string // for the cookie of that step
	Next string // path at which the reader wanted to be, "" for none
	// Known is for a cookie that outlives the session, "" for none: it goes with
	// AskSignIn.
	Known string
}

// StepAt says what comes next.
type StepAt int

// Steps.
const (
	StepDone   StepAt = iota // signed in; Word is the session's
	StepName                 // choose a name
	StepFactor               // show the second factor
)

// UseLink signs in by a link that was looked at, in the browser with that word.
func (a *App) UseLink(ctx context.Context, token, word string, b Browser) (Step, error) {
	token = strings.ToLower(token)
	if !auth.IsToken(token) {
		return Step{}, errLink
	}
	x, err := a.store.TakeTicket(ctx, auth.Hash(ticketLink, token), ticketLink, auth.Hash(ticketBrowser, word), a.now())
	if err != nil {
		return Step{}, notTicket(err)
	}
	return a.arrived(ctx, x, b)
}

// UseCode signs in by the code of a mail, in the browser that asked for it.
func (a *App) UseCode(ctx context.Context, code, word string, b Browser) (Step, error) {
	code = auth.ReadCode(code)
	if len(code) != auth.CodeLength {
		return Step{}, broadsheet.InvalidField("code", "is not a code", "type the eight letters and digits that stand in the mail")
	}
	if !auth.IsToken(word) {
		return Step{}, &broadsheet.Error{Kind: broadsheet.Denied, Text: "this browser has not asked for a code", Fix: "ask for one here"}
	}
	x, err := a.store.TakeCode(ctx, auth.Hash(ticketLink+" code", code), ticketLink, auth.Hash(ticketBrowser, word), codeTries, a.now())
	if err != nil {
		return Step{}, notTicket(err)
	}
	return a.arrived(ctx, x, b)
}

// arrived goes on with who has shown to read an address, or has a link of the
// command line.
func (a *App) arrived(ctx context.Context, x broadsheet.Ticket, b Browser) (Step, error) {
	if x.AccountID == 0 && x.Data[dataVerified] != "" { // made since it was asked for?
		account, err := a.store.AccountByAddress(ctx, x.Address)
		if err == nil {
			x.AccountID = account.ID
		} else if broadsheet.KindOf(err) != broadsheet.NotFound {
			return Step{}, err
		}
	}
	if x.AccountID == 0 {
		return a.toName(ctx, x)
	}
	account, err := a.store.Account(ctx, x.AccountID)
	if err != nil {
		return Step{}, notTicket(err)
	}
	if x.Address != "" { // still the account's, whoever asked before it changed
		owner, err := a.store.AccountByAddress(ctx, x.Address)
		if broadsheet.KindOf(err) == broadsheet.NotFound && err != nil || err == nil && owner.ID != account.ID {
			return Step{}, errLink
		}
		if err != nil {
			return Step{}, err
		}
	}
	return a.enter(ctx, &account, x.Data[dataNext], b)
}

// enter signs in who has shown the first factor, or asks for the second.
func (a *App) enter(ctx context.Context, account *broadsheet.Account, next string, b Browser) (Step, error) {
	if !known(account, a.now()) {
		return Step{}, errLink
	}
	second, err := a.hasFactor(ctx, account.ID)
	if err != nil {
		return Step{}, err
	}
	if second {
		word, err := a.putTicket(ctx, broadsheet.Ticket{Purpose: ticketFactor, AccountID: account.ID, Data: map[string]string{dataNext: next}}, linkFor, false)
		return Step{At: StepFactor, Word: word, Next: next}, err
	}
	return a.done(ctx, account, next, b)
}

func (a *App) done(ctx context.Context, account *broadsheet.Account, next string, b Browser) (Step, error) {
	word, err := a.begin(ctx, account, b)
	return Step{At: StepDone, Word: word, Next: next, Known: a.knownWord(account)}, err
}

// LongestSession is how long a browser keeps the cookie of a session.
func (a *App) LongestSession() time.Duration { return a.sign.absolute }
