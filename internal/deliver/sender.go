package deliver

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// Carrier carries the deliveries of one channel.
type Carrier interface {
	Channel() broadsheet.Channel
	// Prepare makes ready what is to be said, without saying it. Its outcome is nil
	// where it can be sent; an error is this program's, and the delivery is tried
	// again.
	Prepare(ctx context.Context, c *store.Claim) (Message, *Outcome, error)
	// Converse begins a conversation in which one delivery after the other goes.
	Converse() Conversation
}

// Message is what Prepare made, for the same carrier's conversations.
type Message any

// Conversation is one line to the other side: a mail connection, or the turn in
// which a hook is asked. It is used by one goroutine.
type Conversation interface {
	// Offer says whom the message is for. The other side cannot have taken it when
	// Offer returns. An outcome ends the delivery here; nil goes on.
	Offer(ctx context.Context, c *store.Claim, m Message) *Outcome
	// Hand hands the message over. What was not answered is not known.
	Hand(ctx context.Context, c *store.Claim, m Message) (Outcome, error)
	// Close ends the conversation.
	Close()
}

// Options adjusts a Sender.
type Options struct {
	Store         Store
	Carrier       Carrier
	Conversations int              // at once, default 8
	Repeat        bool             // send again what is unknown after a crash
	Log           *slog.Logger     // nil: silent
	Now           func() time.Time // default time.Now
	Lease         time.Duration    // after which a silent sender counts as dead: longer than a conversation may wait for an answer; default 20 minutes
	Poll          time.Duration    // between looks for what other processes planned, default 5 s
	Meter         *Meter           // nil: not measured
	// Paused tells whether nothing is to be begun for now; nil: never. It is asked
	// before every delivery, so it must answer at once.
	Paused func(context.Context) bool
}

// Sender sends the deliveries of one channel.
type Sender struct {
	o      Options
	ledger *ledger
	wake   chan struct{}
}

// New makes a sender; Run lets it work.
func New(o Options) *Sender {
	if o.Conversations == 0 {
		o.Conversations = 8
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Lease == 0 {
		o.Lease = 20 * time.Minute
	}
	if o.Poll == 0 {
		o.Poll = 5 * time.Second
	}
	if o.Meter == nil {
		o.Meter = NewMeter(nil)
	}
	return &Sender{o: o, ledger: newLedger(o.Store), wake: make(chan struct{}, 1)}
}

// Wake tells that deliveries were planned.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Run sends until ctx ends. Conversations then end after the delivery that they
// are in; what was claimed and not begun is planned again.
func (s *Sender) Run(ctx context.Context) {
	over := make(chan struct{})
	var ledger sync.WaitGroup
	ledger.Go(func() { s.ledger.run(over) })
	defer ledger.Wait()
	defer close(over)
	// One waits for each conversation, so that none waits for the next claims. No
	// more: what is claimed goes out even where its reader has just had enough.
	claims := make(chan store.Claim, s.o.Conversations)
	var all sync.WaitGroup
	for range s.o.Conversations {
		all.Go(func() { s.converse(ctx, claims) })
	}
	s.feed(ctx, claims)
	close(claims)
	all.Wait()
}

// claimAtOnce is how many deliveries are claimed together: enough to keep all
// conversations busy for a moment.
func (s *Sender) claimAtOnce() int { return max(32, 4*s.o.Conversations) }

// feed claims what is due and hands it to the conversations.
func (s *Sender) feed(ctx context.Context, claims chan<- store.Claim) {
	recovered := time.Time{}
	for ctx.Err() == nil {
		now := s.o.Now()
		if now.Sub(recovered) > s.o.Lease/4 || now.Before(recovered) {
			s.recover(ctx, now)
			recovered = now
		}
		if s.paused(ctx) {
			s.pause(ctx)
			continue
		}
		got, err := s.o.Store.ClaimDeliveries(ctx, s.o.Carrier.Channel(), now, now.Add(s.o.Lease), s.claimAtOnce())
		if err != nil {
			if ctx.Err() == nil {
				s.o.Log.Error("claim deliveries", "channel", s.o.Carrier.Channel(), "error", err)
			}
			s.pause(ctx)
			continue
		}
		for i := range got {
			if s.paused(ctx) {
				s.giveBack(got[i:])
				break
			}
			select {
			case claims <- got[i]:
			case <-ctx.Done():
				s.giveBack(got[i:])
				return
			}
		}
		if len(got) == 0 {
			s.pause(ctx)
		}
	}
}

func (s *Sender) paused(ctx context.Context) bool { return s.o.Paused != nil && s.o.Paused(ctx) }

func (s *Sender) recover(ctx context.Context, now time.Time) {
	again, unknown, err := s.o.Store.Recover(ctx, now, s.o.Repeat)
	switch {
	case err != nil && ctx.Err() == nil:
		s.o.Log.Error("look after deliveries of dead senders", "error", err)
	case unknown > 0 && s.o.Repeat:
		s.o.Log.Warn("a sender died in the middle: sending again what may have arrived", "deliveries", unknown)
	case unknown > 0:
		s.o.Log.Warn("a sender died in the middle: these may or may not have arrived", "deliveries", unknown)
	case again > 0:
		s.o.Log.Info("a sender died: planned again what it had not begun", "deliveries", again)
	}
}

// giveBack plans claims again that were not begun.
func (s *Sender) giveBack(claims []store.Claim) {
	now := s.o.Now()
	var steps []store.Step
	for i := range claims {
		steps = append(steps, store.Step{ID: claims[i].ID, From: broadsheet.DeliveryClaimed, To: broadsheet.DeliveryPlanned, At: now, Until: now, Reply: claims[i].Reply})
	}
	if _, err := s.ledger.put(steps...); err != nil {
		s.o.Log.Warn("deliveries stay claimed until their lease ends", "deliveries", len(steps), "error", err)
	}
}

// pause waits until something is due, was planned, or it is time to look.
func (s *Sender) pause(ctx context.Context) {
	t := time.NewTimer(s.o.Poll)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-s.wake:
	case <-t.C:
	}
}

