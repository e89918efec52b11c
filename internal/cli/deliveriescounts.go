package cli

import (
	"fmt"
	"strings"
	"time"

	"broadsheet"
)

type deliveriesCountsCmd struct {
	By    string `help:"channel, or domain of the mail addresses." enum:"channel,domain" default:"channel"`
	Since string `help:"Of what was planned since then: 2026-06-30, 24h, 7d." default:"30d" placeholder:"TIME"`
	Limit int    `help:"Most rows." default:"50" placeholder:"N"`
	JSON  bool   `help:"Print JSON."`
}

func (deliveriesCountsCmd) Help() string {
	return `By domain: what was sent, what waits and what was tried and waits again, what was refused or came back, and which part of the mails that
the domain has judged came back (BOUNCE) or was called spam by its reader (COMPLAINTS). Big mailboxes want complaints below 0.1 %, and stop
taking mail from 0.3 % on.

Examples:

  broadsheet deliveries counts
  broadsheet deliveries counts --by domain --since 7d`
}

// Run counts.
func (c *deliveriesCountsCmd) Run(r *run) (err error) {
	if err := checkLimit(c.Limit, 100000); err != nil {
		return err
	}
	o, s, err := r.operator(true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	now := time.Now()
	since, err := sinceFlag("--since", c.Since, now, r.cfg.Site.TimeZone)
	if err != nil {
		return err
	}
	if c.By == "channel" {
		counts, err := o.DeliveryCounts(r.ctx, since)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(r.Stdout, counts)
		}
		t := table{head: []string{"CHANNEL"}, right: map[int]bool{}}
		for i, s := range stateOrder {
			t.head, t.right[i+1] = append(t.head, strings.ToUpper(string(s))), true
		}
		for _, ch := range broadsheet.Channels {
			if counts[ch] == nil {
				continue
			}
			row := []string{string(ch)}
			for _, s := range stateOrder {
				row = append(row, count(counts[ch][s]))
			}
			t.add(row...)
		}
		t.write(r.Stdout, width(r.Stdout))
		return nil
	}
	list, err := o.DomainCounts(r.ctx, now.Sub(since))
	if err != nil {
		return err
	}
	more := len(list) - c.Limit
	list = list[:min(len(list), c.Limit)]
	if c.JSON {
		return printJSON(r.Stdout, list)
	}
	t := table{head: []string{"DOMAIN", "SENT", "WAITING", "DEFERRED", "FAILED", "OTHER", "BOUNCE", "COMPLAINTS"}, right: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true}}
	for i := range list {
		x := &list[i]
		t.add(x.Domain, count(x.Sent), count(x.Waiting), count(x.Deferred), count(x.Failed), count(x.Unknown+x.Expired+x.Suppressed), share(x.Failed, x.Taken()), share(x.Complaints, x.Taken()))
	}
	t.write(r.Stdout, width(r.Stdout))
	if more > 0 {
		fmt.Fprintf(r.Stderr, "%s more: --limit\n", plural(more, "domain"))
	}
	return nil
}
