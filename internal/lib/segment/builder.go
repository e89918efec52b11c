package segment

import (
	"fmt"
	"math"

	"broadsheet/internal/lib/mmap"
)

// Occurrences are logged one after another as a word each:
// term << 40 | document << 18 | position << 2 | field. Writing sorts the log by
// term, stably, so that documents stay in order. Chains of bytes a term would need
// less memory and be written to at random places; a log is written at one.
const (
	docShift  = 18
	termShift = 40
	slabSize  = 1 << 16 // words in a piece of the log
	maxSlabs  = 1 << 15 // places in the log are numbers of 32 bits
)

// Builder gathers documents and writes them as a segment. It is not safe for
// concurrent use. After Reset it is as new but keeps its memory.
type Builder struct {
	o     Options
	to    target
	err   error // what made it full; WriteFile gives it
	terms *termTable
	log   [][]uint64 // pieces of slabSize, all but the last full
	spare [][]uint64
	docs  int

	keys   []byte
	keyEnd []uint32
	byKey  map[string]uint32
	dead   []bool // replaced by a later document; shorter than docs where none is
	killed int

	length  []uint32 // terms of title << 16 | of abstract, to compute norms
	columns []namedColumn
	normSet []bool // shorter than docs where not set
	facets  []*facet

	codes, int8s []byte
	scales       []float32 // shorter than docs where not set
	bytes        int
}

// namedColumn is a column as it grows, shorter than docs where not set.
type namedColumn struct {
	name string
	v    []uint32
}

// facet is an ordinal column as it grows.
type facet struct {
	name  string
	ids   map[string]uint32
	names []string
	docs  []uint32 // of each value, ascending
	vals  []uint32
}

// NewBuilder gives an empty Builder.
func NewBuilder(o Options) *Builder {
	b := &Builder{o: o.withDefaults(), to: usual, terms: newTermTable(), byKey: map[string]uint32{}}
	b.Reset()
	return b
}

// Reset forgets all documents.
func (b *Builder) Reset() {
	b.err, b.docs, b.killed, b.bytes = nil, 0, 0, 0
	b.terms.reset()
	for _, s := range b.log {
		b.spare = append(b.spare, s[:0])
	}
	b.log = b.log[:0]
	b.keys, b.keyEnd, b.dead = b.keys[:0], b.keyEnd[:0], b.dead[:0]
	clear(b.byKey)
	b.length, b.normSet = b.length[:0], b.normSet[:0]
	b.columns, b.facets = nil, nil
	b.codes, b.int8s, b.scales = b.codes[:0], b.int8s[:0], b.scales[:0]
}

// Docs is how many documents were begun and not replaced since.
func (b *Builder) Docs() int { return b.docs - b.killed }

// Bytes is about how much memory the documents hold, what WriteFile needs
// besides included, to decide when to write.
func (b *Builder) Bytes() int {
	log := len(b.log) * slabSize * 8
	return 2*log + b.terms.bytes() + 24*b.terms.len() + len(b.keys) + len(b.codes) + len(b.int8s) + b.bytes
}

// Begin starts a document. One with a key that the Builder has already replaces
// the earlier one, which is left out when the file is written. Keys are cut to
// MaxTerm bytes.
func (b *Builder) Begin(key string) {
	if b.docs == MaxDocs || len(b.keys) > math.MaxUint32-MaxTerm {
		b.full("documents")
		return
	}
	doc := uint32(b.docs)
	key = cutString(key, MaxTerm)
	b.keys = append(b.keys, key...)
	if old, ok := b.byKey[key]; ok {
		b.dead = append(b.dead, make([]bool, int(old)+1-min(int(old)+1, len(b.dead)))...)
		b.dead[old] = true
		b.killed++
		b.byKey[key] = doc
	} else {
		b.byKey[string(b.keys[len(b.keys)-len(key):])] = doc
	}
	b.keyEnd = append(b.keyEnd, uint32(len(b.keys)))
	b.length = append(b.length, 0)
	b.docs++
	b.bytes += 2*len(key) + 80
}

func (b *Builder) full(what string) {
	if b.err == nil {
		b.err = fmt.Errorf("build: %s: %w", what, ErrTooLarge)
	}
}

