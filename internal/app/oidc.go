package app

import (
	"context"
	"crypto/subtle"

	"broadsheet"
	"broadsheet/internal/auth"
	"broadsheet/internal/store"
)

const ticketElsewhere = "elsewhere" // a browser was sent to a provider

// ProviderName is a service where people have accounts with which they sign in.
type ProviderName struct{ Name, Title string }

// Providers are those of this site.
func (a *App) Providers() []ProviderName {
	var out []ProviderName
	for _, p := range a.sign.Elsewhere.Providers() {
		out = append(out, ProviderName{p.Name, p.Title})
	}
	return out
}

// GoElsewhere begins to sign in with an account elsewhere: the address where the
// browser is to go, and the word for its cookie. With link, an account there is
// linked with the actor's here instead.
func (a *App) GoElsewhere(ctx context.Context, by Actor, provider, next, invite string, link bool) (address, word string, err error) {
	x := broadsheet.Ticket{Purpose: ticketElsewhere, Data: map[string]string{dataProvider: provider, dataNext: next, dataInvite: invite}}
	if link {
		if err := Proven(by); err != nil {
			return "", "", err
		}
		x.AccountID = by.Account.ID
	}
	if err := a.sign.keys.take(by.Client, a.now()); err != nil {
		return "", "", err
	}
	if word, err = a.putTicket(ctx, x, linkFor, false); err != nil {
		return "", "", err
	}
	address, err = a.sign.Elsewhere.Begin(ctx, provider, word)
	return address, word, err
}

// ComeBack goes on with who comes back from a provider, with the state and the
// code that it sent along, in the browser with that word. linked tells that an
// account there was linked with the actor's.
func (a *App) ComeBack(ctx context.Context, by Actor, provider, word, state, code string, b Browser) (step Step, linked bool, err error) {
	if !auth.IsToken(word) || subtle.ConstantTimeCompare([]byte(state), []byte(auth.State(word))) != 1 {
		return step, false, errLink
	}
	x, err := a.store.TakeTicket(ctx, auth.Hash(ticketElsewhere, word), ticketElsewhere, "", a.now())
	if err != nil {
		return step, false, notTicket(err)
	}
	if x.Data[dataProvider] != provider {
		return step, false, errLink
	}
	if code == "" {
		return step, false, &broadsheet.Error{Kind: broadsheet.Denied, Text: "you did not sign in there", Fix: "try again, or sign in in another way"}
	}
	claim, err := a.sign.Elsewhere.Finish(ctx, provider, word, code)
	if err != nil {
		return step, false, err
	}
	identity := broadsheet.Identity{Provider: provider, Subject: claim.Subject, AccountID: x.AccountID, Label: label(claim.Label, claim.Subject), CreatedAt: a.now(), UsedAt: a.now()}
	if x.AccountID != 0 {
		return Step{Next: x.Data[dataNext]}, true, a.linkIdentity(ctx, by, identity)
	}
	step, err = a.enterElsewhere(ctx, x, identity, claim, b)
	return step, false, err
}

func (a *App) linkIdentity(ctx context.Context, by Actor, x broadsheet.Identity) error {
	if err := Proven(by); err != nil {
		return err
	}
	if by.Account.ID != x.AccountID {
		return errLink
	}
	if err := a.store.AddIdentity(ctx, x); err != nil {
		return err
	}
	a.tellChanged(ctx, by)
	if orcid := a.provenORCID(&x); orcid != "" {
		return a.store.SetORCID(ctx, x.AccountID, orcid)
	}
	return nil
}

// enterElsewhere signs in whose account elsewhere is known here, or whose verified
// address is; who is new chooses a name.
func (a *App) enterElsewhere(ctx context.Context, x broadsheet.Ticket, identity broadsheet.Identity, claim auth.Claim, b Browser) (Step, error) {
	known, err := a.store.Identity(ctx, identity.Provider, identity.Subject)
	if err == nil {
		account, err := a.store.Account(ctx, known.AccountID)
		if err != nil {
			return Step{}, notTicket(err)
		}
		if err := a.store.UseIdentity(ctx, identity.Provider, identity.Subject, a.now()); err != nil {
			return Step{}, err
		}
		return a.enter(ctx, &account, x.Data[dataNext], b)
	}
	if broadsheet.KindOf(err) != broadsheet.NotFound {
		return Step{}, err
	}
	for _, address := range claim.Addresses {
		account, err := a.store.AccountByAddress(ctx, address)
		if broadsheet.KindOf(err) == broadsheet.NotFound && err != nil {
			continue
		}
		if err != nil {
			return Step{}, err
		}
		step, err := a.enter(ctx, &account, x.Data[dataNext], b)
		if err == nil && step.At == StepDone {
			// Whoever reads this mailbox could get in by a link as well. Where a second
			// factor is missing it is not linked: that is for who is signed in.
			identity.AccountID = account.ID
			err = a.store.AddIdentity(ctx, identity)
		}
		return step, err
	}
	n := broadsheet.Ticket{Data: map[string]string{dataNext: x.Data[dataNext], dataInvite: x.Data[dataInvite], dataProvider: identity.Provider,
		dataSubject: identity.Subject, dataLabel: identity.Label}}
	for _, address := range claim.Addresses {
		owner, err := a.store.MailboxOwner(ctx, mailboxKey(address))
		if err != nil {
			return Step{}, err
		}
		if owner == 0 {
			n.Address, n.Data[dataVerified] = address, "1"
			break
		}
	}
	return a.toName(ctx, n)
}

// Identities are the actor's accounts elsewhere.
func (a *App) Identities(ctx context.Context, by Actor) ([]broadsheet.Identity, error) {
	if err := a.may(by, RightSession); err != nil {
		return nil, err
	}
	return a.store.Identities(ctx, by.Account.ID)
}

// ways are those in which people get into accounts of this site.
func (a *App) ways() store.Ways {
	w := store.Ways{Mail: a.sign.Ask != nil, Passkeys: a.sign.Passkeys != nil}
	for _, p := range a.Providers() {
		w.Providers = append(w.Providers, p.Name)
	}
	return w
}

// DropIdentity unlinks an account elsewhere; the last way in stays.
func (a *App) DropIdentity(ctx context.Context, by Actor, provider, subject string) error {
	if err := Proven(by); err != nil {
		return err
	}
	if err := a.store.DropIdentity(ctx, by.Account.ID, provider, subject, a.ways()); err != nil {
		return err
	}
	a.tellChanged(ctx, by)
	if provider == "orcid" && by.Account.ORCID == subject {
		return a.store.SetORCID(ctx, by.Account.ID, "")
	}
	return nil
}
