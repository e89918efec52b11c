package search

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
)

const (
	// suggestTerms is how many of the most frequent terms are tried for a word
	// that is still being typed.
	suggestTerms = 6
	// suggestRead is how many papers are read to see how a term is written, what
	// it stands beside, and how it goes on.
	suggestRead = 8
	// suggestTyped is how many words a text may have that is gone on with.
	suggestTyped = 6
	// suggestNext is how often a further word must have been met.
	suggestNext = 3
)

// words goes on with the last word as the dictionary does, the most frequent
// term first, and with one word more where most papers do: "graph neur" with
// "graph neural networks". What is offered stands so in some paper, the words
// before it included, so that it finds something.
func (g *suggester) words(ctx context.Context) error {
	typed := strings.Fields(g.text)
	last := typed[len(typed)-1]
	if g.o.Papers == nil || len(typed) > suggestTyped || utf8.RuneCountInString(last) < suggestLetters || strings.ContainsAny(g.text, "\":()*\\$") ||
		slices.ContainsFunc(typed, func(w string) bool { return w[0] == '-' || w[0] == '+' }) {
		return nil
	}
	an := g.analyzers.Get().(*analyze.Analyzer)
	defer g.analyzers.Put(an)
	c := completion{an: an, begin: analyze.Fold(last), before: strings.Join(typed[:len(typed)-1], " ")}
	c.terms = c.tokens(c.before)
	members, err := g.members(an.Prefix(last))
	if err != nil {
		return err
	}
	found := map[string]bool{strings.ToLower(g.text): true}
	for _, m := range members {
		papers, err := g.with(ctx, an, typed[:len(typed)-1], m.text)
		if err != nil {
			return err
		}
		text := c.of(m.text, papers)
		if text == "" || found[strings.ToLower(text)] {
			continue
		}
		found[strings.ToLower(text)] = true
		g.out = append(g.out, broadsheet.Suggestion{Kind: suggestQuery, Text: text})
		if len(found) > suggestEach {
			break
		}
	}
	return nil
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
	return all[:min(suggestTerms, len(all))], nil
}

// with reads the best papers that have a term and all words before it.
func (g *suggester) with(ctx context.Context, an *analyze.Analyzer, before []string, text string) ([]broadsheet.Paper, error) {
	p := &planner{an: an, view: g.view, ids: map[termKey]int{}}
	var words []broadsheet.Term
	for _, w := range before {
		words = append(words, broadsheet.Term{Text: w})
	}
	p.words(words, true)
	if id, ok := p.add(termKey{text: text}, text, 1); ok {
		p.phrase = append(p.phrase, id)
		p.terms[id].must = true
	}
	p.filter = newConditions(&broadsheet.Query{})
	p.finish()
	if p.err != nil || p.nobody {
		return nil, p.err
	}
	s := &search{e: g.Engine, view: g.view, q: broadsheet.Query{Mode: broadsheet.ModeLexical, Plain: true}}
	s.bindTo(&p.plan)
	t, err := s.tier(ctx, suggestRead, 0)
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

// completion is what is typed, as it is looked for in texts.
type completion struct {
	an     *analyze.Analyzer
	before string  // all but the last word, as typed
	terms  []token // of it
	begin  string  // the last word, folded
}

// token is a word of a text.
type token struct {
	term       string
	start, end int
	stop       bool
}

func (c *completion) tokens(text string) (all []token) {
	c.an.Document(text, func(t analyze.Token) {
		if !t.Kind.Has(analyze.Alt) {
			all = append(all, token{t.Term, t.Start, t.End, t.Kind.Has(analyze.Stop)})
		}
	})
	return all
}

// of is how what is typed goes on with a term, as papers write it; "" where none
// has it so.
func (c *completion) of(term string, papers []broadsheet.Paper) string {
	forms, next, nextForms := map[string]int{}, map[string]int{}, map[string]map[string]int{}
	all := 0
	for i := range papers {
		for _, text := range []string{papers[i].Title, papers[i].Abstract} {
			tokens := c.tokens(text)
			for at := range tokens {
				form, ok := c.stands(text, tokens, at, term)
				if !ok {
					continue
				}
				all++
				forms[form]++
				if at+1 < len(tokens) && follows(text, tokens[at], tokens[at+1]) {
					n := tokens[at+1]
					next[n.term]++
					if nextForms[n.term] == nil {
						nextForms[n.term] = map[string]int{}
					}
					nextForms[n.term][strings.ToLower(text[n.start:n.end])]++
				}
			}
		}
	}
	if all == 0 {
		return ""
	}
	parts := strings.Fields(c.before)
	parts = append(parts, most(forms))
	if n := most(next); next[n] >= suggestNext && 2*next[n] > all {
		parts = append(parts, most(nextForms[n]))
	}
	return strings.Join(parts, " ")
}

// stands gives the word at a place if it is one of the term that begins as typed
// and has the words before it.
func (c *completion) stands(text string, tokens []token, at int, term string) (form string, ok bool) {
	if tokens[at].term != term || at < len(c.terms) {
		return "", false
	}
	for i, t := range c.terms {
		if tokens[at-len(c.terms)+i].term != t.term {
			return "", false
		}
	}
	form = strings.ToLower(text[tokens[at].start:tokens[at].end])
	return form, isWord(form) && strings.HasPrefix(analyze.Fold(form), c.begin)
}

// follows reports whether b goes on with a: not in another sentence, nor as a
// word that itself wants another.
func follows(text string, a, b token) bool {
	return !b.stop && a.end < b.start && text[a.end:b.start] == " " && isWord(text[b.start:b.end])
}

func isWord(form string) bool {
	return strings.IndexFunc(form, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '-'
	}) < 0
}

// most is the key with the greatest count, "" where there is none.
func most(counts map[string]int) (best string) {
	for k, n := range counts {
		if n > counts[best] || n == counts[best] && k < best {
			best = k
		}
	}
	return best
}
