package search

import (
	"fmt"
	"strings"
	"testing"
)

// TestCachesAreBounded: keys count, too: a query may be longer than its vector.
func TestCachesAreBounded(t *testing.T) {
	e := New(Options{})
	long := strings.Repeat("x", 2000)
	for i := range 4000 {
		e.vectors.put(fmt.Sprint(i, long), make([]float32, 8))
		e.filters.put(filterKey{sum: fmt.Sprint(i, strings.Repeat(long, 10))}, &filterSet{})
		e.counts.put(facetKey{sum: fmt.Sprint(i, long)}, nil)
	}
	for name, c := range map[string]struct{ keys, limit int }{
		"vectors": {2000 * len(e.vectors.items), vectorBytes},
		"filters": {20_000 * len(e.filters.items), filterBytes},
		"counts":  {2000 * len(e.counts.items), countBytes},
	} {
		if c.keys > c.limit || c.keys < c.limit/2 {
			t.Errorf("%s: the keys alone have %d bytes, want at most %d and no less than half of it", name, c.keys, c.limit)
		}
	}
}
