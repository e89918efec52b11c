package index

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"broadsheet/internal/lib/segment"
)

// Batch is what goes in at once.
type Batch struct {
	// Deletes are keys whose documents go. They go before documents come: a key
	// in both is there afterwards.
	Deletes []string
	// Staged and then Builders hold documents. One replaces those with the same
	// key that were there before it, of the same batch too.
	Staged   []*Staged
	Builders []*segment.Builder // empty ones do not matter; they may be reset afterwards
	Cursor   string             // of the change feed: everything up to it is in with this
}

// Staged is a segment that is written and does not yet belong to the index.
type Staged struct {
	gen  *generation
	name string
	info segment.Info
	done func()
}

// Writer puts documents into one generation. It is safe for concurrent use.
type Writer struct{ gen *generation }

// Cursor is that of the last batch that went in.
func (w *Writer) Cursor() string {
	w.gen.index.mu.Lock()
	defer w.gen.index.mu.Unlock()
	return w.gen.manifest.Cursor
}

// Setup is what documents of this generation are made with.
func (w *Writer) Setup() Setup {
	w.gen.index.mu.Lock()
	defer w.gen.index.mu.Unlock()
	return w.gen.manifest.Setup
}

// Complete tells whether this generation has reached the feed's end once.
func (w *Writer) Complete() bool {
	w.gen.index.mu.Lock()
	defer w.gen.index.mu.Unlock()
	return w.gen.manifest.Complete
}

// Snapshot is this generation now. The caller releases it.
func (w *Writer) Snapshot() *Snapshot {
	w.gen.index.mu.Lock()
	defer w.gen.index.mu.Unlock()
	return w.gen.state.snapshot()
}

// Stage writes a builder's documents to the disk, so that its memory can be
// used again. They are in the index once Apply has taken them; Discard them
// otherwise.
func (w *Writer) Stage(b *segment.Builder) (*Staged, error) {
	name, done := w.gen.reserve()
	path := filepath.Join(w.gen.dir, name)
	if err := w.gen.index.disk.step("segment", path); err != nil {
		done()
		return nil, diskError("write "+path, err)
	}
	info, err := b.WriteFile(path)
	if err == nil {
		err = w.gen.index.disk.step("segment is written", path)
	}
	if err != nil {
		s := &Staged{gen: w.gen, name: name, done: done}
		s.Discard()
		return nil, diskError("write "+path, err)
	}
	return &Staged{gen: w.gen, name: name, info: info, done: done}, nil
}

// Discard removes what will not be applied. After Apply it does nothing.
func (s *Staged) Discard() {
	if s.done == nil {
		return
	}
	path := filepath.Join(s.gen.dir, s.name)
	s.gen.index.disk.remove(path + segment.TempSuffix)
	s.gen.index.disk.remove(path) // what stays is removed by the next sweep
	s.done()
	s.done = nil
}

// Apply puts a batch in. When it returns nil the batch outlives whatever
// happens; after an error nothing of it is there, and its staged segments are
// discarded. Where it meets a damaged segment that is set aside and the batch
// goes in.
func (w *Writer) Apply(ctx context.Context, b Batch) error {
	g := w.gen
	staged := slices.Clone(b.Staged)
	defer func() {
		for _, s := range staged {
			s.Discard()
		}
	}()
	more, err := w.stageAll(b.Builders)
	staged = append(staged, more...)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	g.writing.Lock()
	defer g.writing.Unlock()
	if g.retired {
		return ErrReplaced
	}
	for {
		bad, err := g.applyLocked(b, staged)
		if err != nil {
			return err
		}
		if bad == nil {
			break
		}
		if err := g.setAsideLocked([]Damage{*bad}); err != nil {
			return err
		}
	}
	for _, s := range staged {
		s.done()
		s.done = nil
	}
	g.index.poke()
	return nil
}

// stageAll writes several builders side by side: it is the processor that
// writing waits for.
func (w *Writer) stageAll(builders []*segment.Builder) ([]*Staged, error) {
	var all sync.WaitGroup
	out, errs := make([]*Staged, len(builders)), make([]error, len(builders))
	for i, b := range builders {
		if b.Docs() > 0 {
			all.Go(func() { out[i], errs[i] = w.Stage(b) })
		}
	}
	all.Wait()
	out = slices.DeleteFunc(out, func(s *Staged) bool { return s == nil })
	for _, err := range errs {
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// applyLocked makes and commits the next state. It gives the damage that it met
// in a segment that was there before; then nothing has changed.
func (g *generation) applyLocked(b Batch, staged []*Staged) (*Damage, error) {
	parts := drafts(g.state.view.Segments)
	var opened []*Segment
	committed := false
	defer func() {
		if !committed {
			closeAll(opened)
			g.sweep() // new deletes
		}
	}()
	if bad := g.learn(staged); bad != nil {
		return bad, nil
	}
	for _, key := range b.Deletes {
		if bad := kill(parts, key); bad != nil {
			return bad, nil
		}
	}
	for _, s := range staged {
		seg, err := g.openSegment(entry{File: s.name, Docs: s.info.Docs, Bytes: s.info.Size})
		if err != nil {
			return nil, fmt.Errorf("read back a new segment: %w", err)
		}
		opened = append(opened, seg)
		if bad, err := g.replace(parts, seg); bad != nil || err != nil {
			return bad, err
		}
		parts = append(parts, &draft{Segment: seg})
	}
	m := g.manifest.clone()
	m.Cursor = b.Cursor
	next, err := g.settle(parts)
	if err != nil {
		return nil, err
	}
	if err := g.commit(m, next); err != nil {
		return nil, err
	}
	committed = true
	closeAll(missingFrom(opened, next))
	return nil, nil
}

func drafts(segments []*Segment) []*draft {
	out := make([]*draft, len(segments))
	for i, s := range segments {
		out[i] = &draft{Segment: s}
	}
	return out
}

// settle writes the deletes of drafts that changed and leaves out those of
// which nothing lives.
func (g *generation) settle(parts []*draft) ([]*Segment, error) {
	out := make([]*Segment, 0, len(parts))
	for _, d := range parts {
		if d.entry.Dead == d.entry.Docs {
			continue
		}
		if d.changed {
			d.entry.Deletes = deletesName(d.entry.File, g.manifest.Number+1)
			path := filepath.Join(g.dir, d.entry.Deletes)
			if err := g.index.disk.write(path, encodeDeletes(d.Live, d.entry.Docs, d.entry.Dead)); err != nil {
				return nil, diskError("write "+path, err)
			}
		}
		out = append(out, d.Segment)
	}
	return out, nil
}

// missingFrom are those of segments that are not in a state.
func missingFrom(segments, state []*Segment) []*Segment {
	var out []*Segment
	for _, s := range segments {
		if !slices.ContainsFunc(state, func(p *Segment) bool { return p.entry.File == s.entry.File }) {
			out = append(out, s)
		}
	}
	return out
}

// kill takes a key's documents away.
func kill(parts []*draft, key string) *Damage {
	for _, d := range parts {
		doc, ok, err := d.find(key)
		if err != nil {
			return d.damage(err)
		}
		if ok {
			d.kill(doc)
		}
	}
	return nil
}