// Term adds an occurrence of a term. Fields may come in any order. Left out are
// empty terms, those longer than MaxTerm, those that begin with a byte below
// 0x20, positions above MaxPos, and a position that the term has already.
func (b *Builder) Term(field int, term string, pos uint32) {
	if len(term) == 0 || len(term) > MaxTerm || term[0] < 0x20 || pos > MaxPos {
		return
	}
	b.add(term, uint64(pos)<<2|uint64(field&3))
	if n := len(b.length) - 1; n >= 0 {
		switch {
		case field == Title && b.length[n]>>16 < math.MaxUint16:
			b.length[n] += 1 << 16
		case field == Abstract && b.length[n]&math.MaxUint16 < math.MaxUint16:
			b.length[n]++
		}
	}
}

// TermBytes is Term for those who have no string.
func (b *Builder) TermBytes(field int, term []byte, pos uint32) {
	b.Term(field, mmap.String(term), pos) // the table copies what it keeps
}

// Tag adds a tag: a term that begins with a byte below 0x20. Others, and those
// longer than MaxTerm, are left out.
func (b *Builder) Tag(tag string) {
	if IsTag(tag) && len(tag) <= MaxTerm {
		b.add(tag, 0)
	}
}

// add logs an occurrence in the present document.
func (b *Builder) add(term string, low uint64) {
	id, ok := b.terms.id(term)
	if !ok {
		b.full("terms")
		return
	}
	if b.docs == 0 || b.err != nil {
		return
	}
	n := len(b.log)
	if n == maxSlabs {
		b.full("occurrences")
		return
	}
	if n == 0 || len(b.log[n-1]) == slabSize {
		b.log = append(b.log, b.slab())
		n++
	}
	b.log[n-1] = append(b.log[n-1], uint64(id)<<termShift|uint64(b.docs-1)<<docShift|low)
}

func (b *Builder) slab() []uint64 {
	if n := len(b.spare); n > 0 {
		s := b.spare[n-1]
		b.spare = b.spare[:n-1]
		return s
	}
	return make([]uint64, 0, slabSize)
}

// Column sets a number of the document. Known are "norm" (16 bits), "time" (32),
// "pop" and "flags" (8): every segment has them, 0 where not set. Other names
// have 32 bits, and no column where all are 0. Numbers are cut to the largest. Where "norm" is not set it is
// computed: the title's terms times its weight, and the abstract's terms.
func (b *Builder) Column(name string, v uint32) {
	if b.docs == 0 {
		return
	}
	c := b.column(name)
	if c == nil {
		b.columns = append(b.columns, namedColumn{name: name})
		c = b.column(name)
	}
	c.v = extend(c.v, b.docs)
	c.v[b.docs-1] = v
	if name == "norm" {
		b.normSet = extend(b.normSet, b.docs)
		b.normSet[b.docs-1] = true
	}
}

// column finds a column. There are few, so that looking at each beats a map.
func (b *Builder) column(name string) *namedColumn {
	for i := range b.columns {
		if b.columns[i].name == name {
			return &b.columns[i]
		}
	}
	return nil
}

// extend makes a slice n long with zeros.
func extend[T any](s []T, n int) []T {
	for len(s) < n {
		var zero T
		s = append(s, zero)
	}
	return s
}

// facet finds a facet, or begins it.
func (b *Builder) facet(name string) *facet {
	for _, f := range b.facets {
		if f.name == name {
			return f
		}
	}
	f := &facet{name: name, ids: map[string]uint32{}}
	b.facets = append(b.facets, f)
	return f
}

// Ordinal adds a value to a facet of the document, such as "cat" or "org". The
// order of values is kept, a second time is not. Values are cut to MaxTerm bytes.
func (b *Builder) Ordinal(name, value string) {
	if b.docs == 0 {
		return
	}
	f := b.facet(name)
	value = cutString(value, MaxTerm)
	id, ok := f.ids[value]
	if !ok {
		id = uint32(len(f.names))
		value = string([]byte(value)) // not a view of the caller's text
		f.ids[value] = id
		f.names = append(f.names, value)
		b.bytes += len(value) + 64
	}
	doc := uint32(b.docs - 1)
	for i := len(f.docs) - 1; i >= 0 && f.docs[i] == doc; i-- {
		if f.vals[i] == id {
			return
		}
	}
	f.docs, f.vals = append(f.docs, doc), append(f.vals, id)
	b.bytes += 8
}
