package search

import (
	"context"
	"sync"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
	"broadsheet/internal/lib/segment"
	"broadsheet/internal/search/index"
	"broadsheet/internal/store"
)

const (
	// readAtOnce is how many papers one look into the store brings.
	readAtOnce = 500
	// compareMost is up to how many papers it is looked whether they changed in
	// anything that a search sees; while an index is filled none has.
	compareMost = 2000
)

// round takes in at most most changes. done tells that there were no more.
func (x *Indexer) round(ctx context.Context, w *index.Writer, most int) (done bool, err error) {
	changes, err := x.Source.Changes(ctx, w.Cursor(), most)
	if err != nil {
		return false, err
	}
	done = len(changes) < most
	if len(changes) == 0 {
		return done, nil
	}
	r := &batch{indexer: x, writer: w, setup: w.Setup(), ids: papersOf(changes), taken: map[string]bool{}}
	if w.Complete() && len(r.ids) <= compareMost {
		r.have = w.Snapshot()
		defer r.have.Release()
	}
	makers := x.use(r.setup, (len(r.ids)+readAtOnce-1)/readAtOnce)
	defer func() {
		for _, m := range makers {
			m.builder.Reset()
		}
		x.grown = x.grown || len(r.ids) > compareMost
		if x.grown && done {
			x.makers, x.grown = nil, false // idle, they would only cost memory
		}
	}()
	if err := r.run(ctx, makers); err != nil {
		r.discard()
		return false, err
	}
	b := index.Batch{Deletes: r.deletes, Staged: r.staged, Cursor: changes[len(changes)-1].Cursor}
	for _, m := range makers {
		b.Builders = append(b.Builders, m.builder)
	}
	if err := w.Apply(ctx, b); err != nil {
		return false, err
	}
	n := x.papers.Add(int64(len(r.ids)))
	if x.Progress != nil {
		waiting := int64(0)
		if !done {
			if waiting, err = x.Source.Lag(ctx, b.Cursor); err != nil {
				waiting = -1
			}
		}
		x.Progress(Progress{Papers: n, Waiting: waiting})
	}
	return done, nil
}

// papersOf are the papers of changes, in order of the first. What changed about
// one does not matter: it is read as it is now.
func papersOf(changes []broadsheet.Change) []string {
	seen := make(map[string]bool, len(changes))
	ids := make([]string, 0, len(changes))
	for _, c := range changes {
		if !seen[c.PaperID] {
			seen[c.PaperID] = true
			ids = append(ids, c.PaperID)
		}
	}
	return ids
}

// use gives makers for n parts of work.
func (x *Indexer) use(setup index.Setup, n int) []*documents {
	n = max(1, min(n, x.Workers))
	var embed Embedder
	if e := x.Embedder; e != nil && e.Name() == setup.Model {
		embed = e
	}
	o := segment.Options{Weights: setup.Weights, K1: setup.K1, B: setup.B, Model: setup.Model, Analyzer: setup.Analyzer}
	for i := range n {
		if i == len(x.makers) {
			m := newDocuments(o, embed, x.Category)
			if x.Memory >= mostMemory {
				m.analyzer = analyze.NewBulk()
			}
			x.makers = append(x.makers, m)
		}
		x.makers[i].suit(o, embed)
	}
	return x.makers[:n]
}

// batch is some of changes being made into documents.
type batch struct {
	indexer *Indexer
	writer  *index.Writer
	setup   index.Setup
	ids     []string
	have    *index.Snapshot // to compare with; nil: not worth it

	mu      sync.Mutex
	taken   map[string]bool // papers that are in: two identities of one may have changed
	deletes []string
	staged  []*index.Staged
}

// run shares the ids among the makers.
func (r *batch) run(ctx context.Context, makers []*documents) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan []string)
	var all sync.WaitGroup
	for _, m := range makers {
		all.Go(func() {
			for ids := range work {
				if ctx.Err() != nil {
					continue
				}
				if err := r.part(ctx, m, ids); err != nil {
					cancel(err)
				}
			}
		})
	}
	for from := 0; from < len(r.ids); from += readAtOnce {
		work <- r.ids[from:min(from+readAtOnce, len(r.ids))]
	}
	close(work)
	all.Wait()
	return context.Cause(ctx)
}

// part makes documents of some papers.
func (r *batch) part(ctx context.Context, m *documents, ids []string) error {
	papers, err := r.indexer.Source.Papers(ctx, ids)
	if err != nil {
		return err
	}
	vectors, err := r.vectors(ctx, m, papers)
	if err != nil {
		return err
	}
	there := make(map[string]bool, len(papers))
	for i := range papers {
		p := &papers[i]
		there[p.ID] = true
		if !r.take(p.ID) {
			continue
		}
		var vector *store.Vector
		if v, ok := vectors[p.ID]; ok {
			vector = &v
		}
		hash := m.hash(p, vector)
		if r.same(p.ID, hash) {
			continue
		}
		m.add(p, hash, vector)
		if int64(m.builder.Bytes()) > r.indexer.Memory/int64(r.indexer.Workers) {
			if err := r.flush(m); err != nil {
				return err
			}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		if !there[id] { // it is gone, or goes by another id now
			r.deletes = append(r.deletes, id)
		}
	}
	return nil
}

func (r *batch) take(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.taken[id] {
		return false
	}
	r.taken[id] = true
	return true
}

// vectors reads those that a model elsewhere made.
func (r *batch) vectors(ctx context.Context, m *documents, papers []broadsheet.Paper) (map[string]store.Vector, error) {
	from := r.indexer.Vectors
	if from == nil || m.embed != nil || r.setup.Model == "" {
		return nil, nil
	}
	ids := make([]string, len(papers))
	for i := range papers {
		ids[i] = papers[i].ID
	}
	return from.Vectors(ctx, r.setup.Model, ids)
}

// same tells that the index has the paper as it is.
func (r *batch) same(id string, hash uint32) bool {
	if r.have == nil {
		return false
	}
	seg, doc, ok := r.have.Find(id)
	if !ok {
		return false
	}
	column, err := seg.U32(ColumnHash)
	if err != nil {
		seg.Report(err)
		return false
	}
	var have uint32
	if err := index.Guard(func() error {
		if int(doc) < len(column) {
			have = column[doc]
		}
		return nil
	}); err != nil {
		seg.Report(err)
		return false
	}
	return have == hash
}

// flush writes what a maker has.
func (r *batch) flush(m *documents) error {
	s, err := r.writer.Stage(m.builder)
	if err != nil {
		return err
	}
	m.builder.Reset()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.staged = append(r.staged, s)
	return nil
}

func (r *batch) discard() {
	for _, s := range r.staged {
		s.Discard()
	}
}
