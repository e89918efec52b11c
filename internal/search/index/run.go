package index

import (
	"context"
	"time"
)

// poke says that there may be something to do.
func (x *Index) poke() {
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// Run merges segments and sets damaged ones aside until ctx ends. One at a time
// does. After a merge, and for longer after one that failed, there is a rest,
// in which what is reported is heeded as ever.
func (x *Index) Run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	rest := time.NewTimer(mergeRetry)
	rest.Stop()
	var reported []report
	said := ""
	for look, resting := false, false; ; {
		left, err := x.heed(ctx, look, reported...)
		reported = left // again with whatever comes next
		switch {
		case err == nil:
			said = ""
		case ctx.Err() == nil && err.Error() != said:
			said = err.Error()
			x.log.Warn("the index cannot set a damaged segment aside for now", "error", err)
		}
		if !resting {
			pause := x.mergeNow(ctx)
			if resting = pause > 0; resting {
				rest.Reset(pause)
			}
		}
		look = false
		select {
		case <-ctx.Done():
			return
		case <-x.wake:
		case r := <-x.reports:
			reported = append(reported, r)
		case <-rest.C:
			resting = false
		case <-tick.C:
			look = true
		}
	}
}

// mergeNow does one merge, where there is one to do, and tells how long to rest
// before the next; 0 where there was none.
func (x *Index) mergeNow(ctx context.Context) (rest time.Duration) {
	took, merged, err := x.mergeOne(ctx)
	switch {
	case ctx.Err() != nil:
		return 0
	case err != nil:
		x.log.Warn("segments of the index are not merged for now", "error", err)
		return mergeRetry
	case merged:
		return max(1, min(took/4, mergeRest)) // others want the processor and the disk, too
	}
	return 0
}

const (
	lookEvery  = 3 * time.Second  // at the files
	mergeRetry = 30 * time.Second // after an error
	mergeRest  = 2 * time.Second
)

// Maintain does at once all that Run would do by and by.
func (x *Index) Maintain(ctx context.Context) error {
	for {
		if _, err := x.heed(ctx, true); err != nil {
			return err
		}
		_, merged, err := x.mergeOne(ctx)
		if err != nil || !merged {
			return err
		}
	}
}
