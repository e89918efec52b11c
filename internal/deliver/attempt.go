package deliver

import (
	"context"
	"fmt"
	"slices"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// deliver takes one claim to its end and gives the step that says so, together
// with what was still pending.
func (s *Sender) deliver(ctx context.Context, line Conversation, c *store.Claim, pending []store.Step) []store.Step {
	begin := s.o.Now()
	m, outcome, err := s.o.Carrier.Prepare(ctx, c)
	if err != nil {
		s.o.Log.Error("prepare a delivery", "delivery", c.ID, "error", err)
		o := Later("could not be made: " + broadsheet.KindOf(err).String())
		outcome = &o
	}
	if outcome == nil {
		outcome = line.Offer(ctx, c, m)
	}
	if outcome != nil {
		return append(pending, s.step(ctx, c, broadsheet.DeliveryClaimed, *outcome))
	}
	start := store.Step{ID: c.ID, From: broadsheet.DeliveryClaimed, To: broadsheet.DeliverySending, Attempt: c.Attempt, At: s.o.Now(), Until: s.o.Now().Add(s.o.Lease), Reply: c.Reply}
	steps := append(slices.Clip(pending), start)
	ok, err := s.ledger.put(steps...)
	if err != nil {
		s.o.Log.Error("a delivery was not begun", "delivery", c.ID, "error", err)
		line.Close()
		s.keep(append(slices.Clip(pending), s.unbegun(c)...))
		return nil
	}
	s.told(pending, ok)
	if !ok[len(ok)-1] {
		// Nobody wants it any more; or its lease was over and somebody else has it.
		s.held.remove(c.ID)
		line.Close()
		return nil
	}
	c.Attempt++
	o, err := line.Hand(context.WithoutCancel(ctx), c, m)
	if err != nil {
		// The message may have arrived, and nobody can tell.
		s.o.Log.Warn("the other side did not answer; it may have the message", "delivery", c.ID, "error", err)
		return []store.Step{s.doubt(c, err)}
	}
	s.o.Meter.Took(s.o.Carrier.Channel(), s.o.Now().Sub(begin))
	return []store.Step{s.step(ctx, c, broadsheet.DeliverySending, o)}
}

// unbegun are the steps that plan a claim again which could not be begun. A
// commit that ended with an error may have happened nevertheless: then it is
// the second that finds it.
func (s *Sender) unbegun(c *store.Claim) []store.Step {
	now := s.o.Now()
	again := store.Step{ID: c.ID, From: broadsheet.DeliveryClaimed, To: broadsheet.DeliveryPlanned, Attempt: c.Attempt, At: now, Until: now.Add(leastWait), Reply: c.Reply}
	begun := again
	begun.From, begun.Attempt = broadsheet.DeliverySending, c.Attempt+1
	return []store.Step{again, begun}
}

const (
	leastWait = time.Second
	// LongestWait is the longest that a delivery is put off at a time. One that
	// has to wait longer is put off again.
	LongestWait = 6 * time.Hour
)

// step is what an outcome does to the ledger; it also suppresses.
func (s *Sender) step(ctx context.Context, c *store.Claim, from broadsheet.DeliveryState, o Outcome) store.Step {
	now := s.o.Now()
	st := store.Step{ID: c.ID, From: from, To: o.State, Attempt: c.Attempt, At: now, Reply: o.Reply, Tried: from == broadsheet.DeliveryClaimed && !o.NotTried}
	if o.State == broadsheet.DeliveryPlanned {
		wait := max(o.After, backoff(c.Attempt, spread()))
		if o.NotTried {
			wait = max(o.After, leastWait)
		}
		st.Until = now.Add(min(wait, LongestWait))
	}
	if err := s.judge(context.WithoutCancel(ctx), c, &o, now); err != nil {
		s.o.Log.Error("suppress an address", "recipient", c.RecipientID, "error", err)
	}
	s.o.Meter.Ended(s.o.Carrier.Channel(), o.State)
	return st
}

// judge suppresses an address that does not exist, or at which nothing has
// arrived for long.
func (s *Sender) judge(ctx context.Context, c *store.Claim, o *Outcome, now time.Time) error {
	why := o.Reply
	switch {
	case o.NoSuchAddress:
	case o.Mailbox && o.State != broadsheet.DeliverySent:
		k, err := StreakBefore(ctx, s.o.Store, &c.Delivery)
		if err != nil {
			return err
		}
		if o.State == broadsheet.DeliveryFailed { // what is put off may still arrive
			k = k.With(&c.Delivery)
		}
		if !k.Worn() {
			return nil
		}
		why = k.Words(o.Reply)
	default:
		return nil
	}
	return s.o.Store.Suppress(ctx, broadsheet.Suppression{Channel: c.Recipient.Channel, Key: c.Recipient.Key, Reason: broadsheet.SuppressedBounce, Detail: line(why), At: now})
}

// doubt is the step of a delivery that may have arrived.
func (s *Sender) doubt(c *store.Claim, err error) store.Step {
	st := store.Step{ID: c.ID, From: broadsheet.DeliverySending, To: broadsheet.DeliveryUnknown, Attempt: c.Attempt, At: s.o.Now(), Reply: line(fmt.Sprint("no answer: ", err))}
	if s.o.Repeat {
		st.To, st.Until = broadsheet.DeliveryPlanned, s.o.Now().Add(backoff(c.Attempt, spread()))
	}
	s.o.Meter.Ended(s.o.Carrier.Channel(), st.To)
	return st
}
