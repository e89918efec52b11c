package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/store"
)

type subscribersCmd struct {
	List   subscribersListCmd   `cmd:"" help:"List subscriptions."`
	Show   subscribersShowCmd   `cmd:"" help:"Show everything that is kept of an address."`
	Import subscribersImportCmd `cmd:"" help:"Subscribe people who have agreed to it elsewhere."`
	Export subscribersExportCmd `cmd:"" help:"Write subscriptions by mail as CSV."`
	Pause  subscribersActCmd    `cmd:"" help:"Pause the subscriptions of an address."`
	Resume subscribersActCmd    `cmd:"" help:"Let paused subscriptions go on."`
	End    subscribersActCmd    `cmd:"" help:"End the subscriptions of an address."`
	Erase  subscribersEraseCmd  `cmd:"" help:"Remove an address and all that is kept of it."`
}

func (subscribersCmd) Help() string {
	return `All of it may run beside the server.

Examples:

  broadsheet subscribers list --state active
  broadsheet subscribers show ada@example.org
  broadsheet subscribers import people.csv --consent`
}

type subscribersListCmd struct {
	State   string `help:"Only those in a state: pending, active, paused or ended." enum:",pending,active,paused,ended" default:""`
	Channel string `help:"Only those of a channel, such as mail." placeholder:"CHANNEL"`
	Find    string `help:"Only addresses with this in them." placeholder:"TEXT"`
	After   int64  `help:"Go on after this number." placeholder:"N"`
	Limit   int    `help:"Most rows." default:"50" placeholder:"N"`
	JSON    bool   `help:"Print JSON."`
}

// subscriberJSON is a subscription for scripts. It holds nothing that opens a
// link, and of channels other than mail no address.
type subscriberJSON struct {
	ID          int64                        `json:"id"`
	Address     string                       `json:"address"`
	Channel     broadsheet.Channel           `json:"channel"`
	State       broadsheet.SubscriptionState `json:"state"`
	Reason      string                       `json:"reason,omitempty"`
	Topic       string                       `json:"topic"`
	Days        string                       `json:"days"`
	Hour        int                          `json:"hour"`
	Zone        string                       `json:"zone"`
	AsItComes   bool                         `json:"asItComes,omitempty"`
	MaxPapers   int                          `json:"maxPapers"`
	MinScore    int                          `json:"minScore"`
	SendEmpty   bool                         `json:"sendEmpty"`
	DueAt       time.Time                    `json:"dueAt,omitzero"`
	CreatedAt   time.Time                    `json:"createdAt"`
	ConfirmedAt time.Time                    `json:"confirmedAt,omitzero"`
	EndedAt     time.Time                    `json:"endedAt,omitzero"`
}

func subscriberOf(s *broadsheet.Subscription, to broadsheet.Recipient) subscriberJSON {
	return subscriberJSON{s.ID, shownAddress(to), to.Channel, s.State, s.Reason, s.Topic.String(), app.DaysText(s.Rhythm.Days), s.Rhythm.Hour, s.Rhythm.Zone.String(),
		s.Rhythm.AsItComes, s.MaxPapers, s.MinScore, s.SendEmpty, utc(s.DueAt), utc(s.CreatedAt), utc(s.ConfirmedAt), utc(s.EndedAt)}
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC()
}

// rhythmText says in a few words when a subscription comes.
func rhythmText(r broadsheet.Rhythm) string {
	if r.AsItComes {
		return "as it comes"
	}
	return fmt.Sprintf("%s %02d:00 %s", app.DaysText(r.Days), r.Hour, r.Zone)
}

