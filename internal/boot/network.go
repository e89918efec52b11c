package boot

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"broadsheet/internal/lib/fetch"
)

// Network is the way to the sources. It says once, for all of them together,
// when it is away and when it is back: it is away while no host that was asked
// can be reached.
type Network struct {
	client *fetch.Client
	log    *slog.Logger
	mu     sync.Mutex
	hosts  map[string]bool // asked so far, and whether the last time in reach
	away   bool
}

func newNetwork(client *fetch.Client, log *slog.Logger) *Network {
	return &Network{client: client, log: log, hosts: map[string]bool{}}
}

// Close ends the connections that are kept open.
func (n *Network) Close() { n.client.Close() }

// Get asks a source.
func (n *Network) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	res, err := n.client.Get(ctx, r)
	if ctx.Err() == nil {
		n.note(hostOf(r.URL), !errors.Is(err, fetch.ErrUnreachable))
	}
	return res, err
}

func (n *Network) note(host string, reached bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts[host] = reached
	away := true
	for _, r := range n.hosts {
		away = away && !r
	}
	switch {
	case away && !n.away:
		n.log.Warn("no network: serving what is here; the sources are asked again later")
	case !away && n.away:
		n.log.Info("the network is back")
	}
	n.away = away
}

// Away tells that no host could be reached.
func (n *Network) Away() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.away
}

// Reached tells that some host was reached.
func (n *Network) Reached() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.hosts) > 0 && !n.away
}
