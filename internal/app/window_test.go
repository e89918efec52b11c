package app

import (
	"fmt"
	"testing"
	"time"
)

// TestWindowNets: a network of 48 bits that is one machine's uses up its own share
// and nobody else's; where there is no bound for all, none is met.
func TestWindowNets(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	w := window{each: 2, wide: 5, length: time.Hour}
	passed := 0
	for i := range 100 {
		if w.take(fmt.Sprintf("2001:db8:1:%x::", i), now) == nil {
			passed++
		}
	}
	if passed != 5 {
		t.Errorf("of 100 networks of one machine %d passed, want 5", passed)
	}
	for _, client := range []string{"2001:db8:2::", "192.0.2.1", ""} {
		if err := w.take(client, now); err != nil {
			t.Errorf("%q beside it: %v, want none", client, err)
		}
	}
	w = window{each: 2, length: time.Hour}
	for i := range 5000 {
		if err := w.take(fmt.Sprintf("192.0.%d.%d", i/256, i%256), now); err != nil {
			t.Fatalf("client %d without a bound for all: %v", i, err)
		}
	}
}

// TestLately: a proof counts for half an hour, and one that a wrong clock wrote
// does not count.
func TestLately(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for age, want := range map[time.Duration]bool{0: true, 29 * time.Minute: true, 31 * time.Minute: false, -4 * time.Minute: true, -6 * time.Minute: false, -24 * time.Hour: false} {
		if got := lately(now.Add(-age), now); got != want {
			t.Errorf("proven %s ago: %v, want %v", age, got, want)
		}
	}
}
