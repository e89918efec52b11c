package boot

import (
	"context"
	"time"

	"broadsheet/internal/lib/metric"
)

// measureEvery is how often the ledger is counted at most. A site with so many
// subscribers that counting takes long is counted less often: a fiftieth of the
// time at most.
const (
	measureEvery = 15 * time.Second
	measurePart  = 50
)

// deliveryGauges are what Prometheus is shown of the ledger. Labels are channels,
// states and reasons; never a domain, of which there are too many.
type deliveryGauges struct {
	subscriptions, open, suppressed *counted
	oldest, lag, paused             *metric.Gauge
}

func newDeliveryGauges(set *metric.Set) *deliveryGauges {
	one := func(pkg, what, unit, help string, labels ...string) *metric.Gauge {
		return set.Gauge(metric.Desc{Package: pkg, What: what, Unit: unit, Help: help, Labels: labels})
	}
	return &deliveryGauges{
		subscriptions: &counted{one("deliver", "subscriptions", "entries", "Subscriptions, by channel and state.", "channel", "state"), nil},
		open:          &counted{one("deliver", "open", "entries", "Deliveries that are still to be sent, by channel and state.", "channel", "state"), nil},
		suppressed:    &counted{one("deliver", "suppressions", "entries", "Addresses that must not be written to, by channel and reason.", "channel", "reason"), nil},
		oldest:        one("deliver", "oldest_due", "seconds", "How long the delivery that is due longest has waited for a sender."),
		lag:           one("digest", "lag", "seconds", "How long the subscription that is due longest has waited for the planner."),
		paused:        one("deliver", "paused", "state", "1 while planning and sending are paused, else 0."),
	}
}

// counted is a gauge by two labels. What is not counted any more is zero.
type counted struct {
	gauge *metric.Gauge
	seen  map[[2]string]bool
}

func show[A, B ~string](c *counted, counts map[A]map[B]int) {
	now := map[[2]string]bool{}
	for a, inner := range counts {
		for b, n := range inner {
			c.gauge.With(string(a), string(b)).Set(float64(n))
			now[[2]string{string(a), string(b)}] = true
		}
	}
	for k := range c.seen {
		if !now[k] {
			c.gauge.With(k[0], k[1]).Set(0)
			now[k] = true
		}
	}
	c.seen = now
}

// measure counts the ledger now and then until ctx ends.
func (d *delivery) measure(ctx context.Context) {
	for {
		begin := time.Now()
		state, err := d.app.Console().State(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			d.log.Warn("the ledger is not measured", "error", err)
		default:
			now := time.Now()
			g := d.gauges
			show(g.subscriptions, state.Subscribers)
			show(g.open, state.Open)
			show(g.suppressed, state.Suppressed)
			g.oldest.Set(state.Late(now).Seconds())
			g.lag.Set(state.PlannerLag(now).Seconds())
			paused := 0.
			if state.Sending.Paused {
				paused = 1
			}
			g.paused.Set(paused)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(measureEvery, measurePart*time.Since(begin))):
		}
	}
}
