package transfer

import (
	"testing"
	"testing/synctest"
)

// TestQueueIsBoundByBytes sends until nothing more goes in, then takes.
func TestQueueIsBoundByBytes(t *testing.T) {
	for _, c := range []struct {
		name string
		size int // of each chunk
		want int // how many wait
	}{
		{"ordinary chunks", chunkBytes, queueChunks},
		{"chunks of a long record", 1 << 20, queueBytes >> 20},
		{"chunks longer than all may be", 12 << 20, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const all = 20
				q := newQueue()
				go func() {
					defer q.close()
					for range all {
						if !q.send(t.Context(), &chunk{buf: make([]byte, c.size)}) {
							return
						}
					}
				}()
				synctest.Wait()
				if got := len(q.order); got != c.want {
					t.Errorf("%d chunks of %d bytes wait, want %d", got, c.size, c.want)
				}
				got := 0
				for chunk := range q.order {
					<-q.work
					q.taken(chunk)
					got++
				}
				if got != all || q.bytes != 0 {
					t.Errorf("%d chunks came through and %d bytes are left, want %d and 0", got, q.bytes, all)
				}
			})
		})
	}
}
