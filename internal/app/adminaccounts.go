package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/store"
)

// AccountSearch finds accounts by what an administrator knows of them.
type AccountSearch = store.AccountSearch

// AccountLine is an account with its first address.
type AccountLine = store.AccountLine

// AccountTotals counts accounts that are in use.
type AccountTotals = store.AccountTotals

// AccountsPage is how many accounts stand on a page.
const AccountsPage = 50

// Accounts finds accounts by part of their handle, full name or address; more
// tells whether there are others behind them.
func (d *Administrator) Accounts(ctx context.Context, q store.AccountSearch) (list []store.AccountLine, more bool, err error) {
	q.Limit, q.Text = AccountsPage+1, clean.Line(q.Text)
	list, err = d.a.store.SearchAccounts(ctx, q)
	if len(list) > AccountsPage {
		list, more = list[:AccountsPage], true
	}
	return list, more, err
}

// AccountTotals counts accounts, and those of the last week.
func (d *Administrator) AccountTotals(ctx context.Context) (store.AccountTotals, error) {
	return d.a.store.AccountTotals(ctx, d.a.now().Add(-recently))
}

// Person is what an administrator sees of an account: no secret, and nothing that
// it reads or votes for.
type Person struct {
	broadsheet.Account
	Addresses []broadsheet.AccountAddress
	Figures   store.AccountFigures
	Own       bool                // the administrator's own
	Peer      bool                // another administrator's
	Lines     []broadsheet.Action // of the log, about the account, the newest first
}

// Person reads an account.
func (d *Administrator) Person(ctx context.Context, name string) (*Person, error) {
	account, err := d.account(ctx, name)
	if err != nil {
		return nil, err
	}
	known(&account, d.a.now())
	p := &Person{Account: account, Own: account.ID == d.by.id(), Peer: account.ID != d.by.id() && account.Role == broadsheet.RoleAdmin}
	if p.Addresses, err = d.a.store.Addresses(ctx, account.ID); err != nil {
		return nil, err
	}
	if p.Figures, err = d.a.store.AccountFigures(ctx, account.ID, d.a.now()); err != nil {
		return nil, err
	}
	p.Lines, err = d.a.store.Actions(ctx, store.ActionQuery{Kind: broadsheet.ObjectAccount, Object: account.Name, Hidden: true, Limit: 10})
	return p, err
}

func (d *Administrator) account(ctx context.Context, name string) (broadsheet.Account, error) {
	return d.a.store.AccountNamed(ctx, strings.ToLower(name))
}

// ChangeRole gives an account another role than was; the public log says so, and
// its owner is told. The administrator has lately proven who they are: a stolen
// cookie makes no administrators.
func (d *Administrator) ChangeRole(ctx context.Context, name string, was, role broadsheet.Role, reason string) error {
	if !slices.Contains(broadsheet.Roles, role) || !slices.Contains(broadsheet.Roles, was) {
		return broadsheet.InvalidField("role", "is none", "use member, curator, moderator or admin")
	}
	if err := Proven(d.by); err != nil {
		return err
	}
	account, err := d.account(ctx, name)
	if err != nil || was == role {
		return err
	}
	reason, err = logged(reason)
	if err != nil {
		return err
	}
	now := d.a.now()
	err = d.a.store.ChangeRole(ctx, account.ID, was, role, broadsheet.Action{At: now, Actor: d.by.Name(), Act: broadsheet.ActRole, Kind: broadsheet.ObjectAccount, Object: account.Name,
		Reason: reason, Detail: string(was) + " to " + string(role)})
	if err != nil || account.ID == d.by.id() {
		return err
	}
	return d.a.store.Notify(ctx, broadsheet.Notification{Account: account.ID, Kind: broadsheet.NotifyAccount, Actor: d.by.Name(), Detail: "your role here is now " + string(role), At: now})
}

// logged is a reason as the log keeps it.
func logged(text string) (string, error) {
	if len(text) > maxWhy {
		return "", broadsheet.InvalidField("reason", "is too long", "use at most 500 bytes")
	}
	return clean.Line(text), nil
}

// Ban bans an account until a time, zero until that is lifted, or lifts the ban.
func (d *Administrator) Ban(ctx context.Context, name string, banned bool, until time.Time, reason string) error {
	act := broadsheet.ActUnban
	if banned {
		act = broadsheet.ActBan
	}
	return d.a.Moderate(ctx, d.by, Moderation{Act: act, Kind: broadsheet.ObjectAccount, Object: strings.ToLower(name), Until: until, Reason: reason})
}

// EndSessions signs somebody out everywhere and ends the account's API tokens.
func (d *Administrator) EndSessions(ctx context.Context, name string) error {
	account, err := d.account(ctx, name)
	if err != nil {
		return err
	}
	keep := "" // who ends their own keeps the one in which they do so
	if account.ID == d.by.id() {
		keep = d.by.Session
	}
	if _, err := d.a.store.EndSessions(ctx, account.ID, keep); err != nil {
		return err
	}
	if err := d.a.store.EndAPITokens(ctx, account.ID); err != nil {
		return err
	}
	return d.a.store.Act(ctx, d.tended(broadsheet.ObjectAccount, account.Name, "sessions and API tokens ended"))
}

// locked finds an account whose locks the administrator may open: somebody else's
// who is none. Of two administrators neither becomes the other; the command line
// helps one who is locked out.
func (d *Administrator) locked(ctx context.Context, name string) (broadsheet.Account, error) {
	if err := Proven(d.by); err != nil {
		return broadsheet.Account{}, err
	}
	account, err := d.account(ctx, name)
	switch {
	case err != nil:
	case account.State == broadsheet.AccountDeleted:
		err = broadsheet.Errorf(broadsheet.Conflict, "this account is deleted")
	case account.ID == d.by.id():
		err = &broadsheet.Error{Kind: broadsheet.Denied, Text: "this is your own account", Fix: "see Security, under your account"}
	case account.Role == broadsheet.RoleAdmin:
		err = &broadsheet.Error{Kind: broadsheet.Denied, Text: "this is an administrator’s account", Fix: "use `broadsheet accounts` on the site’s machine"}
	}
	return account, err
}

// ResetFactors takes an account's second factors, passkeys, sessions and API tokens away, for
// who has lost them and has shown in another way who they are.
func (d *Administrator) ResetFactors(ctx context.Context, name string) error {
	account, err := d.locked(ctx, name)
	if err != nil {
		return err
	}
	if err := d.a.store.DropFactors(ctx, account.ID); err != nil {
		return err
	}
	return d.a.store.Act(ctx, d.tended(broadsheet.ObjectAccount, account.Name, "second factors taken away"))
}

// SignInLink is the path of a page that signs in to an account, once, and until
// when: for who has no mail any more. Where the account has a second factor it is
// asked for all the same.
func (d *Administrator) SignInLink(ctx context.Context, name string) (path string, until time.Time, err error) {
	account, err := d.locked(ctx, name)
	if err != nil {
		return "", until, err
	}
	if err := d.a.store.Act(ctx, d.tended(broadsheet.ObjectAccount, account.Name, "a link that signs in was made")); err != nil {
		return "", until, err
	}
	return d.Operator().link(ctx, broadsheet.Ticket{AccountID: account.ID})
}
