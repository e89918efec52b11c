package search

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"broadsheet"
	"broadsheet/internal/search/index"
)

// Source is the part of the store that the indexer reads.
type Source interface {
	Changes(ctx context.Context, cursor string, limit int) ([]broadsheet.Change, error)
	// Papers reads papers by any of their identities, without those that are not
	// here.
	Papers(ctx context.Context, ids []string) ([]broadsheet.Paper, error)
	// Lag is how many changes are after cursor; negative where the cursor is
	// beyond the feed's end.
	Lag(ctx context.Context, cursor string) (int64, error)
	Generation() uint64
}

// IndexerOptions says what an Indexer works with.
type IndexerOptions struct {
	Index    *index.Index
	Source   Source
	Embedder Embedder     // nil where the index has no vectors, or those of Vectors
	Vectors  VectorSource // of a model elsewhere; nil: none
	// Model names the model that the index is to have now; nil: the one it was
	// opened for.
	Model    func(context.Context) (string, error)
	Category func(string) string // name of a category; nil: none
	Workers  int                 // that make documents side by side, 2
	Memory   int64               // that documents may take before they are written, in all; 48 to 128 MiB, and with the latter much is remembered besides
	Log      *slog.Logger        // nil: silent
	// Progress is told how a rebuild or the first filling goes; may be nil.
	Progress func(Progress)
}

// Progress says how far an index is filled.
type Progress struct {
	Papers  int64 // taken in by this process
	Waiting int64 // changes of the feed that are ahead; -1 unknown
}

// Indexer keeps an index abreast of the store: it follows the change feed, with
// its cursor in the index, because every machine has an index of its own. A
// paper that changed is read as it is now, so that to see a change twice, or
// late, does not matter.
//
// Where the index wants a rebuild it fills the next generation from the feed's
// beginning while the other goes on, turn by turn, and swaps them when both
// have caught up.
type Indexer struct {
	IndexerOptions
	makers []*documents // nil until needed: they hold much memory
	grown  bool         // they have seen very many papers
	papers atomic.Int64 // taken in
}

// NewIndexer makes an Indexer.
func NewIndexer(o IndexerOptions) *Indexer {
	if o.Workers <= 0 {
		o.Workers = 2
	}
	o.Memory = max(leastMemory, min(o.Memory, mostMemory))
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Indexer{IndexerOptions: o}
}

// What documents may take in memory. With less there are more segments to
// merge; with more than mostMemory hardly fewer.
const (
	leastMemory = 48 << 20
	mostMemory  = 128 << 20
)

// How often to look for changes: whether this process stored something costs
// nothing to ask, the feed costs a query.
const (
	glanceEvery = 100 * time.Millisecond
	feedEvery   = 2 * time.Second
	firstWait   = time.Second
	lastWait    = time.Minute
)

// Run follows until ctx ends.
func (x *Indexer) Run(ctx context.Context) error {
	tick := time.NewTicker(glanceEvery)
	defer tick.Stop()
	var seen uint64
	var last time.Time
	wait := firstWait
	rebuild := rebuilds{}
	for first := true; ; first = false {
		if now := x.Source.Generation(); first || now != seen || time.Since(last) >= feedEvery {
			seen, last = now, time.Now()
			err := x.turn(ctx, &rebuild)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				x.Log.Warn("the index has to wait", "error", err, "again in", wait.String())
				if !pause(ctx, wait) {
					return ctx.Err()
				}
				wait = min(2*wait, lastWait)
				last = time.Time{}
				continue
			}
			wait = firstWait
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// rebuilds keeps rebuilds for damage, on a disk that fails again and again, from
// being all that the machine does.
type rebuilds struct {
	last time.Time // end of the last one
	rest time.Duration
}

// Rests between rebuilds for damage, doubling; after a quiet day the first again.
const (
	leastRest = time.Minute
	mostRest  = 6 * time.Hour
	quiet     = 24 * time.Hour
)

func (r *rebuilds) due(why string, now time.Time) bool {
	return why != "" && (why != index.WantDamage || now.Sub(r.last) >= r.rest)
}

// done notes that one for damage has ended.
func (r *rebuilds) done(now time.Time) {
	if now.Sub(r.last) > quiet {
		r.rest = 0
	}
	r.last, r.rest = now, min(max(2*r.rest, leastRest), mostRest)
}

// turn catches up with the feed and does what rebuild there is to do.
func (x *Indexer) turn(ctx context.Context, r *rebuilds) error {
	if index.Requested(x.Index.Dir()) {
		x.Index.Ask("asked for")
	}
	if err := x.CheckFeed(ctx); err != nil {
		return fmt.Errorf("the index's place in the feed: %w", err)
	}
	if x.Model != nil {
		model, err := x.Model(ctx)
		if err != nil {
			return fmt.Errorf("which model the index is to have: %w", err)
		}
		x.Index.UseModel(model)
	}
	if err := x.CatchUp(ctx, x.Index.Writer()); err != nil {
		return err
	}
	why := x.Index.Want()
	if !r.due(why, time.Now()) {
		return nil
	}
	x.Log.Info("the index is rebuilt beside the one that is searched", "why", why)
	if err := x.rebuild(ctx); err != nil {
		return err
	}
	if why == index.WantDamage {
		r.done(time.Now())
	}
	return nil
}

// Rebuild builds the index anew and swaps; it goes on where one that did not
// end was.
func (x *Indexer) Rebuild(ctx context.Context) error { return x.rebuild(ctx) }

func (x *Indexer) rebuild(ctx context.Context) error {
	for {
		w, err := x.Index.Rebuild(ctx)
		if err != nil {
			return err
		}
		done, err := x.round(ctx, w, beside)
		if err == nil && done {
			err = x.Index.Swap(ctx, w)
		}
		if err != nil { // ErrReplaced: the new one met damage already; the next try begins anew
			return fmt.Errorf("rebuild the index: %w", err)
		}
		if done {
			return nil
		}
		// Meanwhile readers are not to wait for what is new.
		if err := x.CatchUp(ctx, x.Index.Writer()); err != nil {
			return err
		}
	}
}

// CatchUp takes in all changes up to the feed's end.
func (x *Indexer) CatchUp(ctx context.Context, w *index.Writer) error {
	for {
		most := beside
		if !w.Complete() {
			most = alone
		}
		done, err := x.round(ctx, w, most)
		if err != nil {
			return fmt.Errorf("index: %w", err)
		}
		if !done {
			continue
		}
		first := !w.Complete()
		if err := w.Finish(ctx); err != nil {
			return err
		}
		if first {
			x.Log.Info("the index has caught up with the database", "took in", x.papers.Load())
		}
		return nil
	}
}

// Changes at a time: while an index is filled that nobody searches yet, and
// while new papers are not to wait for long.
const (
	alone  = 40_000
	beside = 8000
)

// How often, and how far apart, the feed is asked before it is believed to be an
// older one.
const (
	feedLooks = 3
	feedPause = time.Second
)

// CheckFeed makes the index begin anew where it is ahead of the database, as
// after an older copy was restored: changes since would be missed otherwise.
func (x *Indexer) CheckFeed(ctx context.Context) error {
	// A replica that lags for a moment is no older copy.
	for range feedLooks {
		lag, err := x.Source.Lag(ctx, x.Index.Writer().Cursor())
		if err != nil || lag >= 0 {
			return err
		}
		if !pause(ctx, feedPause) {
			return ctx.Err()
		}
	}
	x.Log.Warn("the index is ahead of the database and begins anew; was an older copy restored?")
	return x.Index.Reset(ctx)
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
