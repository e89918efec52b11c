package search

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"broadsheet/internal/lib/segment"
	"broadsheet/internal/lib/vec"
)

// Bounds of a search by meaning.
const (
	// nearCodes is how many of the nearest codes have their vectors read.
	nearCodes = vec.DefaultCandidates
	// nearMost is how many are read at most where phrases sort most of them out.
	nearMost = 4 * nearCodes
)

// semantic is the best k documents by meaning that meet the conditions. These
// are inside the scan, but for phrases of frequent words: to read positions of
// everything would cost more than the scan, so such phrases are looked for in
// what it finds, and it is asked for more where they leave less than was wanted.
func (s *search) semantic(ctx context.Context, k int) ([]found, error) {
	var q vec.Query
	if !q.Set(s.query) {
		return nil, nil
	}
	parts, most, err := s.codes(ctx)
	if err != nil {
		return nil, err
	}
	for n := max(nearCodes, 2*k); ; n *= 4 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		near, err := s.nearest(&q, parts, n)
		if err != nil {
			return nil, err
		}
		kept, err := s.checked(near, k)
		if err != nil || len(kept) >= k || len(kept) == len(near) || n >= nearMost || n >= most {
			return kept[:min(k, len(kept))], err
		}
	}
}

// codes are the codes to scan and how many documents are in them.
func (s *search) codes(ctx context.Context) ([]vec.Part, int, error) {
	parts, most := make([]vec.Part, len(s.view.parts)), 0
	err := s.view.each(func(i int, p *part) error {
		codes, err := p.Codes()
		if err != nil || codes == nil {
			return err
		}
		live, n, ok, err := s.conditioned(ctx, i)
		if err != nil || !ok {
			return err
		}
		parts[i] = vec.Part{Codes: codes, Live: live}
		most += n
		return nil
	})
	return parts, most, err
}

// selective reports whether so few documents have the words of the conditions that
// each is looked into before the scan.
func (s *search) selective() bool {
	return s.few() && slices.ContainsFunc(s.plan.terms, func(t term) bool { return t.must })
}

// conditioned is the documents of a part that meet the conditions, phrases taken
// as their words unless they are selective; false where there are none.
func (s *search) conditioned(ctx context.Context, i int) (set, int, bool, error) {
	sc, err := s.bind(i, &top{})
	if err != nil || sc == nil {
		return nil, 0, false, err
	}
	defer s.release(sc)
	if sc.musts == 0 {
		return sc.filter, sc.within, true, nil
	}
	out, n := newSet(int(sc.docs)), 0
	checks := sc.checks
	if !s.selective() {
		sc.checks = nil
	}
	err = sc.each(ctx, func(doc uint32) bool {
		out.add(doc)
		n++
		return true
	})
	sc.checks = checks
	return out, n, n > 0, err
}

// nearest ranks the n documents with the nearest codes by their vectors.
func (s *search) nearest(q *vec.Query, parts []vec.Part, n int) ([]found, error) {
	codes := q.Candidates(parts, n, 1)
	near := make([]found, 0, len(codes))
	var row segment.Row
	for lo := 0; lo < len(codes); {
		i, hi := int(codes[lo].Part), lo
		for hi < len(codes) && int(codes[hi].Part) == i {
			hi++
		}
		p, some := s.view.parts[i], codes[lo:hi]
		err := s.view.guard(p, func() error {
			for _, c := range some {
				v, scale, err := p.Int8(c.Doc, &row)
				if err != nil {
					return err
				}
				if scale > 0 {
					f := found{rank: rank{seg: int32(i), doc: c.Doc, time: p.time(c.Doc)}} // #nosec G115 -- few parts
					f.vector, f.cosine = true, cosine(s.query, v, scale)
					near = append(near, f)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		lo = hi
	}
	slices.SortFunc(near, func(a, b found) int {
		if c := cmp.Or(cmp.Compare(b.cosine, a.cosine), cmp.Compare(b.time, a.time)); c != 0 {
			return c
		}
		return strings.Compare(s.view.key(a.seg, a.doc), s.view.key(b.seg, b.doc))
	})
	return near, nil
}

// checked is those of near, in order, that meet the conditions on positions.
func (s *search) checked(near []found, k int) ([]found, error) {
	if s.selective() || !s.plan.checks() {
		return near, nil
	}
	byDoc := slices.Clone(near)
	slices.SortFunc(byDoc, byPlace)
	ok := make(map[rank]bool, k)
	err := s.view.each(func(i int, _ *part) error {
		sc, err := s.bind(i, &top{})
		if err != nil || sc == nil {
			return err
		}
		defer s.release(sc)
		for _, f := range byDoc {
			if int(f.seg) == i && sc.passes(f.doc) {
				ok[f.rank] = true
			}
		}
		return sc.err()
	})
	return slices.DeleteFunc(slices.Clone(near), func(f found) bool { return !ok[f.rank] }), err
}

// checks reports whether a condition needs positions.
func (p *plan) checks() bool {
	for _, g := range p.groups {
		for _, c := range g.clauses {
			if c.isPhrase() {
				return true
			}
		}
	}
	return slices.ContainsFunc(p.nots, func(c clause) bool { return len(c.terms) > 1 })
}
