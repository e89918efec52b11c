package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/store"
)

type deliveriesCmd struct {
	List   deliveriesListCmd   `cmd:"" help:"List the ledger, the latest first."`
	Show   deliveriesShowCmd   `cmd:"" help:"Show a delivery with what the other side said."`
	Resend deliveriesResendCmd `cmd:"" help:"Send again what did not arrive."`
	Counts deliveriesCountsCmd `cmd:"" help:"Count deliveries by channel, or by the domain of their addresses."`
}

func (deliveriesCmd) Help() string {
	return `Examples:

  broadsheet deliveries list --state failed
  broadsheet deliveries counts --by domain --since 7d
  broadsheet deliveries resend --edition 12 --state failed`
}

type deliveriesListCmd struct {
	Edition int64  `help:"Only those of an edition." placeholder:"N"`
	To      string `help:"Only those to an address." placeholder:"ADDRESS"`
	State   string `help:"Only those in a state: planned, claimed, sending, sent, failed, unknown, expired or suppressed." enum:",planned,claimed,sending,sent,failed,unknown,expired,suppressed" default:""`
	Channel string `help:"Only those of a channel, such as mail." placeholder:"CHANNEL"`
	Since   string `help:"Only those planned since then: 2026-06-30, 24h, 7d." placeholder:"TIME"`
	Before  int64  `help:"Only those with numbers below this." placeholder:"N"`
	Limit   int    `help:"Most rows." default:"50" placeholder:"N"`
	JSON    bool   `help:"Print JSON."`
}

type deliveryJSON struct {
	ID           int64                    `json:"id"`
	Edition      int64                    `json:"edition"`
	Subscription int64                    `json:"subscription"`
	To           string                   `json:"to"`
	Slot         string                   `json:"slot"`
	State        broadsheet.DeliveryState `json:"state"`
	Attempts     int                      `json:"attempts"`
	Reply        string                   `json:"reply,omitempty"`
	Papers       []string                 `json:"papers"`
	PlannedAt    time.Time                `json:"plannedAt"`
	NextAt       time.Time                `json:"nextAt,omitzero"`
	ExpiresAt    time.Time                `json:"expiresAt"`
	EndedAt      time.Time                `json:"endedAt,omitzero"`
}

func deliveryOf(x *app.DeliveryLine) deliveryJSON {
	papers := x.Papers
	if papers == nil {
		papers = []string{}
	}
	return deliveryJSON{x.ID, x.EditionID, x.SubscriptionID, shownAddress(x.Recipient), x.Slot, x.State, x.Attempt, x.Reply, papers, utc(x.PlannedAt), utc(x.NextAt),
		utc(x.ExpiresAt), utc(x.EndedAt)}
}

func deliveryTable() table {
	return table{head: []string{"NO.", "EDITION", "FOR", "TO", "STATE", "TRIES", "AT", "REPLY"}, flex: 7, right: map[int]bool{0: true, 1: true, 5: true}}
}

func addDelivery(t *table, x *app.DeliveryLine, zone *time.Location) {
	at, state := x.EndedAt, string(x.State)
	if at.IsZero() {
		at = x.NextAt
	}
	if x.State == broadsheet.DeliveryPlanned && x.Attempt > 0 {
		state = "deferred"
	}
	t.add(fmt.Sprint(x.ID), fmt.Sprint(x.EditionID), x.Slot, shownAddress(x.Recipient), state, count(x.Attempt), stamp(at, zone), x.Reply)
}

