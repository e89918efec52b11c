package embed

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/lib/metric"
	"broadsheet/internal/store"
)

// WorkerOptions say how papers are embedded. Zero fields have the defaults
// told.
type WorkerOptions struct {
	Batch       int         // texts that are asked for and stored together, 64
	Parallel    int         // batches at a time, 2
	DailyTokens int64       // that papers may cost on a day (UTC); 0 is no bound
	Clock       fetch.Clock // the machine's
	Log         *slog.Logger
	Metrics     *metric.Set
}

const (
	// The model is held for holdFor and held again every third of it, so that of
	// several processes on one database one asks it. Who died is succeeded after
	// holdFor.
	holdFor = time.Minute
	// keepUnused is how long vectors stay of a model that nobody uses: whoever
	// tries another for a week gets the first back for nothing.
	keepUnused = 7 * 24 * time.Hour
	pruneEvery = 6 * time.Hour
	tellEvery  = time.Minute // while papers lack vectors
)

// Worker keeps the vectors of a model elsewhere in the store: a follower of the
// change feed whose cursor is the model's own. It embeds the papers whose text
// is another than that of the vector they have, and stores what came of each
// batch at once; a cursor moves only after the vectors of its changes are
// stored, so that a kill at any moment costs the batches under way at most. An
// error leaves the cursor where it was, and whoever follows waits and tries
// again.
type Worker struct {
	model Kept
	store *store.Store
	opt   WorkerOptions
	id    string // of this process

	stored  *metric.Counter
	missing *metric.Gauge
	spent   *metric.Gauge

	mu      sync.Mutex
	counted int64     // of the model's Spent, tokens that the store knows of
	since   time.Time // the last word about progress
	done    int       // papers since then
	waiting bool      // for the next day
	unsaved []store.Vector
}

// NewWorker makes a worker; nothing runs before Run.
func NewWorker(m Kept, s *store.Store, opt WorkerOptions) *Worker {
	opt.Batch = cmp.Or(opt.Batch, 64)
	opt.Parallel = cmp.Or(opt.Parallel, 2)
	if opt.Clock == nil {
		opt.Clock = fetch.SystemClock{}
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	d := func(what, unit, help string) metric.Desc {
		return metric.Desc{Package: "embed", What: what, Unit: unit, Help: help}
	}
	return &Worker{model: m, store: s, opt: opt, id: rand.Text(), since: opt.Clock.Now(), counted: m.Spent(),
		stored:  opt.Metrics.Counter(d("vectors", "total", "Vectors of papers that were stored.")),
		missing: opt.Metrics.Gauge(d("missing", "entries", "Papers without a vector of the model, when last counted; 0 once it was ready.")),
		spent:   opt.Metrics.Gauge(d("spent", "entries", "Tokens that papers cost today (UTC)."))}
}

// Name is the follower's name.
func (w *Worker) Name() string { return store.VectorFollower(w.model.Name()) }

// Run follows until ctx ends and returns its error. follow must hand Handle
// every change after the cursor of Name until its own ctx ends, as jobs.Follow
// does. Of several processes on one database, one follows at a time.
func (w *Worker) Run(ctx context.Context, follow func(ctx context.Context) error) error {
	for {
		held, err := w.hold(ctx, holdFor)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			w.opt.Log.Warn("papers are not embedded for now", "err", err)
		case held:
			w.lead(ctx, follow)
		}
		if err := w.opt.Clock.Sleep(ctx, holdFor/3); err != nil {
			return err
		}
	}
}

// hold asks for the model, or holds on to it.
func (w *Worker) hold(ctx context.Context, d time.Duration) (bool, error) {
	now := w.opt.Clock.Now()
	return w.store.HoldVectorModel(ctx, w.model.Name(), w.id, now, now.Add(d))
}

// lead follows for as long as the model is held.
func (w *Worker) lead(ctx context.Context, follow func(ctx context.Context) error) {
	ctx, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() {
		defer stop()
		w.holdOn(ctx)
	})
	err := w.settle(ctx)
	if err == nil {
		err = follow(ctx)
	}
	if err != nil && ctx.Err() == nil {
		w.opt.Log.Warn("papers are not embedded for now", "err", err)
	}
	stop()
	all.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if _, err := w.hold(last, 0); err != nil { // it runs out on its own
		w.opt.Log.Debug("the model is not given back", "err", err)
	}
}

// holdOn returns when the model is not held any more. Now and then it removes
// what models left behind that nobody uses.
func (w *Worker) holdOn(ctx context.Context) {
	until := w.opt.Clock.Now().Add(holdFor)
	prune := w.opt.Clock.Now()
	for w.opt.Clock.Sleep(ctx, holdFor/3) == nil {
		held, err := w.hold(ctx, holdFor)
		now := w.opt.Clock.Now()
		switch {
		case err == nil && held:
			until = now.Add(holdFor)
		case err == nil, now.After(until):
			return
		}
		if now.Before(prune) {
			continue
		}
		prune = now.Add(pruneEvery)
		if n, err := w.store.PruneVectors(ctx, now.Add(-keepUnused)); err != nil {
			w.opt.Log.Warn("vectors that nobody uses stay", "err", err)
		} else if n > 0 {
			w.opt.Log.Info("removed vectors of models that nobody uses", "vectors", n)
		}
	}
}

