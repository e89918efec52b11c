package app

import (
	"context"

	"broadsheet"
	"broadsheet/internal/auth"
)

var errNoPasskeys = &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "browsers give no passkeys to this site", Fix: "it needs https and a name; ask who runs it"}

// HasPasskeys tells whether browsers can have passkeys of this site.
func (a *App) HasPasskeys() bool { return a.sign.Passkeys != nil }

// AskPasskey asks a browser for a passkey: options for it, and the word for its
// cookie until it answers. client is who asks, for limits.
func (a *App) AskPasskey(ctx context.Context, client string) (options []byte, word string, err error) {
	if a.sign.Passkeys == nil {
		return nil, "", errNoPasskeys
	}
	if err := a.sign.keys.take(client, a.now()); err != nil {
		return nil, "", err
	}
	options, kept, err := a.sign.Passkeys.BeginUse()
	if err != nil {
		return nil, "", err
	}
	word, err = a.putTicket(ctx, broadsheet.Ticket{Purpose: ticketPasskey, Data: map[string]string{dataKey: string(kept)}}, linkFor, false)
	return options, word, err
}

// usePasskey finds whose passkey a browser has shown. A passkey checks its owner,
// so it is both factors.
func (a *App) usePasskey(ctx context.Context, word string, answer []byte) (account broadsheet.Account, err error) {
	if a.sign.Passkeys == nil {
		return account, errNoPasskeys
	}
	if !auth.IsToken(word) {
		return account, errLink
	}
	x, err := a.store.TakeTicket(ctx, auth.Hash(ticketPasskey, word), ticketPasskey, "", a.now())
	if err != nil {
		return account, notTicket(err)
	}
	holder, key, err := a.sign.Passkeys.FinishUse([]byte(x.Data[dataKey]), answer, func(token string) (auth.KeyHolder, error) {
		return a.keyHolder(ctx, token)
	})
	if err != nil {
		return account, err
	}
	key.UsedAt = a.now()
	return *holder.Account, a.store.UsePasskey(ctx, key)
}

func (a *App) keyHolder(ctx context.Context, token string) (h auth.KeyHolder, err error) {
	account, err := a.store.AccountByToken(ctx, token)
	if err != nil {
		return h, err
	}
	h.Account = &account
	h.Keys, err = a.store.Passkeys(ctx, account.ID)
	return h, err
}

// EnterByPasskey signs in who shows a passkey.
func (a *App) EnterByPasskey(ctx context.Context, word string, answer []byte, next string, b Browser) (Step, error) {
	account, err := a.usePasskey(ctx, word, answer)
	if err != nil {
		return Step{}, err
	}
	if !known(&account, a.now()) {
		return Step{}, errLink
	}
	return a.done(ctx, &account, next, b)
}

// ProveByPasskey is ProveAgain by a passkey.
func (a *App) ProveByPasskey(ctx context.Context, by Actor, word string, answer []byte) error {
	if err := a.may(by, RightSession); err != nil {
		return err
	}
	account, err := a.usePasskey(ctx, word, answer)
	if err != nil {
		return err
	}
	if account.ID != by.Account.ID {
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "that passkey is another account's", Fix: "use one of yours"}
	}
	return a.store.ProveSession(ctx, by.Session, a.now())
}

// maxPasskeys is how many an account may have.
const maxPasskeys = 20

// AskNewPasskey asks the actor's browser for a new passkey.
func (a *App) AskNewPasskey(ctx context.Context, by Actor) (options []byte, word string, err error) {
	if err := Proven(by); err != nil {
		return nil, "", err
	}
	if a.sign.Passkeys == nil {
		return nil, "", errNoPasskeys
	}
	keys, err := a.store.Passkeys(ctx, by.Account.ID)
	if err != nil {
		return nil, "", err
	}
	if len(keys) >= maxPasskeys {
		return nil, "", &broadsheet.Error{Kind: broadsheet.Limited, Text: "this account has twenty passkeys", Fix: "remove one first"}
	}
	options, kept, err := a.sign.Passkeys.BeginNew(auth.KeyHolder{Account: by.Account, Keys: keys})
	if err != nil {
		return nil, "", err
	}
	word, err = a.putTicket(ctx, broadsheet.Ticket{Purpose: ticketNewKey, AccountID: by.Account.ID, Data: map[string]string{dataKey: string(kept)}}, linkFor, false)
	return options, word, err
}

// AddPasskey takes the browser's answer. Where the account has no recovery codes it
// gets some: they are shown this once.
func (a *App) AddPasskey(ctx context.Context, by Actor, word string, answer []byte, name string) (recovery []string, err error) {
	if err := Proven(by); err != nil {
		return nil, err
	}
	if a.sign.Passkeys == nil {
		return nil, errNoPasskeys
	}
	if !auth.IsToken(word) {
		return nil, errLink
	}
	x, err := a.store.TakeTicket(ctx, auth.Hash(ticketNewKey, word), ticketNewKey, "", a.now())
	if err != nil {
		return nil, notTicket(err)
	}
	if x.AccountID != by.Account.ID {
		return nil, errLink
	}
	key, err := a.sign.Passkeys.FinishNew(auth.KeyHolder{Account: by.Account}, []byte(x.Data[dataKey]), answer)
	if err != nil {
		return nil, err
	}
	key.CreatedAt, key.Name = a.now(), label(name, "Passkey")
	if err := a.store.PutPasskey(ctx, key); err != nil {
		return nil, err
	}
	return a.firstRecovery(ctx, by)
}

// Passkeys are the actor's.
func (a *App) Passkeys(ctx context.Context, by Actor) ([]broadsheet.Passkey, error) {
	if err := a.may(by, RightSession); err != nil {
		return nil, err
	}
	return a.store.Passkeys(ctx, by.Account.ID)
}

// DropPasskey takes a passkey from the actor's account; the last way in stays.
func (a *App) DropPasskey(ctx context.Context, by Actor, id string) error {
	if err := Proven(by); err != nil {
		return err
	}
	if err := a.store.DropPasskey(ctx, by.Account.ID, id, a.ways()); err != nil {
		return err
	}
	a.tellChanged(ctx, by)
	return a.dropLastRecovery(ctx, by.Account.ID)
}
