package digest

import (
	"context"
	"slices"
	"time"

	"broadsheet"
)

// The index follows the change feed on its own, and arrivals are numbered by
// another follower of it. An edition of a search may look only at arrivals that
// the index holds as they are: what it misses would count as told. So every run
// notes the last arrival and then the head of the feed, which is behind all that
// this arrival and those before it came of; an index that has passed that place
// holds them. Each machine has an index, and notes, of its own.

// place is an arrival with a place in the feed behind all that it came of.
type place struct {
	seq    int64
	cursor string
	at     time.Time
}

// behindFor is by how much editions of searches may be behind the others. With
// an index further behind they wait, rather than say that there is nothing.
const behindFor = 10 * time.Minute

var errBehind = &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "the index does not hold yet what is news", Fix: "it catches up by itself"}

// noteHead notes where the news and the feed end.
func (e *Engine) noteHead(ctx context.Context, head int64, now time.Time) error {
	cursor, err := e.o.Store.Head(ctx)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.places = slices.DeleteFunc(e.places, func(p place) bool { return p.at.After(now) || now.Sub(p.at) > behindFor })
	e.places = append(e.places, place{head, cursor, now})
	return nil
}

// held tells whether the index holds all up to a place.
func (e *Engine) held(p *place) (bool, error) {
	cursor, ok := e.o.Finder.Indexed()
	if !ok {
		return false, nil
	}
	return e.o.Store.Passed(cursor, p.cursor)
}

// upTo is the last arrival that an edition of a topic may look at now.
func (r *run) upTo(topic broadsheet.Topic) (int64, error) {
	if topic.Kind != broadsheet.TopicSearch {
		return r.head, nil
	}
	if r.o.Finder == nil {
		return 0, errNoFinder
	}
	if r.search == nil { // one place in a run, so that searches share what arrived
		r.mu.Lock()
		places := slices.Clone(r.places)
		r.mu.Unlock()
		for _, p := range slices.Backward(places) {
			ok, err := r.held(&p)
			if err != nil {
				return 0, err
			}
			if ok {
				r.search = &p
				break
			}
		}
	}
	if r.search == nil {
		return 0, errBehind
	}
	return r.search.seq, nil
}
