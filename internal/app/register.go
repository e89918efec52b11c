package app

import (
	"context"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/auth"
)

// MayRegister tells whether somebody with an address may open an account: nil, or
// an error of the kind Denied. "" is no address: somebody who comes from an account
// elsewhere.
func (a *App) MayRegister(ctx context.Context, address, invite string) error {
	if address != "" && a.sign.Refused != nil && a.sign.Refused(broadsheet.AddressDomain(address)) {
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "addresses of that domain are not taken here", Fix: "use another"}
	}
	rules, err := a.Rules(ctx)
	if err != nil {
		return err
	}
	if rules.Registration == broadsheet.RegistrationOpen {
		return nil
	}
	if rules.Registration == broadsheet.RegistrationDomain && ofDomain(address, rules.Domains) {
		return nil
	}
	if rules.Registration != broadsheet.RegistrationClosed && invite != "" {
		if ok, err := a.store.InviteHolds(ctx, auth.Hash("invite", invite), a.now()); err != nil || ok {
			return err
		}
	}
	switch rules.Registration {
	case broadsheet.RegistrationDomain:
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "accounts here are for addresses of " + strings.Join(rules.Domains, ", "), Fix: "use such an address"}
	case broadsheet.RegistrationInvite:
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "accounts here are for who was invited", Fix: "open the link of your invitation again"}
	}
	return &broadsheet.Error{Kind: broadsheet.Denied, Text: "this site takes no new accounts", Fix: "ask who runs it"}
}

// ofDomain tells whether an address is of one of the domains or below one.
func ofDomain(address string, domains []string) bool {
	have := broadsheet.AddressDomain(address)
	return have != "" && slices.ContainsFunc(domains, func(d string) bool {
		d = strings.ToLower(strings.TrimPrefix(d, "@"))
		return have == d || strings.HasSuffix(have, "."+d)
	})
}

// toName lets somebody new choose a name.
func (a *App) toName(ctx context.Context, x broadsheet.Ticket) (Step, error) {
	if x.Data[dataRole] == "" {
		if err := a.MayRegister(ctx, x.Address, x.Data[dataInvite]); err != nil {
			return Step{}, err
		}
	}
	word, err := a.putTicket(ctx, broadsheet.Ticket{Purpose: ticketName, Address: x.Address, Data: x.Data}, nameFor, false)
	return Step{At: StepName, Word: word, Next: x.Data[dataNext]}, err
}

// Newcomer is who is about to choose a name.
type Newcomer struct {
	Address string // verified, "" for none
	Label   string // as people know them elsewhere, "" for nowhere
	First   bool   // becomes the site's administrator
	Next    string
}

// Newcomer looks at who is about to choose a name, by the word of the cookie.
func (a *App) Newcomer(ctx context.Context, word string) (n Newcomer, err error) {
	x, err := a.ticket(ctx, word, ticketName)
	return Newcomer{Address: x.Address, Label: x.Data[dataLabel], First: x.Data[dataRole] == string(broadsheet.RoleAdmin), Next: x.Data[dataNext]}, err
}

// Register makes the account of who is about to choose a name, and signs in. It is
// Invalid or Conflict, with the field name, for a name that cannot be had, and the
// word stays good for another.
func (a *App) Register(ctx context.Context, word, name string, b Browser) (Step, error) {
	name, err := auth.ParseHandle(name)
	if err != nil {
		return Step{}, err
	}
	x, err := a.ticket(ctx, word, ticketName)
	if err != nil {
		return Step{}, err
	}
	n := newAccount(name, broadsheet.RoleMember, a.now())
	if x.Data[dataRole] == string(broadsheet.RoleAdmin) {
		n.Role, n.First = broadsheet.RoleAdmin, true
	}
	if x.Address != "" && x.Data[dataVerified] != "" {
		n.Address, n.Mailbox = x.Address, mailboxKey(x.Address)
	}
	if provider := x.Data[dataProvider]; provider != "" {
		n.Identity = &broadsheet.Identity{Provider: provider, Subject: x.Data[dataSubject], Label: x.Data[dataLabel], CreatedAt: a.now(), UsedAt: a.now()}
		n.ORCID = a.provenORCID(n.Identity)
	}
	if !n.First {
		if n.Invite, err = a.inviteNeeded(ctx, x); err != nil {
			return Step{}, err
		}
	}
	n.Ticket = auth.Hash(ticketName, word)
	account, err := a.store.CreateAccount(ctx, n)
	if err != nil {
		return Step{}, notTicket(err)
	}
	return a.done(ctx, &account, x.Data[dataNext], b)
}

// inviteNeeded is the hash of the invitation that an account takes, "" where it needs
// none: such an invitation stays good for others. It asks the rules as they are now.
func (a *App) inviteNeeded(ctx context.Context, x broadsheet.Ticket) (string, error) {
	err := a.MayRegister(ctx, x.Address, "")
	if err == nil || x.Data[dataInvite] == "" || broadsheet.KindOf(err) != broadsheet.Denied {
		return "", err
	}
	return auth.Hash("invite", x.Data[dataInvite]), a.MayRegister(ctx, x.Address, x.Data[dataInvite])
}

// provenORCID is the iD that an account elsewhere proves, "" for none.
func (a *App) provenORCID(x *broadsheet.Identity) string {
	if x.Provider == "orcid" {
		return x.Subject
	}
	return ""
}
