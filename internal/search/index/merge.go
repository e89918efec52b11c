package index

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"broadsheet/internal/lib/mmap"
	"broadsheet/internal/lib/segment"
)

// mergeOne does one merge, where there is one to do.
func (x *Index) mergeOne(ctx context.Context) (took time.Duration, merged bool, err error) {
	for _, g := range x.both() {
		begin := time.Now()
		merged, err := g.merge(ctx, pick)
		if errors.Is(err, ErrReplaced) || g.ctx.Err() != nil {
			continue
		}
		if merged || err != nil {
			return time.Since(begin), merged, err
		}
	}
	return 0, false, nil
}

// Compact merges what the tiers leave apart, into as few segments as can be:
// for an index that is built and not changed any more.
func (w *Writer) Compact(ctx context.Context) error {
	for {
		merged, err := w.gen.merge(ctx, func(segments []*Segment, busy map[string]bool) []*Segment {
			free := slices.DeleteFunc(slices.Clone(segments), func(s *Segment) bool { return busy[s.entry.File] })
			return smallest(free)
		})
		if err != nil || !merged {
			return err
		}
	}
}

// merge merges what choose picks. Nothing that changes the index waits for it
// but for its last step.
func (g *generation) merge(ctx context.Context, choose func([]*Segment, map[string]bool) []*Segment) (bool, error) {
	x := g.index
	x.mu.Lock()
	snap := g.state.snapshot()
	from := choose(snap.Segments, g.merging)
	for _, s := range from {
		g.merging[s.entry.File] = true
	}
	x.mu.Unlock()
	defer snap.Release()
	if len(from) == 0 {
		return false, nil
	}
	defer func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		for _, s := range from {
			delete(g.merging, s.entry.File)
		}
	}()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(g.ctx, cancel)()
	begin := time.Now()
	name, done := g.reserve()
	out := &Staged{gen: g, name: name, done: done}
	defer out.Discard()
	err := g.mergeInto(ctx, out, from)
	adopted := false
	if err == nil {
		adopted, err = g.adopt(out, from)
	}
	if IsDamage(err) {
		return false, g.blame(ctx, from, err)
	}
	if err != nil {
		return false, err
	}
	if !adopted {
		return true, nil // look again: what there is to merge has changed
	}
	x.counts.merges.Add(1)
	x.metrics.merges.Observe(time.Since(begin).Seconds())
	x.log.Debug("merged segments of the index", "segments", len(from), "documents", out.info.Docs, "took", time.Since(begin).Round(time.Millisecond).String())
	return true, nil
}

// mergeInto writes one segment of several.
func (g *generation) mergeInto(ctx context.Context, out *Staged, from []*Segment) error {
	parts := make([]segment.Part, len(from))
	for i, s := range from {
		parts[i] = segment.Part{Reader: s.Reader, Live: s.Live}
	}
	path := filepath.Join(g.dir, out.name)
	if err := g.index.disk.step("segment", path); err != nil {
		return diskError("write "+path, err)
	}
	var err error
	gerr := mmap.Guard(func() { out.info, err = segment.Merge(ctx, path, parts, (&Writer{g}).Setup().options()) })
	if gerr != nil {
		return gerr
	}
	if err == nil {
		err = g.index.disk.step("segment is written", path)
	}
	if err != nil && !IsDamage(err) && ctx.Err() == nil {
		err = diskError("merge into "+path, err)
	}
	return err
}

// adopt puts a merged segment in the place of those it was made from, without
// the documents that were deleted meanwhile. It is false where one of those has
// been set aside, or died out: then what was merged is not wanted any more.
func (g *generation) adopt(out *Staged, from []*Segment) (adopted bool, err error) {
	g.writing.Lock()
	defer g.writing.Unlock()
	if g.retired {
		return false, ErrReplaced
	}
	seg, err := g.openSegment(entry{File: out.name, Docs: out.info.Docs, Bytes: out.info.Size})
	if err != nil {
		return false, fmt.Errorf("read back a merged segment: %w", err)
	}
	defer func() {
		if !adopted {
			seg.Reader.Close()
			g.sweep() // new deletes
		}
	}()
	into := &draft{Segment: seg}
	var rest []*draft
	missing := len(from)
	for _, now := range g.state.view.Segments {
		i := slices.IndexFunc(from, func(s *Segment) bool { return s.entry.File == now.entry.File })
		if i < 0 {
			rest = append(rest, &draft{Segment: now})
			continue
		}
		missing--
		if err := Guard(func() error { return carryOver(into, from[i], now) }); err != nil {
			return false, err
		}
	}
	if missing > 0 {
		return false, nil
	}
	next, err := g.settle(append(rest, into))
	if err != nil {
		return false, err
	}
	if err := g.commit(g.manifest.clone(), next); err != nil {
		return false, err
	}
	closeAll(missingFrom([]*Segment{seg}, next))
	out.done()
	out.done = nil
	// Once more, so that the manifest before does not hold on to what was merged.
	if err := g.commit(g.manifest.clone(), g.state.view.Segments); err != nil {
		g.index.log.Warn("merged segments stay on the disk for now", "error", err)
	}
	return true, nil
}

// carryOver deletes from a merged segment what was deleted since the merge
// began.
func carryOver(into *draft, then, now *Segment) error {
	if then.entry.Dead == now.entry.Dead {
		return nil
	}
	for doc := range uint32(then.entry.Docs) {
		if !then.Has(doc) || now.Has(doc) {
			continue
		}
		key, err := now.Key(doc)
		if err != nil {
			return err
		}
		moved, ok, err := into.find(key)
		if err != nil {
			return err
		}
		if ok {
			into.kill(moved)
		}
	}
	return nil
}

// blame finds out which segments made a merge fail and sets them aside.
func (g *generation) blame(ctx context.Context, from []*Segment, cause error) error {
	var bad []Damage
	for _, s := range from {
		var err error
		if gerr := mmap.Guard(func() { err = s.Verify(ctx, nil) }); gerr != nil {
			err = gerr
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			bad = append(bad, *s.damage(err))
		}
	}
	if len(bad) == 0 {
		return fmt.Errorf("merge: %w", cause)
	}
	return g.setAside(bad)
}
