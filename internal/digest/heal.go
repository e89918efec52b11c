package digest

import (
	"context"
	"time"

	"broadsheet"
)

const (
	// farOff is further than any rhythm's next time. A clock that stood wrong for a
	// while would otherwise silence subscriptions until then.
	farOff = (lookDays + 1) * 24 * time.Hour
	// aheadBy is how far clocks of machines may differ, and a clock be set back,
	// without anything being wrong.
	aheadBy = 5 * time.Minute
	// healEvery is how often all subscriptions are looked at for what a clock did
	// that was ahead; a million take a second. It is done also when the program
	// starts, and when its clock is set back.
	healEvery = time.Hour
)

// heal takes back what was put off by a clock that was ahead: subscriptions that
// wait for days that such a clock had seen, and deliveries that were planned for
// then.
func (e *Engine) heal(ctx context.Context, now time.Time) error {
	if _, err := e.o.Store.PullDue(ctx, now.Add(farOff), now); err != nil {
		return err
	}
	e.mu.Lock()
	back := now.Before(e.planned.Add(-aheadBy))
	e.planned = now
	look := back || e.healed.IsZero() || now.Sub(e.healed) >= healEvery || now.Before(e.healed)
	e.mu.Unlock()
	if !look {
		return nil
	}
	// A day further than UTC's is the furthest that it is anywhere.
	subscriptions, deliveries, err := e.o.Store.PullAhead(ctx, now, now.Add(aheadBy), broadsheet.DayOf(now.Add(24*time.Hour), time.UTC))
	if err != nil {
		return err
	}
	if subscriptions+deliveries > 0 {
		e.o.Log.Warn("a clock was ahead: what was put off by it is due now", "subscriptions", subscriptions, "deliveries", deliveries)
	}
	e.mu.Lock()
	e.healed = now
	e.mu.Unlock()
	return nil
}
