package search

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
)

const (
	// suggestTerms is how many of the most frequent terms are tried for a word
	// that is still being typed.
	suggestTerms = 5
	// suggestRead is how many papers are read to see how a term is written, what
	// it stands beside, and how it goes on; suggestReadOn how many where few
	// letters are typed, so that the words before must tell the term.
	suggestRead   = 8
	suggestReadOn = 24
	// suggestTyped is how many words a text may have that is gone on with.
	suggestTyped = 6
	// suggestRare is how many times more often another is met than what is not
	// worth offering beside it.
	suggestRare = 10
)

// words goes on with the last word as the dictionary does, the most frequent
// term first, behind other words the one that stands behind them most often; and
// with one word more where most papers do: "graph neur" with "graph neural
// networks". Where few letters are typed, the dictionary has too
// much for them, and the papers with the words before are asked: "monte ca". What
// is offered stands so in some paper, the words before it included, so that it
// finds something.
func (g *suggester) words(ctx context.Context) error {
	typed := strings.Fields(g.text)
	last := typed[len(typed)-1]
	if g.o.Papers == nil || len(typed) > suggestTyped || strings.ContainsAny(g.text, "\":()*\\$") ||
		slices.ContainsFunc(typed, func(w string) bool { return w[0] == '-' || w[0] == '+' }) {
		return nil
	}
	an := g.analyzers.Get().(*analyze.Analyzer)
	defer g.analyzers.Put(an)
	c := &completion{an: an, begin: analyze.Fold(last), before: typed[:len(typed)-1]}
	c.terms = c.tokens(strings.Join(c.before, " "))
	terms, read, err := g.candidates(ctx, c, last)
	if err != nil {
		return err
	}
	type one struct {
		text  string
		times int
	}
	var all []one
	seen, often := map[string]bool{strings.ToLower(g.text): true}, 0
	for _, term := range terms {
		if len(c.before) == 0 && len(all) == suggestEach {
			break // they are in order
		}
		papers := read
		if papers == nil {
			if papers, err = g.with(ctx, c, term, suggestRead); err != nil {
				return err
			}
		}
		text, times := c.of(term, papers)
		often = max(often, times)
		if low := strings.ToLower(text); text != "" && !seen[low] {
			seen[low] = true
			all = append(all, one{text, times})
		}
	}
	all = slices.DeleteFunc(all, func(o one) bool { return o.times*suggestRare < often })
	if len(c.before) > 0 { // how frequent a term is at all says less than what stands beside those
		slices.SortStableFunc(all, func(a, b one) int { return b.times - a.times })
	}
	for _, o := range all[:min(suggestEach, len(all))] {
		g.out = append(g.out, broadsheet.Suggestion{Kind: suggestQuery, Text: o.text})
	}
	return nil
}

// candidates are the terms that the last word may become, the likeliest first,
// and the papers that were read to tell, if any were.
func (g *suggester) candidates(ctx context.Context, c *completion, last string) (terms []string, read []broadsheet.Paper, err error) {
	if utf8.RuneCountInString(last) >= suggestLetters {
		members, err := g.members(c.an.Prefix(last))
		for _, m := range members {
			terms = append(terms, m.text)
		}
		return terms, nil, err
	}
	if !slices.ContainsFunc(c.terms, func(t token) bool { return !t.stop }) {
		return nil, nil, nil
	}
	read, err = g.with(ctx, c, "", suggestReadOn)
	return c.met(read), read, err
}

// members are the most frequent terms that a word may become.
func (g *suggester) members(begin string) ([]member, error) {
	if utf8.RuneCountInString(begin) < suggestLetters {
		return nil, nil
	}
	all, err := g.view.begins(begin)
	if err != nil {
		return nil, err
	}
	for _, stem := range stemsOf(begin) {
		t := term{members: []string{stem}}
		if err := g.view.lookup(&t); err != nil {
			return nil, err
		}
		if t.df > 0 {
			all = append(all, member{stem, t.df})
		}
	}
	slices.SortStableFunc(all, func(a, b member) int { return b.df - a.df })
	all = all[:min(suggestTerms, len(all))]
	s := &search{e: g.Engine, view: g.view}
	return slices.DeleteFunc(all, func(m member) bool { return err == nil && s.slipped(m, &err) }), err
}

// slipped reports whether a rare term is likely a misspelling: papers have
// another far more often that is one likely slip away.
func (s *search) slipped(m member, err *error) bool {
	if m.df > leastRare || len(m.text) > maxSpelled || strings.Trim(m.text, letters) != "" {
		return false
	}
	better, e := s.oneSlip(m.text, cheap, s.anywhere)
	*err = e
	return len(better) > 0
}

// with reads the n best papers that have a term, "" for any, and all words before
// it.
func (g *suggester) with(ctx context.Context, c *completion, text string, n int) ([]broadsheet.Paper, error) {
	p := &planner{an: c.an, view: g.view, ids: map[termKey]int{}}
	var words []broadsheet.Term
	for _, w := range c.before {
		words = append(words, broadsheet.Term{Text: w})
	}
	p.words(words, true)
	if text != "" {
		if id, ok := p.add(termKey{text: text}, text, 1); ok {
			p.phrase = append(p.phrase, id)
			p.terms[id].must = true
		}
	}
	p.filter = newConditions(&broadsheet.Query{})
	p.finish()
	if p.err != nil || p.nobody {
		return nil, p.err
	}
	s := &search{e: g.Engine, view: g.view, q: broadsheet.Query{Mode: broadsheet.ModeLexical, Plain: true}}
	s.bindTo(&p.plan)
	t, err := s.tier(ctx, n, 0)
	if err != nil || len(t.all) == 0 {
		return nil, err
	}
	ids := make([]string, len(t.all))
	for i := range t.all {
		if err := g.view.name(&t.all[i]); err != nil {
			return nil, err
		}
		ids[i] = t.all[i].key
	}
	return g.o.Papers.Papers(ctx, ids)
}
