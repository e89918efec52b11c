package search

import (
	"context"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
)

// Bounds of correcting.
const (
	enoughHits    = 5 // with all words: then the query is as it should be
	rareIn        = 1e-5
	mostCorrected = 3       // words of a query
	lookedAt      = 200_000 // terms of a segment, at most
	lookedEnough  = 5_000   // terms after which no further segment is gone through
	formsFrom     = 16      // papers in which the written form of a stem is looked for
	formsOf       = 300     // papers with a stem from which on a usual form of it is believed unseen
	triedWritten  = 3       // guesses whose written forms are looked for
)

// correct finds other words for those of the query that hardly any paper has,
// if fewer than five papers have all words; nil where there is nothing to
// correct. Only bare words are: who quotes a word means it.
func (s *search) correct(ctx context.Context) ([]broadsheet.Term, error) {
	suspects := s.suspects()
	if len(suspects) == 0 {
		return nil, nil
	}
	if enough, err := s.enough(ctx); err != nil || enough {
		return nil, err
	}
	words := slices.Clone(s.q.Words)
	changed := false
	for _, i := range suspects {
		better, err := s.better(ctx, words[i].Text)
		if err != nil {
			return nil, err
		}
		if better != "" {
			words[i].Text, changed = better, true
		}
	}
	if !changed {
		return nil, nil
	}
	return words, nil
}

// suspects are the ranking words that next to no paper has.
func (s *search) suspects() []int {
	var out []int
	for i, w := range s.q.Words {
		if w.Prefix || len(w.Text) > maxSpelled || strings.ContainsAny(w.Text, "0123456789 \\$") {
			continue
		}
		for j := range s.plan.terms {
			t := &s.plan.terms[j]
			if t.typed == w.Text && !t.prefix && t.mask == 0 && float64(t.df) <= rareIn*float64(s.view.docs) && len(t.typed) >= 4 {
				out = append(out, i)
				break
			}
		}
		if len(out) == mostCorrected {
			break
		}
	}
	return out
}

// enough reports whether enough papers have all of the query's words.
func (s *search) enough(ctx context.Context) (bool, error) {
	p, err := s.e.compile(&s.q, s.view, true)
	if err != nil || p.nobody {
		return false, err
	}
	b := &binder{plan: p, view: s.view, filters: s.e.filters, sets: make([]*filterSet, len(s.view.parts))}
	n := 0
	err = s.view.each(func(i int, _ *part) error {
		sc, err := b.bind(i, &top{})
		if err != nil || sc == nil || n >= enoughHits {
			return err
		}
		defer b.release(sc)
		return sc.each(ctx, func(uint32) bool { n++; return n < enoughHits })
	})
	return n >= enoughHits, err
}

// better is the word that was probably meant, as it is written in papers, or "".
func (s *search) better(ctx context.Context, word string) (string, error) {
	folded, ok := s.spellable(word)
	if !ok {
		return "", nil
	}
	g, err := s.oneSlip(folded, dear, s.anywhere)
	if err != nil {
		return "", err
	}
	text, err := s.firstWritten(ctx, g, folded)
	if text != "" || err != nil || len(folded) < twoSlipsFrom {
		return text, err
	}
	return s.twoSlips(ctx, folded)
}

// spellable gives a word as its forms are made from: one term, of the letters
// from a to z, neither short nor long.
func (s *search) spellable(word string) (string, bool) {
	an := s.e.analyzers.Get().(*analyze.Analyzer)
	tokens := an.Query(word)
	s.e.analyzers.Put(an)
	word = analyze.Fold(word)
	return word, len(tokens) == 1 && len(word) >= 4 && len(word) <= maxSpelled && strings.Trim(word, letters) == ""
}

// twoSlips is the word meant where no word is one slip away: the dictionary is
// walked for stems near that of the word, and what papers write for them
// compared with what was typed.
func (s *search) twoSlips(ctx context.Context, word string) (string, error) {
	var best []guess
	for _, from := range spellings(analyze.Stem(word), word) {
		guesses, own, err := s.guesses(ctx, from, 2)
		if err != nil {
			return "", err
		}
		for _, g := range guesses {
			if g.df >= muchMore*own && s.worth(g, word) > 0 {
				best = append(best, g)
			}
		}
	}
	s.rank(best, word)
	return s.firstWritten(ctx, best, word)
}

// firstWritten is how the first of a few guesses is written that papers do
// write in a way near to what was typed; where none does, a usual form of a
// frequent stem, which was one slip away, is believed.
func (s *search) firstWritten(ctx context.Context, guesses []guess, typed string) (string, error) {
	guesses = guesses[:min(triedWritten, len(guesses))]
	for _, g := range guesses {
		if text, err := s.written(ctx, g, typed); text != "" || err != nil {
			return text, err
		}
	}
	for _, g := range guesses {
		if len(g.forms) == 0 || g.df < formsOf {
			continue
		}
		if f := g.forms[0]; f.cost <= costNear && slices.Contains(endings, strings.TrimPrefix(f.text, g.term)) {
			return f.text, nil
		}
	}
	return "", nil
}

// spellings are what terms are compared with: the stem, and what is left of the
// word without an ending, as a slip may keep the stemmer from finding it.
func spellings(stem, word string) []string {
	out := []string{stem}
	for _, ending := range []string{"ation", "ions", "ion", "ings", "ing", "ed", "es", "s"} {
		if rest, ok := strings.CutSuffix(word, ending); ok && len(rest) > 3 && rest != stem {
			return append(out, rest)
		}
	}
	return out
}

