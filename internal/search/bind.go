package search

import (
	"slices"
	"sync"

	"broadsheet/internal/lib/segment"
)

// filterKey names a set of conditions in a segment.
type filterKey struct {
	segment *segment.Reader
	live    *uint64 // its live documents, which change as papers go
	sum     string
}

// scans are the pool of scans.
var scans = sync.Pool{New: func() any { return new(scan) }}

// binder makes scans of a plan's parts. The sets of the conditions, which many
// queries share, come from a cache.
type binder struct {
	plan    *plan
	view    *view
	filters *cache[filterKey, *filterSet]
	exact   bool
	sets    []*filterSet // by part, once made
}

// filterSet is the documents of a part that a query may give, and how many.
type filterSet struct {
	set    set
	within int
}

// bind prepares a scan of a part; nil where nothing there can match. Whoever
// asked gives it back with release.
func (b *binder) bind(i int, t *top) (s *scan, err error) {
	p := b.view.parts[i]
	for j := range b.plan.terms {
		if tm := &b.plan.terms[j]; tm.must && len(tm.entries[i]) == 0 {
			return nil, nil
		}
	}
	if b.sets[i] == nil {
		if b.sets[i], err = b.filter(i); err != nil {
			return nil, err
		}
	}
	s = scans.Get().(*scan)
	s.seg, s.docs, s.top, s.exact = int32(i), uint32(p.docs), t, b.exact // #nosec G115 -- a segment has less than 2^31
	s.filter, s.within, s.part = b.sets[i].set, b.sets[i].within, p
	s.shared = scoring{weights: *p.WeightTable(), norms: p.norms, curve: p.curve}
	b.lists(s, i)
	b.checks(s, i)
	if s.filter != nil && s.within == 0 {
		err := s.err() // before others may have it
		b.release(s)
		return nil, err
	}
	return s, s.err()
}

// release gives a scan back, unless a fault of the mapped file left it in the
// middle of a window.
func (b *binder) release(s *scan) {
	if s.busy {
		return
	}
	s.spare = append(append(s.spare, s.lists...), s.owned...)
	for _, l := range s.spare {
		if l.merged != nil {
			s.unions, l.merged = append(s.unions, l.merged), nil
		}
	}
	s.lists, s.owned, s.checks, s.filter, s.part, s.top = s.lists[:0], s.owned[:0], s.checks[:0], nil, nil, nil
	s.shared.norms = nil
	scans.Put(s)
}

// lists makes the lists: those of must first. What neither must be there nor
// scores is left out.
func (b *binder) lists(s *scan, i int) {
	s.lists, s.musts = s.lists[:0], 0
	for _, must := range []bool{true, false} {
		for j := range b.plan.terms {
			t := &b.plan.terms[j]
			if t.must != must || len(t.entries[i]) == 0 || !must && t.weight == 0 {
				continue
			}
			s.lists = append(s.lists, b.list(s, i, j))
			if must {
				s.musts++
			}
		}
	}
}

// list makes a list on its first document.
func (b *binder) list(s *scan, i, j int) *list {
	p, t := b.view.parts[i], &b.plan.terms[j]
	l := s.take()
	l.term, l.mask, l.must, l.scoring = j, t.mask, t.must, &s.shared
	l.gain = float32(t.gain() * unit)
	l.docs, l.codes, l.at, l.doc = nil, nil, 0, 0
	entries := t.entries[i]
	if len(entries) == 1 {
		e := entries[0]
		l.post.Reset(p.Reader, e)
		l.df = int(e.DF)
		l.slack = l.gain / 255 * float32(max(1, b.view.avg/p.AvgNorm())) * (1 + 1e-5)
		l.max = end >> 1
		l.max = min(l.boundOf(e.Impact), uint32(l.gain)+1) // nothing exceeds the gain, whatever the average is
		l.nextBlock()
		return l
	}
	l.merged = s.union()
	l.merged.fill(p, entries)
	l.df = len(l.merged.docs)
	l.max = 0
	for k, doc := range l.merged.docs {
		l.max = max(l.max, l.score(l.merged.codes[k], p.curve.k(p.norms[doc])))
	}
	l.nextBlock()
	return l
}

func (s *scan) take() *list {
	if n := len(s.spare); n > 0 {
		l := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return l
	}
	return new(list)
}

func (s *scan) union() *merged {
	if n := len(s.unions); n > 0 {
		m := s.unions[n-1]
		s.unions = s.unions[:n-1]
		return m
	}
	return new(merged)
}

