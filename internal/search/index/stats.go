package index

// Stats are figures of the index as it is now.
type Stats struct {
	Generation int
	Segments   int
	Docs       int // with those that are gone
	Live       int
	Bytes      int64 // of the segments' files
	Cursor     string
	Setup      Setup
	Complete   bool
	Damaged    []Damage
	Merges     int64 // since Open
	SetAside   int64 // segments, since Open
	Rebuilding *Rebuilding
}

// Rebuilding is the generation that will be searched next.
type Rebuilding struct {
	Generation int
	Live       int
	Bytes      int64
	Cursor     string
}

// Stats gives figures; it costs next to nothing.
func (x *Index) Stats() Stats {
	x.mu.Lock()
	defer x.mu.Unlock()
	g := x.serving
	v := &g.state.view
	st := Stats{Generation: g.number, Segments: len(v.Segments), Docs: v.Docs, Live: v.Live, Bytes: g.manifest.bytes(), Cursor: v.Cursor,
		Setup: v.Setup, Complete: v.Complete, Damaged: v.Damaged, Merges: x.counts.merges.Load(), SetAside: x.counts.damaged.Load()}
	if n := x.next; n != nil {
		st.Rebuilding = &Rebuilding{Generation: n.number, Live: n.state.view.Live, Bytes: n.manifest.bytes(), Cursor: n.manifest.Cursor}
	}
	return st
}

func (m *manifest) bytes() (n int64) {
	for _, e := range m.Segments {
		n += e.Bytes
	}
	return n
}
