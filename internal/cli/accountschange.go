package cli

import (
	"errors"
	"fmt"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/store"
)

// accountChange is what the commands share that change an account.
type accountChange struct {
	Name   string `arg:"" help:"Name or mail address of the account."`
	Reason string `help:"Why, for the public log." placeholder:"TEXT"`
}

// changed says what became of an account.
func (r *run) changed(what string, do func(*app.Operator) (broadsheet.Account, error)) error {
	return r.withOperator(false, func(o *app.Operator) error {
		a, err := do(o)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(r.Stdout, "%s: %s\n", a.Name, what)
		return err
	})
}

type accountsRoleCmd struct {
	Name   string `arg:"" help:"Name or mail address of the account."`
	Role   string `arg:"" help:"member, curator, moderator or admin."`
	Reason string `help:"Why, for the public log." placeholder:"TEXT"`
	Force  bool   `help:"Do it also where no administrator is left."`
}

func (accountsRoleCmd) Help() string {
	return `The last administrator stays one, but with --force; then only this command makes another.

Examples:

  broadsheet accounts role ada moderator --reason "asked at the meeting"`
}

// Run gives an account a role.
func (c *accountsRoleCmd) Run(r *run) error {
	return r.changed(c.Role, func(o *app.Operator) (broadsheet.Account, error) {
		a, err := o.SetRole(r.ctx, c.Name, broadsheet.Role(c.Role), c.Reason, c.Force)
		if errors.Is(err, store.ErrLastAdmin) {
			err = &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this is the last administrator", Fix: "make another account an administrator first, or add --force"}
		}
		return a, err
	})
}

type accountsBanCmd struct {
	accountChange
	For string `help:"How long, as 7d or 24h; without it until the ban is lifted." placeholder:"TIME"`
}

func (accountsBanCmd) Help() string {
	return `Examples:

  broadsheet accounts ban mallory --reason spam --for 30d`
}

// Run bans an account.
func (c *accountsBanCmd) Run(r *run) error {
	var until time.Time
	if c.For != "" {
		d, ok := daysAgo(c.For)
		if !ok || d == 0 {
			return usage(broadsheet.InvalidField("--for", fmt.Sprintf("%.40q is no length of time", c.For), "write 7d or 24h"))
		}
		until = time.Now().Add(d)
	}
	return r.changed("banned", func(o *app.Operator) (broadsheet.Account, error) { return o.Ban(r.ctx, c.Name, c.Reason, until) })
}

type accountsUnbanCmd struct{ accountChange }

func (accountsUnbanCmd) Help() string {
	return `Examples:

  broadsheet accounts unban mallory --reason "a mistake"`
}

// Run lifts a ban.
func (c *accountsUnbanCmd) Run(r *run) error {
	return r.changed("active", func(o *app.Operator) (broadsheet.Account, error) { return o.Unban(r.ctx, c.Name, c.Reason) })
}

type accountsResetCmd struct {
	Name string `arg:"" help:"Name or mail address of the account."`
}

func (accountsResetCmd) Help() string {
	return `Passkeys, codes of an app, recovery codes and sessions of the account are gone; who signs in next needs a link only. Make sure that it is the owner
who asks.

Examples:

  broadsheet accounts reset-factors ada`
}

// Run takes second factors from an account.
func (c *accountsResetCmd) Run(r *run) error {
	return r.changed("has no second factor, no session and no API token", func(o *app.Operator) (broadsheet.Account, error) { return o.ResetFactors(r.ctx, c.Name) })
}

type accountsSignOutCmd struct {
	Name string `arg:"" help:"Name or mail address of the account."`
}

func (accountsSignOutCmd) Help() string {
	return `Examples:

  broadsheet accounts sign-out ada`
}

// Run ends all sessions of an account.
func (c *accountsSignOutCmd) Run(r *run) error {
	return r.changed("signed out everywhere", func(o *app.Operator) (broadsheet.Account, error) { return o.SignOutEverywhere(r.ctx, c.Name) })
}

type accountsDeleteCmd struct {
	accountChange
	Comments string `help:"What becomes of its comments: keep leaves them without the name, remove takes their words." enum:"keep,remove" default:"keep"`
	Yes      bool   `help:"Do it; without this it is only said what would be done."`
}

func (accountsDeleteCmd) Help() string {
	return `What goes: profile, addresses with their subscriptions, all that signs in, votes, reactions, claims, notifications. Papers that it brought stay
without its name, and so do lines of the log. Nobody gets its name again. It cannot be brought back, but from a backup.

Examples:

  broadsheet accounts delete mallory --reason "asked by mail" --comments remove --yes`
}

// Run deletes an account.
func (c *accountsDeleteCmd) Run(r *run) error {
	if !c.Yes {
		return r.withOperator(true, func(o *app.Operator) error {
			a, err := o.Account(r.ctx, c.Name)
			if err != nil {
				return err
			}
			return usage(&broadsheet.Error{Kind: broadsheet.Invalid, Text: "this would delete " + a.Name + " for good", Fix: "add --yes to do it"})
		})
	}
	return r.changed("deleted", func(o *app.Operator) (broadsheet.Account, error) {
		return o.EraseAccount(r.ctx, c.Name, c.Reason, c.Comments == "keep")
	})
}

type accountsAddressCmd struct {
	Name    string `arg:"" help:"Name or mail address of the account."`
	Address string `arg:"" help:"Mail address, taken as verified."`
}

func (accountsAddressCmd) Help() string {
	return `It takes the place of the one that the account has, for who cannot read that any more. Make sure that it is the owner who asks.

Examples:

  broadsheet accounts address ada ada@new.example.org`
}

// Run gives an account another address.
func (c *accountsAddressCmd) Run(r *run) error {
	return r.changed(c.Address, func(o *app.Operator) (broadsheet.Account, error) { return o.SetAddress(r.ctx, c.Name, c.Address) })
}
