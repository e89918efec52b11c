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
	now := q.opt.Now()
	mine, left := q.heard(now)
	if len(mine) == 0 {
		return
	}
	// Unheard for so long, jobs end here before they begin elsewhere, whatever
	// the statement waits for.
	guard := time.AfterFunc(left, func() { q.lose(mine, nil) })
	defer guard.Stop()
	bctx, cancel := context.WithTimeout(ctx, min(left, 3*q.opt.Beat))
	ids, err := q.store.BeatJobs(bctx, q.runner, slices.Collect(maps.Keys(mine)), now)
	cancel()
	if err != nil {
		if ctx.Err() == nil {
			q.opt.Log.Warn("could not say that jobs are alive", "error", err)
		}
		return
	}
	q.mu.Lock()
	for _, id := range ids {
		mine[id].beat = now
	}
	q.mu.Unlock()
	q.lose(mine, ids)
}

// heard gives the jobs that this queue still has, less those that have been
// unheard for too long and are lost now, and how long the rest may stay
// unheard.
func (q *Queue) heard(now time.Time) (mine map[int64]*attempt, left time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	mine, left = map[int64]*attempt{}, 5*q.opt.Beat
	for id, a := range q.now {
		rest := 5*q.opt.Beat - now.Sub(a.beat)
		switch {
		case a.lost:
		case rest <= 0:
			a.lose()
		default:
			mine[id] = a
			left = min(left, rest)
		}
	}
	return mine, left
}

// lose gives up those of mine that still run and are not among kept.
func (q *Queue) lose(mine map[int64]*attempt, kept []int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for id, a := range mine {
		if q.now[id] == a && !slices.Contains(kept, id) {
			a.lose()
		}
	}
}

// lose needs the queue's lock.
func (a *attempt) lose() {
	a.lost = true
	a.cancel(errLost)
}
