package search

import (
	"context"
	"math/bits"
)

// Windows of the any-word scan, in documents. A window has an accumulator for
// each document; 4,096 of them stay in the first-level cache.
const (
	windowDocs = 4096
	minWindow  = 1024 // below it a window costs more than its tighter bounds save
)

// candidate is a document of a window that may enter the top.
type candidate struct{ doc, score uint32 }

// scan ranks the documents of one segment. It is pooled: after the first
// queries a scan allocates nothing.
type scan struct {
	seg    int32
	docs   uint32
	lists  []*list // those of must first
	musts  int
	filter set // live documents that meet what can be told beforehand
	within int // members of filter
	checks []check
	part   *part
	top    *top
	exact  bool // prune nothing, for tests

	acc    [windowDocs]uint32
	seen   [windowDocs / 64]uint64
	found  []candidate
	byMax  []*list  // by what they can give at all, ascending
	order  []*list  // by what they can give in the window, ascending
	sums   []uint32 // of that, up to each of order, included
	owned  []*list  // of the checks
	spare  []*list  // lists to be used again
	unions []*merged
	joined set // for narrow
	shared scoring

	mayMax   uint32 // what the lists that are not must can give
	byFilter bool   // the filter leads
	busy     bool   // a window is under way: acc and seen may hold something
}

// check is a condition that is looked into only for what would enter the top,
// as it reads positions.
type check interface {
	holds(doc uint32) bool
	failed() error
}

// theta is the score below which nothing matters.
func (s *scan) theta() uint32 {
	if s.exact {
		return 0
	}
	return s.top.threshold()
}

// offer puts a document into the top if it deserves it and meets the checks. Its
// time, for which the processor mostly waits, is looked up only where it decides.
func (s *scan) offer(doc, score uint32) {
	theta := s.top.threshold()
	if score < theta {
		return
	}
	r := rank{score: score, seg: s.seg, doc: doc}
	if score == theta {
		if r.time = s.part.time(doc); !s.top.enters(r) {
			return
		}
	}
	if s.passes(doc) {
		r.time = s.part.time(doc)
		s.top.offer(r)
	}
}

func (s *scan) passes(doc uint32) bool {
	for _, c := range s.checks {
		if !c.holds(doc) {
			return false
		}
	}
	return true
}

// err is the first damage that ended a list early.
func (s *scan) err() error {
	for _, l := range s.lists {
		if err := l.err(); err != nil {
			return err
		}
	}
	for _, c := range s.checks {
		if err := c.failed(); err != nil {
			return err
		}
	}
	return nil
}

// run offers every document that matches: all of the must lists or, where there
// are none, any of the lists, within the filter.
func (s *scan) run(ctx context.Context) (err error) {
	s.busy = true
	switch {
	case len(s.lists) == 0:
	case s.musts > 0 || s.sparse():
		err = s.all(ctx)
	default:
		err = s.any(ctx)
	}
	s.busy = false
	return err
}

// sparse reports whether it is cheaper to go through the filter than through
// the lists: to look a document up in a list costs as much as to add up some
// sixteen of a block.
func (s *scan) sparse() bool {
	if s.filter == nil {
		return false
	}
	postings := 0
	for _, l := range s.lists {
		postings += l.df
	}
	return s.within*len(s.lists)*16 < postings
}

