package cli

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/boot"
	"broadsheet/internal/config"
	"broadsheet/internal/deliver/chat"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/store"
)

type targetsTestCmd struct {
	Target  string `arg:"" help:"Number of the target, or an address to try before it is added; - reads it from standard input."`
	Channel string `help:"What speaks at the address; known hosts need none." placeholder:"NAME"`
	Limit   int    `help:"Most papers." default:"3" placeholder:"N"`
	Show    bool   `help:"Print the message and send nothing."`
}

func (targetsTestCmd) Help() string {
	return `The sample is made of the latest day's papers. It is sent once and stands in no ledger; what the other side said is printed, and the exit code is 0 where
it took the message.

Examples:

  broadsheet targets test 3
  broadsheet targets test https://ntfy.sh/my-papers
  broadsheet targets test 3 --show | jq .`
}

// Run sends a sample.
func (c *targetsTestCmd) Run(r *run) (err error) {
	if err := checkLimit(c.Limit, broadsheet.MaxEdition); err != nil {
		return err
	}
	cfg, err := r.config()
	if err != nil {
		return err
	}
	if cfg.Site.URL == "" {
		return usage(broadsheet.InvalidField("site.url", "is not set", "say where readers reach the site: messages hold links to it"))
	}
	s, err := r.openReadOnly()
	if err != nil {
		return err
	}
	defer closing(s, &err)
	t, err := c.target(r, s, cfg)
	if err != nil {
		return err
	}
	x, err := (&digestPreviewCmd{Limit: c.Limit}).sample(r.ctx, s, cfg)
	if err != nil {
		return err
	}
	x.edition.Title = "Test: " + x.edition.Title
	client := boot.ChatClient(cfg, Version())
	defer client.Close()
	carrier := chat.New(chat.Options{Channel: t.Channel, Store: x, Sender: client, Base: cfg.Site.URL, Title: cfg.Site.Title,
		Paper: address.Paper, Edition: func(string) string { return "/papers/" + string(x.day) }})
	claim := x.claim(cfg.Site.TimeZone)
	claim.Recipient = broadsheet.Recipient{Channel: t.Channel, Address: t.Address()}
	var raw [8]byte
	rand.Read(raw[:]) // never fails
	claim.Token, claim.PlannedAt = "test"+hex.EncodeToString(raw[:]), time.Now()
	if c.Show {
		body, err := carrier.Body(r.ctx, claim)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(r.Stdout, string(body))
		return err
	}
	o, err := carrier.Try(r.ctx, claim)
	if err != nil {
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Field: t.String(), Text: "it is not certain whether the message was taken: " + printable(err.Error())}
	}
	if o.State != broadsheet.DeliverySent {
		e := &broadsheet.Error{Kind: broadsheet.Unavailable, Field: t.String(), Text: printable(o.Reply)}
		if o.State == broadsheet.DeliveryPlanned {
			e.Fix = "try again in " + max(o.After, time.Second).Round(time.Second).String()
		}
		return e
	}
	_, err = fmt.Fprintf(r.Stdout, "%s took it: %s\n", t, printable(o.Reply))
	return err
}

// target is the one with a number, or at an address.
func (c *targetsTestCmd) target(r *run, s *store.Store, cfg *config.Config) (*chat.Target, error) {
	if id, err := strconv.ParseInt(c.Target, 10, 64); err == nil {
		a, err := app.New(app.Options{Store: s, Zone: cfg.Site.TimeZone})
		if err != nil {
			return nil, err
		}
		x, err := a.ChatTarget(r.ctx, id)
		if err != nil {
			return nil, err
		}
		return chat.Parse(x.Recipient.Channel, x.Recipient.Address)
	}
	where, err := r.address(c.Target)
	if err != nil {
		return nil, err
	}
	channel, err := channelOf(c.Channel, where)
	if err != nil {
		return nil, err
	}
	t, err := chat.Parse(channel, where)
	if err != nil {
		return nil, usage(err)
	}
	return t, nil
}
