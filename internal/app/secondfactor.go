package app

import (
	"context"
	"strconv"

	"broadsheet"
	"broadsheet/internal/auth"
	"broadsheet/internal/store"
)

// hasFactor tells whether an account asks for more than a link.
func (a *App) hasFactor(ctx context.Context, account int64) (bool, error) {
	f, err := a.store.Factors(ctx, account)
	return f.Any(), err
}

var errNoBox = &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "this site has no key to keep secrets with", Fix: "ask who runs it; `broadsheet doctor` says what is wrong"}

// box seals secrets of apps. Without the site's key there is none: nothing secret
// goes into the database in clear.
func (a *App) box() (*auth.Box, error) {
	if a.key == nil {
		return nil, errNoBox
	}
	return auth.NewBox(*a.key)
}

func secretOf(account *broadsheet.Account) string { return "totp " + account.Token }

// Enrolment is an app that is to make codes from now on.
type Enrolment struct {
	Secret string // for who types it
	URI    string // for who takes a picture of it
	Sealed string // the secret as the form carries it
}

// NewEnrolment makes a secret for an app. Nothing is kept until ConfirmTOTP.
func (a *App) NewEnrolment(by Actor, site string) (e Enrolment, err error) {
	if err := Proven(by); err != nil {
		return e, err
	}
	box, err := a.box()
	if err != nil {
		return e, err
	}
	e.Secret = auth.NewSecret()
	return a.enrolment(by, box, site, e.Secret), nil
}

func (a *App) enrolment(by Actor, box *auth.Box, site, secret string) Enrolment {
	return Enrolment{Secret: secret, URI: auth.SecretURI(site, by.Account.Name, secret), Sealed: box.Seal("new "+secretOf(by.Account), secret)}
}

// Enrolment is the one that a form carried, to be shown again.
func (a *App) Enrolment(by Actor, site, sealed string) (e Enrolment, err error) {
	if err := Proven(by); err != nil {
		return e, err
	}
	box, err := a.box()
	if err != nil {
		return e, err
	}
	secret, err := box.Open("new "+secretOf(by.Account), sealed)
	if err != nil {
		return e, &broadsheet.Error{Kind: broadsheet.Denied, Text: "this form does not hold any more", Fix: "begin again"}
	}
	return a.enrolment(by, box, site, secret), nil
}

// ConfirmTOTP makes an app the account's second factor, once it has shown a code.
// Where the account has no recovery codes it gets some: they are shown this once.
func (a *App) ConfirmTOTP(ctx context.Context, by Actor, sealed, code string) (recovery []string, err error) {
	e, err := a.Enrolment(by, "", sealed)
	if err != nil {
		return nil, err
	}
	if err := a.sign.tries.take(strconv.FormatInt(by.id(), 10), a.now()); err != nil {
		return nil, err
	}
	step, ok, err := auth.CheckTOTP(e.Secret, code, a.now())
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, broadsheet.InvalidField("code", "does not fit", "type the six digits that the app shows now; its clock must be right")
	}
	box, err := a.box()
	if err != nil {
		return nil, err
	}
	if err := a.store.PutTOTP(ctx, by.Account.ID, box.Seal(secretOf(by.Account), e.Secret), step, a.now()); err != nil {
		return nil, err
	}
	return a.firstRecovery(ctx, by)
}

// firstRecovery gives an account recovery codes where it has none, and says to
// its address that the locks have changed.
func (a *App) firstRecovery(ctx context.Context, by Actor) ([]string, error) {
	a.tellChanged(ctx, by)
	f, err := a.store.Factors(ctx, by.Account.ID)
	if err != nil || f.Recovery > 0 {
		return nil, err
	}
	return a.giveRecovery(ctx, by)
}

// NewRecoveryCodes gives the actor other recovery codes; those before are void.
func (a *App) NewRecoveryCodes(ctx context.Context, by Actor) ([]string, error) {
	if err := Proven(by); err != nil {
		return nil, err
	}
	codes, err := a.giveRecovery(ctx, by)
	if err == nil {
		a.tellChanged(ctx, by)
	}
	return codes, err
}

func (a *App) giveRecovery(ctx context.Context, by Actor) ([]string, error) {
	codes := auth.NewRecoveryCodes(orDefault(a.sign.RecoveryCodes, 10))
	hashes := make([]string, len(codes))
	for i, code := range codes {
		hashes[i] = auth.HashRecoveryCode(by.Account.Token, code)
	}
	return codes, a.store.PutRecoveryCodes(ctx, by.Account.ID, hashes)
}

// DropTOTP takes the app from the actor's account.
func (a *App) DropTOTP(ctx context.Context, by Actor) error {
	if err := Proven(by); err != nil {
		return err
	}
	if err := a.store.DropTOTP(ctx, by.Account.ID); err != nil {
		return err
	}
	a.tellChanged(ctx, by)
	return a.dropLastRecovery(ctx, by.Account.ID)
}

