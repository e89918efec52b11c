package search

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"broadsheet/internal/lib/segment"
)

// found is a candidate with all that its score is made of.
type found struct {
	rank
	key    string // once it is shown
	cosine float64
	vector bool // the paper has one, and so has the query, and cosine is theirs
	match  bool // it has one of the words

	words, meaning, near, date, popular float64 // parts of total, weighed
	total                               float64
	gains                               []gain // where it is to be explained
}

// gain is what one word gave.
type gain struct {
	term  int
	code  byte
	norm  uint16
	score uint32
}

// order is how hits stand: by score, then the newer, then the lower key.
func (v *view) order(a, b *found) int {
	if c := cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(b.time, a.time)); c != 0 {
		return c
	}
	return strings.Compare(v.key(a.seg, a.doc), v.key(b.seg, b.doc))
}

// name reads a candidate's key.
func (v *view) name(f *found) error {
	p := v.parts[f.seg]
	return v.guard(p, func() (err error) {
		f.key, err = p.Key(f.doc)
		return err
	})
}

// byPlace is the order in which segments are read.
func byPlace(a, b found) int {
	return cmp.Or(cmp.Compare(a.seg, b.seg), cmp.Compare(a.doc, b.doc))
}

// grader gives candidates their scores. Whatever found a candidate, both its
// words and its meaning count, looked up again here.
type grader struct {
	*binder
	query   []float32 // nil where there is none
	share   float64
	plain   bool
	explain bool
	now     time.Time
	row     segment.Row
}

// grade fills in the candidates and puts them in order, best first.
func (g *grader) grade(ctx context.Context, all []found) error {
	slices.SortFunc(all, byPlace)
	near := newNearness(g.plan)
	for lo := 0; lo < len(all); {
		if err := ctx.Err(); err != nil {
			return err
		}
		seg, hi := all[lo].seg, lo
		for hi < len(all) && all[hi].seg == seg {
			hi++
		}
		some := all[lo:hi]
		if err := g.view.guard(g.view.parts[seg], func() error { return g.gradePart(int(seg), some, near) }); err != nil {
			return err
		}
		lo = hi
	}
	slices.SortFunc(all, func(a, b found) int { return g.view.order(&a, &b) })
	return nil
}

func (g *grader) gradePart(i int, some []found, near *nearness) error {
	p := g.view.parts[i]
	pops, err := p.U8(ColumnPop)
	if err != nil {
		return err
	}
	s := scans.Get().(*scan)
	defer g.release(s)
	s.shared = scoring{weights: *p.WeightTable(), norms: p.norms, curve: p.curve}
	g.lists(s, i)
	for j := range some {
		f := &some[j]
		f.score, f.match, f.gains = 0, false, nil
		near.reset()
		for _, l := range s.lists {
			if l.advance(f.doc) != f.doc || l.gain == 0 {
				continue
			}
			score := l.scoreHere()
			f.score += score
			f.match = true
			if g.explain {
				f.gains = append(f.gains, gain{l.term, l.codes[l.at], p.norms[f.doc], score})
			}
			if near.wants(l.term) {
				near.where[l.term] = l.positions(near.where[l.term])
				if l.merged != nil {
					slices.Sort(near.where[l.term])
				}
			}
		}
		if err := g.rest(p, f, near, pops); err != nil {
			return err
		}
	}
	return s.err()
}

// rest adds everything but the words.
func (g *grader) rest(p *part, f *found, near *nearness, pops []uint8) error {
	f.time = p.time(f.doc)
	if g.query != nil && !f.vector { // else the search by meaning has worked it out
		v, scale, err := p.Int8(f.doc, &g.row)
		if err != nil {
			return err
		}
		if f.vector = scale > 0; f.vector {
			f.cosine = cosine(g.query, v, scale)
		}
	}
	if g.plan.most > 0 {
		f.words = g.share * float64(f.score) / (g.plan.most * unit)
	}
	f.near = g.share * nearShare * near.value()
	f.meaning = 0
	if f.vector {
		f.meaning = (1 - g.share) * calibrate(f.cosine)
	}
	f.date, f.popular = 0, 0
	if !g.plain {
		f.date = datePrior(TimeOf(f.time), g.now)
		if pops != nil {
			f.popular = popularPrior(pops[f.doc])
		}
	}
	f.total = f.words + f.near + f.meaning + f.date + f.popular
	return nil
}

func (p *part) time(doc uint32) uint32 {
	if p.times == nil {
		return 0
	}
	return p.times[doc]
}

// cosine is that of a query and a paper's vector.
func cosine(q []float32, v []int8, scale float32) float64 {
	if len(q) < segment.Dim || len(v) < segment.Dim {
		return 0
	}
	var a, b, c, d float32
	for i := 0; i < segment.Dim; i += 4 {
		a += float32(q[i] * float32(v[i]))
		b += float32(q[i+1] * float32(v[i+1]))
		c += float32(q[i+2] * float32(v[i+2]))
		d += float32(q[i+3] * float32(v[i+3]))
	}
	return float64(float32((a+b)+(c+d)) * scale)
}
