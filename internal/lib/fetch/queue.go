package fetch

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// queues are the queues of one client, or of several that keep rates together.
type queues struct {
	limits []Limit
	mu     sync.Mutex
	named  map[string]*queue
}

// queue is where the requests of one Limit wait. turn holds a token for each
// request that may be under way.
type queue struct {
	limit Limit
	turn  chan struct{}

	mu         sync.Mutex
	bucket     *rate.Limiter
	notBefore  time.Time // by the source's wish
	transports map[*Client]*http.Transport
	last       *http.Transport // that keeps a connection
	host       string          // that the kept connection leads to
}

// of finds the queue of a host, making it where it is the first time.
func (all *queues) of(host string, now time.Time) *queue {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	limit := Limit{Name: host, Every: time.Second, Burst: 2}
find:
	for _, l := range all.limits {
		for _, h := range l.Hosts {
			if host == h || strings.HasSuffix(host, "."+h) {
				limit = l
				break find
			}
		}
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	q := all.named[limit.Name]
	if q == nil {
		all.forget(now)
		every := rate.Inf
		if limit.Every > 0 {
			every = rate.Every(limit.Every)
		}
		q = &queue{limit: limit, turn: make(chan struct{}, max(1, limit.Parallel)), bucket: rate.NewLimiter(every, max(1, limit.Burst)), transports: map[*Client]*http.Transport{}}
		all.named[limit.Name] = q
	}
	return q
}

// forget drops the queues of hosts that nobody asks now, where there are many:
// pictures come from anywhere. The caller holds all.mu.
func (all *queues) forget(now time.Time) {
	if len(all.named) < maxQueues+len(all.limits) {
		return
	}
	for name, q := range all.named {
		q.mu.Lock()
		rests := len(q.turn) == 0 && q.notBefore.Before(now) && len(q.limit.Hosts) == 0
		if rests && q.last != nil {
			q.last.CloseIdleConnections()
		}
		q.mu.Unlock()
		if rests {
			delete(all.named, name)
		}
	}
}

// enter waits for the turn and for the rate, and gives what to ask through.
// leave must be called after it returned no error.
func (c *Client) enter(ctx context.Context, q *queue, host string) (*http.Transport, error) {
	select {
	case q.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := c.pace(ctx, q); err != nil {
		<-q.turn
		return nil, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	t := q.transports[c]
	if t == nil {
		t = c.transport(cap(q.turn))
		q.transports[c] = t
	}
	if q.last != nil && (q.last != t || q.host != host) {
		q.last.CloseIdleConnections() // one connection over all hosts and clients of the queue
	}
	q.last, q.host = t, host
	return t, nil
}

// close ends the connection that c keeps.
func (q *queue) close(c *Client) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if t := q.transports[c]; t != nil {
		t.CloseIdleConnections()
		delete(q.transports, c)
	}
}

func (q *queue) leave() { <-q.turn }

func (c *Client) pace(ctx context.Context, q *queue) error {
	now := c.opt.Clock.Now()
	q.mu.Lock()
	wait := q.notBefore.Sub(now)
	if wait > c.opt.MaxWait {
		q.mu.Unlock()
		return &StatusError{Status: http.StatusTooManyRequests, RetryAfter: wait}
	}
	r := q.bucket.ReserveN(now, 1)
	q.mu.Unlock()
	if d := max(wait, r.DelayFrom(now)); d > 0 {
		if err := c.opt.Clock.Sleep(ctx, d); err != nil {
			r.CancelAt(c.opt.Clock.Now())
			return err
		}
	}
	if c.opt.Gate != nil && q.limit.Shared {
		if err := c.opt.Gate.Wait(ctx, q.limit.Name, q.limit.Every); err != nil {
			return fmt.Errorf("wait for leave to ask %s: %w", q.limit.Name, err)
		}
	}
	return nil
}

// hold keeps everybody in the queue from asking for that long.
func (c *Client) hold(q *queue, d time.Duration) {
	until := c.opt.Clock.Now().Add(d)
	q.mu.Lock()
	defer q.mu.Unlock()
	if until.After(q.notBefore) {
		q.notBefore = until
	}
}