// any offers every document that has any of the words and skips what cannot
// enter the top: MaxScore (Turtle and Flood 1995) in windows, with the bounds
// of the blocks in each, as Lucene's bulk scorer does.
//
// In a window the lists are ordered by bound. Those whose bounds together stay
// below the threshold cannot lift a document into the top by themselves; the
// others are essential, and every candidate is on one of them. Essential lists
// are added up in an array; then what can still enter is looked up in the rest,
// strongest first.
//
// Scores are integers, so that the order of adding changes nothing and a pruned
// scan gives what an exact one gives, bit by bit.
func (s *scan) any(ctx context.Context) error {
	s.byMax = append(s.byMax[:0], s.lists...)
	insertionSort(s.byMax, func(l *list) uint32 { return l.max })
	s.order = append(s.order[:0], s.byMax...)
	for at, n := uint32(0), 0; at < s.docs; n++ {
		if n&15 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		theta := s.theta()
		lo, hi := s.nextWindow(at, theta)
		if lo >= s.docs {
			break
		}
		at = hi
		if s.filter.none(lo, hi) {
			at = max(hi, s.filter.next(hi))
			continue
		}
		first := s.partition(lo, hi, theta)
		switch len(s.order) - first {
		case 0:
			continue
		case 1:
			s.gatherOne(s.order[first], lo, hi, theta, s.rest(first))
		default:
			s.gather(s.order[first:], lo, hi, theta, s.rest(first))
		}
		s.probe(lo, hi, first, theta)
		for _, c := range s.found {
			s.offer(c.doc, c.score)
		}
	}
	return s.err()
}

// rest is what the lists before first can give together.
func (s *scan) rest(first int) uint32 {
	if first == 0 {
		return 0
	}
	return s.sums[first-1]
}

// nextWindow finds where the next candidate can be and how far the blocks there
// reach. Only lists that are essential by what they can give at all are asked:
// the others' documents are on those too, or do not count.
func (s *scan) nextWindow(at, theta uint32) (lo, hi uint32) {
	first, sum := 0, uint32(0)
	for ; first < len(s.byMax); first++ {
		if sum += s.byMax[first].max; sum >= theta {
			break
		}
	}
	lo, hi = end, end
	for _, l := range s.byMax[first:] {
		lo = min(lo, l.advance(at))
	}
	if lo >= s.docs {
		return end, end
	}
	for _, l := range s.byMax[first:] {
		if l.doc < lo+windowDocs {
			hi = min(hi, l.blockEnd(lo))
		}
	}
	if hi < s.docs {
		hi++
	}
	return lo, min(max(hi, lo+minWindow), lo+windowDocs, s.docs)
}

// partition orders the lists by their bounds in the window and gives the first
// essential one.
func (s *scan) partition(lo, hi, theta uint32) int {
	for _, l := range s.lists {
		l.here = l.bound(lo, hi)
	}
	insertionSort(s.order, func(l *list) uint32 { return l.here })
	s.sums = s.sums[:0]
	sum, first := uint32(0), -1
	for i, l := range s.order {
		sum += l.here
		s.sums = append(s.sums, sum)
		if first < 0 && sum >= theta && l.here > 0 {
			first = i
		}
	}
	if first < 0 {
		return len(s.order)
	}
	return first
}

// insertionSort orders a few lists that are nearly in order.
func insertionSort(lists []*list, by func(*list) uint32) {
	for i := 1; i < len(lists); i++ {
		l, v := lists[i], by(lists[i])
		j := i
		for ; j > 0 && by(lists[j-1]) > v; j-- {
			lists[j] = lists[j-1]
		}
		lists[j] = l
	}
}

// gatherOne finds the candidates where one list has them all.
func (s *scan) gatherOne(l *list, lo, hi, theta, rest uint32) {
	s.found = s.found[:0]
	need := need(theta, rest)
	norms, curve, weights := s.shared.norms, s.shared.curve, &s.shared.weights
	for l.advance(lo) < hi {
		docs := l.docs[l.at:upTo(l.docs, l.at, hi)]
		codes := l.codes[l.at:][:len(docs)]
		for i, doc := range docs {
			w := weights[codes[i]]
			score := uint32(l.gain*(w/(w+curve.k(norms[doc])))) + 1
			if score >= need && s.filter.has(doc) {
				s.found = append(s.found, candidate{doc, score})
			}
		}
		l.skip(len(docs))
	}
}

// need is what the essential lists must give for a document to matter.
func need(theta, rest uint32) uint32 {
	if theta <= rest {
		return 0
	}
	return theta - rest
}

