package static

import "bytes"

// Seeds keep beginnings and inner parts of words apart.
const (
	wordSeed = 2166136261
	partSeed = 84696351
)

// step and mix are FNV-1a with a finish: the hash of every beginning of a word
// falls out on the way to the hash of the whole.
func step(h uint32, c byte) uint32 { return (h ^ uint32(c)) * 16777619 }

func mix(h uint32) uint32 {
	h ^= h >> 15
	h *= 0x2c1b3c6d
	return h ^ h>>13
}

func hashWord(w []byte) uint32 {
	h := uint32(wordSeed)
	for _, c := range w {
		h = step(h, c)
	}
	return mix(h)
}

func hashPart(w []byte) uint32 {
	h := uint32(partSeed)
	for _, c := range w {
		h = step(h, c)
	}
	return mix(h)
}

// slot is one place of a wordTable; n is 0 where it is empty.
type slot struct {
	hash uint32
	at   uint32 // of the word's bytes in the text
	row  uint16
	n    uint8
}

// wordTable finds rows by word: open addressing, at most half full.
type wordTable struct {
	slots []slot
	mask  uint32
	text  []byte
}

func newWordTable(n int, text []byte) wordTable {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return wordTable{make([]slot, size), uint32(size - 1), text}
}

func (t *wordTable) add(at uint32, n uint8, hash uint32, row uint16) {
	i := hash & t.mask
	for t.slots[i].n != 0 {
		i = (i + 1) & t.mask
	}
	t.slots[i] = slot{hash, at, row, n}
}

func (t *wordTable) find(w []byte, hash uint32) (uint16, bool) {
	for i := hash & t.mask; ; i = (i + 1) & t.mask {
		s := &t.slots[i]
		if s.n == 0 {
			return none, false
		}
		if s.hash == hash && int(s.n) == len(w) && bytes.Equal(t.text[s.at:s.at+uint32(s.n)], w) {
			return s.row, true
		}
	}
}

// pairTable finds the row of a phrase by its two pieces.
type pairTable struct {
	keys []uint32
	rows []uint16
	mask uint32
}

func newPairTable(n int) pairTable {
	size := 16
	for size < 2*n {
		size *= 2
	}
	t := pairTable{make([]uint32, size), make([]uint16, size), uint32(size - 1)}
	for i := range t.rows {
		t.rows[i] = none
	}
	return t
}

func (t *pairTable) slot(key uint32) uint32 {
	i := mix(key*0x9e3779b1) & t.mask
	for t.rows[i] != none && t.keys[i] != key {
		i = (i + 1) & t.mask
	}
	return i
}

func (t *pairTable) add(key uint32, row uint16) {
	i := t.slot(key)
	t.keys[i], t.rows[i] = key, row
}

func (t *pairTable) find(key uint32) uint16 { return t.rows[t.slot(key)] }
