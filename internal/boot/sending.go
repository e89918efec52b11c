package boot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"broadsheet/internal/store"
)

// lookAtSwitch is how old an answer about the switch may be: what is stopped
// stops within this time.
const lookAtSwitch = 2 * time.Second

// pausing answers whether sending is paused, often, and asks the store seldom.
type pausing struct {
	store *store.Store
	log   *slog.Logger

	mu     sync.Mutex
	asked  time.Time
	paused bool
}

// now tells whether nothing is to be begun. Where the store does not tell, what
// it told last counts.
func (p *pausing) now(ctx context.Context) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if since := time.Since(p.asked); since >= 0 && since < lookAtSwitch {
		return p.paused
	}
	x, err := p.store.Sending(ctx)
	if err != nil {
		if ctx.Err() == nil {
			p.log.Warn("whether sending is paused cannot be read", "error", err)
		}
		return p.paused
	}
	p.asked = time.Now()
	if x.Paused != p.paused {
		if p.paused = x.Paused; p.paused {
			p.log.Warn("planning and sending are paused; `broadsheet digest resume` lets them go on", "reason", x.Reason)
		} else {
			p.log.Info("planning and sending go on")
		}
	}
	return p.paused
}
