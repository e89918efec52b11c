package segment

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestRoundTrip reads back random documents, in numbers around those where lists
// get another shape.
func TestRoundTrip(t *testing.T) {
	for _, n := range []int{0, 1, 2, 16, 17, 126, 127, 128, 129, 255, 256, 257, 300, 1000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			docs := randomDocs(rand.New(rand.NewPCG(1, uint64(n))), n)
			checkAll(t, open(t, build(t, docs)), docs)
		})
	}
}
