package httpkit

import (
	"context"
	"sync"
	"sync/atomic"

	"broadsheet"
)

// lane bounds how much goes on at once and how much waits for it.
type lane struct {
	slots   chan struct{}
	waiting atomic.Int64
	queue   int64
}

func newLane(slots, queue int) *lane {
	return &lane{slots: make(chan struct{}, slots), queue: int64(queue)}
}

var errBusy = error(&broadsheet.Error{Kind: broadsheet.Unavailable, Text: "too many pages are being made just now", Fix: "try again in a few seconds"})

// enter waits for a slot, which leave gives back.
func (l *lane) enter(ctx context.Context) error {
	select {
	case l.slots <- struct{}{}:
		return nil
	default:
	}
	defer l.waiting.Add(-1)
	if l.waiting.Add(1) > l.queue {
		return errBusy
	}
	select {
	case l.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errBusy
	}
}

func (l *lane) leave() { <-l.slots }

// flights lets one caller do the work that several ask for at once.
type flights struct {
	mu sync.Mutex
	m  map[string]*flight
}

// flight is such work; its entry is there once done is closed.
type flight struct {
	done  chan struct{}
	entry *entry
}

// join gives the flight of key and whether the caller must do its work and
// land it.
func (fs *flights) join(key string) (f *flight, lead bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f := fs.m[key]; f != nil {
		return f, false
	}
	f = &flight{done: make(chan struct{})}
	fs.m[key] = f
	return f, true
}

func (fs *flights) land(key string, f *flight) {
	fs.mu.Lock()
	delete(fs.m, key)
	fs.mu.Unlock()
	close(f.done)
}
