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

// Tiers: a segment of n live documents is in the tier of log8(n/256). Eight of
// one tier become one; so a document is written again some six times up to 3
// million, and there are some twenty segments.
const (
	tierFactor = 8
	tierBase   = 256
	mergeMost  = 10 // segments at once: bounds what a merge has to keep in its head
	// deadShare of a segment's documents make it worth writing anew.
	deadShare = 0.3
)

func tier(live int) int {
	t := 0
	for n := tierBase; live >= n; n *= tierFactor {
		t++
	}
	return t
}

// pick chooses what to merge: segments, nil for nothing to do. busy are in use by
// another merge.
func pick(segments []*Segment, busy map[string]bool) []*Segment {
	tiers := map[int][]*Segment{}
	highest := 0
	for _, s := range segments {
		if !busy[s.entry.File] {
			t := tier(s.LiveDocs())
			tiers[t] = append(tiers[t], s)
			highest = max(highest, t)
		}
	}
	for t := range highest + 1 { // small ones first: they are cheap and many
		if len(tiers[t]) >= tierFactor {
			return smallest(tiers[t])
		}
	}
	for _, s := range segments {
		if !busy[s.entry.File] && float64(s.entry.Dead) > deadShare*float64(s.entry.Docs) {
			return []*Segment{s}
		}
	}
	return nil
}

// smallest are at most mergeMost segments that fit into one.
func smallest(of []*Segment) []*Segment {
	of = slices.Clone(of)
	slices.SortStableFunc(of, func(a, b *Segment) int { return a.LiveDocs() - b.LiveDocs() })
	docs := 0
	for i, s := range of {
		if docs += s.LiveDocs(); i == mergeMost || docs > segment.MaxDocs {
			of = of[:i]
			break
		}
	}
	if len(of) < 2 {
		return nil
	}
	return of
}

// poke says that there may be something to do.
func (x *Index) poke() {
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// Run merges segments and sets damaged ones aside until ctx ends. One at a time
// does.
func (x *Index) Run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var reported []report
	for look := false; ; {
		if err := x.heed(ctx, look, reported...); err != nil && ctx.Err() == nil {
			x.log.Warn("the index cannot set a damaged segment aside for now", "error", err)
		}
		took, merged, err := x.mergeOne(ctx)
		pause := time.Duration(0)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			x.log.Warn("segments of the index are not merged for now", "error", err)
			pause = mergeRetry
		case merged:
			x.poke()                       // perhaps there is more
			pause = min(took/4, mergeRest) // others want the processor and the disk, too
		}
		if pause > 0 && !sleep(ctx, pause) {
			return
		}
		look, reported = false, nil
		select {
		case <-ctx.Done():
			return
		case <-x.wake:
		case r := <-x.reports:
			reported = []report{r}
		case <-tick.C:
			look = true
		}
	}
}

const (
	lookEvery  = 3 * time.Second  // at the files
	mergeRetry = 30 * time.Second // after an error
	mergeRest  = 2 * time.Second
)

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// Maintain does at once all that Run would do by and by.
func (x *Index) Maintain(ctx context.Context) error {
	for {
		if err := x.heed(ctx, true); err != nil {
			return err
		}
		_, merged, err := x.mergeOne(ctx)
		if err != nil || !merged {
			return err
		}
	}
}

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
