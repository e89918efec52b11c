package deliver_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/store"
)

// taker takes everything and counts it; it is its own conversation.
type taker struct{ taken atomic.Int64 }

func (*taker) Channel() broadsheet.Channel { return broadsheet.ChannelMail }
func (*taker) Prepare(context.Context, *store.Claim) (deliver.Message, *deliver.Outcome, error) {
	return nil, nil, nil
}
func (x *taker) Converse() deliver.Conversation                                      { return x }
func (*taker) Offer(context.Context, *store.Claim, deliver.Message) *deliver.Outcome { return nil }
func (*taker) Close()                                                                {}
func (x *taker) Hand(context.Context, *store.Claim, deliver.Message) (deliver.Outcome, error) {
	x.taken.Add(1)
	return deliver.Outcome{State: broadsheet.DeliverySent, Reply: "250 ok"}, nil
}

// TestPaused pauses after some deliveries: those that were claimed and not begun
// are given back, and go when it is resumed.
func TestPaused(t *testing.T) {
	const all = 100
	s := planned(t, all, time.Now())
	x := &taker{}
	var asked, let atomic.Int64
	var after atomic.Bool // it was asked again after it had said that all is paused
	let.Store(10)
	sender := deliver.New(deliver.Options{Store: s, Carrier: x, Conversations: 2, Poll: time.Millisecond, Paused: func(context.Context) bool {
		n, most := asked.Add(1), let.Load()
		after.Store(n > most+3)
		return n > most
	}})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); sender.Run(ctx) }()
	await(t, "it is asked while paused", after.Load)
	if n := x.taken.Load(); n > 10 {
		t.Errorf("paused at the tenth: %d were handed over", n)
	}
	let.Store(1 << 40)
	await(t, "all are handed over", func() bool { return x.taken.Load() == all })
	stop()
	<-done
	counts, err := s.DeliveryCounts(t.Context(), time.Time{})
	if n := counts[broadsheet.ChannelMail][broadsheet.DeliverySent]; n != all || err != nil {
		t.Errorf("the ledger has %v (%v), want %d sent", counts, err, all)
	}
}

// await waits for another goroutine.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: ", what)
		}
	}
}
