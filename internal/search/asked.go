package search

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// asked counts the queries that found something, to suggest them to others. It
// knows nothing of who asked, shows only what was asked several times, forgets
// what is not asked again, and is kept nowhere.
type asked struct {
	mu    sync.Mutex
	count map[string]int
}

const (
	askedShown = 3    // times a query must have been asked before others see it
	askedMost  = 4096 // queries that are counted
	askedLong  = 80   // bytes; longer ones are somebody's own
)

func (a *asked) init() { a.count = map[string]int{} }

// note counts a query.
func (a *asked) note(raw string) {
	q := strings.ToLower(strings.Join(strings.Fields(raw), " "))
	if q == "" || len(q) > askedLong || utf8.RuneCountInString(q) < 3 || strings.ContainsAny(q, "@") {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.count[q]; !ok && len(a.count) >= askedMost {
		a.forget()
	}
	a.count[q]++
}

// forget halves all counts and drops what comes to nothing, until there is room.
func (a *asked) forget() {
	for len(a.count) >= askedMost {
		for q, n := range a.count {
			if n /= 2; n == 0 {
				delete(a.count, q)
			} else {
				a.count[q] = n
			}
		}
	}
}

// match is the n most asked queries that begin with text.
func (a *asked) match(text string, n int) []string {
	text = strings.ToLower(text)
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []string
	for q, times := range a.count {
		if times >= askedShown && len(q) > len(text) && strings.HasPrefix(q, text) {
			out = append(out, q)
		}
	}
	slices.SortFunc(out, func(x, y string) int { return cmp.Or(cmp.Compare(a.count[y], a.count[x]), strings.Compare(x, y)) })
	return out[:min(n, len(out))]
}