// Run lists.
func (c *deliveriesListCmd) Run(r *run) (err error) {
	if err := checkLimit(c.Limit, 100000); err != nil {
		return err
	}
	o, s, err := r.operator(true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	zone := r.cfg.Site.TimeZone
	q := store.DeliveryQuery{Edition: c.Edition, State: broadsheet.DeliveryState(c.State), Channel: broadsheet.Channel(c.Channel), Before: c.Before, Limit: c.Limit}
	if q.Since, err = sinceFlag("--since", c.Since, time.Now(), zone); err != nil {
		return err
	}
	if c.To != "" {
		h, err := o.Holder(r.ctx, c.To, 1)
		if err != nil {
			return err
		}
		q.Recipient = h.Recipient.ID
	}
	list, err := o.Deliveries(r.ctx, q)
	if err != nil {
		return err
	}
	rows := make([]deliveryJSON, len(list))
	t := deliveryTable()
	for i := range list {
		rows[i] = deliveryOf(&list[i])
		addDelivery(&t, &list[i], zone)
	}
	if c.JSON {
		return printJSON(r.Stdout, rows)
	}
	t.write(r.Stdout, width(r.Stdout))
	if len(list) == c.Limit {
		fmt.Fprintf(r.Stderr, "there may be more: --before %d\n", list[len(list)-1].ID)
	}
	return nil
}

type deliveriesShowCmd struct {
	ID   int64 `arg:"" name:"number" help:"Number of the delivery."`
	JSON bool  `help:"Print JSON."`
}

// Run shows.
func (c *deliveriesShowCmd) Run(r *run) (err error) {
	o, s, err := r.operator(true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	x, err := o.Delivery(r.ctx, c.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(r.Stdout, deliveryOf(x))
	}
	zone := r.cfg.Site.TimeZone
	for _, l := range [][2]string{{"delivery", fmt.Sprintf("%d of edition %d, for %s", x.ID, x.EditionID, x.Slot)}, {"to", fmt.Sprintf("%s (subscription %d)", shownAddress(x.Recipient), x.SubscriptionID)},
		{"state", fmt.Sprintf("%s after %d tries", x.State, x.Attempt)}, {"reply", x.Reply}, {"planned", stamp(x.PlannedAt, zone)}, {"next", stamp(x.NextAt, zone)},
		{"expires", stamp(x.ExpiresAt, zone)}, {"ended", stamp(x.EndedAt, zone)}, {"papers", strings.Join(x.Papers, " ")}} {
		if l[1] != "" && l[1] != "-" {
			fmt.Fprintf(r.Stdout, "%-9s %s\n", l[0], printable(l[1]))
		}
	}
	return nil
}

type deliveriesResendCmd struct {
	ID      int64    `arg:"" optional:"" name:"number" help:"Number of one delivery."`
	Edition int64    `help:"Those of an edition." placeholder:"N"`
	Since   string   `help:"Those that ended since then: 2026-06-30, 24h, 7d." placeholder:"TIME"`
	State   []string `help:"Those in a state: failed, expired, unknown." default:"failed,expired,unknown"`
	JSON    bool     `help:"Print JSON."`
}

func (deliveriesResendCmd) Help() string {
	return `They are planned again, due now, and expire after two days. What is unknown may have arrived: sending it again may send it twice. Who has
unsubscribed since, and whose address is suppressed, gets nothing: see ` + "`broadsheet suppressions`" + `.

Examples:

  broadsheet deliveries resend 1234
  broadsheet deliveries resend --edition 12 --state failed
  broadsheet deliveries resend --since 24h --state expired,unknown`
}

// Run plans them again.
func (c *deliveriesResendCmd) Run(r *run) (err error) {
	if c.ID == 0 && c.Edition == 0 && c.Since == "" {
		return usage(broadsheet.InvalidField("deliveries", "nothing is named to be sent again", "give a number, --edition or --since"))
	}
	q := store.ResendQuery{ID: c.ID, Edition: c.Edition}
	for _, x := range c.State {
		state := broadsheet.DeliveryState(x)
		if !slices.Contains(store.Resendable, state) {
			return usage(broadsheet.InvalidField("--state", fmt.Sprintf("%.20q cannot be sent again", x), "use failed, expired or unknown"))
		}
		q.States = append(q.States, state)
	}
	o, s, err := r.operator(false)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if q.Since, err = sinceFlag("--since", c.Since, time.Now(), r.cfg.Site.TimeZone); err != nil {
		return err
	}
	n, err := o.Resend(r.ctx, q)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(r.Stdout, map[string]int64{"planned": n})
	}
	_, err = fmt.Fprintf(r.Stdout, "%d planned again\n", n)
	return err
}
