package segment

import (
	"math"
	"slices"
	"strings"
)

// WriteFile writes the documents as a segment (see the package comment on how).
// The Builder keeps them; Reset it to go on.
func (b *Builder) WriteFile(path string) (Info, error) {
	if b.err != nil {
		return Info{}, b.err
	}
	fl := &flush{b: b, info: Info{Options: b.o, Docs: b.Docs()}}
	size, toc, err := b.to.create(path, fl.info.Docs, fl.write)
	if err != nil {
		return Info{}, err
	}
	fl.info.Size, fl.info.Sections = size, sectionsOf(toc)
	return fl.info, nil
}

// flush is a Builder's documents being written.
type flush struct {
	b    *Builder
	info Info
	live []uint32 // the Builder's numbers of the documents, in order
	to   []uint32 // the file's number of each, NoDoc where replaced; nil: the same
}

func (fl *flush) write(w *fileWriter) error {
	fl.number()
	norms := fl.norms()
	fl.info.AvgNorm = average(fl.info.NormSum, fl.info.Docs)
	fl.columns(w, norms)
	if err := fl.keys(w); err != nil {
		return err
	}
	if err := fl.ordinals(w); err != nil {
		return err
	}
	fl.vectors(w)
	if err := fl.postings(w, newScorer(fl.b.o, norms, fl.info.AvgNorm)); err != nil {
		return err
	}
	writeMeta(w, fl.info)
	return nil
}

// number leaves out documents that were replaced.
func (fl *flush) number() {
	b := fl.b
	if b.killed > 0 {
		fl.to = make([]uint32, b.docs)
	}
	fl.live = make([]uint32, 0, b.docs)
	for d := range b.docs {
		if d < len(b.dead) && b.dead[d] {
			fl.to[d] = NoDoc
			continue
		}
		if fl.to != nil {
			fl.to[d] = uint32(len(fl.live))
		}
		fl.live = append(fl.live, uint32(d))
	}
}

// norms gives the column "norm" and sums it up.
func (fl *flush) norms() []uint16 {
	b := fl.b
	set := b.column("norm")
	out := make([]uint16, len(fl.live))
	for i, d := range fl.live {
		var v uint32
		if int(d) < len(b.normSet) && b.normSet[d] {
			v = set.v[d]
		} else {
			n := b.length[d]
			v = uint32(math.Round(float64(float64(b.o.Weights[Title])*float64(n>>16)) + float64(n&math.MaxUint16)))
		}
		out[i] = uint16(max(1, cut(2, v)))
		fl.info.NormSum += uint64(out[i])
	}
	return out
}

// columnNames gives the names of all columns, sorted.
func columnNames(more ...string) []string {
	for _, c := range knownColumns {
		more = append(more, c.name)
	}
	slices.Sort(more)
	return slices.Compact(more)
}

func (fl *flush) columns(w *fileWriter, norms []uint16) {
	var names []string
	for _, c := range fl.b.columns {
		names = append(names, c.name)
	}
	for _, name := range columnNames(names...) {
		elem := widthOfColumn(name)
		var c []uint32
		if set := fl.b.column(name); set != nil {
			c = set.v
		}
		if !known(name) && !fl.some(c) {
			continue
		}
		w.begin("col."+name, elem)
		if name == "norm" {
			for _, n := range norms {
				w.u16(n)
			}
			continue
		}
		for _, d := range fl.live {
			var v uint32
			if int(d) < len(c) {
				v = cut(elem, c[d])
			}
			w.number(elem, v)
		}
	}
}

// some says whether a document that is written has another number than 0.
func (fl *flush) some(c []uint32) bool {
	for d, v := range c {
		if v != 0 && (fl.to == nil || fl.to[d] != NoDoc) {
			return true
		}
	}
	return false
}

func (fl *flush) keys(w *fileWriter) error {
	var k keyWriter
	k.begin(w)
	for _, d := range fl.live {
		from := uint32(0)
		if d > 0 {
			from = fl.b.keyEnd[d-1]
		}
		if err := k.add(w, fl.b.keys[from:fl.b.keyEnd[d]]); err != nil {
			return err
		}
	}
	k.finish(w)
	return nil
}

func (fl *flush) ordinals(w *fileWriter) error {
	facets := slices.SortedFunc(slices.Values(fl.b.facets), func(a, b *facet) int { return strings.Compare(a.name, b.name) })
	for _, f := range facets {
		names, rank := f.sorted(fl)
		if len(names) == 0 {
			continue // only replaced documents had it
		}
		start := make([]uint32, fl.b.docs+1)
		for _, d := range f.docs {
			start[d+1]++
		}
		for i := range fl.b.docs {
			start[i+1] += start[i]
		}
		var buf []uint32
		err := ordinalWriter{f.name, names}.write(w, func(yield func([]uint32) bool) {
			for _, d := range fl.live {
				buf = buf[:0]
				for _, v := range f.vals[start[d]:start[d+1]] {
					buf = append(buf, rank[v])
				}
				if !yield(buf) {
					return
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sorted gives the names that living documents have, sorted, and the place of each.
func (f *facet) sorted(fl *flush) (names []string, rank []uint32) {
	used := make([]bool, len(f.names))
	for i, v := range f.vals {
		used[v] = used[v] || fl.to == nil || fl.to[f.docs[i]] != NoDoc
	}
	for i, n := range f.names {
		if used[i] {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	rank = make([]uint32, len(f.names))
	for i, n := range names {
		rank[f.ids[n]] = uint32(i)
	}
	return names, rank
}