// Run lists.
func (c *subscribersListCmd) Run(r *run) (err error) {
	if err := checkLimit(c.Limit, 100000); err != nil {
		return err
	}
	o, s, err := r.operator(true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	list, err := o.Subscribers(r.ctx, store.SubscriberQuery{State: broadsheet.SubscriptionState(c.State), Channel: broadsheet.Channel(c.Channel), Text: c.Find, After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	rows := make([]subscriberJSON, len(list))
	t := table{head: []string{"NO.", "ADDRESS", "STATE", "TOPIC", "WHEN", "NEXT", "WHY"}, flex: 3, right: map[int]bool{0: true}}
	for i := range list {
		x := &list[i]
		rows[i] = subscriberOf(&x.Subscription, x.Recipient)
		t.add(fmt.Sprint(x.ID), shownAddress(x.Recipient), string(x.State), x.Topic.String(), rhythmText(x.Rhythm), stamp(x.DueAt, r.cfg.Site.TimeZone), x.Reason)
	}
	if c.JSON {
		return printJSON(r.Stdout, rows)
	}
	t.write(r.Stdout, width(r.Stdout))
	if len(list) == c.Limit {
		fmt.Fprintf(r.Stderr, "there may be more: --after %d\n", list[len(list)-1].ID)
	}
	return nil
}

type subscribersShowCmd struct {
	Who   string `arg:"" name:"who" help:"Mail address, or the number of a subscription."`
	Limit int    `help:"Most deliveries." default:"10" placeholder:"N"`
	JSON  bool   `help:"Print JSON."`
}

// Run shows.
func (c *subscribersShowCmd) Run(r *run) (err error) {
	if err := checkLimit(c.Limit, 100000); err != nil {
		return err
	}
	o, s, err := r.operator(true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	h, err := o.Holder(r.ctx, c.Who, c.Limit)
	if err != nil {
		return err
	}
	subs := make([]subscriberJSON, len(h.Subscriptions))
	for i := range h.Subscriptions {
		subs[i] = subscriberOf(&h.Subscriptions[i], h.Recipient)
	}
	sent := make([]deliveryJSON, len(h.Deliveries))
	for i := range h.Deliveries {
		sent[i] = deliveryOf(&app.DeliveryLine{Delivery: h.Deliveries[i], Recipient: h.Recipient})
	}
	if c.JSON {
		return printJSON(r.Stdout, map[string]any{"address": shownAddress(h.Recipient), "channel": h.Recipient.Channel, "since": utc(h.Recipient.CreatedAt),
			"suppression": suppressionOf(h.Suppressed), "subscriptions": subs, "deliveries": sent})
	}
	zone := r.cfg.Site.TimeZone
	fmt.Fprintf(r.Stdout, "address   %s, since %s\n", printable(shownAddress(h.Recipient)), stamp(h.Recipient.CreatedAt, zone))
	if x := h.Suppressed; x != nil {
		fmt.Fprintf(r.Stdout, "written   never: %s\n", printable(strings.TrimSuffix(fmt.Sprintf("%s on %s, %s", x.Reason, stamp(x.At, zone), x.Detail), ", ")))
	}
	fmt.Fprintln(r.Stdout)
	t := table{head: []string{"NO.", "STATE", "TOPIC", "WHEN", "NEXT", "WHY"}, flex: 2, right: map[int]bool{0: true}}
	for _, x := range h.Subscriptions {
		t.add(fmt.Sprint(x.ID), string(x.State), x.Topic.String(), rhythmText(x.Rhythm), stamp(x.DueAt, zone), x.Reason)
	}
	t.write(r.Stdout, width(r.Stdout))
	if len(h.Deliveries) > 0 {
		fmt.Fprintln(r.Stdout)
		t := deliveryTable()
		for i := range h.Deliveries {
			addDelivery(&t, &app.DeliveryLine{Delivery: h.Deliveries[i], Recipient: h.Recipient}, zone)
		}
		t.write(r.Stdout, width(r.Stdout))
	}
	return nil
}

type subscribersActCmd struct {
	Who    []string `arg:"" name:"who" help:"Mail addresses, or numbers of subscriptions."`
	Reason string   `help:"Why, to be kept with it." placeholder:"TEXT"`
	act    app.Act
}

// Run does it.
func (c *subscribersActCmd) Run(r *run) (err error) {
	o, s, err := r.operator(false)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	words := map[app.Act]string{app.ActPause: "paused", app.ActResume: "resumed", app.ActEnd: "ended"}
	for _, who := range c.Who {
		n, err := o.Act(r.ctx, c.act, who, c.Reason)
		if err != nil {
			return err
		}
		fmt.Fprintf(r.Stdout, "%s: %s %s\n", printable(who), plural(n, "subscription"), words[c.act])
	}
	return nil
}

type subscribersEraseCmd struct {
	Who string `arg:"" name:"who" help:"Mail address, or the number of a subscription."`
	Yes bool   `help:"Do not ask for it to be repeated."`
}

func (subscribersEraseCmd) Help() string {
	return `The address, its subscriptions and the list of what was sent to it are removed and cannot be had back. Where it must not be written to,
a hash of it stays, so that it never is.

Examples:

  broadsheet subscribers erase ada@example.org --yes`
}

// Run erases.
func (c *subscribersEraseCmd) Run(r *run) (err error) {
	if !c.Yes {
		return usage(broadsheet.InvalidField("--yes", "is not given: this cannot be taken back", "give --yes if it is meant"))
	}
	o, s, err := r.operator(false)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	x, err := o.Erase(r.ctx, c.Who)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.Stdout, "%s: erased\n", printable(shownAddress(x)))
	return err
}

type subscribersExportCmd struct {
	File  string `arg:"" optional:"" default:"-" help:"File to write; - is standard output."`
	State string `help:"Only those in a state: pending, active, paused or ended." enum:",pending,active,paused,ended" default:""`
}

func (subscribersExportCmd) Help() string {
	return `The list can be read by a spreadsheet, which takes nothing in it for a formula, and by ` + "`broadsheet subscribers import`" + `. The file appears
whole or not at all, and only its owner can read it.

Examples:

  broadsheet subscribers export people.csv --state active`
}

// Run exports.
func (c *subscribersExportCmd) Run(r *run) (err error) {
	o, s, err := r.operator(true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	n := 0
	write := func(w io.Writer) (err error) {
		n, err = o.WriteSubscribers(r.ctx, w, store.SubscriberQuery{State: broadsheet.SubscriptionState(c.State), Channel: broadsheet.ChannelMail})
		return err
	}
	if c.File == "-" {
		return write(r.Stdout)
	}
	if err := replaceFile(c.File, write); err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.Stdout, "wrote %s: %s\n", c.File, plural(n, "subscription"))
	return err
}
