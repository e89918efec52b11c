package boot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/harvest"
	"broadsheet/internal/jobs"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/lib/metric"
	"broadsheet/internal/store"
)

// NewHarvester makes the harvester of a site and the network that it asks
// through, which the caller closes.
func NewHarvester(s *store.Store, c *config.Config, o Options) (*harvest.Harvester, *Network) {
	fo := FetchOptions(c, o.Version)
	fo.Gate = &harvest.Gate{Store: s, Clock: fetch.SystemClock{}, ID: rand.Text()}
	network := newNetwork(fetch.New(fo), o.Log)
	h := c.Harvest
	return harvest.New(s, network, harvest.Options{
		Enabled: h.Sources, Categories: h.Categories,
		OAI: h.ArxivOAIURL, RSS: h.ArxivRSSURL, API: h.ArxivAPIURL, DailyPapers: h.DailyPapersURL,
	}), network
}

const (
	harvestKind = "harvest"
	// harvestTimeout bounds a harvest: a back-fill of a week of all of arXiv, some
	// dozen pages, is far below.
	harvestTimeout = 6 * time.Hour
)

// harvests runs every source when it is due: the one job of a source asks for
// its own next run.
type harvests struct {
	log     *slog.Logger
	store   *store.Store
	queue   *jobs.Queue
	engine  *harvest.Harvester
	network *Network
	sources []string
	after   func(context.Context) // called after every success; may be nil
	success *metric.Gauge
	failing *metric.Gauge
	papers  *metric.Counter
	mu      sync.Mutex
	said    map[string]string // the last error told of a source
}

func newHarvests(s *store.Store, q *jobs.Queue, c *config.Config, o Options, set *metric.Set) *harvests {
	engine, network := NewHarvester(s, c, o)
	h := &harvests{log: o.Log, store: s, queue: q, engine: engine, network: network, sources: c.Harvest.Sources, said: map[string]string{}}
	if !c.Harvest.Enabled {
		h.sources = nil
	}
	d := func(what, unit, help string, more ...string) metric.Desc {
		return metric.Desc{Package: "harvest", What: what, Unit: unit, Help: help, Labels: append([]string{"source"}, more...)}
	}
	h.success = set.Gauge(d("last_success", "seconds", "Unix time of a source's last successful harvest, 0 before the first."))
	h.failing = set.Gauge(d("failures", "entries", "Failed harvests of a source in a row."))
	h.papers = set.Counter(d("records", "total", "Records that harvests brought, by what became of them.", "outcome"))
	q.Register(harvestKind, h.run, jobs.Policy{Timeout: harvestTimeout})
	return h
}

// start asks for the first run of every source: at once where it is due.
func (h *harvests) start(ctx context.Context) error {
	for _, name := range h.sources {
		if err := h.plan(ctx, name, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// plan asks for the next run of a source, not before soonest.
func (h *harvests) plan(ctx context.Context, name string, soonest time.Time) error {
	st, err := h.store.Source(ctx, name)
	if err != nil {
		return err
	}
	if !st.LastSuccess.IsZero() {
		h.success.With(name).Set(float64(st.LastSuccess.Unix()))
	} else {
		h.success.With(name).Set(0)
	}
	h.failing.With(name).Set(float64(st.Failures))
	at := h.engine.Next(name, st)
	if soon := st.LastAttempt.Add(offlineRetry); harvest.Offline(st) && at.After(soon) {
		at, st.NextRun = soon, soon
		if err := h.store.PutSource(ctx, st); err != nil {
			return err
		}
	}
	if at.Before(soonest) {
		at = soonest
	}
	return h.queue.Enqueue(ctx, harvestKind, name, jobs.Opts{At: at, Unique: name})
}

// offlineRetry is how soon a source that could not even be reached is tried
// again: that burdens nobody, and a machine that was taken along should have
// its papers soon after it is back. The longer pauses are for sources that
// answered.
const offlineRetry = 10 * time.Minute

// failedRetry is the least pause after a failure, for those that did not come
// to stand in the source's state: a database that stores nothing, a bug.
const failedRetry = 5 * time.Minute

// pausedLook is how often a source that an administrator paused is looked at: it
// is asked for anew when it may go on.
const pausedLook = 10 * time.Minute

// run is the job: one harvest of one source. What goes wrong stands in the
// source's state, with the time of the next attempt, so it is no error of the
// job: jobs are given up after some errors, sources never.
func (h *harvests) run(ctx context.Context, args json.RawMessage) error {
	var name string
	if err := json.Unmarshal(args, &name); err != nil {
		return fmt.Errorf("which source: %w", err)
	}
	if !slices.Contains(h.sources, name) {
		return nil // switched off since; started again by start
	}
	paused := app.PausedSources{}
	if err := h.store.Setting(ctx, app.PausedSetting, &paused); err != nil {
		return err
	}
	if !paused[name].IsZero() {
		return h.plan(ctx, name, time.Now().Add(pausedLook))
	}
	rep, err := h.engine.Run(ctx, name, harvest.RunOptions{})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	h.tell(name, rep, err)
	if err == nil && h.after != nil {
		h.after(ctx)
	}
	for outcome, n := range map[string]int{"new": rep.Inserted, "changed": rep.Updated, "unchanged": rep.Unchanged, "rejected": rep.Rejected} {
		h.papers.With(name, outcome).Add(float64(n))
	}
	var soonest time.Time
	if err != nil {
		soonest = time.Now().Add(failedRetry)
	}
	return h.plan(ctx, name, soonest)
}

// tell logs a harvest, a repeated failure only the first time.
func (h *harvests) tell(name string, rep harvest.Report, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		delete(h.said, name)
		h.log.Info("harvested", "source", name, "new", rep.Inserted, "changed", rep.Updated, "kept aside", rep.Rejected,
			"note", rep.Note, "took", rep.Took.Round(time.Millisecond).String())
		return
	}
	level := slog.LevelWarn
	if h.said[name] == err.Error() || h.network.Away() {
		level = slog.LevelDebug
	}
	h.said[name] = err.Error()
	h.log.Log(context.Background(), level, "harvest failed", "source", name, "err", err)
}
