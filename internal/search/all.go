package search

import "context"

// all offers every document that is on all must lists, or in a sparse filter,
// and skips blocks and documents that cannot enter the top. The rarest list or
// the filter leads; the others follow by galloping.
func (s *scan) all(ctx context.Context) error {
	s.begin()
	may := s.lists[s.musts:]
	insertionSort(may, func(l *list) uint32 { return ^l.max })
	for doc, n := uint32(0), 0; ; n++ {
		if n&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		theta := s.theta()
		if doc = s.nextMatch(doc, theta); doc == end {
			break
		}
		if score, ok := s.scoreMatch(doc, theta, may); ok {
			s.offer(doc, score)
		}
		doc++
	}
	return s.err()
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
	s.blockTo = 0
	s.fresh = true
}

// nextMatch is the first document at or after doc that is on all must lists
// and in the filter, and whose block can give theta; the lists stand on it.
func (s *scan) nextMatch(doc, theta uint32) uint32 {
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
		if theta > 0 && (s.fresh || doc > s.blockTo) && s.hopeless(must, doc, theta) {
			doc = s.blockTo + 1
			continue
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

// hopeless reports whether nothing from doc to blockTo, which it sets to the
// end of the blocks there, can reach theta.
func (s *scan) hopeless(must []*list, doc, theta uint32) bool {
	s.fresh = false
	s.blockTo = s.docs - 1
	sum := s.mayMax
	for _, l := range must {
		last, bound := l.blockBound(doc)
		s.blockTo = min(s.blockTo, last)
		sum += bound
	}
	return sum < theta
}

func allFit(lists []*list) bool {
	for _, l := range lists {
		if !l.fits() {
			return false
		}
	}
	return true
}

// scoreMatch adds up the lists that have doc, those that it need not be on only
// as long as it can still reach theta.
func (s *scan) scoreMatch(doc, theta uint32, may []*list) (score uint32, ok bool) {
	ok = s.musts > 0
	for _, l := range s.lists[:s.musts] {
		if l.gain > 0 {
			score += l.scoreHere()
		}
	}
	rest := s.mayMax
	for _, l := range may {
		if score+rest < theta {
			return 0, false
		}
		rest -= l.max
		if l.advance(doc) == doc {
			score += l.scoreHere()
			ok = true
		}
	}
	return score, ok && score >= theta
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
		} else if doc = s.nextMatch(doc, 0); doc == end {
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
