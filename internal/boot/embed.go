package boot

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/config"
	"broadsheet/internal/embed"
	"broadsheet/internal/embed/remote"
	"broadsheet/internal/jobs"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/lib/metric"
	"broadsheet/internal/store"
)

// Elsewhere is the model of the embeddings service that the operator named. The
// nil *Elsewhere is none: its Name is "".
type Elsewhere struct {
	model   *remote.Model
	worker  *embed.Worker
	store   *store.Store
	log     *slog.Logger
	clients []*fetch.Client
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// NewElsewhere makes the model, or nil where none is named; nothing is asked
// yet. Close it.
func NewElsewhere(s *store.Store, c *config.Config, o Options, set *metric.Set) *Elsewhere {
	e := c.Embed
	if e.URL == "" {
		return nil
	}
	client := func(parallel int, timeout, maxWait time.Duration) *fetch.Client {
		return fetch.New(fetch.Options{
			Agent: fetch.Agent(o.Version, c.Site.URL, c.Site.Contact), Allow: append(named(e.URL), e.PrivateNetworks...),
			Limits:  []fetch.Limit{{Name: "embeddings", Hosts: []string{strings.ToLower(hostOf(e.URL))}, Parallel: parallel}},
			Timeout: timeout, MaxWait: maxWait, Attempts: 1, // the model tries again by itself
		})
	}
	documents := client(e.Parallel, e.Timeout, 0)
	queries := client(queriesAtOnce, remote.LateQuery, time.Millisecond)
	m := remote.New(remote.Options{
		URL: e.URL, Model: e.Model, Key: e.Key, QueryPrefix: e.QueryPrefix, DocumentPrefix: e.DocumentPrefix, AskDimensions: e.AskDimensions,
		Batch: e.Batch, MaxText: int(e.MaxText), QueryTimeout: e.QueryTimeout, Documents: documents, Queries: queries, Log: o.Log, Metrics: set,
	})
	w := embed.NewWorker(m, s, embed.WorkerOptions{Batch: e.Batch, Parallel: e.Parallel, DailyTokens: int64(e.DailyTokens), Log: o.Log, Metrics: set})
	return &Elsewhere{model: m, worker: w, store: s, log: o.Log, clients: []*fetch.Client{documents, queries}}
}

// queriesAtOnce is how many queries are asked at a time.
const queriesAtOnce = 8

// Name is the name of the model's space.
func (e *Elsewhere) Name() string {
	if e == nil {
		return ""
	}
	return e.model.Name()
}

// Ready tells whether the index may be built with the model: every paper had a
// vector once. What comes later is told in the change feed.
func (e *Elsewhere) Ready(ctx context.Context) (bool, error) {
	if e == nil {
		return false, nil
	}
	return embed.Ready(ctx, e.store, e.model)
}

// Progress tells how far the vectors are; on millions of papers that takes a
// second.
func (e *Elsewhere) Progress(ctx context.Context) (embed.Progress, error) {
	if e == nil {
		return embed.Progress{}, nil
	}
	return embed.ProgressOf(ctx, e.store, e.model)
}

// Query gives the vector of a query within the time that the settings allow;
// nil for a query in which the model knows nothing. Unavailable where it does
// not come.
func (e *Elsewhere) Query(ctx context.Context, query string) ([]float32, error) {
	if e == nil {
		return nil, broadsheet.Errorf(broadsheet.Unavailable, "no embeddings service is named")
	}
	vectors, err := e.model.Embed(ctx, embed.Query, []string{query})
	if err != nil {
		return nil, err
	}
	return vectors[0], nil
}

// start begins to embed papers and returns at once.
func (e *Elsewhere) start(ctx context.Context) {
	if e == nil {
		return
	}
	ctx, e.cancel = context.WithCancel(ctx)
	e.running.Go(func() {
		_ = e.worker.Run(ctx, func(ctx context.Context) error { // its error is the end of ctx
			return jobs.Follow(ctx, e.store, jobs.Follower{Name: e.worker.Name(), Handle: e.worker.Handle, Log: e.log}, nil)
		})
	})
}

// Close ends what was begun, and waits for it.
func (e *Elsewhere) Close() {
	if e == nil {
		return
	}
	if e.cancel != nil {
		e.cancel()
	}
	e.model.Close()
	e.running.Wait()
	for _, c := range e.clients {
		c.Close()
	}
}
