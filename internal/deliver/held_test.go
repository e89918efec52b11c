package deliver_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/lib/metric"
	"broadsheet/internal/store"

	"github.com/google/go-cmp/cmp"
)

// slow takes a message and answers when it is let.
type slow struct {
	taker
	answer deliver.Outcome
	let    chan struct{}
}

func (x *slow) Converse() deliver.Conversation { return x }
func (x *slow) Hand(context.Context, *store.Claim, deliver.Message) (deliver.Outcome, error) {
	x.taken.Add(1)
	<-x.let
	return x.answer, nil
}

// looking is a store that counts how often dead senders were looked for, and how
// often anything was found.
type looking struct {
	*store.Store
	looks, found atomic.Int64
}

func (l *looking) Recover(ctx context.Context, q store.Recovery) (store.Recovered, error) {
	r, err := l.Store.Recover(ctx, q)
	l.found.Add(r.Again + r.Unknown)
	l.looks.Add(1)
	return r, err
}

// TestASenderIsNotDeadToItself: the clock jumps while a message is being handed
// over and others are claimed; or the machine slept. Leases are over, and their
// holder lives.
func TestASenderIsNotDeadToItself(t *testing.T) {
	for _, repeat := range []bool{false, true} {
		t.Run(fmt.Sprint("repeat ", repeat), func(t *testing.T) {
			c := newClock()
			s := planned(t, 5, c.Now())
			l := &looking{Store: s}
			x := &slow{answer: deliver.Sent("250 ok"), let: make(chan struct{})}
			stop := run(t, deliver.Options{Store: l, Carrier: x, Conversations: 2, Repeat: repeat, Now: c.Now, Lease: 20 * time.Minute})
			await(t, "two are handed over", func() bool { return x.taken.Load() == 2 })
			for range 3 {
				// The feeder holds claims that nobody takes for now: one goes at a time, so
				// that it comes around to look.
				c.add(time.Hour)
				before, taken := l.looks.Load(), x.taken.Load()
				x.let <- struct{}{}
				await(t, "it looks for dead senders, or the next is handed over", func() bool { return l.looks.Load() > before || x.taken.Load() > taken })
			}
			close(x.let)
			await(t, "all are sent", func() bool { return lines(t, s)["sent 1 250 ok"] == 5 })
			stop()
			if n := x.taken.Load(); n != 5 || l.looks.Load() < 2 || l.found.Load() > 0 {
				t.Errorf("%d were handed over, want each of 5 once; dead senders were looked for %d times and %d deliveries of theirs found, want again after the jump and none", n, l.looks.Load(), l.found.Load())
			}
		})
	}
}

// TestLateOutcomes: a sender sleeps, another one takes over, and the first wakes.
func TestLateOutcomes(t *testing.T) {
	c := newClock()
	s := planned(t, 1, c.Now())
	var log bytes.Buffer
	var mu sync.Mutex
	set := metric.New()
	first := &slow{answer: deliver.Failed("554 no"), let: make(chan struct{})}
	stopFirst := run(t, deliver.Options{Store: s, Carrier: first, Conversations: 1, Repeat: true, Now: c.Now, Lease: 20 * time.Minute, Meter: deliver.NewMeter(set),
		Log: slog.New(slog.NewTextHandler(writer(func(b []byte) { mu.Lock(); defer mu.Unlock(); log.Write(b) }), nil)),
		// Asleep but for the conversation: it looks for nobody.
		Poll: time.Hour})
	await(t, "it is handed over", func() bool { return first.taken.Load() == 1 })
	c.add(time.Hour)
	second := &taker{}
	stopSecond := run(t, deliver.Options{Store: s, Carrier: second, Conversations: 1, Repeat: true, Now: c.Now})
	await(t, "the other one sends it", func() bool { return lines(t, s)["sent 2 250 ok"] == 1 })
	stopSecond()
	close(first.let)
	stopFirst()
	if diff := cmp.Diff(map[string]int{"sent 2 250 ok": 1}, lines(t, s)); diff != "" {
		t.Errorf("the ledger (-want +got):\n%s", diff)
	}
	mu.Lock()
	defer mu.Unlock()
	if !strings.Contains(log.String(), "too late") || !strings.Contains(log.String(), "554 no") {
		t.Errorf("the log does not tell of the late outcome: %s", log.String())
	}
	page := httptest.NewRecorder()
	set.Handler().ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if text := page.Body.String(); !strings.Contains(text, `broadsheet_deliver_late_outcomes_total{channel="mail"} 1`) {
		t.Errorf("the metric does not tell of it: %s", text)
	}
}

type writer func([]byte)

func (w writer) Write(b []byte) (int, error) { w(b); return len(b), nil }

// TestAClockThatGoesBack: what was put off by a clock that was ahead goes when
// that clock goes back, not when its time comes.
func TestAClockThatGoesBack(t *testing.T) {
	c := newClock()
	s := planned(t, 2, c.Now())
	x := &slow{answer: deliver.Later("451 later"), let: make(chan struct{}, 10)}
	stop := run(t, deliver.Options{Store: s, Carrier: x, Conversations: 2, Now: c.Now})
	await(t, "both are handed over", func() bool { return x.taken.Load() == 2 })
	c.add(47 * time.Hour)
	x.let <- struct{}{}
	x.let <- struct{}{}
	await(t, "both are put off", func() bool { return lines(t, s)["planned 1 451 later"] == 2 })
	c.add(-47 * time.Hour)
	await(t, "both are handed over again", func() bool { return x.taken.Load() == 4 })
	close(x.let)
	stop()
}

// gate is a store whose commits fail while it is shut, perhaps after they happened.
type gate struct {
	*store.Store
	shut, after atomic.Bool
	failed      atomic.Int64
}

func (g *gate) PutSteps(ctx context.Context, steps []store.Step) ([]bool, error) {
	if !g.shut.Load() {
		return g.Store.PutSteps(ctx, steps)
	}
	if g.after.Load() {
		if _, err := g.Store.PutSteps(ctx, steps); err != nil {
			return nil, err
		}
	}
	g.failed.Add(1)
	return nil, broadsheet.Errorf(broadsheet.Unavailable, "the line broke")
}

// TestBeginningsThatAreNotKnown: the database does not say whether a delivery
// began. It was not handed over, so it is sent later, once, and never unknown.
func TestBeginningsThatAreNotKnown(t *testing.T) {
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprint("committed ", after), func(t *testing.T) {
			c := newClock()
			s := planned(t, 3, c.Now())
			g := &gate{Store: s}
			g.shut.Store(true)
			g.after.Store(after)
			x := &taker{}
			stop := run(t, deliver.Options{Store: g, Carrier: x, Conversations: 1, Now: c.Now})
			await(t, "a beginning fails", func() bool { return g.failed.Load() > 0 })
			if x.taken.Load() > 0 {
				t.Error("handed over without a beginning")
			}
			g.shut.Store(false)
			await(t, "all are sent", func() bool {
				c.add(10 * time.Second)
				got, err := s.DeliveryCounts(t.Context(), time.Time{})
				return err == nil && got[broadsheet.ChannelMail][broadsheet.DeliverySent] == 3
			})
			stop()
			if n := x.taken.Load(); n != 3 {
				t.Errorf("%d were handed over, want each of 3 once", n)
			}
		})
	}
}
