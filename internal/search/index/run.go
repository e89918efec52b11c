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
// does.
func (x *Index) Run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var reported []report
	for look := false; ; {
		if err := x.heed(ctx, look, reported...); err != nil && ctx.Err() == nil {
			x.log.Warn("the index cannot set a damaged segment aside for now", "error", err)
		}
		took, merged, err := x.mergeOne(ctx)
		pause := time.Duration(0)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			x.log.Warn("segments of the index are not merged for now", "error", err)
			pause = mergeRetry
		case merged:
			x.poke()                       // perhaps there is more
			pause = min(took/4, mergeRest) // others want the processor and the disk, too
		}
		if pause > 0 && !sleep(ctx, pause) {
			return
		}
		look, reported = false, nil
		select {
		case <-ctx.Done():
			return
		case <-x.wake:
		case r := <-x.reports:
			reported = []report{r}
		case <-tick.C:
			look = true
		}
	}
}

const (
	lookEvery  = 3 * time.Second  // at the files
	mergeRetry = 30 * time.Second // after an error
	mergeRest  = 2 * time.Second
)

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// Maintain does at once all that Run would do by and by.
func (x *Index) Maintain(ctx context.Context) error {
	for {
		if err := x.heed(ctx, true); err != nil {
			return err
		}
		_, merged, err := x.mergeOne(ctx)
		if err != nil || !merged {
			return err
		}
	}
}
