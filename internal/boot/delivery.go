package boot

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/deliver"
	"broadsheet/internal/deliver/mail"
	"broadsheet/internal/digest"
	"broadsheet/internal/digest/letter"
	"broadsheet/internal/jobs"
	"broadsheet/internal/lib/metric"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/store"
)

// delivery plans editions and sends them.
type delivery struct {
	config *config.Config
	log    *slog.Logger
	store  *store.Store
	queue  *jobs.Queue
	engine *digest.Engine
	key    *seal.Key // of links; nil where no mail is sent and there can be none
	pause  *pausing
	gauges *deliveryGauges
	sender *deliver.Sender // of mail; nil: none is sent
	letter Letters
	mail   *mail.Carrier
	meter  *deliver.Meter
	app    *app.App
	wakes  []func() // called when deliveries were planned
	done   chan struct{}
}

// Kinds of jobs: what somebody asked for about an address, and a notice about a
// subscription.
const (
	askJob    = "mail.ask"
	noticeJob = "mail.notice"
)

// newDelivery makes what plans editions; connect adds what sends them.
func newDelivery(s *store.Store, q *jobs.Queue, c *config.Config, o Options, set *metric.Set, finder digest.Finder) (*delivery, error) {
	d := &delivery{config: c, log: o.Log, store: s, queue: q, meter: deliver.NewMeter(set), done: make(chan struct{})}
	d.pause, d.gauges = &pausing{store: s, log: o.Log}, newDeliveryGauges(set)
	d.engine = digest.New(digest.Options{Store: s, Finder: finder, Log: o.Log, Zone: c.Site.TimeZone, Planned: d.planned, Paused: d.pause.now})
	q.Register(digest.Kind, d.engine.Run, jobs.Policy{Timeout: time.Hour})
	q.Schedule(digest.Kind, func(now time.Time) time.Time { return now.Truncate(digest.Every).Add(digest.Every) })
	q.Register("prune-deliveries", d.prune, jobs.Policy{Timeout: time.Hour})
	q.Schedule("prune-deliveries", func(now time.Time) time.Time { return now.Truncate(pruneEvery).Add(pruneEvery + 4*time.Hour) })
	var err error
	if d.key, err = seal.Load(c.Mail.SecretFile); err != nil && c.Mail.Enabled() {
		return nil, fmt.Errorf("the key of links in mails: %w", err)
	}
	if err != nil {
		o.Log.Warn("there is no key of links: the administrator's page stays shut", "error", err)
	}
	if !c.Mail.Enabled() {
		return d, nil
	}
	q.Register(askJob, d.do, jobs.Policy{Timeout: time.Minute, MaxAttempts: 8, Forget: true})
	q.Register(noticeJob, d.notice, jobs.Policy{Timeout: 5 * time.Minute, MaxAttempts: 8})
	return d, nil
}

// post is what the use cases need of mail; nil: none is sent.
func (d *delivery) post() *app.Post {
	if !d.config.Mail.Enabled() {
		return nil
	}
	return &app.Post{Key: d.key, Ask: d.ask, Notify: d.notify, PerSite: d.config.Mail.NoticesPerHour, Refused: func(domain string) bool {
		return slices.ContainsFunc(d.config.Mail.RefusedDomains, func(x string) bool {
			return domain == x || strings.HasSuffix(domain, "."+x)
		})
	}}
}

// connect makes what sends mail, which holds links that the use cases sign.
func (d *delivery) connect(a *app.App) error {
	d.app = a
	if !d.config.Mail.Enabled() {
		return nil
	}
	m := &d.config.Mail
	var relays []*mail.Relay
	for _, text := range m.Relays {
		r, err := mail.ParseRelay(text)
		if err != nil {
			return err
		}
		relays = append(relays, r)
	}
	hello := m.Hello
	if hello == "" {
		name, err := os.Hostname()
		if err != nil {
			return fmt.Errorf("the name of this machine: %w", err)
		}
		hello = name
	}
	var err error
	d.letter, err = NewLetters(d.store, letter.Links{Unsubscribe: a.UnsubscribePath, Preferences: a.PreferencesPath}, d.config)
	if err != nil {
		return err
	}
	d.mail = mail.New(mail.Options{Relays: relays, Writer: d.letter, BounceDomain: m.BounceDomain, Hello: hello, PerDomain: m.PerDomain, Log: d.log})
	d.sender = deliver.New(deliver.Options{Store: d.store, Carrier: d.mail, Conversations: m.Connections, Repeat: m.Unknown == "repeat", Log: d.log, Meter: d.meter, Paused: d.pause.now})
	d.wakes = append(d.wakes, d.sender.Wake)
	return nil
}

// planned is called when deliveries were planned.
func (d *delivery) planned() {
	for _, wake := range d.wakes {
		wake()
	}
}

// How long things are kept that nobody needs any more.
const (
	keepPending   = 72 * time.Hour // a day more than the link that confirms holds
	keepStrays    = 30 * 24 * time.Hour
	keepEditions  = 180 * 24 * time.Hour
	keepArrivals  = 90 * 24 * time.Hour
	followerBatch = 500
)

func (d *delivery) prune(ctx context.Context, _ json.RawMessage) error {
	now := time.Now()
	kept := store.Kept{Asked: now.Add(-keepPending), Ended: now.AddDate(0, 0, -d.config.Mail.KeepEnded)}
	pending, gone, err := d.store.ForgetRecipients(ctx, kept)
	if err != nil {
		return fmt.Errorf("forget who subscribes to nothing: %w", err)
	}
	if pending+gone > 0 {
		d.log.Info("who subscribes to nothing is forgotten", "unconfirmed", pending, "recipients", gone)
	}
	if err := d.store.PruneStraysBefore(ctx, now.Add(-keepStrays)); err != nil {
		return fmt.Errorf("prune mails that were not understood: %w", err)
	}
	if err := d.store.PruneNotices(ctx, now); err != nil {
		return fmt.Errorf("prune the counts of notices: %w", err)
	}
	if _, err := d.store.PruneEditions(ctx, now.Add(-keepEditions)); err != nil {
		return fmt.Errorf("prune editions: %w", err)
	}
	if _, err := d.store.PruneArrivals(ctx, now.Add(-keepArrivals)); err != nil {
		return fmt.Errorf("prune arrivals: %w", err)
	}
	return nil
}

// run numbers what becomes news and sends mail until ctx ends; done tells when
// conversations have ended.
func (d *delivery) run(ctx context.Context) {
	defer close(d.done)
	if d.sender != nil {
		go func() {
			err := jobs.Follow(ctx, d.store, d.follower(), nil)
			if err != nil && ctx.Err() == nil {
				d.log.Error("what becomes news is not noticed", "error", err)
			}
		}()
		d.sender.Run(ctx)
		return
	}
	if err := jobs.Follow(ctx, d.store, d.follower(), nil); err != nil && ctx.Err() == nil {
		d.log.Error("what becomes news is not noticed", "error", err)
	}
}

func (d *delivery) follower() jobs.Follower {
	return jobs.Follower{Name: digest.FollowerName, Handle: d.engine.Changes, Batch: followerBatch, Log: d.log}
}

// stop waits until conversations have ended, or ctx: mails that are then still
// being handed over count as unknown.
func (d *delivery) stop(ctx context.Context) error {
	select {
	case <-d.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
