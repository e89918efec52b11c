// Package fetch is the program's only way out over HTTP. It asks politely and
// trusts nothing that comes back.
//
// Polite: requests to the hosts of one Limit stand in one queue, one at a
// time unless it says otherwise, no faster than its rate, however many goroutines and clients (Beside)
// ask; Retry-After is honoured for the whole queue; other passing failures are tried again with
// exponential back-off and jitter; requests say who asks (User-Agent) and what
// is wanted (Accept), and carry validators so that what has not changed is
// not sent again.
//
// Safe: the address is checked when the connection is made, after the name
// was resolved, so that neither spelling, DNS nor redirects lead into a
// private network; the number of redirects, the time of an attempt and the
// size of the answer, both as sent and unpacked, are bounded; the content type
// must be one of those asked for. Proxies from the environment are not used:
// behind one, the addresses could not be checked.
//
// Clock and random numbers are injected.
package fetch

import (
	"context"
	"crypto/tls"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Bounds that hold where Options and Request leave them at zero.
const (
	DefaultTimeout  = 2 * time.Minute  // of one attempt, from dialling to the last byte
	DefaultMaxBody  = 64 << 20         // bytes, as sent and unpacked
	DefaultAttempts = 4                // of one request, the first included
	DefaultMaxWait  = 10 * time.Minute // for a Retry-After; a longer one is handed to the caller
	maxRedirects    = 5
	maxHeaderBytes  = 64 << 10
	maxQueues       = 256 // of hosts without a Limit; those at rest are forgotten beyond it
)

// Clock tells and passes time.
type Clock interface {
	Now() time.Time
	// Sleep returns early, with ctx's error, when ctx ends.
	Sleep(ctx context.Context, d time.Duration) error
}

// Gate is asked for leave before each request of a Limit that is Shared, so
// that several processes together keep its rate.
type Gate interface {
	Wait(ctx context.Context, limit string, every time.Duration) error
}

// Limit is a queue of requests.
type Limit struct {
	Name  string
	Hosts []string      // host names, each with everything below it: "arxiv.org" holds "rss.arxiv.org"
	Every time.Duration // least time between the beginnings of two requests, on the average
	Burst int           // requests that may be made at once after a pause; 0 is 1
	// Parallel is how many requests may be under way at a time, over as many
	// connections; 0 is 1, which is what strangers' services are owed.
	Parallel int
	Shared   bool // ask the Gate too
}

// Options of a Client. The zero value is usable but says nothing of who asks.
type Options struct {
	Agent    string         // User-Agent; see Agent
	Limits   []Limit        // the first that holds a host counts; other hosts get a queue each, one request a second
	Allow    []netip.Prefix // private networks that may be reached after all
	Timeout  time.Duration
	MaxBody  int64
	Attempts int
	MaxWait  time.Duration
	Gate     Gate
	Clock    Clock
	Rand     func() float64 // in [0,1)
	Resolver *net.Resolver  // nil is the machine's
	RootCAs  *tls.Config    // nil trusts what the machine trusts
}

// Client makes requests. Its methods may be called at the same time.
type Client struct {
	opt    Options
	queues *queues
}

// Agent words a User-Agent: "Broadsheet/0.1 (+https://example.org; mailto:a@example.org)".
// url and mail may be empty.
func Agent(version, url, mail string) string {
	if mail != "" {
		mail = "mailto:" + mail
	}
	if url != "" {
		url = "+" + url
	}
	about := strings.Trim(url+"; "+mail, "; ")
	if about != "" {
		about = " (" + about + ")"
	}
	clean := func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}
	return strings.Map(clean, "Broadsheet/"+version+about)
}

// New makes a client.
func New(opt Options) *Client {
	return newClient(opt, &queues{limits: opt.Limits, named: map[string]*queue{}})
}

// Beside makes a client that stands in c's queues, so that the two together
// keep the rates and have one connection to a host. Limits, Gate and Clock are
// c's; everything else, above all which private networks may be reached, is
// its own.
func (c *Client) Beside(opt Options) *Client {
	opt.Limits, opt.Gate, opt.Clock = c.opt.Limits, c.opt.Gate, c.opt.Clock
	return newClient(opt, c.queues)
}

func newClient(opt Options, q *queues) *Client {
	if opt.Timeout == 0 {
		opt.Timeout = DefaultTimeout
	}
	if opt.MaxBody == 0 {
		opt.MaxBody = DefaultMaxBody
	}
	if opt.Attempts == 0 {
		opt.Attempts = DefaultAttempts
	}
	if opt.MaxWait == 0 {
		opt.MaxWait = DefaultMaxWait
	}
	if opt.Clock == nil {
		opt.Clock = SystemClock{}
	}
	if opt.Rand == nil {
		opt.Rand = rand.Float64
	}
	if opt.Agent == "" {
		opt.Agent = Agent("0", "", "")
	}
	return &Client{opt: opt, queues: q}
}

// Close ends the connections that are kept open.
func (c *Client) Close() {
	c.queues.mu.Lock()
	defer c.queues.mu.Unlock()
	for _, q := range c.queues.named {
		q.close(c)
	}
}

func (c *Client) transport(parallel int) *http.Transport {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second, Resolver: c.opt.Resolver, Control: guard(c.opt.Allow)}
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        c.opt.RootCAs.Clone(),
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // unpacked here, where its size is bounded
		MaxConnsPerHost:        parallel,
		MaxIdleConns:           parallel,
		MaxIdleConnsPerHost:    parallel,
		IdleConnTimeout:        20 * time.Second,
		TLSHandshakeTimeout:    15 * time.Second,
		ResponseHeaderTimeout:  c.opt.Timeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now is the time.
func (SystemClock) Now() time.Time { return time.Now() }

// Sleep waits.
func (SystemClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
