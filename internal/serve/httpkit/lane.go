package httpkit

import (
	"context"
	"net/netip"
	"slices"
	"sync"

	"broadsheet"
)

// lane bounds how much goes on at once and how much waits for it, and is fair:
// one client holds at most half of the slots and half of the queue, so that a
// crawler which walks through all archives leaves room for readers.
type lane struct {
	mu      sync.Mutex
	free    int
	share   int // slots that one client may hold
	queue   int
	running map[netip.Addr]int
	waiting []*waiter // first come first, but for clients that have their share
}

type waiter struct {
	who   netip.Addr
	ready chan struct{} // closed when the slot is the waiter's
}

func newLane(slots, queue int) *lane {
	return &lane{free: slots, share: max(1, slots/2), queue: queue, running: map[netip.Addr]int{}}
}

var errBusy = error(&broadsheet.Error{Kind: broadsheet.Unavailable, Text: "too many pages are being made just now", Fix: "try again in a few seconds"})

// enter waits for a slot, which leave gives back. The invalid address is
// nobody's and has no share.
func (l *lane) enter(ctx context.Context, who netip.Addr) error {
	l.mu.Lock()
	if l.free > 0 && l.mayRun(who) {
		l.take(who)
		l.mu.Unlock()
		return nil
	}
	if l.full(who) {
		l.mu.Unlock()
		return errBusy
	}
	w := &waiter{who, make(chan struct{})}
	l.waiting = append(l.waiting, w)
	l.mu.Unlock()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.waiting, w); i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
	} else {
		l.release(who) // the slot came at the same moment
	}
	return errBusy
}

func (l *lane) leave(who netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.release(who)
}

// length is how many wait.
func (l *lane) length() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}

func (l *lane) take(who netip.Addr) {
	l.free--
	if who.IsValid() {
		l.running[who]++
	}
}

// release gives a slot back and hands it to the first who may have it.
func (l *lane) release(who netip.Addr) {
	l.free++
	if l.running[who]--; l.running[who] <= 0 {
		delete(l.running, who)
	}
	for i := 0; i < len(l.waiting) && l.free > 0; i++ {
		if w := l.waiting[i]; l.mayRun(w.who) {
			l.waiting = slices.Delete(l.waiting, i, i+1)
			l.take(w.who)
			close(w.ready)
			i--
		}
	}
}

func (l *lane) mayRun(who netip.Addr) bool { return !who.IsValid() || l.running[who] < l.share }

func (l *lane) full(who netip.Addr) bool {
	if len(l.waiting) >= l.queue {
		return true
	}
	if !who.IsValid() {
		return false
	}
	n := 0
	for _, w := range l.waiting {
		if w.who == who {
			n++
		}
	}
	return n >= max(1, l.queue/2)
}

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
