package search

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
	"broadsheet/internal/lib/segment"
)

const (
	// likeTerms is how many of the papers' words are looked for: the ones that
	// they have often and others seldom.
	likeTerms = 25
	// likeShare weighs those words against meaning.
	likeShare = 0.35
	// likeMost is how many papers can be asked about at once.
	likeMost = 50
	// likeLooked is how many of their words are looked up in every segment: all of
	// one paper, and of many the ones that they have most often.
	likeLooked = 1000

	// Two papers are one and the same text if their titles share sameTitle of
	// their words and their cosine is at least sameCosine.
	sameTitle  = 0.9
	sameCosine = 0.93
)

// Similar gives the n papers most like the given ones taken together, best
// first, without these. It looks for papers near the mean of their vectors and
// for their telling words. NotFound where none of them is in the index.
func (e *Engine) Similar(ctx context.Context, ids []string, n int) ([]broadsheet.Hit, error) {
	n = min(max(n, 1), broadsheet.MaxSearchDepth)
	var hits []broadsheet.Hit
	err := e.withView(ctx, func(v *view) error {
		all, err := e.similar(ctx, v, ids[:min(len(ids), likeMost)])
		hits = hits[:0]
		for i := range all[:min(n, len(all))] {
			hits = append(hits, broadsheet.Hit{ID: all[i].key, Score: all[i].total})
		}
		return err
	})
	return hits, err
}

// Duplicates gives the papers that are probably the same text as one under
// another id: nearly the same title, and the same meaning.
func (e *Engine) Duplicates(ctx context.Context, id string) ([]string, error) {
	if e.o.Papers == nil {
		return nil, nil
	}
	var all []found
	err := e.withView(ctx, func(v *view) (err error) {
		all, err = e.similar(ctx, v, []string{id})
		return err
	})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	ask := []string{id}
	for _, f := range all[:min(20, len(all))] {
		if !f.vector || f.cosine >= sameCosine {
			ask = append(ask, f.key)
		}
	}
	papers, err := e.o.Papers.Papers(ctx, ask)
	if err != nil || len(papers) == 0 || papers[0].ID != id {
		return nil, err
	}
	an := e.analyzers.Get().(*analyze.Analyzer)
	defer e.analyzers.Put(an)
	own := wordSet(an, papers[0].Title)
	var same []string
	for i := range papers[1:] {
		if overlap(own, wordSet(an, papers[i+1].Title)) >= sameTitle {
			same = append(same, papers[i+1].ID)
		}
	}
	return same, nil
}

func wordSet(an *analyze.Analyzer, text string) map[string]bool {
	words := map[string]bool{}
	an.Document(text, func(t analyze.Token) { words[t.Term] = true })
	return words
}

// overlap is the share of words that two sets have in common.
func overlap(a, b map[string]bool) float64 {
	both := 0
	for w := range a {
		if b[w] {
			both++
		}
	}
	return float64(both) / float64(max(1, len(a)+len(b)-both))
}

// similar ranks the papers like some.
func (e *Engine) similar(ctx context.Context, v *view, ids []string) ([]found, error) {
	own, mean, err := v.seeds(ids)
	if err != nil {
		return nil, err
	}
	if len(own) == 0 {
		return nil, &broadsheet.Error{Kind: broadsheet.NotFound, Field: "id", Text: "none of these papers is in the index"}
	}
	s := &search{e: e, view: v, query: mean, q: broadsheet.Query{Plain: true, Mode: broadsheet.ModeHybrid}}
	p, err := e.telling(ctx, v, ids)
	if err != nil {
		return nil, err
	}
	s.bindTo(p)
	t, err := s.tier(ctx, pool+len(own), 0)
	if err != nil {
		return nil, err
	}
	g := &grader{binder: s.binder, query: mean, share: likeShare, plain: true}
	switch {
	case mean == nil:
		g.share = 1
	case p.most == 0:
		g.share = 0
	}
	if err := g.grade(ctx, t.all); err != nil {
		return nil, err
	}
	for i := range t.all {
		if err := v.name(&t.all[i]); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(t.all, func(f found) bool { return own[f.key] }), nil
}

// seeds finds the papers and the mean of their vectors, nil where none has one.
func (v *view) seeds(ids []string) (own map[string]bool, mean []float32, err error) {
	own = map[string]bool{}
	sum, length := make([]float32, 256), 0.0
	var row segment.Row
	err = v.each(func(_ int, p *part) error {
		for _, id := range ids {
			doc, ok, err := p.Find(id)
			if err != nil {
				return err
			}
			if !ok || !p.live.has(doc) || own[id] {
				continue
			}
			own[id] = true
			vec, scale, err := p.Int8(doc, &row)
			if err != nil {
				return err
			}
			for i, x := range vec {
				sum[i] += scale * float32(x)
			}
		}
		return nil
	})
	for _, x := range sum {
		length += float64(x) * float64(x)
	}
	if length == 0 || err != nil {
		return own, nil, err
	}
	for i := range sum {
		sum[i] /= float32(math.Sqrt(length))
	}
	return own, sum, nil
}

// telling is a plan that looks for the words that tell the papers from others,
// empty where their texts cannot be had.
func (e *Engine) telling(ctx context.Context, v *view, ids []string) (*plan, error) {
	p := &planner{view: v, ids: map[termKey]int{}}
	p.filter = newConditions(&broadsheet.Query{})
	if e.o.Papers != nil {
		papers, err := e.o.Papers.Papers(ctx, ids)
		if err != nil {
			return nil, err
		}
		an := e.analyzers.Get().(*analyze.Analyzer)
		defer e.analyzers.Put(an)
		counts := map[string]float64{}
		for i := range papers {
			count := func(text string, weight float64) {
				an.Document(text, func(t analyze.Token) {
					if !t.Kind.Has(analyze.Stop | analyze.Alt) {
						counts[t.Term] += weight
					}
				})
			}
			count(papers[i].Title, 2)
			count(papers[i].Abstract, 1)
		}
		if err := p.telling(ctx, counts); err != nil {
			return nil, err
		}
	}
	p.finish()
	return &p.plan, p.err
}

// telling adds the words with the most to tell.
func (p *planner) telling(ctx context.Context, counts map[string]float64) error {
	var all []term
	for i, text := range mostCounted(counts, likeLooked) {
		if i&63 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		n := counts[text]
		t := term{termKey: termKey{text: text}, typed: text, members: []string{text}, weight: float32(n / (n + 1.5))}
		if err := p.view.lookup(&t); err != nil {
			return err
		}
		if t.df > 1 { // no other has it
			t.idf = math.Log1p((float64(p.view.docs-t.df) + 0.5) / (float64(t.df) + 0.5))
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b term) int { return cmp.Or(cmp.Compare(b.gain(), a.gain()), cmp.Compare(a.text, b.text)) })
	p.terms = all[:min(likeTerms, len(all))]
	return nil
}

// mostCounted are the n words with the highest counts.
func mostCounted(counts map[string]float64, n int) []string {
	words := slices.Collect(maps.Keys(counts))
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b)) })
	return words[:min(n, len(words))]
}
