package vec

import "math/bits"

// Candidate is a document that is near by its code.
type Candidate struct {
	Doc      uint32 // its number in its part
	Part     uint16 // the number of the part
	Distance uint16
}

// selector keeps the k nearest of the documents that it is shown, in the order
// shown. It counts them by distance, so that it always knows the distance from
// which on nothing can be among the k any more; the kernels compare with it.
type selector struct {
	p     *planes
	k     int
	limit int // what is not below it is not wanted
	less  int // documents shown with a distance below limit
	seen  [MaxDistance + 1]uint32
	list  []Candidate
}

func newSelector(p *planes, k int, list []Candidate) *selector {
	s := &selector{p: p, k: k, limit: MaxDistance + 1, list: list[:0]}
	if k <= 0 {
		s.limit = 0
	}
	return s
}

// add takes a document if it is near enough.
func (s *selector) add(c Candidate) {
	if int(c.Distance) >= s.limit {
		return
	}
	s.list = append(s.list, c)
	s.seen[c.Distance]++
	s.less++
	if s.less < s.k {
		return
	}
	// Now k documents have a distance of at most limit-1: a later one at that same
	// distance would come after them.
	for s.less >= s.k {
		s.limit--
		s.less -= int(s.seen[s.limit])
	}
	// Documents in falling order of distance would all be kept for a while.
	if len(s.list) >= 2*s.k+1024 {
		s.prune()
	}
}

// prune drops what has fallen out: all above limit, and of those at the limit all
// but the first that are needed to make k.
func (s *selector) prune() {
	need, kept := s.k-s.less, s.list[:0]
	for _, c := range s.list {
		if int(c.Distance) == s.limit && need > 0 {
			need--
		} else if int(c.Distance) >= s.limit {
			continue
		}
		kept = append(kept, c)
	}
	s.list = kept
}

// finish gives the k nearest, in the order shown.
func (s *selector) finish() []Candidate {
	if len(s.list) > s.k {
		s.prune()
	}
	return s.list
}

// blockGroups is how many groups of 64 documents a kernel is given at once: their
// codes stay in the nearest cache until those that passed have been looked at again,
// and the limit is renewed often enough.
const blockGroups = 16

// sparse is the number of live documents in a block below which it is cheaper to
// look at each than to let the kernel run over all. Each costs a wait for memory of
// its own, some 130 ns, where the kernel reads a block in 3,000.
const sparse = 20

// scan shows the selector the documents from..to-1 of a part, but for those whose
// bit in live is 0; a nil live has all bits set.
func (s *selector) scan(part int, codes []byte, live []uint64, from, to int) {
	var want, near [blockGroups]uint64
	for first := from / 64; first*64 < to; first += blockGroups {
		n := min(blockGroups, (to+63)/64-first)
		count := 0
		for i := range n {
			want[i] = wanted(live, first+i, from, to)
			count += bits.OnesCount64(want[i])
		}
		if count == 0 {
			continue
		}
		// The last group may lack codes, so the kernel must not have it.
		whole := min(n, len(codes)/(64*CodeSize)-first)
		if count < sparse {
			whole = 0
		}
		use.within(near[:whole], codes[first*64*CodeSize:], s.p, s.limit)
		for i := range n {
			word := want[i]
			if i < whole {
				word &= near[i]
			}
			for ; word != 0; word &= word - 1 {
				doc := (first+i)*64 + bits.TrailingZeros64(word)
				d := distance(codes[doc*CodeSize:], s.p)
				s.add(Candidate{uint32(doc), uint16(part), uint16(d)})
			}
		}
	}
}

// wanted gives the live documents of a group that are in from..to-1.
func wanted(live []uint64, group, from, to int) uint64 {
	word := ^uint64(0)
	if live != nil {
		word = live[group]
	}
	if first := group * 64; first < from {
		word &= ^uint64(0) << (from - first)
	}
	if past := group*64 + 64; past > to {
		word &= ^uint64(0) >> (past - to)
	}
	return word
}
