package chat

import (
	"sync"
	"time"
)

// pacer keeps messages to one target apart.
type pacer struct {
	mu   sync.Mutex
	next map[string]time.Time // by key; of targets written to lately
}

// take gives the time to wait until a target's next turn; 0 is now, and takes
// it.
func (p *pacer) take(key string, every time.Duration, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == nil || len(p.next) > 1000 {
		p.forget(now)
	}
	if wait := p.next[key].Sub(now); wait > 0 && wait <= mostWait { // more is a clock that went back
		return wait
	}
	p.next[key] = now.Add(every)
	return 0
}

// hold keeps a target's next turn from coming before a time.
func (p *pacer) hold(key string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == nil {
		p.forget(time.Time{})
	}
	if until.After(p.next[key]) {
		p.next[key] = until
	}
}

func (p *pacer) forget(now time.Time) {
	kept := map[string]time.Time{}
	for key, at := range p.next {
		if at.After(now) {
			kept[key] = at
		}
	}
	p.next = kept
}
