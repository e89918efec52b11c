package segment

import (
	"hash/maphash"
	"math"
	"slices"
	"strings"

	"broadsheet/internal/lib/mmap"
)

// maxTerms is how many distinct terms a Builder takes: their numbers share a word
// with the rest of an occurrence.
const maxTerms = 1 << 24

// termTable numbers terms in the order they come. Its slots are probed one after
// another and hold half of a term's hash beside its number, so that a strange term
// is seldom compared and growing needs no term.
type termTable struct {
	seed  maphash.Seed
	slots []uint64 // hash << 32 | number + 1; 0 is free
	text  []byte   // all terms
	ends  []uint32 // of each in text
}

func newTermTable() *termTable {
	return &termTable{seed: maphash.MakeSeed(), slots: make([]uint64, 1<<10)}
}

func (t *termTable) reset() {
	clear(t.slots)
	t.text, t.ends = t.text[:0], t.ends[:0]
}

func (t *termTable) len() int { return len(t.ends) }

func (t *termTable) bytes() int { return 8*len(t.slots) + cap(t.text) + 4*cap(t.ends) }

func (t *termTable) term(id uint32) []byte {
	from := uint32(0)
	if id > 0 {
		from = t.ends[id-1]
	}
	return t.text[from:t.ends[id]]
}

// id gives the number of a term. ok is false where there are too many.
func (t *termTable) id(term string) (id uint32, ok bool) {
	h := uint32(maphash.String(t.seed, term))
	mask := uint32(len(t.slots) - 1)
	i := h & mask
	for ; t.slots[i] != 0; i = (i + 1) & mask {
		s := t.slots[i]
		if uint32(s>>32) == h && string(t.term(uint32(s)-1)) == term {
			return uint32(s) - 1, true
		}
	}
	if len(t.ends) == maxTerms || len(t.text) > math.MaxUint32-MaxTerm {
		return 0, false
	}
	t.text = append(t.text, term...)
	t.ends = append(t.ends, uint32(len(t.text)))
	t.slots[i] = uint64(h)<<32 | uint64(len(t.ends))
	if 2*len(t.ends) > len(t.slots) {
		t.grow()
	}
	return uint32(len(t.ends) - 1), true
}

func (t *termTable) grow() {
	old := t.slots
	t.slots = make([]uint64, 2*len(old))
	mask := uint32(len(t.slots) - 1)
	for _, s := range old {
		if s == 0 {
			continue
		}
		i := uint32(s>>32) & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = s
	}
}

// sorted gives the numbers in the order of the terms' bytes.
func (t *termTable) sorted() []uint32 {
	type key struct {
		prefix uint64
		id     uint32
	}
	keys := make([]key, t.len())
	for i := range keys {
		keys[i] = key{prefixOf(t.term(uint32(i))), uint32(i)}
	}
	slices.SortFunc(keys, func(a, b key) int {
		switch {
		case a.prefix < b.prefix:
			return -1
		case a.prefix > b.prefix:
			return 1
		}
		return strings.Compare(mmap.String(t.term(a.id)), mmap.String(t.term(b.id)))
	})
	ids := make([]uint32, len(keys))
	for i, k := range keys {
		ids[i] = k.id
	}
	return ids
}