// gather adds the essential lists up and finds the candidates.
func (s *scan) gather(essential []*list, lo, hi, theta, rest uint32) {
	norms, curve, weights := s.shared.norms, s.shared.curve, &s.shared.weights
	for _, l := range essential {
		for l.advance(lo) < hi {
			docs := l.docs[l.at:upTo(l.docs, l.at, hi)]
			codes := l.codes[l.at:][:len(docs)]
			for i, doc := range docs {
				w := weights[codes[i]]
				o := (doc - lo) % windowDocs
				s.acc[o] += uint32(l.gain*(w/(w+curve.k(norms[doc])))) + 1
				s.seen[o/64] |= 1 << (o % 64)
			}
			l.skip(len(docs))
		}
	}
	s.found = s.found[:0]
	need := need(theta, rest)
	for i := range s.seen[:(hi-lo+63)/64] {
		word := s.seen[i]
		s.seen[i] = 0
		for ; word != 0; word &= word - 1 {
			o := uint32(i*64 + bits.TrailingZeros64(word)) // #nosec G115 -- below windowDocs
			score := s.acc[o%windowDocs]
			s.acc[o%windowDocs] = 0
			if score >= need && s.filter.has(lo+o) {
				s.found = append(s.found, candidate{lo + o, score})
			}
		}
	}
}

// upTo is the index of the first of docs[at:] that is at or after hi.
func upTo(docs []uint32, at int, hi uint32) int {
	if docs[len(docs)-1] < hi {
		return len(docs)
	}
	return at + seek(docs[at:], hi)
}

// probe looks the candidates up in the lists before first, strongest first, and
// drops them as soon as they cannot enter any more.
func (s *scan) probe(lo, hi uint32, first int, theta uint32) {
	for i := first - 1; i >= 0 && len(s.found) > 0; i-- {
		l, rest := s.order[i], s.rest(i)
		if l.here == 0 {
			break // so are those before
		}
		s.keep(need(theta, rest+l.here))
		s.add(l, lo, hi)
		s.keep(need(theta, rest))
	}
}

// add adds a list to the candidates that are on it.
func (s *scan) add(l *list, lo, hi uint32) {
	if !s.sweepable(l, lo, hi) {
		for i := range s.found {
			if c := &s.found[i]; l.advance(c.doc) == c.doc {
				c.score += l.scoreHere()
			}
		}
		return
	}
	if len(s.found) == 0 {
		return
	}
	s.sweep(l, lo, hi)
	for i := range s.found {
		c := &s.found[i]
		o := (c.doc - lo) % windowDocs
		c.score += s.acc[o]
		s.acc[o] = 0
	}
}

// sweepable reports whether it costs less to pass over all postings of a list
// between lo and hi than to look the candidates up, one of which costs as much
// as some thirty postings.
func (s *scan) sweepable(l *list, lo, hi uint32) bool {
	return hi-lo <= windowDocs && l.df/int(s.docs/(hi-lo)+1) < 30*len(s.found)
}

// keep drops the candidates that have less.
func (s *scan) keep(least uint32) {
	kept := s.found[:0]
	for _, c := range s.found {
		if c.score >= least {
			kept = append(kept, c)
		}
	}
	s.found = kept
}

// sweep goes through a list's postings in the window and puts what they give to
// the candidates, of which there is one, into the window's array.
func (s *scan) sweep(l *list, lo, hi uint32) {
	for _, c := range s.found {
		o := (c.doc - lo) % windowDocs
		s.seen[o/64] |= 1 << (o % 64)
	}
	mask := l.mask
	if !l.must {
		mask = 0 // a word scores in whatever field it is
	}
	norms, curve, weights := s.shared.norms, s.shared.curve, &s.shared.weights
	for l.advance(s.found[0].doc) < hi {
		docs := l.docs[l.at:upTo(l.docs, l.at, hi)]
		codes := l.codes[l.at:][:len(docs)]
		for i, doc := range docs {
			o := (doc - lo) % windowDocs
			if s.seen[o/64]>>(o%64)&1 != 0 && (mask == 0 || codes[i]&mask != 0) {
				w := weights[codes[i]]
				s.acc[o] = uint32(l.gain*(w/(w+curve.k(norms[doc])))) + 1
			}
		}
		l.skip(len(docs))
	}
	for _, c := range s.found {
		s.seen[(c.doc-lo)%windowDocs/64] = 0
	}
}