// guesses are the terms near one, with the same first letter or the first two
// exchanged; own is how many papers have the term itself.
func (s *search) guesses(ctx context.Context, from string, edits int) (out []guess, own int, err error) {
	if len(from) < 3 || len(from) > maxSpelled {
		return nil, 0, nil
	}
	swapped := from[1:2] + from[:1] + from[2:]
	found := map[string]int{from: maxSpelled, swapped: 1} // distances
	looked := 0
	err = s.view.each(func(_ int, p *part) error {
		if looked > lookedEnough {
			return nil
		}
		n, err := near(ctx, p, from, edits, found)
		looked += n
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	df := map[string]int{}
	err = s.view.each(func(_ int, p *part) error {
		for t := range found {
			e, ok, err := p.Lookup(t)
			if err != nil {
				return err
			}
			if ok {
				df[t] += int(e.DF)
			}
		}
		return nil
	})
	for t, d := range found {
		if t != from && df[t] > 0 {
			out = append(out, guess{term: t, df: df[t], cost: float64(d) * costTwo / 2})
		}
	}
	return out, df[from], err
}

// near adds the terms of a segment that are near one to found, and tells how
// many it looked at. A word that is more frequent than another by far is in the
// large segments: small ones need not be gone through.
func near(ctx context.Context, p *part, from string, edits int, found map[string]int) (looked int, err error) {
	sp := newSpeller(from, edits)
	it := p.Terms(from[:1])
	for ; it.Next() && looked < lookedAt; looked++ {
		if looked&4095 == 4095 && ctx.Err() != nil {
			return looked, ctx.Err()
		}
		t := it.Term()
		if t[0] != from[0] {
			break
		}
		d, dead := sp.distance(t)
		if dead > 0 {
			it.SkipPrefix(dead)
		}
		if _, known := found[string(t)]; d <= edits && !known {
			found[string(t)] = d
		}
	}
	return looked, it.Err()
}

// endings are what a word may end in beyond its stem. That of a frequent stem has
// so many forms that a few papers do not show them all.
var endings = strings.Fields("s es ed er ers or ors ing ings ion ions al ally ly ive ity ment ness")

// written is how papers write the stem that was guessed: of the forms that one
// slip leads to the likeliest that is met, or where two are needed the form
// nearest to what was typed; "" where none is near. A form that only has the
// stem of a word may be none: "gradee" has that of grades.
func (s *search) written(ctx context.Context, g guess, typed string) (string, error) {
	sure := g.term
	if len(g.forms) > 0 {
		sure = g.forms[0].text
	}
	if s.e.o.Papers == nil {
		return sure, nil
	}
	ids, err := s.holders(g.term)
	if err != nil {
		return "", err
	}
	papers, err := s.e.o.Papers.Papers(ctx, ids)
	if err != nil {
		return sure, ctx.Err() // the search itself needs no texts
	}
	met := s.formsIn(papers, g.term)
	for _, f := range g.forms {
		if met[f.text] {
			return f.text, nil
		}
	}
	if len(g.forms) > 0 {
		return "", nil
	}
	best, least := "", 3
	for form := range met {
		if d, _ := newSpeller(typed, maxSpelled).distance([]byte(form)); d < least || d == least && form < best {
			best, least = form, d
		}
	}
	return best, nil
}

// formsIn are the words of papers that have a stem.
func (s *search) formsIn(papers []broadsheet.Paper, stem string) map[string]bool {
	an := s.e.analyzers.Get().(*analyze.Analyzer)
	defer s.e.analyzers.Put(an)
	met := map[string]bool{}
	for i := range papers {
		texts := []string{papers[i].Title, papers[i].Abstract}
		for _, a := range papers[i].Authors {
			texts = append(texts, a.Name)
		}
		for _, text := range texts {
			an.Document(text, func(t analyze.Token) {
				if t.Term == stem && !t.Kind.Has(analyze.Alt) {
					met[analyze.Fold(text[t.Start:t.End])] = true
				}
			})
		}
	}
	return met
}

// holders are a few papers that have a term, from all over the index: what is
// written in one year is not what was written in another.
func (s *search) holders(term string) (ids []string, err error) {
	all, err := s.anywhere(term)
	if err != nil || all == 0 {
		return nil, err
	}
	err = s.view.each(func(_ int, p *part) error {
		e, ok, err := p.Lookup(term)
		if err != nil || !ok {
			return err
		}
		l := p.Postings(e)
		n := uint32(1 + formsFrom*int(e.DF)/all) // #nosec G115 -- at most 17
		step := max(1, uint32(p.docs)/n)         // #nosec G115 -- at most 2^31 documents
		for doc := l.Next(); doc < end && len(ids) < 2*formsFrom; doc = l.Advance(max(doc+1, doc/step*step+step)) {
			if p.live.has(doc) && l.Code()&(maskTitle|maskAbstract|maskAuthors) != 0 {
				id, err := p.Key(doc)
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
		}
		return l.Err()
	})
	return ids, err
}

// correctedText is the query as typed with the words that stand for others.
func correctedText(was, is *broadsheet.Query) string {
	text := was.Raw
	var all []string
	for i, w := range is.Words {
		all = append(all, w.Text)
		if old := was.Words[i].Text; old != w.Text {
			text = putFor(text, old, w.Text)
		}
	}
	if text == was.Raw { // not typed in these words
		return strings.Join(all, " ")
	}
	return text
}
