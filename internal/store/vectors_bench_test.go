package store_test

import (
	"fmt"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// BenchmarkVectors stores batches of 64 vectors, and reads 500.
func BenchmarkVectors(b *testing.B) {
	const papers = 20_000
	s := storetest.Open(b)
	ctx := b.Context()
	var ids []string
	for len(ids) < papers {
		var batch store.Batch
		for range 1000 {
			id := fmt.Sprintf("2606.%05d", len(ids)+1)
			ids = append(ids, id)
			batch.Papers = append(batch.Papers, broadsheet.Paper{ID: id, Title: "Paper " + id})
		}
		if _, err := s.Put(ctx, batch); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.UseVectorModel(ctx, "m", time.Now()); err != nil {
		b.Fatal(err)
	}
	b.Run("put 64", func(b *testing.B) {
		at := 0
		for b.Loop() {
			vectors := make([]store.Vector, 64)
			for i := range vectors {
				vectors[i] = vectorOf(ids[at%papers], int8(i))
				at++
			}
			if _, err := s.PutVectors(ctx, "m", vectors); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read 500", func(b *testing.B) {
		at := 0
		for b.Loop() {
			if _, err := s.Vectors(ctx, "m", ids[at:at+500]); err != nil {
				b.Fatal(err)
			}
			at = (at + 500) % (papers - 500)
		}
	})
}
