package boot

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"broadsheet/internal/config"
	"broadsheet/internal/jobs"
	"broadsheet/internal/lib/metric"
	"broadsheet/internal/store"
)

// background is the work that goes on beside serving.
type background struct {
	log      *slog.Logger
	store    *store.Store
	queue    *jobs.Queue
	harvests *harvests
	pictures *pictures // nil: none are fetched
	// elsewhere is the model of an embeddings service; nil: none is named.
	elsewhere *Elsewhere
}

// newBackground makes the queue and says what its jobs do; nothing runs yet.
func newBackground(s *store.Store, c *config.Config, o Options, set *metric.Set) (*background, error) {
	q, err := jobs.New(s, jobs.Options{Log: o.Log})
	if err != nil {
		return nil, err
	}
	b := &background{log: o.Log, store: s, queue: q}
	b.harvests = newHarvests(s, q, c, o, set)
	if c.Harvest.Enabled && c.Harvest.Pictures {
		if b.pictures, err = newPictures(s, q, c, o, b.harvests.network); err != nil {
			return nil, err
		}
		b.harvests.after = func(ctx context.Context) {
			if err := b.pictures.want(ctx); err != nil && ctx.Err() == nil {
				o.Log.Warn("pictures are not asked for", "err", err)
			}
		}
	}
	b.elsewhere = NewElsewhere(s, c, o, set)
	b.registerPrune()
	measure(set, b)
	return b, nil
}

// pruneEvery is how often changes that nobody needs any more are removed.
const pruneEvery = 24 * time.Hour

func (b *background) registerPrune() {
	b.queue.Register("prune-changes", func(ctx context.Context, _ json.RawMessage) error {
		head, err := b.store.Head(ctx)
		if err != nil {
			return err
		}
		n, err := b.store.PruneChanges(ctx, head)
		if err != nil {
			return fmt.Errorf("prune changes: %w", err)
		}
		b.log.Debug("pruned changes", "removed", n)
		return nil
	}, jobs.Policy{})
	b.queue.Schedule("prune-changes", func(now time.Time) time.Time { return now.Truncate(pruneEvery).Add(pruneEvery + 3*time.Hour) })
}

// measure shows the background's state to Prometheus.
func measure(set *metric.Set, b *background) {
	set.GaugeFunc(metric.Desc{Package: "store", What: "rejects", Unit: "entries", Help: "Records kept aside that wait to be replayed."}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		n, err := b.store.RejectCount(ctx)
		if err != nil {
			return -1
		}
		return float64(n)
	})
}

// start begins the work and returns at once.
func (b *background) start(ctx context.Context) {
	if err := b.queue.Start(context.WithoutCancel(ctx)); err != nil {
		b.log.Error("background work does not run", "err", err)
	}
	if err := b.harvests.start(ctx); err != nil && ctx.Err() == nil {
		b.log.Error("the harvest is not planned", "err", err)
	}
	b.elsewhere.start(ctx)
}

// stop takes no more work and waits for what runs until ctx ends.
func (b *background) stop(ctx context.Context) error {
	defer b.harvests.network.Close()
	if b.pictures != nil {
		defer b.pictures.client.Close()
	}
	defer b.elsewhere.Close()
	return b.queue.Stop(ctx)
}
