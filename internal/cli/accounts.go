package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/store"
)

type accountsCmd struct {
	Create  accountsCreateCmd  `cmd:"" help:"Make an account and print a link that signs in to it."`
	Link    accountsLinkCmd    `cmd:"" help:"Print a link that signs in to an account, or makes the first one."`
	List    accountsListCmd    `cmd:"" help:"Show accounts."`
	Role    accountsRoleCmd    `cmd:"" help:"Give an account a role."`
	Address accountsAddressCmd `cmd:"" help:"Give an account another mail address."`
	Ban     accountsBanCmd     `cmd:"" help:"Let an account only read, take its data along, appeal and leave."`
	Unban   accountsUnbanCmd   `cmd:"" help:"Lift a ban."`
	Reset   accountsResetCmd   `cmd:"" name:"reset-factors" help:"Take second factors from an account whose owner has lost them."`
	Delete  accountsDeleteCmd  `cmd:"" help:"Delete an account for good, with all that only its owner has made."`
	Out     accountsSignOutCmd `cmd:"" name:"sign-out" help:"End all sessions and API tokens of an account."`
}

func (accountsCmd) Help() string {
	return `An account is named by its name or its mail address. Links work once, for ten minutes, for whoever has them: do not pass them on. Where an account
has a second factor, it is asked for all the same.

Examples:

  broadsheet accounts create ada --role admin --address ada@example.org
  broadsheet accounts link ada
  broadsheet accounts role ada moderator`
}

// withOperator runs do with the use cases of who runs the site.
func (r *run) withOperator(readOnly bool, do func(*app.Operator) error) (err error) {
	if _, err := r.config(); err != nil {
		return err
	}
	o, s, err := r.operator(readOnly)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	return do(o)
}

// printLink prints a link that was made. Where no setting says what the site is
// called, it says on standard error what was taken: nothing records at which
// address a server listens.
func (r *run) printLink(asJSON bool, path string, until time.Time) error {
	base := r.cfg.Address()
	link := base + path
	if r.cfg.Site.URL == "" {
		fmt.Fprintf(r.Stderr, "note: site.url is not set, so the site is taken to be at %s (set BROADSHEET_SITE_URL, or BROADSHEET_LISTEN as the server has it)\n", base)
	}
	if asJSON {
		return printJSON(r.Stdout, map[string]any{"url": link, "until": until.UTC().Truncate(time.Second)})
	}
	_, err := fmt.Fprintln(r.Stdout, link)
	return err
}

type accountsCreateCmd struct {
	Name    string `arg:"" help:"Name of the account."`
	Role    string `help:"member, curator, moderator or admin." default:"member"`
	Address string `help:"Mail address of its owner, taken as verified." placeholder:"ADDRESS"`
	JSON    bool   `help:"Print JSON."`
}

func (accountsCreateCmd) Help() string {
	return `The link that it prints signs in to the account, once, within ten minutes.

Examples:

  broadsheet accounts create ada --role admin --address ada@example.org`
}

// Run makes an account.
func (c *accountsCreateCmd) Run(r *run) error {
	return r.withOperator(false, func(o *app.Operator) error {
		if _, err := o.CreateAccount(r.ctx, c.Name, broadsheet.Role(c.Role), c.Address); err != nil {
			return err
		}
		path, until, err := o.SignInLink(r.ctx, c.Name)
		if err != nil {
			return err
		}
		return r.printLink(c.JSON, path, until)
	})
}

type accountsLinkCmd struct {
	Name string `arg:"" optional:"" help:"Name or mail address of the account; without one, the link makes the site's first account."`
	JSON bool   `help:"Print JSON."`
}

func (accountsLinkCmd) Help() string {
	return `Examples:

  broadsheet accounts link
  broadsheet accounts link ada`
}

// Run prints a link.
func (c *accountsLinkCmd) Run(r *run) error {
	return r.withOperator(false, func(o *app.Operator) error {
		if c.Name != "" {
			path, until, err := o.SignInLink(r.ctx, c.Name)
			if err != nil {
				return err
			}
			return r.printLink(c.JSON, path, until)
		}
		path, until, ok, err := o.FirstLink(r.ctx)
		if err != nil {
			return err
		}
		if !ok {
			return usage(broadsheet.InvalidField("name", "is missing: the site has accounts", "name one; see `broadsheet accounts list`"))
		}
		return r.printLink(c.JSON, path, until)
	})
}

type accountsListCmd struct {
	Role  string `help:"Only those with this role." placeholder:"ROLE"`
	After string `help:"Begin after this name." placeholder:"NAME"`
	Limit int    `help:"How many." default:"100" placeholder:"N"`
	JSON  bool   `help:"Print JSON, one account a line."`
}

func (accountsListCmd) Help() string {
	return `Examples:

  broadsheet accounts list --role moderator`
}

// Run lists accounts.
func (c *accountsListCmd) Run(r *run) error {
	return r.withOperator(true, func(o *app.Operator) error {
		list, err := o.Accounts(r.ctx, store.AccountQuery{Role: broadsheet.Role(c.Role), After: c.After, Limit: max(1, min(c.Limit, 10_000))})
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(r.Stdout, 0, 0, 2, ' ', 0)
		if !c.JSON {
			fmt.Fprintln(w, "NAME\tROLE\tSTATE\tADDRESS\tSINCE\tLAST SEEN")
		}
		for _, a := range list {
			addresses, err := o.AccountAddresses(r.ctx, a.ID)
			if err != nil {
				return err
			}
			address := ""
			if len(addresses) > 0 {
				address = addresses[0].Address
			}
			if c.JSON {
				if err := printJSON(r.Stdout, map[string]any{"name": a.Name, "role": a.Role, "state": a.State, "address": address, "createdAt": a.CreatedAt, "seenAt": a.SeenAt}); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", a.Name, a.Role, a.State, address, stamp(a.CreatedAt, r.cfg.Site.TimeZone), stamp(a.SeenAt, r.cfg.Site.TimeZone))
		}
		return w.Flush()
	})
}
