package app

import (
	"context"
	"time"

	"broadsheet"
	"broadsheet/internal/auth"
)

// knownPerDay is how many mails an account is sent in a day for browsers in which
// its owner signed in before.
const knownPerDay = 10

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
