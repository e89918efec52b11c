package httpkit

import (
	"context"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
)

func TestLaneIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		crawler, reader := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
		l := newLane(2, 8)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		var mu sync.Mutex
		refused := 0
		for range 6 {
			wg.Go(func() {
				if l.enter(ctx, crawler) != nil {
					mu.Lock()
					refused++
					mu.Unlock()
				}
			})
		}
		synctest.Wait()
		// One runs, four wait (half of the queue), the sixth is refused.
		if refused != 1 || l.length() != 4 || l.free != 1 {
			t.Errorf("crawler with 6 requests: %d refused, %d waiting, %d slots free; want 1, 4, 1", refused, l.length(), l.free)
		}
		if err := l.enter(ctx, reader); err != nil {
			t.Errorf("reader beside the crawler: %v, want a slot at once", err)
		}
		l.leave(reader)
		if l.length() != 4 || l.free != 1 {
			t.Errorf("after the reader: %d waiting, %d free; want 4, 1", l.length(), l.free)
		}
		l.leave(crawler) // the next of the crawler's takes it
		synctest.Wait()
		if l.length() != 3 || l.free != 1 {
			t.Errorf("after a turn: %d waiting, %d free; want 3, 1", l.length(), l.free)
		}
		cancel()
		wg.Wait()
		l.leave(crawler)
		if l.length() != 0 || l.free != 2 || len(l.running) != 0 {
			t.Errorf("at the end: %d waiting, %d free, running %v; want 0, 2, none", l.length(), l.free, l.running)
		}
	})
}
