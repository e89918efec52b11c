package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/auth"
	"broadsheet/internal/store"
)

// newAccount is a member's account without anything in it.
func newAccount(name string, role broadsheet.Role, now time.Time) store.NewAccount {
	return store.NewAccount{Skeleton: auth.Skeleton(name), Account: broadsheet.Account{Token: broadsheet.NewObjectID(), Name: name, Role: role,
		State: broadsheet.AccountActive, CreatedAt: now, SeenAt: now}}
}

// CreateAccount makes an account whoever may register, with an address (or none)
// that the operator vouches for. It may have a name that imports know.
func (o *Operator) CreateAccount(ctx context.Context, name string, role broadsheet.Role, address string) (broadsheet.Account, error) {
	name, err := auth.ParseHandle(name)
	if err != nil {
		return broadsheet.Account{}, err
	}
	if !slices.Contains(broadsheet.Roles, role) {
		return broadsheet.Account{}, broadsheet.InvalidField("role", "is none", "use member, curator, moderator or admin")
	}
	n := newAccount(name, role, o.a.now())
	n.Assigned = true
	if address != "" {
		if n.Address, err = broadsheet.ParseAddress(address); err != nil {
			return n.Account, err
		}
		n.Mailbox = mailboxKey(n.Address)
	}
	return o.a.store.CreateAccount(ctx, n)
}

// SignInLink is the path of a page that signs in to an account, once, and until
// when. Where the account has a second factor it is asked for all the same.
func (o *Operator) SignInLink(ctx context.Context, name string) (path string, until time.Time, err error) {
	account, err := o.Account(ctx, name)
	if err != nil {
		return "", until, err
	}
	return o.link(ctx, broadsheet.Ticket{AccountID: account.ID})
}

// FirstLink is the path of a page that makes the first account, an
// administrator's. ok is false where the site has an account.
func (o *Operator) FirstLink(ctx context.Context) (path string, until time.Time, ok bool, err error) {
	if has, err := o.a.store.HasAccounts(ctx); err != nil || has {
		return "", until, false, err
	}
	path, until, err = o.link(ctx, broadsheet.Ticket{Data: map[string]string{dataRole: string(broadsheet.RoleAdmin)}})
	return path, until, true, err
}

func (o *Operator) link(ctx context.Context, x broadsheet.Ticket) (path string, until time.Time, err error) {
	x.Purpose = ticketLink
	token, err := o.a.putTicket(ctx, x, linkFor, false)
	return linkPath(token), o.a.now().Add(linkFor), err
}

// Account finds an account by its name or one of its addresses.
func (o *Operator) Account(ctx context.Context, name string) (account broadsheet.Account, err error) {
	if strings.Contains(name, "@") {
		address, err := broadsheet.ParseAddress(name)
		if err != nil {
			return account, err
		}
		account, err = o.a.store.AccountByAddress(ctx, address)
		return account, missing(err, address)
	}
	account, err = o.a.store.AccountNamed(ctx, strings.ToLower(name))
	return account, missing(err, name)
}

func missing(err error, name string) error {
	if err != nil && broadsheet.KindOf(err) == broadsheet.NotFound {
		return &broadsheet.Error{Kind: broadsheet.NotFound, Text: "nobody here is called " + oneLine(name), Fix: "see `broadsheet accounts list`"}
	}
	return err
}

// Accounts lists accounts by name.
func (o *Operator) Accounts(ctx context.Context, q store.AccountQuery) ([]broadsheet.Account, error) {
	return o.a.store.Accounts(ctx, q)
}

// AccountAddresses are the addresses of an account.
func (o *Operator) AccountAddresses(ctx context.Context, id int64) ([]broadsheet.AccountAddress, error) {
	return o.a.store.Addresses(ctx, id)
}

// SetRole gives an account a role; the log says so. It is Conflict where no
// administrator would be left, but with force.
func (o *Operator) SetRole(ctx context.Context, name string, role broadsheet.Role, reason string, force bool) (broadsheet.Account, error) {
	account, err := o.Account(ctx, name)
	if err != nil {
		return account, err
	}
	if !slices.Contains(broadsheet.Roles, role) {
		return account, broadsheet.InvalidField("role", "is none", "use member, curator, moderator or admin")
	}
	log := o.action(broadsheet.ActRole, account.Name, reason, string(account.Role)+" to "+string(role))
	if force || account.Role == role {
		return account, o.a.store.SetRole(ctx, account.ID, role, log)
	}
	return account, o.a.store.ChangeRole(ctx, account.ID, account.Role, role, log)
}

// Ban bans an account until a time, zero until it is lifted; the log says so.
func (o *Operator) Ban(ctx context.Context, name, reason string, until time.Time) (broadsheet.Account, error) {
	account, err := o.Account(ctx, name)
	if err != nil {
		return account, err
	}
	detail := ""
	if !until.IsZero() {
		detail = "until " + until.UTC().Format("2006-01-02 15:04") + " UTC"
	}
	return account, o.a.store.SetBan(ctx, account.ID, true, until, o.action(broadsheet.ActBan, account.Name, reason, detail))
}

// Unban lifts a ban; the log says so.
func (o *Operator) Unban(ctx context.Context, name, reason string) (broadsheet.Account, error) {
	account, err := o.Account(ctx, name)
	if err != nil {
		return account, err
	}
	return account, o.a.store.SetBan(ctx, account.ID, false, time.Time{}, o.action(broadsheet.ActUnban, account.Name, reason, ""))
}

// ResetFactors takes an account's second factors, passkeys, sessions and API tokens away, for
// who has lost them and can show in another way who they are.
func (o *Operator) ResetFactors(ctx context.Context, name string) (broadsheet.Account, error) {
	account, err := o.Account(ctx, name)
	if err != nil {
		return account, err
	}
	return account, o.a.store.DropFactors(ctx, account.ID)
}

// SignOutEverywhere ends all sessions and API tokens of an account.
func (o *Operator) SignOutEverywhere(ctx context.Context, name string) (broadsheet.Account, error) {
	account, err := o.Account(ctx, name)
	if err != nil {
		return account, err
	}
	if _, err := o.a.store.EndSessions(ctx, account.ID, ""); err != nil {
		return account, err
	}
	return account, o.a.store.EndAPITokens(ctx, account.ID)
}

func (o *Operator) action(act broadsheet.Act, object, reason, detail string) broadsheet.Action {
	return broadsheet.Action{At: o.a.now(), Act: act, Kind: broadsheet.ObjectAccount, Object: object, Reason: oneLine(reason), Detail: detail}
}
