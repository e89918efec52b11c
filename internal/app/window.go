package app

import (
	"fmt"
	"sync"
	"time"

	"broadsheet"
)

// window bounds how often something may happen in a fixed window of time, for
// each name and for all together. It is memory only: a restart begins anew.
type window struct {
	each, all int
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
	if w.total >= w.all || name != "" && w.counts[name] >= w.each {
		return &broadsheet.Error{Kind: broadsheet.Limited, Text: "too many have asked for that just now", Fix: "try again in " + hours(w.length)}
	}
	w.total++
	if name != "" {
		w.counts[name]++
	}
	return nil
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
