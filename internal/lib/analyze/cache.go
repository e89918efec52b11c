package analyze

import (
	"hash/maphash"
	"math/bits"
	"strings"
)

// Both caches remember chunks in two generations: when the young one is full it
// becomes the old one, whose entries are taken over as they are asked for. What
// is asked for often stays, at the cost of no list and no counter.

const (
	shortKey   = 16      // bytes; 99 % of the chunks of abstracts are no longer
	fewSlots   = 1 << 16 // of a generation, half of them filled
	manySlots  = 1 << 18
	maxProbes  = 32      // a key that finds no place nearer is not remembered
	longChunks = 1 << 13 // of a generation
	maxCached  = 64      // bytes of a chunk that is remembered
)

// key is a chunk of up to 16 bytes, padded with zeros, which no chunk has.
type key struct{ a, b uint64 }

// keyOf reads text[start:end] as a key. Comparing two numbers instead of
// strings behind pointers makes a look-up take half of what a map takes.
func keyOf(text string, start, end int) key {
	n := end - start
	if start+shortKey <= len(text) {
		k := key{load(text[start:]), load(text[start+8:])}
		if n < 8 {
			return key{k.a & (1<<(8*n) - 1), 0}
		}
		return key{k.a, k.b & (1<<(8*(n-8)) - 1)}
	}
	var k key
	for i := n - 1; i >= 0; i-- {
		if i < 8 {
			k.a = k.a<<8 | uint64(text[start+i])
		} else {
			k.b = k.b<<8 | uint64(text[start+i])
		}
	}
	return k
}

func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// slot holds the token itself where there is one only, as of nine chunks in
// ten: each line of the processor's cache that is not touched saves more than
// all the computing on it.
type slot struct {
	key   key
	entry *entry // nil where the slot is free
	term  string // "" where there are more tokens, or none
	end   uint16
	kind  Kind
}

func newSlot(k key, e *entry) slot {
	s := slot{key: k, entry: e}
	if len(e.tokens) == 1 && e.positions == 1 && e.tokens[0].start == 0 {
		t := &e.tokens[0]
		s.term, s.end, s.kind = t.term, t.end, t.kind
	}
	return s
}

// table is a hash table with open addressing that doubles up to its limit.
type table struct {
	slots []slot
	used  int
}

// find gives the place of k, or where it would go; nil where all near places
// are taken.
func (t *table) find(k key, hash uint64) *slot {
	if len(t.slots) == 0 {
		return nil
	}
	mask := uint64(len(t.slots) - 1)
	for i := range uint64(maxProbes) {
		s := &t.slots[(hash+i)&mask]
		if s.key == k || s.entry == nil {
			return s
		}
	}
	return nil
}

// shortCache remembers chunks of up to 16 bytes.
type shortCache struct {
	young, old table
	seed       key // so that nobody can choose words that collide
	most       int // slots of a generation
}

func (c *shortCache) hash(k key) uint64 {
	hi, lo := bits.Mul64(k.a^c.seed.a, k.b^c.seed.b)
	hi, lo = bits.Mul64(hi^lo^k.a, 0x9e3779b97f4a7c15)
	return hi ^ lo
}

// get gives the slot of k, which is good until the next put; nil for none.
func (c *shortCache) get(k key) *slot {
	h := c.hash(k)
	if s := c.young.find(k, h); s != nil && s.entry != nil {
		return s
	}
	if s := c.old.find(k, h); s != nil && s.entry != nil {
		c.put(k, s.entry)
		return s
	}
	return nil
}

func (c *shortCache) put(k key, e *entry) {
	if 2*c.young.used >= len(c.young.slots) {
		c.grow()
	}
	if s := c.young.find(k, c.hash(k)); s != nil && s.entry == nil {
		*s = newSlot(k, e)
		c.young.used++
	}
}

// grow doubles the young generation, or begins a new one.
func (c *shortCache) grow() {
	full := c.young.slots
	if len(full) == 0 {
		seed := maphash.MakeSeed()
		c.seed = key{maphash.String(seed, "a"), maphash.String(seed, "b")}
		c.young.slots = make([]slot, 256)
		return
	}
	if len(full) >= c.most {
		c.old, c.young = c.young, table{slots: make([]slot, c.most)}
		return
	}
	c.young = table{slots: make([]slot, 2*len(full))}
	for _, f := range full {
		if f.entry != nil {
			if s := c.young.find(f.key, c.hash(f.key)); s != nil {
				*s = f
				c.young.used++
			}
		}
	}
}

// longCache remembers chunks of more than 16 bytes.
type longCache struct{ young, old map[string]*entry }

func (c *longCache) get(chunk string) *entry {
	if e, ok := c.young[chunk]; ok {
		return e
	}
	if e, ok := c.old[chunk]; ok {
		c.put(chunk, e)
		return e
	}
	return nil
}

func (c *longCache) put(chunk string, e *entry) {
	if len(chunk) > maxCached {
		return
	}
	if len(c.young) >= longChunks {
		c.old, c.young = c.young, nil
	}
	if c.young == nil {
		c.young = map[string]*entry{}
	}
	c.young[strings.Clone(chunk)] = e // not a piece of the text, which would be kept whole
}
