package boot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"time"

	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/harvest/lookup"
	"broadsheet/internal/jobs"
	"broadsheet/internal/lib/fetch"
)

const (
	lookupKind = "lookup"
	pruneKind  = "prune-submissions"
)

// desk looks papers up that people submit.
type desk struct {
	queue   *jobs.Queue
	find    *lookup.Lookup
	clients []*fetch.Client
	app     *app.App // once connected
}

// newDesk registers the jobs of submissions; nil where none are taken. It asks
// through two clients that stand in the harvester's queues: services that the
// operator named may be in a private network, pages that somebody typed may not.
func newDesk(q *jobs.Queue, c *config.Config, o Options, network *Network) *desk {
	if !c.Lookup.Enabled {
		return nil
	}
	client := func(allow []netip.Prefix) *fetch.Client {
		return network.client.Beside(fetch.Options{Agent: fetch.Agent(o.Version, c.Site.URL, c.Site.Contact), Allow: allow,
			Timeout: 15 * time.Second, Attempts: 2, MaxWait: 3 * time.Second, MaxBody: 8 << 20})
	}
	l := c.Lookup
	allow := append(named(c.Harvest.ArxivAPIURL), c.Harvest.PrivateNetworks...)
	for _, u := range []string{l.CrossrefURL, l.DOIURL, l.OpenReviewURL, l.OpenReviewV1URL, l.BiorxivURL, l.ACLURL} {
		allow = append(allow, named(u)...)
	}
	d := &desk{queue: q, clients: []*fetch.Client{client(allow), client(l.PrivateNetworks)}}
	d.find = lookup.New(lookup.Options{Sources: d.clients[0], Pages: d.clients[1], Contact: c.Site.Contact, Arxiv: c.Harvest.ArxivAPIURL, Crossref: l.CrossrefURL, DOI: l.DOIURL,
		OpenReview: l.OpenReviewURL, OpenReviewV1: l.OpenReviewV1URL, Biorxiv: l.BiorxivURL, ACL: l.ACLURL})
	q.Register(lookupKind, func(ctx context.Context, args json.RawMessage) error {
		var token string
		if err := json.Unmarshal(args, &token); err != nil {
			return fmt.Errorf("which submission: %w", err)
		}
		return d.app.LookUp(ctx, token)
	}, jobs.Policy{Timeout: 2 * time.Minute, Parallel: 1, Forget: true})
	q.Register(pruneKind, func(ctx context.Context, _ json.RawMessage) error { return d.app.PruneSubmissions(ctx) }, jobs.Policy{})
	q.Schedule(pruneKind, func(now time.Time) time.Time { return now.Truncate(pruneEvery).Add(pruneEvery + 4*time.Hour) })
	return d
}

// desk is what the use cases need of it.
func (d *desk) desk() *app.Desk {
	if d == nil {
		return nil
	}
	return &app.Desk{Find: d.find.Find, Later: func(ctx context.Context, token string, after time.Duration) error {
		return d.queue.Enqueue(ctx, lookupKind, token, jobs.Opts{At: time.Now().Add(after), Unique: token})
	}}
}

// connect lets the jobs reach the use cases.
func (d *desk) connect(a *app.App) {
	if d != nil {
		d.app = a
	}
}

// close ends connections that are kept open.
func (d *desk) close() {
	if d == nil {
		return
	}
	for _, c := range d.clients {
		c.Close()
	}
}
