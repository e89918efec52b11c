package search

import (
	"math/rand/v2"
	"slices"
	"testing"

	"broadsheet/internal/lib/segment"
)

// TestSeek compares both ways of finding a document's place with a plain one.
func TestSeek(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 31))
	for range 20_000 {
		docs := make([]uint32, 1+rng.IntN(segment.BlockSize))
		for i, at := 0, uint32(0); i < len(docs); i++ {
			at += 1 + rng.Uint32N([]uint32{3, 300, 1 << 24}[rng.IntN(3)])
			docs[i] = at
		}
		doc := rng.Uint32N(docs[len(docs)-1] + 1)
		want, _ := slices.BinarySearch(docs, doc)
		if a, b := seek(docs, doc), gallop(docs, doc); a != want || b != want {
			t.Fatalf("seek(%v, %d) = %d, gallop %d, want %d", docs, doc, a, b, want)
		}
	}
}
