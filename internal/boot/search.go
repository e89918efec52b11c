package boot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/lib/metric"
	"broadsheet/internal/search"
	"broadsheet/internal/search/index"
	"broadsheet/internal/store"
)

// IndexDir is where a site keeps its index.
func IndexDir(c *config.Config) string { return filepath.Join(c.DataDir, "index") }

// OpenIndex opens a site's index for writing.
func OpenIndex(ctx context.Context, s *store.Store, c *config.Config, m *Models, o Options, set *metric.Set) (*index.Index, error) {
	source, err := databaseName(ctx, s)
	if err != nil {
		return nil, err
	}
	model, err := m.Wanted(ctx)
	if err != nil {
		return nil, err
	}
	setup := index.Setup{Analyzer: search.DocumentVersion, Model: model, Source: source}
	return index.Open(IndexDir(c), index.Options{Setup: setup, Log: o.Log, Metrics: set})
}

// databaseCheckpoint is a checkpoint that holds a name for the database, made up
// once, so that an index of another is not taken for this one's.
const databaseCheckpoint = "search/database"

func databaseName(ctx context.Context, s *store.Store) (string, error) {
	for {
		name, err := s.Cursor(ctx, databaseCheckpoint)
		if err != nil || name != "" {
			return name, err
		}
		// Of two processes that begin at once the later write holds; reading again
		// gives both that one.
		if err := s.SetCursor(ctx, databaseCheckpoint, rand.Text()); err != nil {
			return "", err
		}
	}
}

// NewIndexer makes what keeps an index abreast of a store; memory is what it may
// take while it has much to do.
func NewIndexer(x *index.Index, s *store.Store, m *Models, memory int64, o Options) *search.Indexer {
	return search.NewIndexer(search.IndexerOptions{
		Index: x, Source: s, Embedder: m.Embedder(), Vectors: s, Model: m.Wanted, Category: app.CategoryName, Log: o.Log, Memory: memory,
	})
}

// searching is the search of a site: the index, what keeps it abreast, and the
// engine. Until the index is open it answers Unavailable, so that a start need
// not wait for it.
type searching struct {
	config  *config.Config
	options Options
	store   *store.Store
	metrics *metric.Set
	models  *Models // once it is open
	// elsewhere is the model of a service; nil: none.
	elsewhere *Elsewhere
	index     atomic.Pointer[index.Index]
	engine    atomic.Pointer[search.Engine]
}

func newSearching(s *store.Store, c *config.Config, o Options, elsewhere *Elsewhere, set *metric.Set) *searching {
	x := &searching{config: c, options: o, store: s, elsewhere: elsewhere, metrics: set}
	x.measure(set)
	return x
}

// searchRetry is the pause before the index is opened again after that failed.
const searchRetry = 2 * time.Second

// run opens the index and keeps it abreast until ctx ends. Close it afterwards,
// when nobody searches any more.
func (x *searching) run(ctx context.Context) {
	for said := ""; ; {
		err := x.open(ctx)
		if err == nil {
			x.follow(ctx, x.index.Load())
			return
		}
		if ctx.Err() != nil {
			return
		}
		if err.Error() != said {
			said = err.Error()
			x.options.Log.Error("nothing can be searched for now", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(searchRetry):
		}
	}
}

func (x *searching) open(ctx context.Context) (err error) {
	if x.models, err = NewModels(x.elsewhere); err != nil {
		return err
	}
	opened, err := OpenIndex(ctx, x.store, x.config, x.models, x.options, x.metrics)
	if err != nil {
		return err
	}
	x.index.Store(opened)
	x.engine.Store(search.New(search.Options{Index: opened, Embed: x.models.Query, Papers: x.store}))
	st := opened.Stats()
	x.options.Log.Info("the index is open", "documents", st.Live, "segments", st.Segments, "generation", st.Generation)
	return nil
}

func (x *searching) follow(ctx context.Context, opened *index.Index) {
	var all sync.WaitGroup
	all.Go(func() { opened.Run(ctx) })
	err := NewIndexer(opened, x.store, x.models, int64(x.config.Memory)/3, x.options).Run(ctx)
	all.Wait()
	if !errors.Is(err, ctx.Err()) {
		x.options.Log.Error("the index is not kept abreast any more", "error", err)
	}
}

// close closes the index.
func (x *searching) close() {
	if opened := x.index.Load(); opened != nil {
		if err := opened.Close(); err != nil {
			x.options.Log.Warn("the index is not closed well", "error", err)
		}
	}
}

// stamp changes when searches may find something else.
func (x *searching) stamp() string {
	opened := x.index.Load()
	if opened == nil {
		return ""
	}
	st := opened.Stats()
	return fmt.Sprintf("%d.%s.%d.%v", st.Generation, st.Cursor, len(st.Damaged), st.Complete)
}

var errNoIndex = &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "the search is not ready", Fix: "try again in a minute"}

// Search asks the engine.
func (x *searching) Search(ctx context.Context, q broadsheet.Query) (*broadsheet.Results, error) {
	if e := x.engine.Load(); e != nil {
		return e.Search(ctx, q)
	}
	return nil, errNoIndex
}

// Indexed is the cursor of the feed up to which everything can be found.
func (x *searching) Indexed() (cursor string, ok bool) {
	opened := x.index.Load()
	if opened == nil {
		return "", false
	}
	st := opened.Stats()
	return st.Cursor, st.Complete && len(st.Damaged) == 0
}

// Similar asks the engine.
func (x *searching) Similar(ctx context.Context, ids []string, n int) ([]broadsheet.Hit, error) {
	if e := x.engine.Load(); e != nil {
		return e.Similar(ctx, ids, n)
	}
	return nil, errNoIndex
}

// Duplicates asks the engine.
func (x *searching) Duplicates(ctx context.Context, id string) ([]string, error) {
	if e := x.engine.Load(); e != nil {
		return e.Duplicates(ctx, id)
	}
	return nil, errNoIndex
}

// Suggest asks the engine.
func (x *searching) Suggest(ctx context.Context, text string, n int) ([]broadsheet.Suggestion, error) {
	if e := x.engine.Load(); e != nil {
		return e.Suggest(ctx, text, n)
	}
	return nil, errNoIndex
}

// measure shows the index to Prometheus; 0 while it is not open, -1 where it
// cannot be told.
func (x *searching) measure(set *metric.Set) {
	gauge := func(what, unit, help string, of func(index.Stats) float64) {
		set.GaugeFunc(metric.Desc{Package: "search", What: what, Unit: unit, Help: help}, func() float64 {
			if opened := x.index.Load(); opened != nil {
				return of(opened.Stats())
			}
			return 0
		})
	}
	gauge("documents", "entries", "Papers that can be found.", func(s index.Stats) float64 { return float64(s.Live) })
	gauge("segments", "entries", "Segments of the index.", func(s index.Stats) float64 { return float64(s.Segments) })
	gauge("index", "bytes", "Size of the segments on the disk.", func(s index.Stats) float64 { return float64(s.Bytes) })
	gauge("damaged_segments", "entries", "Segments set aside whose papers cannot be found until the rebuild has ended.",
		func(s index.Stats) float64 { return float64(len(s.Damaged)) })
	gauge("lag", "entries", "Changes of papers that the index has yet to take in.", func(s index.Stats) float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		n, err := x.store.Lag(ctx, s.Cursor)
		if err != nil {
			return -1
		}
		return float64(n)
	})
}
