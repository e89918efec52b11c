package search

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
	"broadsheet/internal/search/index"
)

// Snapshots gives the index as it is now; *index.Index is one.
type Snapshots interface {
	Snapshot() *index.Snapshot
}

// Papers reads papers by id, those that are there, in the order asked; the
// store is one.
type Papers interface {
	Papers(ctx context.Context, ids []string) ([]broadsheet.Paper, error)
}

// Options are what an Engine works with.
type Options struct {
	Index Snapshots
	// Embed gives the vector of a query in the space of the model that made the
	// index's vectors: 256 numbers of unit length, nil for a text in which the
	// model knows nothing. nil, or an error, is search by words alone.
	Embed func(ctx context.Context, model, query string) ([]float32, error)
	// Papers serves suggestions, spelling and duplicates, which show or compare
	// texts; nil leaves those out.
	Papers Papers
	// Category gives the name of a category, "" for none; nil: none has one.
	Category func(string) string
	Now      func() time.Time // nil is time.Now
}

// Engine answers queries. It is safe for concurrent use.
type Engine struct {
	o         Options
	filters   *cache[filterKey, *filterSet]
	vectors   *cache[string, []float32]
	counts    *cache[facetKey, []tally]
	analyzers sync.Pool
	exact     bool // prune nothing, for tests
}

// Bounds of what an Engine keeps, in bytes.
const (
	filterBytes = 64 << 20
	vectorBytes = 4 << 20
	countBytes  = 4 << 20
)

// New makes an Engine.
func New(o Options) *Engine {
	if o.Now == nil {
		o.Now = time.Now
	}
	e := &Engine{o: o}
	e.filters = newCache(filterBytes, func(k filterKey, f *filterSet) int { return len(k.sum) + 8*len(f.set) + 300 })
	e.vectors = newCache(vectorBytes, func(k string, v []float32) int { return len(k) + 4*len(v) + 200 })
	e.counts = newCache(countBytes, func(k facetKey, t []tally) int { return len(k.sum) + 64*len(t) + 200 })
	e.analyzers.New = func() any { return analyze.New() }
	return e
}

// pool is how many candidates each of the two searches gives to be ranked
// finely. 100 take up to three quarters more time and rank no better: nDCG@10 of
// four held-out and four judged sets is the same to .0002 for 30, 50 and 100.
const pool = 30

// Search answers a query. A segment in which damage is met is reported to the
// index and left out, and the results say that they are incomplete. Errors are
// Invalid for a cursor that does not belong to the query and for numbers out of
// range, and the context's.
func (e *Engine) Search(ctx context.Context, q broadsheet.Query) (*broadsheet.Results, error) {
	begin := time.Now()
	from, err := validate(&q)
	if err != nil {
		return nil, err
	}
	var r *broadsheet.Results
	err = e.withView(ctx, func(v *view) error {
		s := &search{e: e, view: v, q: q, q0: q, from: from}
		r, err = s.answer(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.Took = time.Since(begin)
	return r, nil
}

// validate fills in defaults and refuses what cannot be.
func validate(q *broadsheet.Query) (from *place, err error) {
	switch {
	case q.Limit == 0:
		q.Limit = broadsheet.DefaultSearchLimit
	case q.Limit < 0 || q.Limit > broadsheet.MaxSearchDepth:
		return nil, broadsheet.InvalidField("limit", fmt.Sprintf("%d is out of range", q.Limit), fmt.Sprint("use 1 to ", broadsheet.MaxSearchDepth))
	}
	switch q.Sort {
	case "":
		q.Sort = broadsheet.SortRelevance
	case broadsheet.SortRelevance, broadsheet.SortDate:
	default:
		return nil, broadsheet.InvalidField("sort", fmt.Sprintf("%.40q is not an order of a search", q.Sort), "use relevance or date")
	}
	switch q.Mode {
	case "":
		q.Mode = broadsheet.ModeHybrid
	case broadsheet.ModeHybrid, broadsheet.ModeLexical, broadsheet.ModeSemantic:
	default:
		return nil, broadsheet.InvalidField("mode", fmt.Sprintf("%.40q is not a way to search", q.Mode), "use hybrid, lexical or semantic")
	}
	if q.After == "" {
		return nil, nil
	}
	p, err := parsePlace(q.After, fingerprint(q))
	return &p, err
}

// fingerprint names a query for its cursors: everything that moves results.
func fingerprint(q *broadsheet.Query) string {
	return fmt.Sprintf("%q", []any{q.Words, q.Require, q.Exclude, q.Categories, q.NotCategories, q.Authors, q.Organizations, q.IDs,
		q.HasCode, q.NoCode, q.From, q.To, q.Sort, q.Mode, q.Plain, q.Exact})
}

// withView calls f with the index as it is now and again, without a segment,
// when f lost one. Results are never mixed from both.
func (e *Engine) withView(ctx context.Context, f func(*view) error) error {
	snap := e.o.Index.Snapshot()
	defer snap.Release()
	v, err := newView(snap)
	if err != nil {
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := index.Guard(func() error { return f(v) })
		if !errors.Is(err, errLost) {
			return err
		}
		v.drop()
	}
}

// compile makes the plan of a query for a view.
func (e *Engine) compile(q *broadsheet.Query, v *view, allWords bool) (*plan, error) {
	an := e.analyzers.Get().(*analyze.Analyzer)
	defer e.analyzers.Put(an)
	return compile(q, v, an, allWords)
}

// vector is a query's vector, nil where there is none. It is kept, as each page
// of a search asks for it anew.
func (e *Engine) vector(ctx context.Context, v *view, text string) []float32 {
	if e.o.Embed == nil || text == "" || v.model == "" {
		return nil
	}
	k := v.model + "\x00" + text
	if q, ok := e.vectors.get(k); ok {
		return q
	}
	q, err := e.o.Embed(ctx, v.model, text)
	if err != nil {
		return nil
	}
	if len(q) > 0 {
		e.vectors.put(k, q)
	}
	return q
}
