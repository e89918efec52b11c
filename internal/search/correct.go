package search

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
)

// Bounds of correcting.
const (
	enoughHits    = 5 // with all words: then the query is as it should be
	rareIn        = 1e-5
	moreFrequent  = 20      // times as many papers must have what is put in a word's place
	mostCorrected = 3       // words of a query: each costs a walk through the dictionary
	lookedAt      = 200_000 // terms of a segment, at most
	lookedEnough  = 5_000   // terms after which no further segment is gone through
	formsFrom     = 8       // papers in which the written form of a stem is looked for
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
			if t.typed == w.Text && !t.prefix && t.mask == 0 && float64(t.df) <= rareIn*float64(s.view.docs) && utf8.RuneCountInString(t.typed) >= 4 {
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

// guess is a term near a word.
type guess struct {
	term     string
	df       int
	distance int
}

// better is the word that was probably meant, as it is written in papers, or "".
func (s *search) better(ctx context.Context, word string) (string, error) {
	an := s.e.analyzers.Get().(*analyze.Analyzer)
	tokens := an.Query(word)
	s.e.analyzers.Put(an)
	if len(tokens) != 1 {
		return "", nil
	}
	var best guess
	for _, from := range spellings(tokens[0].Term, word) {
		guesses, own, err := s.guesses(ctx, from, editsOf(word))
		if err != nil {
			return "", err
		}
		for _, g := range guesses {
			enough := g.df >= moreFrequent*own && (own > 0 || g.df > 1)
			if enough && (g.worth() > best.worth() || g.worth() == best.worth() && g.term < best.term) {
				best = g
			}
		}
	}
	if best.df == 0 {
		return "", nil
	}
	return s.written(ctx, best.term, word)
}

// spellings are what terms are compared with: the stem, and what is left of the
// word without an ending, as a slip may keep the stemmer from finding it.
func spellings(stem, word string) []string {
	out := []string{stem}
	word = analyze.Fold(word)
	for _, ending := range []string{"ation", "ions", "ion", "ings", "ing", "ed", "es", "s"} {
		if rest, ok := strings.CutSuffix(word, ending); ok && len(rest) > 3 && rest != stem {
			return append(out, rest)
		}
	}
	return out
}

// worth weighs frequency against distance: one edit more must be fifty times as
// frequent.
func (g guess) worth() int { return g.df * []int{2500, 50, 1}[min(g.distance, 2)] }

// editsOf is how many letters may be wrong.
func editsOf(word string) int {
	if utf8.RuneCountInString(word) >= 8 {
		return 2
	}
	return 1
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
			out = append(out, guess{t, df[t], d})
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

// written is how a stem is written in some paper, in the form nearest to what
// was typed; the stem where no text can be had.
func (s *search) written(ctx context.Context, stem, typed string) (string, error) {
	ids, err := s.holders(stem)
	if err != nil || s.e.o.Papers == nil {
		return stem, err
	}
	papers, err := s.e.o.Papers.Papers(ctx, ids)
	if err != nil {
		return stem, ctx.Err() // the search itself needs no texts
	}
	an := s.e.analyzers.Get().(*analyze.Analyzer)
	defer s.e.analyzers.Put(an)
	typed = analyze.Fold(typed)
	best, least := "", editsOf(typed)+1 // more than that was another word
	for i := range papers {
		for _, text := range []string{papers[i].Title, papers[i].Abstract} {
			an.Document(text, func(t analyze.Token) {
				if t.Term != stem || t.Kind.Has(analyze.Alt) {
					return
				}
				form := analyze.Fold(text[t.Start:t.End])
				if d, _ := newSpeller(typed, maxSpelled).distance([]byte(form)); d < least || d == least && best == "" {
					best, least = form, d
				}
			})
		}
	}
	return best, nil
}

// holders are a few papers that have a term.
func (s *search) holders(term string) (ids []string, err error) {
	err = s.view.each(func(_ int, p *part) error {
		e, ok, err := p.Lookup(term)
		if err != nil || !ok || len(ids) >= formsFrom {
			return err
		}
		l := p.Postings(e)
		for doc := l.Next(); doc < end && len(ids) < formsFrom; doc = l.Next() {
			if p.live.has(doc) && l.Code()&(maskTitle|maskAbstract) != 0 {
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
			text = strings.Replace(text, old, w.Text, 1)
		}
	}
	if text == was.Raw { // not typed in these words
		return strings.Join(all, " ")
	}
	return text
}
