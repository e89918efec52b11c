package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/auth"
)

// Purposes of words that open something, as their hashes are kept.
const (
	wordSession = "session"
	wordAPI     = "api"
)

const (
	// touchEvery is how exactly it is known when a session was last used: a write
	// for every page would cost more than the page.
	touchEvery = time.Hour
	// provedFor is how long after signing in, or showing a factor again, an account's
	// locks may be changed.
	provedFor = 30 * time.Minute
	// clockSkew is how far clocks of one site may differ.
	clockSkew = 5 * time.Minute
)

// Identify finds who asks by the word of a session, or by an API token, which
// comes first where there are both: ctx with the Actor, and whether there is one.
// Words that open nothing any more are nobody's.
func (a *App) Identify(ctx context.Context, session, bearer, client string) (context.Context, bool, error) {
	by, err := Actor{}, error(nil)
	switch {
	case bearer != "":
		by, err = a.tokenActor(ctx, bearer)
	case session != "":
		by, err = a.sessionActor(ctx, session)
	}
	if err != nil {
		return ctx, false, err
	}
	by.Client = client
	return WithActor(ctx, by), by.SignedIn(), nil
}

func (a *App) sessionActor(ctx context.Context, word string) (by Actor, err error) {
	if !auth.IsToken(word) {
		return by, nil
	}
	x, account, err := a.store.SessionByHash(ctx, auth.Hash(wordSession, word))
	if broadsheet.KindOf(err) == broadsheet.NotFound && err != nil {
		return by, nil
	}
	now := a.now()
	if err != nil || !a.sign.holds(&x, &account, now) || !known(&account, now) {
		return by, err
	}
	if now.Sub(x.SeenAt) >= touchEvery {
		if err := a.store.TouchSession(ctx, x.ID, account.ID, now); err != nil {
			return by, err
		}
	}
	return Actor{Account: &account, Session: x.ID, Strong: lately(x.ProvedAt, now)}, nil
}

// lately tells whether somebody has proven who they are not long before now. A
// time that is yet to come was written by a clock that was wrong.
func lately(proved, now time.Time) bool {
	return now.Sub(proved) < provedFor && !proved.After(now.Add(clockSkew))
}

// known tells whether an account may come in at all, and lifts a ban in memory
// whose time is over: the row follows when somebody writes it.
func known(account *broadsheet.Account, now time.Time) bool {
	account.Lapse(now)
	return account.State == broadsheet.AccountActive || account.State == broadsheet.AccountBanned
}

// holds tells whether a session is still one at a time. An administrator's is
// over sooner, also where the role came later than the session.
func (s *signing) holds(x *broadsheet.Session, account *broadsheet.Account, now time.Time) bool {
	return now.Before(x.ExpiresAt) && now.Before(x.SeenAt.Add(s.idle)) && now.Before(x.CreatedAt.Add(s.longest(account.Role)))
}

func (s *signing) longest(role broadsheet.Role) time.Duration {
	if role == broadsheet.RoleAdmin {
		return s.adminLongest
	}
	return s.absolute
}

// Browser is what a browser says of itself when somebody signs in.
type Browser struct {
	Client  string // network, as limits count it
	Agent   string
	Session string // word of the session that it had, "" for none: it ends
}

// begin starts a session with a word of its own, never one that came with the
// request.
func (a *App) begin(ctx context.Context, account *broadsheet.Account, b Browser) (word string, err error) {
	now := a.now()
	word = auth.NewToken()
	x := broadsheet.Session{ID: broadsheet.NewObjectID(), AccountID: account.ID, CreatedAt: now, SeenAt: now, ProvedAt: now,
		ExpiresAt: now.Add(a.sign.longest(account.Role)), Client: b.Client, Agent: oneLine(b.Agent)}
	old := ""
	if auth.IsToken(b.Session) {
		old = auth.Hash(wordSession, b.Session)
	}
	return word, a.store.PutSession(ctx, auth.Hash(wordSession, word), x, old)
}

// SignOut ends the session that asks.
func (a *App) SignOut(ctx context.Context, by Actor) error {
	if !by.SignedIn() || by.Session == "" {
		return nil
	}
	_, err := a.store.EndSession(ctx, by.Account.ID, by.Session)
	return err
}

// Sessions are the browsers in which the actor is signed in, the latest first.
func (a *App) Sessions(ctx context.Context, by Actor) ([]broadsheet.Session, error) {
	if err := a.may(by, RightSession); err != nil {
		return nil, err
	}
	now := a.now()
	all, err := a.store.Sessions(ctx, by.Account.ID, now)
	return slices.DeleteFunc(all, func(x broadsheet.Session) bool { return !a.sign.holds(&x, by.Account, now) }), err
}

// EndSession signs the actor out of one browser.
func (a *App) EndSession(ctx context.Context, by Actor, id string) error {
	if err := a.may(by, RightSession); err != nil {
		return err
	}
	_, err := a.store.EndSession(ctx, by.Account.ID, id)
	return err
}

// EndSessions signs the actor out everywhere but here.
func (a *App) EndSessions(ctx context.Context, by Actor) error {
	if err := a.may(by, RightSession); err != nil {
		return err
	}
	_, err := a.store.EndSessions(ctx, by.Account.ID, by.Session)
	return err
}

// errProve is the error of who must show again who they are.
var errProve = &broadsheet.Error{Kind: broadsheet.Denied, Text: "please show once more that it is you", Fix: "sign in again"}

// MustProve tells whether an error means that who asks must show again who they
// are, at /sign-in/again.
func MustProve(err error) bool { return err == error(errProve) }

// Proven checks that a person in a browser has lately shown all that the account
// asks for: what locks or ends an account needs it.
func Proven(by Actor) error {
	if err := Allowed(by, RightSession); err != nil {
		return err
	}
	if !by.Strong {
		return errProve
	}
	return nil
}

// tokenActor finds who a program acts for.
func (a *App) tokenActor(ctx context.Context, word string) (by Actor, err error) {
	rest, ok := strings.CutPrefix(word, auth.APITokenPrefix)
	if !ok || !auth.IsToken(rest) {
		return by, nil
	}
	x, account, err := a.store.APITokenByHash(ctx, auth.Hash(wordAPI, word))
	if broadsheet.KindOf(err) == broadsheet.NotFound && err != nil {
		return by, nil
	}
	now := a.now()
	if err != nil || !now.Before(x.ExpiresAt) || !known(&account, now) {
		return by, err
	}
	if now.Sub(x.UsedAt) >= touchEvery {
		if err := a.store.UseAPIToken(ctx, x.ID, now); err != nil {
			return by, err
		}
	}
	return Actor{Account: &account, Scopes: x.Scopes}, nil
}
