package search

import (
	"fmt"
	"testing"
)

// TestAskedIsBounded: however often everything was asked, the counts stay few.
func TestAskedIsBounded(t *testing.T) {
	var a asked
	a.init()
	for i := range 2*askedMost + 10 {
		for range 4 { // no count comes to nothing by one halving
			a.note(fmt.Sprintf("query number %d", i))
		}
		if len(a.count) > askedMost {
			t.Fatalf("after %d queries %d are counted, at most %d should be", i+1, len(a.count), askedMost)
		}
	}
}
