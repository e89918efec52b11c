package transfer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"broadsheet/internal/store"
)

// importer is one call of Import.
type importer struct {
	store         *store.Store
	opt           Options
	index, inputs int
	total, read   int64  // bytes of all files; of those already done with
	pipe          bool   // total is not known
	before        Stored // of the files before
}

// file imports one file. Its error is the store's or ctx's; what is wrong with
// the file stands in Input.Err.
func (im *importer) file(ctx context.Context, f file) (Input, error) {
	in := Input{Name: f.name}
	defer func() { im.read += f.size }()
	id, err := im.identify(f)
	if err != nil {
		in.Err = err
		return in, nil
	}
	var cp checkpoint
	if id != (identity{}) && !im.opt.Again {
		was, err := readMark[done](ctx, im.store, donePrefix+id.print)
		if err != nil {
			return in, err
		}
		if was.Modified == id.modified {
			in.Before, in.Layout, in.Earlier = true, was.Layout, was.Stored
			im.tell(&in, f.size)
			return in, nil
		}
		if cp, err = readMark[checkpoint](ctx, im.store, atPrefix+id.key); err != nil {
			return in, err
		}
		if cp.Bad { // try those members again
			cp = checkpoint{}
		}
	}
	in, err = im.run(ctx, f, id, cp)
	if errors.Is(in.Err, errOther) {
		in, err = im.run(ctx, f, id, checkpoint{})
	}
	return in, err
}

// identify gives the zero identity for what can be read only once.
func (im *importer) identify(f file) (identity, error) {
	if f.path == "-" {
		return identity{}, nil
	}
	r, err := os.Open(f.path)
	if err != nil {
		return identity{}, cannotRead(f.path, err)
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil || !info.Mode().IsRegular() { // a named pipe, or /dev/stdin
		return identity{}, nil
	}
	day, _ := dayOf(f.name) // a day that does not exist is met again on reading
	id, err := identify(r, f.size, info.ModTime(), day, im.opt.As)
	if err != nil {
		return identity{}, cannotRead(f.path, err)
	}
	return id, nil
}

// run is one pass over a file: one goroutine reads records, some make papers
// of them, this one stores.
func (im *importer) run(ctx context.Context, f file, id identity, cp checkpoint) (Input, error) {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	q := newQueue()
	p := &producer{file: f, opt: im.opt, from: cp.position, meter: meter{size: f.size}, send: func(c *chunk) bool { return q.send(reading, c) }}
	var crew sync.WaitGroup
	var readErr error
	crew.Go(func() {
		defer q.close()
		readErr = p.run(reading)
	})
	for range im.opt.Workers {
		crew.Go(func() {
			for c := range q.work {
				c.out <- im.items(f.name, c)
			}
		})
	}
	w := &writer{im: im, id: id, cp: cp, in: Input{Name: f.name, Layout: cp.Layout, Earlier: cp.Stored}}
	err := w.run(reading, q)
	stop()
	crew.Wait()
	w.in.Passed = p.passed
	if len(p.layouts) > 0 {
		w.in.Layout = p.layouts[0]
	}
	switch {
	case ctx.Err() != nil:
		return w.in, fmt.Errorf("import %s: %w", f.name, context.Cause(ctx))
	case err != nil:
		return w.in, fmt.Errorf("import %s: %w", f.name, err)
	case w.fatal != nil:
		w.in.Err = w.fatal
	case readErr != nil:
		w.in.Err = readErr
	default:
		w.in.Err = w.cp.Frame.complete(f.name)
	}
	if w.in.Err != nil || len(p.layouts) == 0 {
		return w.in, nil
	}
	return w.in, w.done(ctx)
}

// tell reports progress; read is how far the current file is.
func (im *importer) tell(in *Input, read int64) {
	if im.opt.Progress == nil {
		return
	}
	e := Event{Input: in.Name, Index: im.index, Inputs: im.inputs, Done: im.read + read, Total: im.total,
		Papers:   im.before.Papers + in.Earlier.Papers + in.Papers,
		Rejected: im.before.Rejected + in.Earlier.Rejected + in.Rejected}
	if im.pipe {
		e.Total = 0
	}
	im.opt.Progress(e)
}
