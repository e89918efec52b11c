package deliver

import (
	"context"
	"log/slog"
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
	held   held
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
	var looked, last time.Time // when dead senders were looked for, and the loop's last time
	for ctx.Err() == nil {
		// The wall clock alone, which is what leases are stored by: it can go back.
		now := s.o.Now().Round(0)
		if now.Before(last) || now.Sub(looked) > s.o.Lease/4 || now.Before(looked) {
			s.recover(ctx, now)
			looked = now
		}
		last = now
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
		s.held.add(got)
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
