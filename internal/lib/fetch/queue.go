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

// queue is where the requests of one Limit wait. turn holds one token: who
// has it makes the one request that may be under way.
type queue struct {
	limit     Limit
	turn      chan struct{}
	transport *http.Transport

	mu        sync.Mutex
	bucket    *rate.Limiter
	notBefore time.Time // by the source's wish
	host      string    // that the kept connection leads to
}

// queueOf finds the queue of a host, making it where it is the first time.
func (c *Client) queueOf(host string) *queue {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	limit := Limit{Name: host, Every: time.Second, Burst: 2}
find:
	for _, l := range c.opt.Limits {
		for _, h := range l.Hosts {
			if host == h || strings.HasSuffix(host, "."+h) {
				limit = l
				break find
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.queues[limit.Name]
	if q == nil {
		c.forget()
		every := rate.Inf
		if limit.Every > 0 {
			every = rate.Every(limit.Every)
		}
		q = &queue{limit: limit, turn: make(chan struct{}, 1), transport: c.transport(), bucket: rate.NewLimiter(every, max(1, limit.Burst))}
		c.queues[limit.Name] = q
	}
	return q
}

// forget drops the queues of hosts that nobody asks now, where there are many:
// pictures come from anywhere. The caller holds c.mu.
func (c *Client) forget() {
	if len(c.queues) < maxQueues+len(c.opt.Limits) {
		return
	}
	now := c.opt.Clock.Now()
	for name, q := range c.queues {
		q.mu.Lock()
		rests := len(q.turn) == 0 && q.notBefore.Before(now) && len(q.limit.Hosts) == 0
		q.mu.Unlock()
		if rests {
			q.transport.CloseIdleConnections()
			delete(c.queues, name)
		}
	}
}

// enter waits for the turn and for the rate. leave must be called after it
// returned nil.
func (c *Client) enter(ctx context.Context, q *queue, host string) error {
	select {
	case q.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := c.pace(ctx, q); err != nil {
		<-q.turn
		return err
	}
	q.mu.Lock()
	if q.host != host {
		q.transport.CloseIdleConnections() // one connection over all hosts of the queue
		q.host = host
	}
	q.mu.Unlock()
	return nil
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
