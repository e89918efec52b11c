package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"broadsheet"
)

// Limits of small writes.
const (
	groupSize     = 256              // that share a commit
	groupQueue    = 1024             // that wait; more wait for a place
	groupPatience = 5 * time.Second  // for a place
	groupTimeout  = 30 * time.Second // for a group: past it, its database does not answer
)

// group gathers small writes of many people into few commits: on SQLite a commit
// waits for the disk, which takes as long for one vote as for two hundred. While
// one group is on its way to the disk, the next one gathers.
//
// Each write has a savepoint of its own: one that fails, or panics, takes back
// what it did and nothing of the others. It is answered when what it wrote is on
// disk, and never before. A write whose context ends while it waits is not begun;
// once begun, it ends, and its caller is told how.
type group struct {
	store *Store
	work  chan *write
	begin sync.Once
	end   sync.Once
	quit  chan struct{} // closed: take nothing more
	gone  chan struct{} // closed: nobody answers any more
}

// write is one small write on its way.
type write struct {
	fn    func(context.Context, *txn) error
	taken atomic.Bool // by the group, or by a caller who gave up
	err   error
	done  chan struct{}
}

func newGroup(s *Store) *group {
	return &group{store: s, work: make(chan *write, groupQueue), quit: make(chan struct{}), gone: make(chan struct{})}
}

var errClosing = &broadsheet.Error{Kind: broadsheet.Unavailable, Field: "database", Text: "this program is ending", Fix: "try again in a moment"}

// submit runs fn in a transaction that it shares with other small writes, and
// returns when that is committed. fn must be short, ready to run more than once,
// and use the context that it is given; what it counts with txn.tally is there
// when submit returns.
func (s *Store) submit(ctx context.Context, fn func(context.Context, *txn) error) error {
	return s.explain(s.group.submit(ctx, fn))
}

func (g *group) submit(ctx context.Context, fn func(context.Context, *txn) error) error {
	g.begin.Do(g.start)
	w := &write{fn: fn, done: make(chan struct{})}
	patience := time.NewTimer(groupPatience)
	defer patience.Stop()
	select {
	case <-g.quit: // looked at first: a queue with room is as likely to be chosen
		return errClosing
	default:
	}
	select {
	case g.work <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-g.quit:
		return errClosing
	case <-patience.C:
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Field: "database", Text: "too much is being written just now", Fix: "try again in a moment"}
	}
	select {
	case <-w.done:
		return w.err
	case <-g.gone: // put into the queue while its last reader left
		if w.taken.CompareAndSwap(false, true) {
			return errClosing
		}
	case <-ctx.Done():
		if w.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
	}
	<-w.done
	return w.err
}

// start begins to take writes. PostgreSQL commits for several connections at
// once: while one waits for the disk, the other writes.
func (g *group) start() {
	var all sync.WaitGroup
	for range g.store.dialect.committers() {
		all.Go(g.run)
	}
	go func() {
		all.Wait()
		close(g.gone)
	}()
}

// close ends what start began: what waits is still written.
func (g *group) close() {
	g.end.Do(func() { close(g.quit) })
	g.begin.Do(func() { close(g.gone) }) // nothing was ever written
	<-g.gone
}

func (g *group) run() {
	for {
		select {
		case w := <-g.work:
			g.commit(g.gather(w))
		case <-g.quit:
			select {
			case w := <-g.work:
				g.commit(g.gather(w))
			default:
				return
			}
		}
	}
}

// gather takes a write and all that wait behind it.
func (g *group) gather(first *write) []*write {
	all := make([]*write, 0, groupSize)
	for w := first; ; {
		if w.taken.CompareAndSwap(false, true) {
			all = append(all, w)
		}
		if len(all) == groupSize {
			return all
		}
		select {
		case w = <-g.work:
		default:
			return all
		}
	}
}

// commit writes a group and answers all that are in it.
func (g *group) commit(all []*write) {
	if len(all) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), groupTimeout)
	defer cancel()
	s := g.store
	if len(all) == 1 {
		all[0].err = s.quietTx(ctx, all[0].run(ctx))
	} else {
		err := s.tryTx(ctx, func(tx *txn) error { return together(ctx, tx, all) })
		for _, w := range all {
			switch {
			case err != nil && (s.dialect.collision(err) || errors.Is(err, errSpoilt)), err == nil && s.dialect.collision(w.err):
				// Nothing of it is stored. Alone it harms nobody and is tried again.
				w.err = s.quietTx(ctx, w.run(ctx))
			case err != nil:
				w.err = err
			}
		}
	}
	news := false
	for _, w := range all {
		news = news || w.err == nil
	}
	if news {
		s.generation.Add(1)
	}
	for _, w := range all {
		close(w.done)
	}
}

// errSpoilt is a transaction in which nothing can be done any more because of
// one of its writes.
var errSpoilt = errors.New("a write left its transaction unusable")

// together runs each write within a savepoint.
func together(ctx context.Context, tx *txn, all []*write) error {
	for _, w := range all {
		if _, err := tx.exec(ctx, "SAVEPOINT small"); err != nil {
			return err
		}
		mark := tx.tallies.mark()
		if w.err = w.run(ctx)(tx); w.err == nil {
			if _, w.err = tx.exec(ctx, "RELEASE SAVEPOINT small"); w.err == nil {
				continue
			}
		}
		tx.tallies.back(mark)
		if _, err := tx.exec(ctx, "ROLLBACK TO SAVEPOINT small"); err != nil {
			return errors.Join(errSpoilt, err)
		}
		if _, err := tx.exec(ctx, "RELEASE SAVEPOINT small"); err != nil {
			return errors.Join(errSpoilt, err)
		}
	}
	return nil
}

// run is the write as a transaction runs it: a panic is an error to its caller
// and would otherwise end the program.
func (w *write) run(ctx context.Context) func(*txn) error {
	return func(tx *txn) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("small write: panic: %v\n%s", p, debug.Stack())
			}
		}()
		return w.fn(ctx, tx)
	}
}
