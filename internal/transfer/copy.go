package transfer

import (
	"context"
	"encoding/json"
	"fmt"

	"broadsheet"
	"broadsheet/internal/store"
)

// copyCursor is the checkpoint of a copy in the database that is copied to.
const copyCursor = "copy"

// copied says up to which paper a copy from which database has come.
type copied struct {
	From  string `json:"from"`
	After string `json:"after"`
}

// Copy stores everything that from holds in to: what Import would make of an
// Export. It goes on after the last stored batch when it was interrupted, and
// from the beginning where from has changed since; putting a paper again
// changes nothing.
func Copy(ctx context.Context, from, to *store.Store, progress Progress) (ExportReport, error) {
	c := &copier{from: from, to: to, batch: make(chan store.Batch, 2)}
	if progress != nil {
		st, err := from.Stats(ctx)
		if err != nil {
			return c.rep, fmt.Errorf("copy: %w", err)
		}
		c.tell = func() { progress(Event{Done: int64(c.rep.Papers), Total: st.Papers, Papers: c.rep.Papers}) }
	}
	if err := c.run(ctx); err != nil {
		return c.rep, fmt.Errorf("copy: %w", err)
	}
	return c.rep, nil
}

type copier struct {
	from, to *store.Store
	at       copied
	batch    chan store.Batch
	rep      ExportReport
	tell     func()
}

// run lets one goroutine read while this one stores.
func (c *copier) run(ctx context.Context) error {
	if err := c.begin(ctx); err != nil {
		return err
	}
	reading, stop := context.WithCancel(ctx)
	readErr := make(chan error, 1)
	go func() {
		defer close(c.batch)
		readErr <- c.read(reading)
	}()
	var err error
	for b := range c.batch {
		if err == nil {
			if err = c.put(ctx, b); err != nil {
				stop() // and drain
			}
		}
	}
	stop()
	if rerr := <-readErr; err == nil {
		err = rerr
	}
	if err != nil {
		return err
	}
	if err := c.community(ctx); err != nil {
		return err
	}
	if err := c.delivery(ctx); err != nil {
		return err
	}
	return c.to.SetCursor(ctx, copyCursor, "")
}

// delivery copies who is written to, and what became of it. Two sites that both
// send would send everything twice, so the copy is paused where it has somebody
// to write to.
func (c *copier) delivery(ctx context.Context) (err error) {
	from := fmt.Sprintf("%s %s", c.from.Dialect(), c.from.Path())
	done := false
	if c.rep.Delivery, done, err = c.from.MirrorDelivery(ctx, c.to, from); err != nil {
		return fmt.Errorf("who gets what: %w", err)
	}
	c.rep.OwnSubscribers = !done
	if !done || c.rep.Delivery.Subscriptions == 0 {
		return nil
	}
	x, err := c.to.Sending(ctx)
	if err != nil || x.Paused {
		return err
	}
	c.rep.Paused = true
	return Pause(ctx, c.to, "copied: both would send")
}

// begin copies what has no checkpoint and finds where papers go on.
func (c *copier) begin(ctx context.Context) error {
	head, err := c.from.Head(ctx)
	if err != nil {
		return err
	}
	from := fmt.Sprintf("%s %s %s", c.from.Dialect(), c.from.Path(), head)
	value, err := c.to.Cursor(ctx, copyCursor)
	if err != nil {
		return err
	}
	if json.Unmarshal([]byte(value), &c.at) != nil || c.at.From != from {
		c.at = copied{From: from}
	}
	var f facts
	if err := c.from.EachOrganization(ctx, func(o broadsheet.Organization) error {
		f.organizations = append(f.organizations, o)
		c.rep.Organizations++
		return f.putFull(ctx, c.to)
	}); err != nil {
		return err
	}
	if err := c.from.EachPerson(ctx, func(p broadsheet.Person) error {
		f.people = append(f.people, p)
		c.rep.People++
		return f.putFull(ctx, c.to)
	}); err != nil {
		return err
	}
	if f.sources, err = c.from.Sources(ctx); err != nil {
		return err
	}
	c.rep.Sources = len(f.sources)
	return f.put(ctx, c.to)
}

// putFull puts facts when there are many.
func (f *facts) putFull(ctx context.Context, s *store.Store) error {
	if f.len() < 500 {
		return nil
	}
	return f.put(ctx, s)
}

// read sends papers, then records kept aside.
func (c *copier) read(ctx context.Context) error {
	var b store.Batch
	send := func() error {
		select {
		case c.batch <- b:
			b = store.Batch{}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := c.from.EachPaper(ctx, c.at.After, func(p broadsheet.Paper) error {
		b.Papers = append(b.Papers, p)
		if len(b.Papers) < 500 {
			return nil
		}
		return send()
	}); err != nil {
		return err
	}
	if err := c.from.EachReject(ctx, func(r broadsheet.Reject) error {
		b.Rejects = append(b.Rejects, r)
		if len(b.Rejects) < 100 {
			return nil
		}
		return send()
	}); err != nil {
		return err
	}
	return send()
}

func (c *copier) put(ctx context.Context, b store.Batch) error {
	if n := len(b.Papers); n > 0 {
		c.at.After = b.Papers[n-1].ID
		value, err := json.Marshal(c.at)
		if err != nil {
			return err
		}
		b.Cursors = map[string]string{copyCursor: string(value)}
	}
	if _, err := c.to.Put(ctx, b); err != nil {
		return err
	}
	c.rep.Papers += len(b.Papers)
	c.rep.Rejects += len(b.Rejects)
	if c.tell != nil {
		c.tell()
	}
	return nil
}
