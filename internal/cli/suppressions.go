package cli

import (
	"fmt"
	"time"

	"broadsheet"
)

type suppressionsCmd struct {
	List   suppressionsListCmd   `cmd:"" help:"List the addresses that are not written to, by their hashes."`
	Add    suppressionsAddCmd    `cmd:"" help:"Forbid mail to an address."`
	Remove suppressionsRemoveCmd `cmd:"" help:"Allow mail to an address again."`
}

func (suppressionsCmd) Help() string {
	return `No address is kept of whom nothing may be sent to, only a hash by which it is known again.

Examples:

  broadsheet suppressions list
  broadsheet suppressions add spamtrap@example.org --reason 'asked by letter'
  broadsheet suppressions remove ada@example.org`
}

type suppressionsListCmd struct {
	After string `help:"Go on after this hash." placeholder:"HASH"`
	Limit int    `help:"Most rows." default:"50" placeholder:"N"`
	JSON  bool   `help:"Print JSON."`
}

type suppressionJSON struct {
	Key    string                       `json:"key"`
	Reason broadsheet.SuppressionReason `json:"reason"`
	Detail string                       `json:"detail,omitempty"`
	At     time.Time                    `json:"at"`
}

func suppressionOf(x *broadsheet.Suppression) *suppressionJSON {
	if x == nil {
		return nil
	}
	return &suppressionJSON{x.Key, x.Reason, x.Detail, x.At.UTC()}
}

// Run lists.
func (c *suppressionsListCmd) Run(r *run) (err error) {
	if err := checkLimit(c.Limit, 100000); err != nil {
		return err
	}
	o, s, err := r.operator(true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	list, err := o.Suppressions(r.ctx, c.After, c.Limit)
	if err != nil {
		return err
	}
	rows := make([]*suppressionJSON, len(list))
	t := table{head: []string{"HASH", "REASON", "SINCE", "DETAIL"}, flex: 3}
	for i := range list {
		x := &list[i]
		rows[i] = suppressionOf(x)
		t.add(x.Key, string(x.Reason), stamp(x.At, r.cfg.Site.TimeZone), x.Detail)
	}
	if c.JSON {
		return printJSON(r.Stdout, rows)
	}
	t.write(r.Stdout, width(r.Stdout))
	if len(list) == c.Limit {
		fmt.Fprintf(r.Stderr, "there may be more: --after %s\n", list[len(list)-1].Key)
	}
	return nil
}

type suppressionsAddCmd struct {
	Address []string `arg:"" help:"Mail addresses."`
	Reason  string   `help:"Why, to be kept with it." placeholder:"TEXT"`
}

// Run forbids.
func (c *suppressionsAddCmd) Run(r *run) (err error) {
	o, s, err := r.operator(false)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	for _, a := range c.Address {
		if err := o.Suppress(r.ctx, a, c.Reason); err != nil {
			return err
		}
		fmt.Fprintf(r.Stdout, "%s: not written to any more\n", printable(a))
	}
	return nil
}

type suppressionsRemoveCmd struct {
	Address []string `arg:"" help:"Mail addresses, or hashes that the list shows."`
}

// Run allows.
func (c *suppressionsRemoveCmd) Run(r *run) (err error) {
	o, s, err := r.operator(false)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	for _, a := range c.Address {
		if err := o.Unsuppress(r.ctx, a); err != nil {
			return err
		}
		fmt.Fprintf(r.Stdout, "%s: may be written to again\n", printable(a))
	}
	return nil
}

type straysCmd struct {
	List straysListCmd `cmd:"" help:"List mails that came back and were not understood."`
	Show straysShowCmd `cmd:"" help:"Write such a mail to standard output as it came."`
}

type straysListCmd struct {
	Limit int  `help:"Most rows." default:"20" placeholder:"N"`
	JSON  bool `help:"Print JSON."`
}

// Run lists.
func (c *straysListCmd) Run(r *run) (err error) {
	if err := checkLimit(c.Limit, 10000); err != nil {
		return err
	}
	o, s, err := r.operator(true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	list, err := o.Strays(r.ctx, c.Limit)
	if err != nil {
		return err
	}
	type row struct {
		ID         int64     `json:"id"`
		ReceivedAt time.Time `json:"receivedAt"`
		Why        string    `json:"why"`
	}
	rows := make([]row, len(list))
	t := table{head: []string{"NO.", "RECEIVED", "WHY"}, flex: 2, right: map[int]bool{0: true}}
	for i, x := range list {
		rows[i] = row{x.ID, x.ReceivedAt.UTC(), x.Why}
		t.add(fmt.Sprint(x.ID), stamp(x.ReceivedAt, r.cfg.Site.TimeZone), x.Why)
	}
	if c.JSON {
		return printJSON(r.Stdout, rows)
	}
	t.write(r.Stdout, width(r.Stdout))
	return nil
}

type straysShowCmd struct {
	ID int64 `arg:"" name:"number" help:"Number that the list shows."`
}

// Run writes it. It is mail from anybody: on a terminal without what could drive
// that.
func (c *straysShowCmd) Run(r *run) (err error) {
	o, s, err := r.operator(true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	x, err := o.Stray(r.ctx, c.ID)
	if err != nil {
		return err
	}
	body := x.Body
	if isTerminal(r.Stdout) {
		body = []byte(printableLines(string(body)))
	}
	_, err = r.Stdout.Write(body)
	return err
}
