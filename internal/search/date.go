package search

import (
	"cmp"
	"context"
	"strings"

	"broadsheet"
)

// byDate answers newest first. There must be a set of matches to put in order:
// every word must be there, not any, and meaning has no say. So are queries
// answered that have conditions and no words.
func (s *search) byDate(ctx context.Context, r *broadsheet.Results) error {
	d := &dated{search: s, verify: s.few() || len(s.plan.groups)+len(s.plan.nots) == 0}
	d.top.reset(s.q.Limit+1, s.view.key)
	if s.from != nil {
		d.top.k = min(d.top.k, broadsheet.MaxSearchDepth-int(s.from.shown)+1)
	}
	for i := range s.view.parts {
		d.sets = append(d.sets, nil)
		if err := s.view.guard(s.view.parts[i], func() error { return d.part(ctx, i) }); err != nil {
			return err
		}
	}
	if err := s.datePage(r, d.top.sorted()); err != nil {
		return err
	}
	r.Total, r.AtLeast = d.total, d.atLeast
	if s.q.Facets {
		return s.facets(ctx, r, d.sets, d.total)
	}
	return nil
}

// dated gathers matches by date.
type dated struct {
	*search
	top     top
	sets    []set // of matches, by part
	total   int
	atLeast bool
	verify  bool // look into every match, to count them exactly
}

func (d *dated) part(ctx context.Context, i int) error {
	sc, err := d.bind(i, &d.top)
	if err != nil || sc == nil {
		return err
	}
	defer d.release(sc)
	checks := sc.checks
	if len(checks) > 0 && !d.verify {
		d.atLeast = true
		sc.checks = nil // looked into only for what would be shown
	}
	counted := 0
	out := newSet(int(sc.docs))
	err = sc.each(ctx, func(doc uint32) bool {
		r := rank{time: sc.part.time(doc), seg: sc.seg, doc: doc}
		if d.atLeast {
			if !d.follows(r) || !d.top.enters(r) || !passes(checks, doc) {
				return true
			}
		}
		counted++
		out.add(doc)
		if d.follows(r) {
			d.top.offer(r)
		}
		return true
	})
	if sc.checks = checks; err == nil {
		err = sc.err() // of the checks, too
	}
	d.total += counted
	d.sets[i] = out
	return err
}

func passes(checks []check, doc uint32) bool {
	for _, c := range checks {
		if !c.holds(doc) {
			return false
		}
	}
	return true
}

// follows reports whether a match comes after the page before.
func (d *dated) follows(r rank) bool {
	p := d.from
	if p == nil || r.time < p.time {
		return true
	}
	return r.time == p.time && strings.Compare(d.view.key(r.seg, r.doc), p.key) > 0
}

// datePage shows the matches, one more than fit if there are more.
func (s *search) datePage(r *broadsheet.Results, ranks []rank) error {
	shown := 0
	if s.from != nil {
		shown = int(s.from.shown)
	}
	all := make([]found, len(ranks))
	for i := range ranks {
		all[i].rank = ranks[i]
	}
	room := min(s.q.Limit, broadsheet.MaxSearchDepth-shown)
	for i := range all[:min(room, len(all))] {
		if err := s.view.name(&all[i]); err != nil {
			return err
		}
		r.Hits = append(r.Hits, broadsheet.Hit{ID: all[i].key})
	}
	if n := len(r.Hits); n > 0 && n < len(all) && shown+n < broadsheet.MaxSearchDepth {
		last := &all[n-1]
		p := place{shown: uint16(shown + n), time: last.time, key: last.key} // #nosec G115 -- at most MaxSearchDepth
		r.Next = p.encode(fingerprint(&s.q0))
	}
	return nil
}

// few reports whether the matches, by the rarest word of each condition or, of
// optional words, by all of them, are few enough to look at each.
func (s *search) few() bool {
	rarest, all, musts := s.view.docs, 0, false
	for i := range s.plan.terms {
		t := &s.plan.terms[i]
		switch {
		case t.must:
			musts = true
			rarest = min(rarest, t.df)
		case t.weight > 0:
			all += t.df
		}
	}
	if !musts {
		rarest = cmp.Or(all, rarest)
	}
	return rarest <= fewMatches
}

// fewMatches is how many matches are counted one by one: some 0.3 ms.
const fewMatches = 20_000