// settle makes the model ready where nothing is left to do since the last run.
func (w *Worker) settle(ctx context.Context) error {
	at, err := w.store.Cursor(ctx, "follow/"+w.Name())
	if err != nil {
		return err
	}
	if err := w.ready(ctx, at); err != nil {
		return err
	}
	return w.measure(ctx)
}

// ready makes the model ready where no change follows the cursor.
func (w *Worker) ready(ctx context.Context, cursor string) error {
	m, err := w.store.VectorModel(ctx, w.model.Name())
	if err != nil || !m.ReadyAt.IsZero() {
		return err
	}
	more, err := w.store.Changes(ctx, cursor, 1)
	if err != nil || len(more) > 0 {
		return err
	}
	if err := w.store.SetVectorsReady(ctx, m.Name, w.opt.Clock.Now()); err != nil {
		return err
	}
	w.opt.Log.Info("every paper has a vector: the model is ready", "model", m.Name)
	return w.measure(ctx)
}

// Handle embeds the papers that changed. Whatever the kind of change: it may
// be the only one that is left of the paper.
func (w *Worker) Handle(ctx context.Context, changes []broadsheet.Change) error {
	if len(changes) == 0 {
		return nil
	}
	if err := w.keepUnsaved(ctx); err != nil {
		return err
	}
	todo, err := w.todo(ctx, changes)
	if err != nil {
		return err
	}
	if err := w.embed(ctx, todo); err != nil {
		return err
	}
	return w.ready(ctx, changes[len(changes)-1].Cursor)
}

// embed stores vectors of papers, several batches at a time. After an error no
// further batch begins, but those under way end: they are paid for.
func (w *Worker) embed(ctx context.Context, todo []text) error {
	free := make(chan struct{}, w.opt.Parallel)
	failed := make(chan error, 1) // the first error
	var all sync.WaitGroup
	for len(todo) > 0 && len(failed) == 0 {
		part := todo[:min(len(todo), w.opt.Batch)]
		todo = todo[len(part):]
		free <- struct{}{} // some returns soon after ctx ends
		if len(failed) > 0 {
			break
		}
		all.Go(func() {
			defer func() { <-free }()
			if err := w.some(ctx, part); err != nil {
				select {
				case failed <- err:
				default:
				}
			}
		})
	}
	all.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// some embeds and stores one batch.
func (w *Worker) some(ctx context.Context, part []text) error {
	if err := w.afford(ctx); err != nil {
		return err
	}
	texts := make([]string, len(part))
	for i, t := range part {
		texts[i] = t.text
	}
	vectors, err := w.model.Embed(ctx, Document, texts)
	if err != nil {
		return fmt.Errorf("embed %d papers: %w", len(part), err)
	}
	if len(vectors) != len(part) {
		return fmt.Errorf("embed %d papers: the model gave %d vectors", len(part), len(vectors))
	}
	rows := make([]store.Vector, len(part))
	for i, v := range vectors {
		if len(v) != 0 && len(v) != Dim {
			return fmt.Errorf("embed %s: the model gave %d numbers", part[i].id, len(v))
		}
		rows[i] = quantize(v)
		rows[i].PaperID, rows[i].Hash = part[i].id, part[i].hash
	}
	return w.keep(ctx, rows)
}

// keep stores vectors. They are paid for: it goes on a while where the program
// is about to end, and what cannot be stored waits in memory.
func (w *Worker) keep(ctx context.Context, rows []store.Vector) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	n, err := w.store.PutVectors(ctx, w.model.Name(), rows)
	if err != nil {
		w.mu.Lock()
		w.unsaved = append(w.unsaved, rows...)
		w.mu.Unlock()
	}
	return w.account(ctx, n, err)
}

// keepUnsaved stores what could not be stored before.
func (w *Worker) keepUnsaved(ctx context.Context) error {
	w.mu.Lock()
	rows := w.unsaved
	w.unsaved = nil
	w.mu.Unlock()
	if len(rows) == 0 {
		return nil
	}
	return w.keep(ctx, rows)
}

// text is a paper that needs a vector.
type text struct {
	id, text string
	hash     store.VectorHash
}

// todo finds the papers whose text is another than that of their vector.
func (w *Worker) todo(ctx context.Context, changes []broadsheet.Change) ([]text, error) {
	var ids []string
	seen := map[string]bool{}
	for _, c := range changes {
		if c.Kind != broadsheet.ChangeDelete && !seen[c.PaperID] {
			seen[c.PaperID] = true
			ids = append(ids, c.PaperID)
		}
	}
	papers, err := w.store.Papers(ctx, ids)
	if err != nil {
		return nil, err
	}
	have, err := w.store.Vectors(ctx, w.model.Name(), ids)
	if err != nil {
		return nil, err
	}
	var todo []text
	for i := range papers {
		t := text{id: papers[i].ID, text: Text(&papers[i])}
		t.hash = hashOf(t.text)
		if v, ok := have[t.id]; !ok || v.Hash != t.hash {
			todo = append(todo, t)
		}
	}
	return todo, nil
}
