package deliver

import (
	"context"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// Store is the part of the store that senders need.
type Store interface {
	ClaimDeliveries(ctx context.Context, channel broadsheet.Channel, now, lease time.Time, limit int) ([]store.Claim, error)
	PutSteps(ctx context.Context, steps []store.Step) ([]bool, error)
	Recover(ctx context.Context, q store.Recovery) (store.Recovered, error)
	Suppress(ctx context.Context, x broadsheet.Suppression) error
	History
}

// ledger gathers the steps of many conversations into few commits.
type ledger struct {
	store Store
	work  chan request
}

type request struct {
	steps []store.Step
	done  chan<- answer
}

type answer struct {
	ok  []bool
	err error
}

// maxSteps is the most that one commit carries.
const maxSteps = 512

func newLedger(s Store) *ledger { return &ledger{store: s, work: make(chan request)} }

// run commits what is handed over until ctx ends; it then still commits what
// conversations hand over to end. The caller ends it by closing over.
func (l *ledger) run(over <-chan struct{}) {
	for {
		select {
		case r := <-l.work:
			l.commit(r)
		case <-over:
			return
		}
	}
}

// commit stores one request and all that wait beside it.
func (l *ledger) commit(first request) {
	all := []request{first}
	steps := first.steps
gather:
	for len(steps) < maxSteps {
		select {
		case r := <-l.work:
			all = append(all, r)
			steps = append(steps, r.steps...)
		default:
			break gather
		}
	}
	// Not cancelled with the sender: an outcome that is known is written down.
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	ok, err := l.store.PutSteps(ctx, steps)
	for _, r := range all {
		a := answer{err: err}
		if err == nil {
			a.ok, ok = ok[:len(r.steps)], ok[len(r.steps):]
		}
		r.done <- a
	}
}

const commitTimeout = 30 * time.Second

// put stores steps and returns when they are on disk; ok tells of each whether
// it took effect.
func (l *ledger) put(steps ...store.Step) (ok []bool, err error) {
	if len(steps) == 0 {
		return nil, nil
	}
	done := make(chan answer, 1)
	l.work <- request{steps, done}
	a := <-done
	return a.ok, a.err
}
