package search

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"broadsheet"
)

// Names of facets, in their order.
const (
	facetCategory     = "category"
	facetYear         = "year"
	facetOrganization = "organization"
	facetCode         = "code"
)

// facetShown is how many values of a facet are given.
const facetShown = 20

// count sets the total and, where asked for, the facets of a ranked search. A
// paper matches if it has one of the words and meets the conditions, or is
// among those found by meaning. Where both searches found less than they were
// asked for, that is all. Where the words are common it would cost more than the
// search to find all: then the total is what is known, and facets count the best
// only.
func (s *search) count(ctx context.Context, r *broadsheet.Results, first *tier) error {
	exact := first.full && s.few() && s.share() > 0
	var sets []set
	if s.q.Facets {
		sets = make([]set, len(s.view.parts))
		for i, p := range s.view.parts {
			sets[i] = newSet(p.docs)
		}
	}
	add := func(seg int32, doc uint32) {
		if sets != nil {
			sets[seg].add(doc)
		}
		r.Total++
	}
	if exact {
		err := s.view.each(func(i int, p *part) error {
			sc, err := s.bind(i, &top{})
			if err != nil || sc == nil {
				return err
			}
			defer s.release(sc)
			if len(sc.lists) == 0 {
				return nil
			}
			return sc.each(ctx, func(doc uint32) bool { add(sc.seg, doc); return true })
		})
		if err != nil {
			return err
		}
	}
	for i := range first.all { // by meaning alone, or all that is known
		f := &first.all[i]
		if !exact || !f.match {
			add(f.seg, f.doc)
		}
		if !f.match {
			r.Nearest++
		}
	}
	if !exact {
		for _, k := range first.beyond {
			add(k.seg, k.doc)
		}
	}
	if sets != nil {
		if err := s.facets(ctx, r, sets, r.Total); err != nil {
			return err
		}
	}
	if exact || r.NoWords || !first.full {
		return nil
	}
	for i := range r.Facets {
		r.Facets[i].Sampled = r.Total
	}
	r.Total, r.AtLeast = max(r.Total, s.leastMatches()), true
	return nil
}

// leastMatches is a number of papers that have a word for certain: those of the
// most frequent one, less what is gone. Conditions leave nothing certain.
func (s *search) leastMatches() int {
	if s.plan.filter.sum != "" || len(s.plan.groups)+len(s.plan.nots) > 0 || s.share() == 0 {
		return 0
	}
	most := 0
	for i := range s.plan.terms {
		if len(s.plan.terms[i].members) == 1 {
			most = max(most, s.plan.terms[i].df)
		}
	}
	return max(0, most-(s.view.docs-s.view.live))
}

// tally is a value of a facet and how many papers have it.
type tally struct {
	facet, value string
	n            int
}

// facetKey names what was counted: the matches of conditions alone, which many
// ask for again, in one state of the index.
type facetKey struct {
	generation int
	number     uint64
	sum        string
}

// facets counts the papers of sets, total in all, by their properties.
func (s *search) facets(ctx context.Context, r *broadsheet.Results, sets []set, total int) error {
	k := facetKey{s.view.generation, s.view.number, s.plan.filter.sum}
	alone := len(s.plan.terms) == 0 && s.query == nil && !s.view.lost && total > fewMatches
	tallies, ok := []tally(nil), false
	if alone {
		tallies, ok = s.e.counts.get(k)
	}
	if !ok {
		var err error
		if tallies, err = s.tally(ctx, sets); err != nil {
			return err
		}
		if alone {
			s.e.counts.put(k, tallies)
		}
	}
	for _, name := range []string{facetCategory, facetYear, facetOrganization, facetCode} {
		f := broadsheet.Facet{Name: name}
		for _, t := range tallies {
			if t.facet == name {
				f.Counts = append(f.Counts, broadsheet.Count{Name: t.value, Count: t.n})
			}
		}
		if len(f.Counts) > 0 {
			r.Facets = append(r.Facets, f)
		}
	}
	return nil
}

// tally counts, and gives the most frequent values of each facet, years in
// descending order.
func (s *search) tally(ctx context.Context, sets []set) ([]tally, error) {
	all := map[tally]int{}
	err := s.view.each(func(i int, p *part) error {
		if sets[i] == nil {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return countPart(p, sets[i], all)
	})
	if err != nil {
		return nil, err
	}
	var out []tally
	for t, n := range all {
		t.n = n
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b tally) int {
		return cmp.Or(strings.Compare(a.facet, b.facet), cmp.Compare(b.n, a.n), strings.Compare(a.value, b.value))
	})
	return shorten(out), nil
}

// shorten leaves the most frequent values of each facet.
func shorten(all []tally) []tally {
	var out []tally
	for lo := 0; lo < len(all); {
		hi := lo
		for hi < len(all) && all[hi].facet == all[lo].facet {
			hi++
		}
		some := all[lo:min(hi, lo+facetShown)]
		if all[lo].facet == facetYear {
			slices.SortFunc(some, func(a, b tally) int { return strings.Compare(b.value, a.value) })
		}
		out = append(out, some...)
		lo = hi
	}
	return out
}

// countPart adds the papers of a set to the counts.
func countPart(p *part, docs set, all map[tally]int) error {
	for _, f := range []struct{ facet, column string }{{facetCategory, FacetCategory}, {facetOrganization, FacetOrganization}} {
		c, err := p.Ordinals(f.column)
		if err != nil {
			return err
		}
		counts := make([]int, len(c.Names))
		var have []uint32
		docs.each(func(doc uint32) bool {
			have = c.Of(doc, have[:0])
			for _, o := range have {
				counts[o]++
			}
			return true
		})
		for o, n := range counts {
			if n > 0 {
				all[tally{facet: f.facet, value: c.Names[o]}] += n
			}
		}
	}
	flags, err := p.U8(ColumnFlags)
	if err != nil {
		return err
	}
	years, code := map[int]int{}, 0
	docs.each(func(doc uint32) bool {
		if t := p.time(doc); t != 0 {
			years[yearOf(t)]++
		}
		if flags != nil && flags[doc]&FlagCode != 0 {
			code++
		}
		return true
	})
	for y, n := range years {
		all[tally{facet: facetYear, value: strconv.Itoa(y)}] += n
	}
	if code > 0 {
		all[tally{facet: facetCode, value: "yes"}] += code
	}
	return nil
}

// yearOf is the year of a ColumnTime: 400 years have 146,097 days.
func yearOf(minutes uint32) int {
	day := int(minutes) / (24 * 60)
	y := epoch.Year() + int(float64(day)/365.2425)
	for newYear(y+1) <= day {
		y++
	}
	for newYear(y) > day {
		y--
	}
	return y
}

// newYear is the day, from epoch, on which a year begins.
func newYear(y int) int {
	leaps := func(y int) int { y--; return y/4 - y/100 + y/400 }
	return 365*(y-epoch.Year()) + leaps(y) - leaps(epoch.Year())
}
