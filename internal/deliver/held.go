package deliver

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// held are the deliveries that this sender has claimed and not ended. Their
// leases may run out while it lives: a clock jumps, a machine sleeps.
type held struct {
	mu  sync.Mutex
	ids map[int64]bool
}

func (h *held) add(claims []store.Claim) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ids == nil {
		h.ids = map[int64]bool{}
	}
	for i := range claims {
		h.ids[claims[i].ID] = true
	}
}

func (h *held) remove(id int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.ids, id)
}

func (h *held) all() []int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(h.ids))
}

func (s *Sender) recover(ctx context.Context, now time.Time) {
	r, err := s.o.Store.Recover(ctx, store.Recovery{Channel: s.o.Carrier.Channel(), Now: now, Held: s.held.all(), Lease: s.o.Lease + clockSlack, Wait: LongestWait + clockSlack, Repeat: s.o.Repeat})
	log := s.o.Log.With("channel", s.o.Carrier.Channel())
	if err != nil {
		if ctx.Err() == nil {
			log.Error("look after deliveries of dead senders", "error", err)
		}
		return
	}
	switch {
	case r.Unknown > 0 && s.o.Repeat:
		log.Warn("a sender died in the middle: sending again what may have arrived", "deliveries", r.Unknown)
	case r.Unknown > 0:
		log.Warn("a sender died in the middle: these may or may not have arrived", "deliveries", r.Unknown)
	case r.Again > 0:
		log.Info("a sender died: planned again what it had not begun", "deliveries", r.Again)
	}
	if r.Pulled > 0 {
		log.Warn("a clock was ahead: what it had put off too far is due now", "deliveries", r.Pulled)
	}
}

// clockSlack is how much clocks of several machines may differ unnoticed.
const clockSlack = 5 * time.Minute

// told tells what became of outcomes that are stored, ok or not. One that is not
// came when its delivery was another's already.
func (s *Sender) told(steps []store.Step, ok []bool) {
	moved := map[int64]bool{}
	for i := range steps {
		moved[steps[i].ID] = moved[steps[i].ID] || ok[i]
	}
	for i := range steps {
		x := &steps[i]
		s.held.remove(x.ID)
		if !moved[x.ID] {
			moved[x.ID] = true // said once
			s.o.Meter.late.With(string(s.o.Carrier.Channel())).Add(1)
			s.o.Log.Warn("an outcome came too late: the delivery has moved on", "delivery", x.ID, "attempt", x.Attempt, "outcome", x.To, "reply", x.Reply)
		}
	}
}

// giveBack plans claims again that were not begun.
func (s *Sender) giveBack(claims []store.Claim) {
	now := s.o.Now()
	var steps []store.Step
	for i := range claims {
		steps = append(steps, store.Step{ID: claims[i].ID, From: broadsheet.DeliveryClaimed, To: broadsheet.DeliveryPlanned, Attempt: claims[i].Attempt, At: now, Until: now, Reply: claims[i].Reply})
	}
	_, err := s.ledger.put(steps...)
	if err != nil {
		s.o.Log.Warn("deliveries stay claimed until their lease ends", "deliveries", len(steps), "error", err)
	}
	for i := range claims {
		s.held.remove(claims[i].ID)
	}
}

// keepFor is how long an outcome that is known is tried to be stored, while the
// database is out of reach.
const keepFor = 10 * time.Minute

// keep stores outcomes, again and again where the database does not take them:
// steps say from where to where, so that doing it twice changes nothing.
func (s *Sender) keep(steps []store.Step) {
	for wait := 50 * time.Millisecond; len(steps) > 0; wait *= 2 {
		ok, err := s.ledger.put(steps...)
		if err == nil {
			s.told(steps, ok)
			return
		}
		if wait > keepFor {
			s.o.Log.Error("outcomes could not be stored; the deliveries will count as unknown", "deliveries", len(steps), "error", err)
			for i := range steps {
				s.held.remove(steps[i].ID) // their leases say so from now on
			}
			return
		}
		s.o.Log.Warn("an outcome is not stored yet", "error", err)
		time.Sleep(wait) // ends with keepFor; what is known must not be dropped for a stop
	}
}
