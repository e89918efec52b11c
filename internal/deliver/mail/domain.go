package mail

import (
	"sync"
	"time"
)

// domains bounds the mails to one domain in a minute, so that a large mailbox
// provider does not take a site for a flood. What cannot go now gets a turn of
// its own and is put off until then: however many wait, each is looked at once
// more and not over and over.
type domains struct {
	perMinute int // 0 is no bound

	mu    sync.Mutex
	next  map[string]time.Time // the next turn of a domain that nobody has
	turns map[int64]time.Time  // of deliveries that wait
	sweep int                  // turns at which those that nobody came for are dropped
}

const (
	// burst is how many mails may go to a domain at once before its pace counts.
	burst = 10
	// missed is how long a turn is kept: what expired meanwhile, or was suppressed,
	// does not come for it.
	missed = time.Hour
	// early is how much before its turn a delivery may come.
	early = time.Second
)

// take gives how long a delivery to domain has to wait; 0 means that it may go
// now and counts. What would wait beyond its end, in left, gets no turn.
func (d *domains) take(id int64, domain string, now time.Time, left time.Duration) time.Duration {
	if d.perMinute == 0 {
		return 0
	}
	pace := time.Minute / time.Duration(d.perMinute)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.next == nil {
		d.next, d.turns, d.sweep = map[string]time.Time{}, map[int64]time.Time{}, 10_000
	}
	if turn, ok := d.turns[id]; ok {
		if wait := turn.Sub(now); wait > early {
			return wait // it comes before its turn: one that is far away is waited for in parts
		}
		delete(d.turns, id)
		if now.Sub(turn) < time.Minute+burst*pace {
			return 0
		}
		// Missed, as by all while sending was paused: not all may go at once now.
	}
	d.forget(now)
	at := d.next[domain]
	if first := now.Add(-burst * pace); at.Before(first) {
		at = first
	}
	wait := at.Sub(now)
	if wait > left {
		return wait
	}
	d.next[domain] = at.Add(pace)
	if wait <= 0 {
		return 0
	}
	d.turns[id] = at
	return wait
}

// forget drops what is past, when there is much.
func (d *domains) forget(now time.Time) {
	if len(d.next)+len(d.turns) < d.sweep {
		return
	}
	for name, at := range d.next {
		if at.Before(now.Add(-time.Hour)) { // its burst is whole again
			delete(d.next, name)
		}
	}
	for id, at := range d.turns {
		if at.Before(now.Add(-missed)) {
			delete(d.turns, id)
		}
	}
	d.sweep = max(10_000, 2*(len(d.next)+len(d.turns)))
}