// dropLastRecovery voids recovery codes that recover nothing any more.
func (a *App) dropLastRecovery(ctx context.Context, account int64) error {
	if second, err := a.hasFactor(ctx, account); err != nil || second {
		return err
	}
	return a.store.PutRecoveryCodes(ctx, account, nil)
}

// totpTries is how often a code of an app may be wrong in an hour.
const totpTries = 3

// checkFactor takes the code of an app, or a recovery code, each once.
func (a *App) checkFactor(ctx context.Context, account *broadsheet.Account, text string) error {
	if err := a.sign.tries.take(strconv.FormatInt(account.ID, 10), a.now()); err != nil {
		return err
	}
	wrong := broadsheet.InvalidField("code", "does not fit", "type the six digits that the app shows now, or a recovery code that was not used")
	if auth.IsRecoveryCode(text) {
		if ok, err := a.store.TakeRecoveryCode(ctx, account.ID, auth.HashRecoveryCode(account.Token, text)); err != nil || ok {
			return err
		}
		return wrong
	}
	// Three codes hold at a time, of a million: three tries an hour, whatever process
	// counts them, keep a thousand hours of guessing under one in a hundred.
	now := a.now()
	tried := auth.Hash("tries", strconv.FormatInt(account.ID, 10)+" "+strconv.FormatInt(now.Unix()/3600, 10))
	if ok, err := a.store.TakeNotice(ctx, tried, now, totpTries); err != nil || !ok {
		return orWrong(err, &broadsheet.Error{Kind: broadsheet.Limited, Text: "too many codes did not fit", Fix: "use a passkey or a recovery code, or try again in an hour"})
	}
	sealed, err := a.store.TOTP(ctx, account.ID)
	if err != nil {
		if broadsheet.KindOf(err) == broadsheet.NotFound {
			return wrong
		}
		return err
	}
	box, err := a.box()
	if err != nil {
		return err
	}
	secret, err := box.Open(secretOf(account), sealed)
	if err != nil {
		return err
	}
	step, ok, err := auth.CheckTOTP(secret, text, a.now())
	if err != nil || !ok {
		return orWrong(err, wrong)
	}
	if ok, err = a.store.TakeTOTP(ctx, account.ID, step); err != nil || !ok {
		return orWrong(err, wrong)
	}
	return a.store.ForgetNotices(ctx, tried)
}

func orWrong(err, wrong error) error {
	if err != nil {
		return err
	}
	return wrong
}

// Waiting is whose second factor is missing, by the word of the cookie.
func (a *App) Waiting(ctx context.Context, word string) (f store.Factors, next string, err error) {
	x, err := a.ticket(ctx, word, ticketFactor)
	if err != nil {
		return f, "", err
	}
	f, err = a.store.Factors(ctx, x.AccountID)
	return f, x.Data[dataNext], err
}

// ShowFactor signs in who shows the second factor: the code of an app, or a
// recovery code.
func (a *App) ShowFactor(ctx context.Context, word, code string, b Browser) (Step, error) {
	if _, err := a.ticket(ctx, word, ticketFactor); err != nil {
		return Step{}, err
	}
	x, err := a.store.TryTicket(ctx, auth.Hash(ticketFactor, word), ticketFactor, codeTries, a.now())
	if err != nil {
		return Step{}, notTicket(err)
	}
	account, err := a.store.Account(ctx, x.AccountID)
	if err != nil {
		return Step{}, notTicket(err)
	}
	if err := a.checkFactor(ctx, &account, code); err != nil {
		return Step{}, err
	}
	return a.shown(ctx, word, &account, b)
}

// shown ends the step of the second factor, which somebody else may have ended.
func (a *App) shown(ctx context.Context, word string, account *broadsheet.Account, b Browser) (Step, error) {
	x, err := a.store.TakeTicket(ctx, auth.Hash(ticketFactor, word), ticketFactor, "", a.now())
	if err != nil {
		return Step{}, notTicket(err)
	}
	if x.AccountID != account.ID || !known(account, a.now()) {
		return Step{}, errLink
	}
	return a.done(ctx, account, x.Data[dataNext], b)
}

// Factors are what the actor's account asks for besides a link.
func (a *App) Factors(ctx context.Context, by Actor) (store.Factors, error) {
	if err := a.may(by, RightSession); err != nil {
		return store.Factors{}, err
	}
	return a.store.Factors(ctx, by.Account.ID)
}

// ProveAgain lets the actor's session change locks for a while, after a code of
// the app or a recovery code.
func (a *App) ProveAgain(ctx context.Context, by Actor, code string) error {
	if err := a.may(by, RightSession); err != nil {
		return err
	}
	if err := a.checkFactor(ctx, by.Account, code); err != nil {
		return err
	}
	return a.store.ProveSession(ctx, by.Session, a.now())
}
