package app

import (
	"fmt"
	"net/netip"
	"sync"
	"time"

	"broadsheet"
)

// window bounds how often something may happen in a fixed window of time, for
// each name and for all together. It is memory only: a restart begins anew.
type window struct {
	each, all int // all: 0 for any number
	wide      int // for all clients of an IPv6 network of 48 bits, which one machine may have whole; 0 for any number
	length    time.Duration

	mu     sync.Mutex
	number int64
	counts map[string]int
	total  int
}

// take counts one for a name; "" counts for all only. It is Limited where that is one too many.
func (w *window) take(name string, now time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := now.UnixNano() / int64(w.length); n != w.number || w.counts == nil {
		w.number, w.counts, w.total = n, map[string]int{}, 0
	}
	net := ""
	if w.wide > 0 {
		net = wideNet(name)
	}
	if w.all > 0 && w.total >= w.all || name != "" && w.counts[name] >= w.each || net != "" && w.counts[net] >= w.wide {
		return &broadsheet.Error{Kind: broadsheet.Limited, Text: "too many have asked for that just now", Fix: "try again in " + hours(w.length)}
	}
	w.total++
	if name != "" {
		w.counts[name]++
	}
	if net != "" {
		w.counts[net]++
	}
	return nil
}

// wideNet is the network of 48 bits of a client that is one of IPv6, "" for others.
func wideNet(client string) string {
	a, err := netip.ParseAddr(client)
	if err != nil || !a.Is6() || a.Is4In6() {
		return ""
	}
	p, err := a.Prefix(48)
	if err != nil {
		return ""
	}
	return p.String()
}

// takeOf counts one for a name that may have most in the window, 0 for any number,
// and tells whether it may.
func (w *window) takeOf(name string, most int, now time.Time) bool {
	if most == 0 {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := now.UnixNano() / int64(w.length); n != w.number || w.counts == nil {
		w.number, w.counts, w.total = n, map[string]int{}, 0
	}
	if w.counts[name] >= most {
		return false
	}
	w.counts[name]++
	return true
}

func hours(d time.Duration) string {
	if d <= time.Hour {
		return "an hour"
	}
	return fmt.Sprint(int(d.Hours()), " hours")
}
