package cli

import (
	"fmt"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
)

type digestPauseCmd struct {
	Reason string `help:"Why, for who looks at it later." placeholder:"TEXT"`
}

func (digestPauseCmd) Help() string {
	return `Within seconds no program that uses the database plans or sends editions, also after a restart. Mails that are being handed over are
ended properly. Papers go on coming in; what is news meanwhile comes in the first edition after ` + "`broadsheet digest resume`" + `. Mails that confirm a
subscription are still sent.

Examples:

  broadsheet digest pause --reason 'the relay is being moved'`
}

// Run pauses.
func (c *digestPauseCmd) Run(r *run) (err error) {
	o, s, err := r.operator(false)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if err := o.PauseSending(r.ctx, c.Reason); err != nil {
		return err
	}
	_, err = fmt.Fprintln(r.Stdout, "planning and sending are paused")
	return err
}

type digestResumeCmd struct{}

// Run resumes.
func (c *digestResumeCmd) Run(r *run) (err error) {
	o, s, err := r.operator(false)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if err := o.ResumeSending(r.ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintln(r.Stdout, "planning and sending go on")
	return err
}

type digestStatusCmd struct {
	JSON bool `help:"Print JSON."`
}

// Run shows how planning and sending do.
func (c *digestStatusCmd) Run(r *run) (err error) {
	o, s, err := r.operator(true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	d, err := o.State(r.ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	if c.JSON {
		return printJSON(r.Stdout, map[string]any{"mail": r.cfg.Mail.Enabled(), "sending": d.Sending, "subscriptions": d.Subscribers, "open": d.Open,
			"oldestDueSeconds": d.Late(now).Seconds(), "plannerLagSeconds": d.PlannerLag(now).Seconds(), "nextEdition": utc(d.NextEdition), "suppressions": d.Suppressed})
	}
	for _, l := range deliveryWords(d, r.cfg.Mail.Enabled(), now) {
		fmt.Fprintf(r.Stdout, "%-14s %s\n", l[0], printable(l[1]))
	}
	return nil
}

// lateAfter is how long something may be due before it is worth a word.
const lateAfter = 10 * time.Minute

// deliveryWords say how planning and sending do, in lines of a name and a text.
func deliveryWords(d *app.DeliveryState, mail bool, now time.Time) [][2]string {
	sending := "going on"
	if !mail {
		sending = "no mail: mail.relays is not set"
	}
	if d.Sending.Paused {
		sending = "paused " + agoText(d.Sending.Since, now)
		if d.Sending.Reason != "" {
			sending += ": " + d.Sending.Reason
		}
	}
	out := [][2]string{{"sending", sending}}
	for _, ch := range broadsheet.Channels {
		if n := d.Subscribers[ch]; len(n) > 0 {
			out = append(out, [2]string{"subscriptions", fmt.Sprintf("%s: %s active, %s paused, %s pending, %s ended", ch, count(n[broadsheet.SubscriptionActive]),
				count(n[broadsheet.SubscriptionPaused]), count(n[broadsheet.SubscriptionPending]), count(n[broadsheet.SubscriptionEnded]))})
		}
		if n := d.Open[ch]; len(n) > 0 {
			out = append(out, [2]string{"to be sent", fmt.Sprintf("%s: %s", ch, statesText(n))})
		}
	}
	if late := d.Late(now); late > 0 {
		out = append(out, [2]string{"waits longest", spanText(late)})
	}
	next := "no subscription is active"
	if !d.NextEdition.IsZero() {
		next = nextText(d.NextEdition, now)
		if lag := d.PlannerLag(now); lag > lateAfter {
			next = "overdue by " + spanText(lag)
		}
	}
	out = append(out, [2]string{"next edition", next})
	if n := d.Suppressed[broadsheet.ChannelMail]; len(n) > 0 {
		out = append(out, [2]string{"not written to", fmt.Sprintf("%s bounced, %s complained, %s by hand", count(n[broadsheet.SuppressedBounce]),
			count(n[broadsheet.SuppressedComplaint]), count(n[broadsheet.SuppressedManual]))})
	}
	return out
}
