package remote

import (
	"container/list"
	"context"
	"sync"
	"time"

	"broadsheet"
)

const (
	// LateQuery is how long an answer to a query may take. Nobody waits so long
	// for it, but it is kept.
	LateQuery = 10 * time.Second
	// maxQuery is how much of a query is embedded, in bytes.
	maxQuery = 1000
	// maxFlights bounds the queries under way.
	maxFlights = 64
	// So many failures in a row, and the service is left alone for firstRest,
	// doubling to lastRest.
	maxFailures = 3
	firstRest   = time.Second
	lastRest    = time.Minute
)

// queries asks for the vectors of queries and keeps the latest.
type queries struct {
	m   *Model
	ctx context.Context
	end context.CancelFunc
	all sync.WaitGroup

	mu       sync.Mutex
	kept     map[string]*list.Element
	order    *list.List // of *flight, the last used first
	flights  map[string]*flight
	failures int // in a row
	rest     time.Time
}

// flight is a query whose vector is asked for, or here when done is closed.
type flight struct {
	text   string
	done   chan struct{}
	vector []float32
	err    error
}

func newQueries(m *Model) *queries {
	q := &queries{m: m, kept: map[string]*list.Element{}, order: list.New(), flights: map[string]*flight{}}
	q.ctx, q.end = context.WithCancel(context.Background())
	return q
}

// close ends the requests under way.
func (q *queries) close() {
	q.mu.Lock()
	q.end()
	q.mu.Unlock()
	q.all.Wait()
}

// vector gives the vector of a query, or after the deadline that there is none.
// The result is shared: nobody may write to it.
func (q *queries) vector(ctx context.Context, text string) ([]float32, error) {
	f, err := q.join(cut(text, maxQuery))
	if err != nil {
		return nil, err
	}
	timer := time.NewTimer(q.m.opt.QueryTimeout)
	defer timer.Stop()
	select {
	case <-f.done:
		return f.vector, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, &broadsheet.Error{Kind: broadsheet.Unavailable, Field: "embed.query_timeout",
			Text: "the embeddings service did not answer within " + q.m.opt.QueryTimeout.String(), Fix: "search goes by words; a longer time makes it wait"}
	}
}

// join gives the flight of a query, beginning it where there is none.
func (q *queries) join(text string) (*flight, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if e, ok := q.kept[text]; ok {
		q.order.MoveToFront(e)
		q.m.counts.cached.Add(1)
		return e.Value.(*flight), nil
	}
	if f, ok := q.flights[text]; ok {
		return f, nil
	}
	e := &broadsheet.Error{Kind: broadsheet.Unavailable, Field: "embed.url", Fix: "search goes by words meanwhile"}
	switch {
	case q.ctx.Err() != nil:
		e.Text = "the program ends"
		return nil, e
	case q.m.opt.Clock.Now().Before(q.rest):
		e.Text = "the embeddings service fails and is left alone for a while"
		return nil, e
	case len(q.flights) >= maxFlights:
		e.Text = "too many queries wait for the embeddings service"
		return nil, e
	}
	f := &flight{text: text, done: make(chan struct{})}
	q.flights[text] = f
	q.all.Go(func() { q.fly(f) })
	return f, nil
}

func (q *queries) fly(f *flight) {
	ctx, cancel := context.WithTimeout(q.ctx, LateQuery)
	defer cancel()
	began := q.m.opt.Clock.Now()
	vectors, _, err := q.m.once(ctx, q.m.opt.Queries, []string{q.m.opt.QueryPrefix + f.text})
	q.m.counts.request("query", q.m.opt.Clock.Now().Sub(began), err)
	if err == nil {
		f.vector = vectors[0]
	} else {
		f.err = q.m.explain(q.ctx, err)
	}
	q.land(f, err)
}

// land keeps what came, and judges the service by it.
func (q *queries) land(f *flight, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	defer close(f.done)
	delete(q.flights, f.text)
	if err == nil {
		q.failures, q.rest = 0, time.Time{}
		q.kept[f.text] = q.order.PushFront(f)
		if q.order.Len() > q.m.opt.QueryCache {
			last := q.order.Back()
			q.order.Remove(last)
			delete(q.kept, last.Value.(*flight).text)
		}
		return
	}
	if blamesTexts(err) {
		return // this query's fault
	}
	if q.failures++; q.failures >= maxFailures {
		q.rest = q.m.opt.Clock.Now().Add(min(firstRest<<min(q.failures-maxFailures, 10), lastRest))
	}
}
