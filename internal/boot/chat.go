package boot

import (
	"context"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/config"
	"broadsheet/internal/deliver"
	"broadsheet/internal/deliver/chat"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/store"
)

// chats sends editions to chats and hooks.
type chats struct {
	senders []*deliver.Sender
	client  *fetch.Client
	done    chan struct{}
}

const (
	chatTimeout = 30 * time.Second // of one request
	chatPoll    = 5 * time.Second  // between looks for what is due: a read of an index
	// chatConversations is how many requests of a channel are under way at a time.
	chatConversations = 2
)

// newChat makes a sender for each channel, beside the one of mail. A site that
// does not know its own address has none: messages are links to it.
func newChat(s *store.Store, c *config.Config, o Options, d *delivery) *chats {
	x := &chats{client: ChatClient(c, o.Version), done: make(chan struct{})}
	if c.Site.URL == "" {
		return x
	}
	ledger := &idleLedger{Store: s}
	for _, channel := range chat.Channels() {
		x.senders = append(x.senders, deliver.New(deliver.Options{Store: ledger, Carrier: NewCarrier(channel, s, x.client, c), Conversations: chatConversations,
			Repeat: c.Mail.Unknown == "repeat", Log: o.Log, Meter: d.meter, Poll: chatPoll, Paused: d.pause.now}))
	}
	return x
}

// ChatClient asks chats and hooks: private networks only where the operator
// allowed them.
func ChatClient(c *config.Config, version string) *fetch.Client {
	return fetch.New(fetch.Options{
		Agent: fetch.Agent(version, c.Site.URL, c.Site.Contact), Allow: c.Chat.PrivateNetworks, Timeout: chatTimeout,
		Limits: []fetch.Limit{
			// Each target is paced by itself; this is what a service bears from one machine.
			{Name: "telegram", Hosts: []string{"api.telegram.org"}, Every: 50 * time.Millisecond, Burst: 5, Parallel: chatConversations},
			{Name: "slack", Hosts: []string{"hooks.slack.com", "hooks.slack-gov.com"}, Every: 100 * time.Millisecond, Burst: 5, Parallel: chatConversations},
			{Name: "discord", Hosts: []string{"discord.com", "discordapp.com"}, Every: 100 * time.Millisecond, Burst: 5, Parallel: chatConversations},
		},
	})
}

// NewCarrier carries editions to one channel of chats or hooks.
func NewCarrier(channel broadsheet.Channel, s chat.Store, client chat.Sender, c *config.Config) *chat.Carrier {
	return chat.New(chat.Options{Channel: channel, Store: s, Sender: client, Base: c.Site.URL, Title: c.Site.Title,
		Paper: address.Paper, Edition: func(token string) string { return "/editions/" + token }})
}

// run sends until ctx ends; done tells when what was being sent has been.
func (x *chats) run(ctx context.Context) {
	defer close(x.done)
	defer x.client.Close()
	var all sync.WaitGroup
	for _, s := range x.senders {
		all.Go(func() { s.Run(ctx) })
	}
	all.Wait()
}

// stop waits until what is being sent has been, or ctx ends.
func (x *chats) stop(ctx context.Context) error {
	select {
	case <-x.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// idleLedger is the store for senders that mostly have nothing to do: it looks
// before it writes, so that ten channels at rest do not write to the database
// every few seconds, and looks after dead senders for all of them at once.
type idleLedger struct {
	*store.Store

	mu        sync.Mutex
	recovered time.Time
}

// recoverEvery is how often deliveries of dead senders are looked for.
const recoverEvery = 5 * time.Minute

// ClaimDeliveries claims where anything is due.
func (l *idleLedger) ClaimDeliveries(ctx context.Context, channel broadsheet.Channel, now, lease time.Time, limit int) ([]store.Claim, error) {
	at, err := l.NextDelivery(ctx, channel)
	if err != nil || at.IsZero() || at.After(now) {
		return nil, err
	}
	return l.Store.ClaimDeliveries(ctx, channel, now, lease, limit)
}

// Recover recovers for all channels, once in a while.
func (l *idleLedger) Recover(ctx context.Context, now time.Time, repeat bool) (again, unknown int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if since := now.Sub(l.recovered); since >= 0 && since < recoverEvery {
		return 0, 0, nil
	}
	if again, unknown, err = l.Store.Recover(ctx, now, repeat); err == nil {
		l.recovered = now
	}
	return again, unknown, err
}