// converse sends one delivery after the other. The outcome of one is stored
// with the beginning of the next, or alone where none waits.
func (s *Sender) converse(ctx context.Context, claims <-chan store.Claim) {
	line := s.o.Carrier.Converse()
	defer line.Close()
	var pending []store.Step // the outcome of the delivery before
	flush := func() {
		s.keep(pending)
		pending = nil
	}
	defer flush()
	for {
		var c store.Claim
		var more bool
		select {
		case c, more = <-claims:
		default:
			flush() // nobody waits: what is known is written down now
			c, more = <-claims
		}
		if !more {
			return
		}
		if ctx.Err() != nil {
			s.giveBack([]store.Claim{c})
			continue
		}
		pending = s.deliver(ctx, line, &c, pending)
	}
}

// keepFor is how long an outcome that is known is tried to be stored, while the
// database is out of reach.
const keepFor = 10 * time.Minute

// keep stores outcomes, again and again where the database does not take them:
// steps say from where to where, so that doing it twice changes nothing.
func (s *Sender) keep(steps []store.Step) {
	for wait := 50 * time.Millisecond; ; wait *= 2 {
		_, err := s.ledger.put(steps...)
		if err == nil {
			return
		}
		if wait > keepFor {
			s.o.Log.Error("outcomes could not be stored; the deliveries will count as unknown", "deliveries", len(steps), "error", err)
			return
		}
		s.o.Log.Warn("an outcome is not stored yet", "error", err)
		time.Sleep(wait) // ends with keepFor; what is known must not be dropped for a stop
	}
}

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
	ok, err := s.ledger.put(append(slices.Clip(pending), store.Step{ID: c.ID, From: broadsheet.DeliveryClaimed, To: broadsheet.DeliverySending,
		At: s.o.Now(), Until: s.o.Now().Add(s.o.Lease), Reply: c.Reply})...)
	if err != nil || !ok[len(ok)-1] {
		// Not on disk, so not begun; or its lease is over and somebody else has it.
		if err != nil {
			s.o.Log.Error("a delivery was not begun", "delivery", c.ID, "error", err)
			s.keep(pending)
		}
		line.Close()
		return nil
	}
	c.Attempt++
	o, err := line.Hand(context.WithoutCancel(ctx), c, m)
	if err != nil {
		// The message may have arrived. Nobody can tell: the lease is left to run out,
		// as if this process had died.
		s.o.Log.Warn("the other side did not answer; it may have the message", "delivery", c.ID, "error", err)
		return []store.Step{s.doubt(c, err)}
	}
	s.o.Meter.Took(s.o.Carrier.Channel(), s.o.Now().Sub(begin))
	return []store.Step{s.step(ctx, c, broadsheet.DeliverySending, o)}
}

// step is what an outcome does to the ledger; it also suppresses.
func (s *Sender) step(ctx context.Context, c *store.Claim, from broadsheet.DeliveryState, o Outcome) store.Step {
	now := s.o.Now()
	st := store.Step{ID: c.ID, From: from, To: o.State, At: now, Reply: o.Reply, Tried: from == broadsheet.DeliveryClaimed && !o.NotTried}
	if o.State == broadsheet.DeliveryPlanned {
		wait := max(o.After, backoff(c.Attempt, spread()))
		if o.NotTried {
			wait = max(o.After, time.Second)
		}
		st.Until = now.Add(wait)
	}
	if o.NoSuchAddress {
		err := s.o.Store.Suppress(context.WithoutCancel(ctx), broadsheet.Suppression{Channel: c.Recipient.Channel, Key: c.Recipient.Key,
			Reason: broadsheet.SuppressedBounce, Detail: o.Reply, At: now})
		if err != nil {
			s.o.Log.Error("suppress an address", "recipient", c.RecipientID, "error", err)
		}
	}
	s.o.Meter.Ended(s.o.Carrier.Channel(), o.State)
	return st
}

// doubt is the step of a delivery that may have arrived.
func (s *Sender) doubt(c *store.Claim, err error) store.Step {
	st := store.Step{ID: c.ID, From: broadsheet.DeliverySending, To: broadsheet.DeliveryUnknown, At: s.o.Now(), Reply: line(fmt.Sprint("no answer: ", err))}
	if s.o.Repeat {
		st.To, st.Until = broadsheet.DeliveryPlanned, s.o.Now().Add(backoff(c.Attempt, spread()))
	}
	s.o.Meter.Ended(s.o.Carrier.Channel(), st.To)
	return st
}
