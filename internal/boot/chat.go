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
	chatPoll    = 5 * time.Second  // between looks for what others planned: a read of an index
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
	for _, channel := range chat.Channels() {
		x.senders = append(x.senders, deliver.New(deliver.Options{Store: s, Carrier: NewCarrier(channel, s, x.client, c), Conversations: chatConversations,
			Repeat: c.Mail.Unknown == "repeat", Log: o.Log, Meter: d.meter, Poll: chatPoll, Paused: d.pause.now}))
	}
	d.wakes = append(d.wakes, x.wake)
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

// wake tells that deliveries were planned.
func (x *chats) wake() {
	for _, s := range x.senders {
		s.Wake()
	}
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
