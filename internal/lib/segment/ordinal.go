package segment

import (
	"iter"

	"broadsheet/internal/lib/mmap"
)

// narrowNames is the most names whose ordinals take 16 bits.
const narrowNames = 1 << 16

// OrdinalColumn has the values of a facet. The zero OrdinalColumn has none.
type OrdinalColumn struct {
	// Names are sorted by bytes; an ordinal is an index of them.
	Names []string

	file   *image
	start  []uint32
	narrow []uint16 // one of the two holds the ordinals
	wide   []uint32
}

// Of appends the ordinals of a document to dst, in the order they were given.
func (c *OrdinalColumn) Of(doc uint32, dst []uint32) []uint32 {
	if int64(doc)+1 >= int64(len(c.start)) {
		return dst
	}
	from, to := c.start[doc], c.start[doc+1]
	if from > to || int(to) > len(c.narrow)+len(c.wide) {
		_ = c.file.damage("ordinals of document %d", doc) // kept for Reader.Err
		return dst
	}
	if c.wide != nil {
		return append(dst, c.wide[from:to]...)
	}
	for _, v := range c.narrow[from:to] {
		dst = append(dst, uint32(v))
	}
	return dst
}

// Ordinals gives a facet's column, the zero one where the segment has none. The
// first call reads the whole column and makes sure of it.
func (r *Reader) Ordinals(name string) (*OrdinalColumn, error) {
	r.ords.Lock()
	defer r.ords.Unlock()
	if c, ok := r.ords.columns[name]; ok {
		return c, nil
	}
	c, err := openOrdinals(r.file, name)
	if err == nil {
		r.ords.columns[name] = c
	}
	return c, err
}

// ordinalNames gives the names of the facets that the segment has.
func (r *Reader) ordinalNames() []string {
	var out []string
	for _, s := range r.file.toc {
		if n := len(s.name); n > 8 && s.name[:4] == "ord." && s.name[n-5:] == ".name" {
			out = append(out, s.name[4:n-5])
		}
	}
	return out
}

func openOrdinals(f *image, name string) (*OrdinalColumn, error) {
	names, start, val := f.section("ord."+name+".name"), f.section("ord."+name+".start"), f.section("ord."+name+".val")
	if names.off == 0 {
		return new(OrdinalColumn), nil
	}
	c := &OrdinalColumn{file: f}
	b, err := f.whole(names)
	if err != nil {
		return nil, err
	}
	for len(b) > 0 {
		n := 1 + int(b[0])
		if n > len(b) {
			return nil, f.damage("%s", names.name)
		}
		c.Names = append(c.Names, string(b[1:n]))
		b = b[n:]
	}
	s, err := f.array(start, 4, f.docs+1)
	if err != nil {
		return nil, err
	}
	c.start = mmap.Uint32s(s)
	elem := 4
	if len(c.Names) <= narrowNames {
		elem = 2
	}
	v, err := f.array(val, elem, int(val.size)/elem)
	if err != nil {
		return nil, err
	}
	if elem == 2 {
		c.narrow = mmap.Uint16s(v)
	} else {
		c.wide = mmap.Uint32s(v)
	}
	if !within(c.narrow, len(c.Names)) || !within(c.wide, len(c.Names)) {
		return nil, f.damage("%s: no such name", val.name)
	}
	return c, nil
}

func within[T uint16 | uint32](v []T, n int) bool {
	var top T
	for _, x := range v {
		top = max(top, x)
	}
	return len(v) == 0 || int(top) < n
}

// ordinalWriter writes a facet's column.
type ordinalWriter struct {
	name  string
	names []string
}

// write takes the ordinals of each document in order, twice, so that they need not
// be held.
func (o ordinalWriter) write(w *fileWriter, values iter.Seq[[]uint32]) error {
	w.begin("ord."+o.name+".name", 0)
	for _, n := range o.names {
		w.write([]byte{byte(len(n))})
		w.write([]byte(n))
	}
	w.begin("ord."+o.name+".start", 4)
	total := uint64(0)
	w.u32(0)
	for v := range values {
		if total += uint64(len(v)); total > 1<<32-1 {
			return ErrTooLarge
		}
		w.u32(uint32(total))
	}
	elem := byte(4)
	if len(o.names) <= narrowNames {
		elem = 2
	}
	w.begin("ord."+o.name+".val", elem)
	for v := range values {
		for _, x := range v {
			w.number(elem, x)
		}
	}
	return nil
}
