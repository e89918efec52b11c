package transfer

import (
	"context"
	"fmt"

	"broadsheet"
	"broadsheet/internal/store"
)

// item is what a record holds; one member is set.
type item struct {
	paper        *broadsheet.Paper
	organization *broadsheet.Organization
	person       *broadsheet.Person
	source       *broadsheet.Source
	arrival      *broadsheet.Arrival
	holding      *store.Holding
	suppression  *broadsheet.Suppression
	row          *store.CommunityRow
	reject       *broadsheet.Reject // kept aside now, or an exported one
	frame        *line              // header or end of an export
	number       int64              // of the record, with frame
	kept         bool               // reject was kept aside elsewhere and is only carried over
}

// batchBytes bounds what a transaction holds, in bytes of its records as they
// are read: papers with thousands of authors are a hundred times as long as
// others. A batch goes past it by one chunk at most.
const batchBytes = 8 << 20

// writer stores items, many in a transaction, each transaction with the place
// behind its last record.
type writer struct {
	im    *importer
	id    identity
	cp    checkpoint
	in    Input
	batch store.Batch
	facts facts
	who   people
	new   Stored // what batch holds, counted when it is stored
	bytes int    // of the records in batch and facts
	read  int64
	fatal error // what is wrong with the file as a whole
}

// run stores what comes until the queue is closed or ctx ends.
func (w *writer) run(ctx context.Context, q *queue) error {
	for {
		var c *chunk
		var items []item
		select {
		case c = <-q.order:
		case <-ctx.Done():
			return ctx.Err()
		}
		if c == nil {
			return w.put(ctx)
		}
		select {
		case items = <-c.out:
		case <-ctx.Done():
			return ctx.Err()
		}
		for i := range items {
			w.take(&items[i])
		}
		if w.fatal != nil {
			return nil
		}
		w.cp.position, w.cp.Layout, w.read = c.after, c.layout, c.read
		w.bytes += len(c.buf)
		q.taken(c)
		c.release()
		if w.bytes < batchBytes && len(w.batch.Papers)+len(w.batch.Rejects)+w.facts.len()+w.who.len() < w.im.opt.Batch {
			continue
		}
		if err := w.put(ctx); err != nil {
			return err
		}
	}
}

func (w *writer) take(it *item) {
	switch {
	case it.paper != nil:
		w.batch.Papers = append(w.batch.Papers, *it.paper)
		w.cp.Stored.Papers++
		w.new.Papers++
	case it.reject != nil:
		w.batch.Rejects = append(w.batch.Rejects, *it.reject)
		if !it.kept {
			w.cp.Stored.Rejected++
			w.new.Rejected++
		}
	case it.organization != nil:
		w.facts.organizations = append(w.facts.organizations, *it.organization)
	case it.person != nil:
		w.facts.people = append(w.facts.people, *it.person)
	case it.source != nil:
		w.facts.sources = append(w.facts.sources, *it.source)
	case it.arrival != nil:
		w.who.arrivals = append(w.who.arrivals, *it.arrival)
	case it.holding != nil:
		w.who.holdings = append(w.who.holdings, *it.holding)
	case it.suppression != nil:
		w.who.suppressions = append(w.who.suppressions, *it.suppression)
	case it.row != nil:
		w.who.rows = append(w.who.rows, *it.row)
	case it.frame != nil:
		w.fatal = w.cp.Frame.meet(w.in.Name, it.frame, it.number)
	}
}

// put stores the batch.
func (w *writer) put(ctx context.Context) (err error) {
	if err := w.facts.put(ctx, w.im.store); err != nil {
		return err
	}
	var before store.Result
	if w.who.len() > 0 { // they refer to papers, and the place behind them comes last
		if before, err = w.im.store.Put(ctx, w.batch); err != nil {
			return fmt.Errorf("store: %w", err)
		}
		w.forget()
		added, err := w.who.put(ctx, w.im.store)
		if err != nil {
			return err
		}
		w.in.Subscriptions += added.subscriptions
		w.in.Rows += added.rows
		w.in.RowsLeft += added.left
	}
	if w.id != (identity{}) && w.cp.position != (position{}) {
		w.batch.Cursors = map[string]string{atPrefix + w.id.key: encodeMark(w.cp)}
	}
	res, err := w.im.store.Put(ctx, w.batch)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	w.in.Papers += w.new.Papers
	w.in.Rejected += w.new.Rejected
	w.new = Stored{}
	w.in.Inserted += before.Inserted + res.Inserted
	w.in.Updated += before.Updated + res.Updated
	w.in.Unchanged += before.Unchanged + res.Unchanged
	w.forget()
	w.bytes = 0
	w.im.tell(&w.in, w.read)
	return nil
}

// forget empties the batch.
func (w *writer) forget() {
	clear(w.batch.Papers)
	w.batch = store.Batch{Papers: w.batch.Papers[:0]}
}

// done notes that the file was read to its end.
func (w *writer) done(ctx context.Context) error {
	w.im.tell(&w.in, w.read)
	if w.id == (identity{}) {
		return nil
	}
	_, err := w.im.store.Put(ctx, store.Batch{Cursors: map[string]string{
		atPrefix + w.id.key:     "",
		donePrefix + w.id.print: encodeMark(done{Layout: w.in.Layout, Stored: w.cp.Stored, Modified: w.id.modified}),
	}})
	if err != nil {
		return fmt.Errorf("note the end of %s: %w", w.in.Name, err)
	}
	return nil
}
