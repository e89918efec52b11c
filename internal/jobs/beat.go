package jobs

import (
	"context"
	"maps"
	"slices"
	"time"
)

// beats says that this runner lives while it runs something, and gives up
// jobs that others may take.
func (q *Queue) beats(ctx context.Context) {
	tick := time.NewTicker(q.opt.Beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			q.beat(ctx)
		}
	}
}

func (q *Queue) beat(ctx context.Context) {
	q.mu.Lock()
	mine := maps.Clone(q.now)
	q.mu.Unlock()
	if len(mine) == 0 {
		return
	}
	now := q.opt.Now()
	// A statement that waits too long for a lock counts as failed.
	bctx, cancel := context.WithTimeout(ctx, 3*q.opt.Beat)
	ids, err := q.store.BeatJobs(bctx, q.runner, slices.Collect(maps.Keys(mine)), now)
	cancel()
	q.mu.Lock()
	defer q.mu.Unlock()
	if err != nil {
		if ctx.Err() == nil {
			q.opt.Log.Warn("could not say that jobs are alive", "error", err)
		}
		if q.opt.Now().Sub(q.lastBeat) >= 5*q.opt.Beat {
			for _, a := range q.now {
				a.cancel(errLost)
			}
		}
		return
	}
	q.lastBeat = now
	still := make(map[int64]bool, len(ids))
	for _, id := range ids {
		still[id] = true
	}
	for id, a := range mine {
		if q.now[id] == a && !still[id] {
			a.cancel(errLost)
		}
	}
}
