package index

import (
	"fmt"
	"path/filepath"

	"broadsheet/internal/lib/mmap"
	"broadsheet/internal/lib/segment"
)

// openSegment opens a segment with its deletes.
func (g *generation) openSegment(e entry) (*Segment, error) {
	path := filepath.Join(g.dir, e.File)
	r, err := segment.Open(path)
	if err != nil {
		return nil, err
	}
	s := &Segment{Reader: r, entry: e, gen: g}
	if r.Docs() != e.Docs {
		err = fmt.Errorf("%w: it has %d documents, the manifest says %d", segment.ErrCorrupt, r.Docs(), e.Docs)
	} else if e.Deletes != "" {
		if s.Live, err = readDeletes(filepath.Join(g.dir, e.Deletes), e.Docs, e.Dead); err != nil {
			err = fmt.Errorf("%s: %w", e.Deletes, err)
		}
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return s, nil
}

// find is Find that also survives a file that was cut while it is mapped.
func (s *Segment) find(key string) (doc uint32, ok bool, err error) {
	if gerr := mmap.Guard(func() { doc, ok, err = s.Reader.Find(key) }); gerr != nil {
		return 0, false, gerr
	}
	return doc, ok, err
}

// replace takes away the documents of parts whose keys a new segment has.
func (g *generation) replace(parts []*draft, seg *Segment) (*Damage, error) {
	if len(parts) == 0 && g.keys == nil {
		return nil, nil
	}
	var bad *Damage
	var key []byte
	var err error
	gerr := mmap.Guard(func() {
		for doc := range uint32(seg.entry.Docs) {
			if key, err = seg.AppendKey(key[:0], doc); err != nil {
				return
			}
			if g.keys != nil {
				known := g.keys.has(key)
				g.keys.add(key)
				if !known {
					continue
				}
			}
			if bad = kill(parts, string(key)); bad != nil {
				return
			}
		}
	})
	if err == nil {
		err = gerr
	}
	if err != nil {
		return nil, fmt.Errorf("read back a new segment: %w", err)
	}
	return bad, nil
}
