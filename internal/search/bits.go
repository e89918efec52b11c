package search

import "math/bits"

// set is a set of documents of one segment, a bit each. nil is every document.
type set []uint64

func newSet(docs int) set { return make(set, (docs+63)/64) }

func (s set) has(doc uint32) bool { return s == nil || s[doc>>6]&(1<<(doc&63)) != 0 }
func (s set) add(doc uint32)      { s[doc>>6] |= 1 << (doc & 63) }

// fill puts the first docs in and leaves the bits behind them clear.
func (s set) fill(docs int) {
	for i := range s {
		s[i] = ^uint64(0)
	}
	if rest := docs & 63; rest != 0 {
		s[len(s)-1] = 1<<rest - 1
	}
}

func (s set) and(o set) {
	if o == nil {
		return
	}
	for i := range s {
		s[i] &= o[i]
	}
}

func (s set) or(o set) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s set) andNot(o set) {
	for i := range s {
		s[i] &^= o[i]
	}
}

// count is how many of the first docs are in the set.
func (s set) count(docs int) int {
	if s == nil {
		return docs
	}
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// next is the first member at or after doc, or end.
func (s set) next(doc uint32) uint32 {
	i := int(doc >> 6)
	if i >= len(s) {
		return end
	}
	if w := s[i] >> (doc & 63); w != 0 {
		return doc + uint32(bits.TrailingZeros64(w)) // #nosec G115 -- at most 63
	}
	for i++; i < len(s); i++ {
		if s[i] != 0 {
			return uint32(i<<6 + bits.TrailingZeros64(s[i])) // #nosec G115 -- documents of a segment are below 2^31
		}
	}
	return end
}

// none reports whether no member lies in [lo, hi).
func (s set) none(lo, hi uint32) bool { return s != nil && s.next(lo) >= hi }

// each calls f for every member, ascending, until it says false.
func (s set) each(f func(doc uint32) bool) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			if !f(uint32(i<<6 + bits.TrailingZeros64(w))) { // #nosec G115 -- documents of a segment are below 2^31
				return
			}
		}
	}
}
