package segment

import (
	"iter"
	"slices"
)

// columns merges the columns and gives the norms.
func (m *merge) columns(w *fileWriter) ([]uint16, error) {
	norms := make([]uint16, 0, m.info.Docs)
	for _, name := range columnNames(m.names((*Reader).columnNames)...) {
		elem := widthOfColumn(name)
		if !known(name) {
			if some, err := m.some(name); err != nil {
				return nil, err
			} else if !some {
				continue
			}
		}
		w.begin("col."+name, elem)
		for _, p := range m.parts {
			b, err := p.column(name, int(elem))
			if err != nil {
				return nil, err
			}
			if name == "norm" && b == nil && p.docs > 0 {
				return nil, p.file.damage("no column of norms")
			}
			for d := range p.docs {
				if !p.has(d) {
					continue
				}
				var v uint32
				if b != nil {
					v = number(b[d*int(elem):], elem)
				}
				if name == "norm" {
					norms = append(norms, uint16(v))
					m.info.NormSum += uint64(v)
				}
				w.number(elem, v)
			}
			if err := m.tick(p.docs); err != nil {
				return nil, err
			}
		}
	}
	m.info.AvgNorm = average(m.info.NormSum, m.info.Docs)
	return norms, nil
}

// some says whether a live document has another number than 0 in a column of 32
// bits. If not, the column is left out, as a Builder does.
func (m *merge) some(name string) (bool, error) {
	for _, p := range m.parts {
		c, err := p.U32(name)
		if err != nil {
			return false, err
		}
		for d, v := range c {
			if v != 0 && p.has(d) {
				return true, nil
			}
		}
	}
	return false, nil
}

// number reads a number of a column.
func number(b []byte, elem byte) uint32 {
	switch elem {
	case 1:
		return uint32(b[0])
	case 2:
		return uint32(le.Uint16(b))
	}
	return le.Uint32(b)
}

// names gives what the parts that have live documents name, sorted.
func (m *merge) names(of func(*Reader) []string) []string {
	var all []string
	for _, p := range m.parts {
		if p.live > 0 {
			all = append(all, of(p.Reader)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// columnNames gives the names of the columns that the segment has.
func (r *Reader) columnNames() []string {
	var out []string
	for _, s := range r.file.toc {
		if len(s.name) > 4 && s.name[:4] == "col." {
			out = append(out, s.name[4:])
		}
	}
	return out
}

func (m *merge) keys(w *fileWriter) error {
	var k keyWriter
	var buf []byte
	k.begin(w)
	err := m.each(func(_ int, p *mergePart, d uint32) (err error) {
		if buf, err = p.AppendKey(buf[:0], d); err != nil {
			return err
		}
		return k.add(w, buf)
	})
	if err == nil {
		k.finish(w)
	}
	return err
}

// ordinals merges the facets: of names, those that live documents have.
func (m *merge) ordinals(w *fileWriter) error {
	for _, name := range m.names((*Reader).ordinalNames) {
		columns := make([]*OrdinalColumn, len(m.parts))
		ranks := make([][]uint32, len(m.parts)) // new ordinals of the old
		var names []string
		var buf []uint32
		for i, p := range m.parts {
			c, err := p.Ordinals(name)
			if err != nil {
				return err
			}
			columns[i], ranks[i] = c, make([]uint32, len(c.Names))
			used := make([]bool, len(c.Names))
			for d := range p.docs {
				if !p.has(d) {
					continue
				}
				buf = c.Of(uint32(d), buf[:0])
				for _, v := range buf {
					used[v] = true
				}
			}
			for v, u := range used {
				if u {
					names = append(names, c.Names[v])
				}
			}
			if err := m.tick(p.docs); err != nil {
				return err
			}
		}
		slices.Sort(names)
		names = slices.Compact(names)
		if len(names) == 0 {
			continue
		}
		for i, c := range columns {
			for v, n := range c.Names {
				at, _ := slices.BinarySearch(names, n)
				ranks[i][v] = uint32(at) // of no use, and not used, where n is not in names
			}
		}
		o := ordinalWriter{name: name, names: names}
		if err := o.write(w, m.ordinalsOf(columns, ranks)); err != nil {
			return err
		}
	}
	for _, p := range m.parts {
		if err := p.Err(); err != nil {
			return err // OrdinalColumn.Of says so only here
		}
	}
	return nil
}

// ordinalsOf gives the new ordinals of document after document.
func (m *merge) ordinalsOf(columns []*OrdinalColumn, ranks [][]uint32) iter.Seq[[]uint32] {
	return func(yield func([]uint32) bool) {
		var buf []uint32
		for i, p := range m.parts {
			for d := range p.docs {
				if !p.has(d) {
					continue
				}
				buf = columns[i].Of(uint32(d), buf[:0])
				for k, v := range buf {
					buf[k] = ranks[i][v]
				}
				if !yield(buf) {
					return
				}
			}
		}
	}
}
