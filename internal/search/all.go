package search

import "context"

// all offers every document that is on all must lists, or in a sparse filter,
// and skips what cannot enter the top. The rarest list or the filter leads, in
// chunks of a block of the list or a window of the filter; the others are looked
// up or swept, whichever costs less.
func (s *scan) all(ctx context.Context) error {
	s.begin()
	if !s.byFilter {
		for _, c := range s.checks {
			if p, ok := c.(*phrase); ok {
				p.borrow(s.lists[0])
			}
		}
	}
	must, may := s.lists[:s.musts], s.lists[s.musts:]
	insertionSort(may, func(l *list) uint32 { return ^l.max })
	for at, n := uint32(0), 0; ; n++ {
		if n&15 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		lo, hi := s.nextChunk(at)
		if lo >= s.docs {
			break
		}
		at = hi
		theta, rest := s.theta(), s.mayMax
		for _, l := range must {
			if l.here = l.max; hi-lo <= windowDocs {
				l.here = l.bound(lo, hi)
			}
			rest += l.here
		}
		if rest < theta {
			continue
		}
		others := s.lead(lo, hi)
		if !s.byFilter {
			rest -= must[0].here
		}
		for _, l := range others {
			s.keep(need(theta, rest))
			rest -= l.here
			s.meet(l, lo, hi)
		}
		for _, l := range may {
			s.keep(need(theta, rest))
			rest -= l.max
			s.add(l, lo, hi)
		}
		s.keep(max(1, theta))
		for _, c := range s.found {
			s.offer(c.doc, c.score)
		}
	}
	return s.err()
}

// nextChunk is where the lead goes on, and how far it is followed at once.
func (s *scan) nextChunk(at uint32) (lo, hi uint32) {
	if s.byFilter {
		if lo = s.filter.next(at); lo >= s.docs {
			return end, end
		}
		return lo, min(lo+windowDocs, s.docs)
	}
	l := s.lists[0]
	if lo = l.advance(at); lo == end {
		return end, end
	}
	return lo, l.docs[len(l.docs)-1] + 1
}

// lead makes the lead's documents the candidates and gives the lists that they
// must be on besides. A list that leads stays in the block for the checks.
func (s *scan) lead(lo, hi uint32) (others []*list) {
	s.found = s.found[:0]
	if s.byFilter {
		for doc := lo; doc < hi; doc = s.filter.next(doc + 1) {
			s.found = append(s.found, candidate{doc: doc})
		}
		return s.lists[:s.musts]
	}
	l := s.lists[0]
	norms, curve, weights := s.shared.norms, s.shared.curve, &s.shared.weights
	docs := l.docs[l.at:] // a chunk ends where the block does
	codes := l.codes[l.at:][:len(docs)]
	for i, doc := range docs {
		if s.filter.has(doc) && (l.mask == 0 || codes[i]&l.mask != 0) {
			w := weights[codes[i]]
			s.found = append(s.found, candidate{doc, uint32(l.gain*(w/(w+curve.k(norms[doc])))) + 1})
		}
	}
	return s.lists[1:s.musts]
}

// meet leaves the candidates that are on a list too.
func (s *scan) meet(l *list, lo, hi uint32) {
	if len(s.found) == 0 {
		return
	}
	swept := s.sweepable(l, lo, hi)
	if swept {
		s.sweep(l, lo, hi)
	}
	kept := s.found[:0]
	for _, c := range s.found {
		if swept {
			o := (c.doc - lo) % windowDocs
			gain := s.acc[o]
			if s.acc[o] = 0; gain > 0 {
				kept = append(kept, candidate{c.doc, c.score + gain})
			}
		} else if l.advance(c.doc) == c.doc && l.fits() {
			kept = append(kept, candidate{c.doc, c.score + l.scoreHere()})
		}
	}
	s.found = kept
}

// begin puts the rarest list in front.
func (s *scan) begin() {
	must := s.lists[:s.musts]
	insertionSort(must, func(l *list) uint32 { return uint32(l.df) }) // #nosec G115 -- at most 2^31 documents
	s.mayMax = 0
	for _, l := range s.lists[s.musts:] {
		s.mayMax += l.max
	}
	s.byFilter = s.filter != nil && (len(must) == 0 || s.within < must[0].df)
}

// nextMatch is the first document at or after doc that is on all must lists
// and in the filter; the lists stand on it.
func (s *scan) nextMatch(doc uint32) uint32 {
	must := s.lists[:s.musts]
next:
	for {
		if s.byFilter {
			doc = s.filter.next(doc)
		} else if len(must) > 0 {
			doc = must[0].advance(doc)
		}
		if doc >= s.docs {
			return end
		}
		for _, l := range must {
			if d := l.advance(doc); d != doc {
				doc = d
				continue next
			}
		}
		if s.filter.has(doc) && allFit(must) {
			return doc
		}
		doc++
	}
}

func allFit(lists []*list) bool {
	for _, l := range lists {
		if !l.fits() {
			return false
		}
	}
	return true
}

// each calls visit with every document that matches and meets the checks,
// ascending, until it says false. Bare lists count as in any: one is enough.
func (s *scan) each(ctx context.Context, visit func(doc uint32) bool) error {
	if s.musts == 0 && len(s.lists) > 0 {
		s.narrow()
	}
	s.begin()
	s.byFilter = s.byFilter || s.musts == 0
	for doc, n := uint32(0), 0; ; n++ {
		if n&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if s.musts == 0 && s.filter == nil {
			if doc >= s.docs {
				break
			}
		} else if doc = s.nextMatch(doc); doc == end {
			break
		}
		if s.passes(doc) && !visit(doc) {
			break
		}
		doc++
	}
	return s.err()
}

// narrow makes the filter what any of the lists has. The lists are used up.
func (s *scan) narrow() {
	any := s.joined
	if n := int(s.docs+63) / 64; cap(any) < n {
		any = newSet(int(s.docs))
	} else {
		any = any[:n]
		clear(any)
	}
	s.joined = any
	for _, l := range s.lists {
		for l.doc < s.docs {
			for _, doc := range l.docs[l.at:] {
				any.add(doc)
			}
			l.skip(len(l.docs) - l.at)
		}
	}
	any.and(s.filter)
	s.filter, s.within = any, any.count(int(s.docs))
}
