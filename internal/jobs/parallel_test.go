package jobs

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"broadsheet/internal/store/storetest"
)

// TestParallel: however many slow jobs of a kind are due, others run beside them.
func TestParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue(t, storetest.Open(t), Options{})
		var now, most, slow, quick atomic.Int64
		q.Register("slow", func(context.Context, json.RawMessage) error {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(time.Minute)
			now.Add(-1)
			slow.Add(1)
			return nil
		}, Policy{Parallel: 1})
		q.Register("quick", func(context.Context, json.RawMessage) error { quick.Add(1); return nil }, Policy{})
		start(t, q)
		for i := range 6 {
			enqueue(t, q, "slow", i, Opts{})
		}
		time.Sleep(time.Second)
		enqueue(t, q, "quick", nil, Opts{})
		time.Sleep(10 * time.Second)
		if most.Load() != 1 || quick.Load() != 1 {
			t.Errorf("%d slow jobs at once, %d quick ones done beside them; want 1 and 1", most.Load(), quick.Load())
		}
		time.Sleep(6 * time.Minute)
		if slow.Load() != 6 {
			t.Errorf("%d slow jobs are done after all, want 6", slow.Load())
		}
	})
}