// filter is the live documents that meet what needs no positions: conditions,
// alternatives, words that must not be there. A nil set is every document.
func (b *binder) filter(i int) (*filterSet, error) {
	base, err := b.conditions(i)
	if err != nil || !b.plan.narrows() {
		return base, err
	}
	p := b.view.parts[i]
	out := newSet(p.docs)
	if base.set != nil {
		copy(out, base.set)
	} else {
		out.fill(p.docs)
	}
	for _, g := range b.plan.groups {
		if len(g.clauses) < 2 {
			continue
		}
		any := newSet(p.docs)
		for _, c := range g.clauses {
			s, err := b.clauseSet(i, &c)
			if err != nil {
				return nil, err
			}
			any.or(s)
		}
		out.and(any)
	}
	for _, c := range b.plan.nots {
		if len(c.terms) > 1 {
			continue
		}
		s, err := b.clauseSet(i, &c)
		if err != nil {
			return nil, err
		}
		out.andNot(s)
	}
	return &filterSet{out, out.count(p.docs)}, nil
}

// narrows reports whether words, not only conditions, make the filter.
func (p *plan) narrows() bool {
	for _, g := range p.groups {
		if len(g.clauses) > 1 {
			return true
		}
	}
	return len(p.nots) > 0
}

// conditions is the live documents that meet the query's conditions.
func (b *binder) conditions(i int) (*filterSet, error) {
	c, p := &b.plan.filter, b.view.parts[i]
	if c.sum == "" {
		return &filterSet{p.live, p.living}, nil
	}
	k := filterKey{segment: p.Reader, sum: c.sum}
	if len(p.live) > 0 {
		k.live = &p.live[0]
	}
	if f, ok := b.filters.get(k); ok {
		return f, nil
	}
	s, err := c.set(p)
	if err != nil {
		return nil, err
	}
	s.and(p.live)
	f := &filterSet{s, s.count(p.docs)}
	b.filters.put(k, f)
	return f, nil
}

// clauseSet is the documents that have all words of a clause in its field.
func (b *binder) clauseSet(i int, c *clause) (set, error) {
	p := b.view.parts[i]
	out := newSet(p.docs)
	for n, id := range c.terms {
		s := out
		if n > 0 {
			s = newSet(p.docs)
		}
		for _, e := range b.plan.terms[id].entries[i] {
			if err := addPostings(p, e, c.mask, s); err != nil {
				return nil, err
			}
		}
		if n > 0 {
			out.and(s)
		}
	}
	return out, nil
}

// checks makes the conditions that need positions, and alternatives with one.
func (b *binder) checks(s *scan, i int) {
	for gi := range b.plan.groups {
		g := &b.plan.groups[gi]
		if len(g.clauses) == 1 {
			if c := &g.clauses[0]; c.isPhrase() {
				s.checks = append(s.checks, b.phrase(s, i, c))
			}
			continue
		}
		var e either
		positions := false
		for ci := range g.clauses {
			c := &g.clauses[ci]
			if c.isPhrase() {
				positions = true
				e = append(e, b.phrase(s, i, c))
			} else if lists, ok := b.own(s, i, c); ok {
				e = append(e, &words{lists})
			}
		}
		if positions { // else the filter says it all
			s.checks = append(s.checks, e)
		}
	}
	for ci := range b.plan.nots {
		c := &b.plan.nots[ci]
		switch {
		case len(c.terms) < 2:
		case c.isPhrase():
			s.checks = append(s.checks, not{b.phrase(s, i, c)})
		default:
			if lists, ok := b.own(s, i, c); ok {
				s.checks = append(s.checks, not{&words{lists}})
			}
		}
	}
}

// phrase makes the check of a phrase. It has lists of its own: those of the scan
// run ahead of the documents that are checked, but for the one that leads (borrow).
func (b *binder) phrase(s *scan, i int, c *clause) check {
	lists, ok := b.own(s, i, c)
	if !ok {
		return never{}
	}
	p := &phrase{lo: c.lo, hi: c.hi}
	order := make([]int, len(lists))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(x, y int) int { return lists[x].df - lists[y].df })
	for _, k := range order {
		p.lists = append(p.lists, lists[k])
		p.offs = append(p.offs, c.offs[k])
	}
	return p
}

// own makes lists of a clause for a check alone; false where a word is not in
// the segment.
func (b *binder) own(s *scan, i int, c *clause) (lists []*list, ok bool) {
	for _, id := range c.terms {
		if len(b.plan.terms[id].entries[i]) == 0 {
			return nil, false
		}
	}
	for _, id := range c.terms {
		lists = append(lists, b.list(s, i, id))
	}
	s.owned = append(s.owned, lists...)
	return lists, true
}

// never is the condition that nothing meets.
type never struct{}

func (never) holds(uint32) bool { return false }
func (never) failed() error     { return nil }
