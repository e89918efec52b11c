package app

import (
	"cmp"
	"context"
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

const (
	// linkFor is how long a link, a code and what follows them hold.
	linkFor = 10 * time.Minute
	// nameFor is how long somebody new may look for a name.
	nameFor = 30 * time.Minute
	// codeTries is how often a code may be wrong.
	codeTries = 5
)

// errLink is the error of a link or code that opens nothing: it does not say
// whether it ever did.
var errLink = &broadsheet.Error{Kind: broadsheet.Denied, Text: "this link or code is wrong, used or expired", Fix: "ask for a new one; each works once, for ten minutes"}

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

// LinkPath is the page that a link to sign in leads to.
const LinkPath = "/sign-in/link/"

func linkPath(token string) string { return LinkPath + token }

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
		if err != nil {
			return Step{}, notTicket(err)
		}
		if owner.ID != account.ID {
			return Step{}, errLink
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
