package search

import (
	"context"
	"slices"

	"broadsheet"
)

// search is one query under way.
type search struct {
	e *Engine
	*binder
	view *view
	q    broadsheet.Query // with what was corrected
	q0   broadsheet.Query // as asked
	from *place

	query []float32 // vector
}

// answer makes the results.
func (s *search) answer(ctx context.Context) (*broadsheet.Results, error) {
	r := &broadsheet.Results{Query: s.q0}
	if err := s.prepare(ctx, r); err != nil {
		return nil, err
	}
	var err error
	switch {
	case s.plan.nobody || s.vacuous():
	case s.q.Sort == broadsheet.SortDate || !s.ranks():
		err = s.byDate(ctx, r)
	default:
		err = s.ranked(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	r.Query.Ignored = append(slices.Clone(r.Query.Ignored), s.plan.ignored...)
	if s.q.Mode == broadsheet.ModeSemantic && s.q.Sort == broadsheet.SortDate && s.plan.text != "" {
		// Every paper has some meaning in common with a query: there is no set of
		// matches that could be put in another order than that of nearness.
		r.Query.Ignored = append(r.Query.Ignored, broadsheet.Ignored{Text: "mode:semantic", Why: "an order by date goes by words"})
	}
	r.Incomplete = s.view.lost
	r.Unknown = s.plan.unknown()
	if err := s.absent(r); err != nil || s.q.Exact {
		return r, err
	}
	return r, s.offer(ctx, r)
}

// prepare compiles the query and corrects words that nobody knows.
func (s *search) prepare(ctx context.Context, r *broadsheet.Results) error {
	byDate := s.q.Sort == broadsheet.SortDate
	p, err := s.e.compile(&s.q, s.view, byDate)
	if err != nil {
		return err
	}
	s.bindTo(p)
	if !s.q.Exact {
		other, err := s.correct(ctx)
		if err != nil {
			return err
		}
		if other != nil {
			s.q.Words = other
			if p, err = s.e.compile(&s.q, s.view, byDate); err != nil {
				return err
			}
			s.bindTo(p)
			r.Corrected = correctedText(&s.q0, &s.q)
		}
	}
	if s.q.Mode != broadsheet.ModeLexical && !byDate {
		s.query = s.e.vector(ctx, s.view, p.text)
	}
	return ctx.Err()
}

func (s *search) bindTo(p *plan) {
	s.binder = &binder{plan: p, view: s.view, filters: s.e.filters, exact: s.e.exact, sets: make([]*filterSet, len(s.view.parts))}
}

// ranks reports whether there is anything to order results by but their dates.
func (s *search) ranks() bool {
	if s.query != nil {
		return true
	}
	return slices.ContainsFunc(s.plan.terms, func(t term) bool { return t.weight > 0 })
}

// vacuous reports whether there is nothing to look for and no condition.
func (s *search) vacuous() bool {
	return !s.ranks() && s.plan.filter.sum == "" && len(s.plan.groups) == 0 && len(s.plan.nots) == 0
}

// ranked answers by relevance. The first tier is the pool: the best of both
// searches, ranked finely. The second is what the two, asked for as many as
// anybody may page through, find beyond; it is ranked in the same way, but stands
// after the first, so that paging meets every paper once. Where both searches
// are asked, only papers with a word are in it: every paper has some nearness to
// a query, so that of those without a word the nearest of the pool match and the
// others do not, in the count as on the pages.
func (s *search) ranked(ctx context.Context, r *broadsheet.Results) error {
	more := 0
	if s.q.Facets {
		more = broadsheet.MaxSearchDepth
	}
	r.NoWords = s.q.Mode == broadsheet.ModeHybrid && s.share() == 0
	r.ByMeaning = s.share() < 1
	first, err := s.tier(ctx, pool, more)
	if err != nil {
		return err
	}
	tiers := [2][]found{first.all}
	if first.full && !r.NoWords && s.after(first.all, 0) <= s.q.Limit {
		second, err := s.tier(ctx, broadsheet.MaxSearchDepth, 0)
		if err != nil {
			return err
		}
		tiers[1] = second.without(first.all)
		if s.share() > 0 && s.share() < 1 {
			tiers[1] = slices.DeleteFunc(tiers[1], func(f found) bool { return !f.match })
		}
	}
	if err := s.page(r, tiers); err != nil {
		return err
	}
	if s.from == nil || s.q.Facets {
		return s.count(ctx, r, first)
	}
	return nil
}

// tier is what both searches find.
type tier struct {
	all    []found // in order
	full   bool    // there may be more
	beyond []rank  // further ones by words, best first
}

// tier asks both searches for k documents, and the one by words for more.
func (s *search) tier(ctx context.Context, k, more int) (*tier, error) {
	t := &tier{}
	if s.share() > 0 {
		ranks, err := s.lexical(ctx, max(k, more))
		if err != nil {
			return nil, err
		}
		t.full = len(ranks) >= k
		t.beyond = ranks[min(k, len(ranks)):]
		for _, r := range ranks[:min(k, len(ranks))] {
			t.all = append(t.all, found{rank: r})
		}
	}
	if s.share() < 1 {
		near, err := s.semantic(ctx, k)
		if err != nil {
			return nil, err
		}
		t.full = t.full || len(near) >= k
		t.all = distinct(append(t.all, near...))
	}
	return t, s.grade(ctx, t.all)
}

// distinct leaves one candidate of each document, one with a cosine if there is.
func distinct(all []found) []found {
	slices.SortFunc(all, func(a, b found) int {
		if c := byPlace(a, b); c != 0 || a.vector == b.vector {
			return c
		}
		if a.vector {
			return -1
		}
		return 1
	})
	return slices.CompactFunc(all, func(a, b found) bool { return a.seg == b.seg && a.doc == b.doc })
}

// without is the tier's candidates that are not in others.
func (t *tier) without(others []found) []found {
	type at struct {
		seg int32
		doc uint32
	}
	seen := make(map[at]bool, len(others))
	for _, f := range others {
		seen[at{f.seg, f.doc}] = true
	}
	return slices.DeleteFunc(t.all, func(f found) bool { return seen[at{f.seg, f.doc}] })
}

// grade gives candidates their scores and puts them in order.
func (s *search) grade(ctx context.Context, all []found) error {
	g := &grader{binder: s.binder, query: s.query, share: s.share(), plain: s.q.Plain, explain: s.q.Explain, now: s.e.o.Now()}
	return g.grade(ctx, all)
}

// share is the weight of words. A query without a vector, or without a known
// word, goes by the other alone.
func (s *search) share() float64 {
	switch {
	case s.query == nil:
		return 1
	case s.plan.most == 0:
		return 0
	}
	return shareOf(s.q.Mode)
}

// lexical is the best k documents by words.
func (s *search) lexical(ctx context.Context, k int) ([]rank, error) {
	t := &top{}
	t.reset(k, s.view.key)
	err := s.view.each(func(i int, p *part) error {
		sc, err := s.bind(i, t)
		if err != nil || sc == nil {
			return err
		}
		defer s.release(sc)
		return sc.run(ctx)
	})
	if err != nil {
		return nil, err
	}
	return t.sorted(), nil
}
