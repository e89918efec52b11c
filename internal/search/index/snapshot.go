package index

import (
	"sync/atomic"

	"broadsheet/internal/lib/segment"
)

// Segment is a segment in a snapshot: what Reader reads, without the documents
// that are gone. Both are shared and must not be changed.
type Segment struct {
	*segment.Reader
	Live []uint64 // bit i%64 of word i/64: document i is still there; nil: all are
	Base uint32   // sum of Docs of the segments before: Base plus number tells documents of a snapshot apart

	entry entry
	gen   *generation
}

// LiveDocs is how many documents are there.
func (s *Segment) LiveDocs() int { return s.entry.Docs - s.entry.Dead }

// Has tells whether a document is still there.
func (s *Segment) Has(doc uint32) bool { return alive(s.Live, doc) }

// File is its file's name, for people.
func (s *Segment) File() string { return generationName(s.gen.number) + "/" + s.entry.File }

// Snapshot is the index at one moment. It never changes. Release it.
type Snapshot struct {
	Segments []*Segment
	Docs     int     // with those that are gone
	Live     int     // without
	AvgNorm  float64 // mean of the column norm over Docs; 1 for none
	Cursor   string  // of the change feed: everything up to it is in
	Setup    Setup   // what the documents were made with; its Model made the vectors
	// Complete is false while the index is filled for the first time.
	Complete bool
	Damaged  []Damage // segments whose documents are missing until the rebuild has ended

	Generation int    // grows when a rebuilt index takes over
	Number     uint64 // grows with every change to a generation

	state    *state
	released atomic.Bool
}

// Incomplete tells that documents are missing that should be there.
func (s *Snapshot) Incomplete() bool { return !s.Complete || len(s.Damaged) > 0 }

// Release lets go of a snapshot and its segments. A second call does nothing.
func (s *Snapshot) Release() {
	if s.released.Swap(true) {
		return
	}
	g := s.state.gen
	g.index.mu.Lock()
	free := s.state.release()
	retired, remove := g.retired, g.remove && len(g.open) == 0
	g.index.mu.Unlock()
	closeAll(free)
	switch {
	case len(free) == 0:
	case remove:
		g.removeFolder()
	case !retired && g.writing.TryLock(): // else whoever writes sweeps afterwards
		g.sweep()
		g.writing.Unlock()
	}
}

// Snapshot is the index now. The caller releases it.
func (x *Index) Snapshot() *Snapshot {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.serving.state.snapshot()
}

// Find looks a document up by its key: the segment that has it alive, and its
// number there. A segment that fails while it is read is left out and reported.
func (s *Snapshot) Find(key string) (seg *Segment, doc uint32, ok bool) {
	for _, seg := range s.Segments {
		if doc, ok, err := seg.find(key); err != nil {
			seg.Report(err)
		} else if ok && seg.Has(doc) {
			return seg, doc, true
		}
	}
	return nil, 0, false
}

// state is what snapshots of one moment share. refs is under Index.mu; the rest
// never changes.
type state struct {
	gen  *generation
	refs int
	view Snapshot // what a snapshot shows
}

// newState makes the state that a manifest describes, with one reference, the
// generation's own. The caller holds Index.mu.
func newState(g *generation, m *manifest, parts []*Segment) *state {
	s := &state{gen: g, refs: 1}
	v := &s.view
	v.Segments = make([]*Segment, len(parts))
	var norms uint64
	for i, p := range parts {
		g.open[p.entry.File]++
		part := *p
		part.Base = uint32(v.Docs)
		v.Segments[i] = &part
		v.Docs += p.entry.Docs
		v.Live += p.LiveDocs()
		norms += p.Info().NormSum
	}
	v.AvgNorm = 1
	if v.Docs > 0 {
		v.AvgNorm = max(1, float64(norms)/float64(v.Docs))
	}
	v.Cursor, v.Setup, v.Complete, v.Damaged = m.Cursor, m.Setup, m.Complete, m.Damaged
	v.Generation, v.Number = g.number, m.Number
	return s
}

// snapshot takes a reference. The caller holds Index.mu.
func (s *state) snapshot() *Snapshot {
	s.refs++
	return &Snapshot{Segments: s.view.Segments, Docs: s.view.Docs, Live: s.view.Live, AvgNorm: s.view.AvgNorm, Cursor: s.view.Cursor,
		Setup: s.view.Setup, Complete: s.view.Complete, Damaged: s.view.Damaged, Generation: s.view.Generation, Number: s.view.Number, state: s}
}

// release gives a reference back, and the segments that nobody has any more,
// for the caller to close. The caller holds Index.mu.
func (s *state) release() (free []*Segment) {
	if s.refs--; s.refs > 0 {
		return nil
	}
	for _, p := range s.view.Segments {
		name := p.entry.File
		if s.gen.open[name]--; s.gen.open[name] == 0 {
			delete(s.gen.open, name)
			free = append(free, p)
		}
	}
	return free
}
