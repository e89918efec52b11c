package app

import (
	"context"

	"broadsheet"
	"broadsheet/internal/auth"
)

// Addresses are the actor's own mail addresses, the one that is written to first.
func (a *App) Addresses(ctx context.Context, by Actor) ([]broadsheet.AccountAddress, error) {
	if err := a.may(by, RightSession); err != nil {
		return nil, err
	}
	return a.store.Addresses(ctx, by.Account.ID)
}

// AddressPath is where links lead that confirm a change of address.
const AddressPath = "/account/address/"

// ChangeAddress begins to put another address in the place of the actor's: the
// old one is asked first, then the new one, each by a link that works once. An
// account without an address asks the new one only. The answer is the same whether
// another account has the new one.
func (a *App) ChangeAddress(ctx context.Context, by Actor, address string) error {
	if err := Proven(by); err != nil {
		return err
	}
	if a.sign.Ask == nil {
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "this site sends no mail", Fix: "ask who runs it to change the address"}
	}
	address, err := broadsheet.ParseAddress(address)
	if err != nil {
		return err
	}
	if a.sign.Refused != nil && a.sign.Refused(broadsheet.AddressDomain(address)) {
		return broadsheet.InvalidField("address", "is of a domain that is not taken here", "use another")
	}
	if err := a.sign.moves.take(by.Client, a.now()); err != nil {
		return err
	}
	if err := a.store.DropTickets(ctx, ticketAddress, by.Account.ID); err != nil {
		return err
	}
	have, err := a.store.Addresses(ctx, by.Account.ID)
	if err != nil {
		return err
	}
	kind := MailOldAddress
	if len(have) == 0 {
		kind = MailNewAddress
	}
	return a.ask(ctx, SignInRequest{Kind: kind, Account: by.Account.ID, Address: address})
}

// prepareForAccount does what was asked for by somebody who is signed in.
func (a *App) prepareForAccount(ctx context.Context, q SignInRequest) (m SignInMail, ok bool, err error) {
	m = SignInMail{Kind: q.Kind, To: q.Address, At: a.now()}
	if q.Kind != MailNewAddress {
		have, err := a.store.Addresses(ctx, q.Account)
		if err != nil || len(have) == 0 {
			return m, false, err
		}
		m.To = have[0].Address
	}
	if stop, err := a.stopped(ctx, m.To, q.Kind != MailNewAddress); err != nil || stop {
		return m, false, err
	}
	most := orDefault(a.sign.PerDay, 3)
	if q.Kind != MailNewAddress {
		most *= 4 // to its owner, about the account
	}
	counted := string(q.Kind)
	if q.Minor {
		counted += " minor"
	}
	if ok, err := a.takeMail(ctx, q, auth.Hash(counted, mailboxKey(m.To)), most); err != nil || !ok {
		return m, false, err
	}
	switch q.Kind {
	case MailChanged:
		return m, true, nil
	case MailNewAddress:
		// Whose mailbox has another account gets nothing: its owner is not to be told
		// by who asks, nor who asks whether there is one.
		if owner, err := a.store.MailboxOwner(ctx, mailboxKey(q.Address)); err != nil || owner != 0 && owner != q.Account {
			return m, false, err
		}
	}
	token, err := a.putTicket(ctx, broadsheet.Ticket{Purpose: ticketAddress, AccountID: q.Account, Address: q.Address, Data: map[string]string{dataStage: string(q.Kind)}}, linkFor, false)
	m.Path = AddressPath + token
	return m, true, err
}

// LookAtAddress tells which address a link would bring, and whether it is the
// last one to press. It does nothing.
func (a *App) LookAtAddress(ctx context.Context, by Actor, token string) (address string, last bool, err error) {
	if err := a.may(by, RightSession); err != nil {
		return "", false, err
	}
	x, err := a.ticket(ctx, token, ticketAddress)
	if err == nil && x.AccountID != by.Account.ID {
		err = errLink
	}
	return x.Address, x.Data[dataStage] == string(MailNewAddress), err
}

// ConfirmAddress goes on with a change of address: after the old one the new one
// is asked; after that it takes its place. done tells that it has.
func (a *App) ConfirmAddress(ctx context.Context, by Actor, token string) (done bool, err error) {
	if _, _, err := a.LookAtAddress(ctx, by, token); err != nil {
		return false, err
	}
	x, err := a.store.TakeTicket(ctx, auth.Hash(ticketAddress, token), ticketAddress, "", a.now())
	if err != nil {
		return false, notTicket(err)
	}
	if x.Data[dataStage] == string(MailOldAddress) {
		if a.sign.Ask == nil {
			return false, errLink
		}
		return false, a.ask(ctx, SignInRequest{Kind: MailNewAddress, Account: by.Account.ID, Address: x.Address})
	}
	return true, a.store.ReplaceAddress(ctx, broadsheet.AccountAddress{AccountID: by.Account.ID, Address: x.Address, VerifiedAt: a.now()}, mailboxKey(x.Address))
}

// tellChanged writes to the account's address that its locks were changed: its
// owner may not be who did it. Where no mail is sent nothing is said; the change
// stands either way.
func (a *App) tellChanged(ctx context.Context, by Actor) {
	if a.sign.Ask != nil {
		_ = a.ask(ctx, SignInRequest{Kind: MailChanged, Account: by.Account.ID})
	}
}

// tellMinor is tellChanged of what its owner does often. It counts by itself, so
// that it never uses up what says that the locks were changed.
func (a *App) tellMinor(ctx context.Context, by Actor) {
	if a.sign.Ask != nil {
		_ = a.ask(ctx, SignInRequest{Kind: MailChanged, Account: by.Account.ID, Minor: true})
	}
}

// AddressStops says why nothing or not everything is mailed to an address of the
// actor's, "" where all is.
func (a *App) AddressStops(ctx context.Context, by Actor, address string) (broadsheet.SuppressionReason, error) {
	if err := a.may(by, RightSession); err != nil {
		return "", err
	}
	x, _, err := a.store.Suppression(ctx, broadsheet.ChannelMail, broadsheet.AddressKey(address))
	return x.Reason, err
}

// SetAddress puts an address that the operator vouches for in the place of an
// account's.
func (o *Operator) SetAddress(ctx context.Context, name, address string) (broadsheet.Account, error) {
	account, err := o.Account(ctx, name)
	if err != nil {
		return account, err
	}
	if address, err = broadsheet.ParseAddress(address); err != nil {
		return account, err
	}
	return account, o.a.store.ReplaceAddress(ctx, broadsheet.AccountAddress{AccountID: account.ID, Address: address, VerifiedAt: o.a.now()}, mailboxKey(address))
}
