package search

import "slices"

// phrase is the condition that words stand together, in order, within a field.
// It reads positions, which are costly: a scan asks only for documents that
// would enter the top. Most fail at the second word, or have the words in
// different fields, which their codes tell; the others are then left alone.
type phrase struct {
	lists  []*list  // the rarest word first: most phrases fail at the second
	offs   []uint32 // where each stands from the phrase's beginning
	lo, hi uint32
	here   []uint32 // where the phrase can begin
	other  []uint32
}

func (p *phrase) holds(doc uint32) bool {
	first, second := p.lists[0], p.lists[1]
	if first.advance(doc) != doc || second.advance(doc) != doc ||
		fields(first.codes[first.at])&fields(second.codes[second.at]) == 0 {
		return false
	}
	p.here = p.here[:0]
	for _, at := range p.read(first) {
		if at >= p.lo+p.offs[0] && at-p.offs[0] < p.hi {
			p.here = append(p.here, at-p.offs[0])
		}
	}
	for i := 1; i < len(p.lists) && len(p.here) > 0; i++ {
		if p.lists[i].advance(doc) != doc {
			return false
		}
		p.here = follow(p.here, p.read(p.lists[i]), p.offs[i])
	}
	return len(p.here) > 0
}

// borrow makes a list that stands at the documents to be checked, or before them in
// the same block, do for the phrase's rarest word, whose blocks are then read once.
func (p *phrase) borrow(l *list) {
	if p.lists[0].term == l.term {
		p.lists[0] = l
	}
}

// read gives where the document in hand has a word, ascending.
func (p *phrase) read(l *list) []uint32 {
	p.other = l.positions(p.other[:0])
	if l.merged != nil {
		slices.Sort(p.other)
	}
	return p.other
}

// fields is a bit for each field that a code has.
func fields(code byte) (f byte) {
	if code&maskTitle != 0 {
		f = 1
	}
	if code&maskAbstract != 0 {
		f |= 2
	}
	return f | code&^(maskTitle|maskAbstract)
}

// follow keeps those of here, ascending, that have other at off behind them.
func follow(here, other []uint32, off uint32) []uint32 {
	kept, j := here[:0], 0
	for _, at := range here {
		for j < len(other) && other[j] < at+off {
			j++
		}
		if j < len(other) && other[j] == at+off {
			kept = append(kept, at)
		}
	}
	return kept
}

func (p *phrase) failed() error {
	for _, l := range p.lists {
		if err := l.err(); err != nil {
			return err
		}
	}
	return nil
}

// either is the condition that one of several holds: of words that a list has,
// or phrases.
type either []check

func (e either) holds(doc uint32) bool {
	return slices.ContainsFunc(e, func(c check) bool { return c.holds(doc) })
}

func (e either) failed() error {
	for _, c := range e {
		if err := c.failed(); err != nil {
			return err
		}
	}
	return nil
}

// words is the condition that all of some words are in a field.
type words struct{ lists []*list }

func (w *words) holds(doc uint32) bool {
	for _, l := range w.lists {
		if l.advance(doc) != doc || !l.fits() {
			return false
		}
	}
	return true
}

func (w *words) failed() error { return (&phrase{lists: w.lists}).failed() }

// not is the condition that another does not hold.
type not struct{ check }

func (n not) holds(doc uint32) bool { return !n.check.holds(doc) }
