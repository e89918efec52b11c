package mail

import (
	"sync"
	"time"
)

// domains bounds the mails to one domain in a minute, so that a large mailbox
// provider does not take a site for a flood.
type domains struct {
	perMinute int // 0 is no bound

	mu   sync.Mutex
	next map[string]time.Time // when the next mail to a domain may go
}

// burst is how many mails may go to a domain at once before its pace counts.
const burst = 10

// take gives how long a mail to domain has to wait; 0 means that it may go now
// and counts.
func (d *domains) take(domain string, now time.Time) time.Duration {
	if d.perMinute == 0 {
		return 0
	}
	pace := time.Minute / time.Duration(d.perMinute)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.next == nil {
		d.next = map[string]time.Time{}
	}
	if len(d.next) > 10_000 {
		for name, at := range d.next {
			if at.Before(now) {
				delete(d.next, name)
			}
		}
	}
	at := d.next[domain]
	if at.Before(now.Add(-burst * pace)) {
		at = now.Add(-burst * pace)
	}
	if at.After(now) {
		return at.Sub(now)
	}
	d.next[domain] = at.Add(pace)
	return 0
}
