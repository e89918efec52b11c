package search

import (
	"slices"
	"strings"
	"unicode"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
)

// suggestNext is how often a further word must have been met to be offered, too.
const suggestNext = 3

// completion is what is typed, as it is looked for in texts.
type completion struct {
	an     *analyze.Analyzer
	before []string // all but the last word, as typed
	terms  []token  // of these
	begin  string   // the last word, folded
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

// each calls f with every place in papers where what is typed stands, and what
// has become of its last word.
func (c *completion) each(papers []broadsheet.Paper, f func(text string, tokens []token, at int, form string)) {
	for i := range papers {
		for _, text := range []string{papers[i].Title, papers[i].Abstract} {
			tokens := c.tokens(text)
			for at := range tokens {
				if form, ok := c.stands(text, tokens, at); ok {
					f(text, tokens, at, form)
				}
			}
		}
	}
}

// met are the terms that the last word becomes in papers, the most frequent
// first.
func (c *completion) met(papers []broadsheet.Paper) []string {
	counts := map[string]float64{}
	c.each(papers, func(_ string, tokens []token, at int, _ string) {
		if !tokens[at].stop {
			counts[tokens[at].term]++
		}
	})
	return mostCounted(counts, suggestEach)
}

// of is how what is typed goes on with a term, as papers write it, "" where none
// has it so, and how often they have.
func (c *completion) of(term string, papers []broadsheet.Paper) (text string, times int) {
	forms, next, nextForms := map[string]int{}, map[string]int{}, map[string]map[string]int{}
	c.each(papers, func(text string, tokens []token, at int, form string) {
		if tokens[at].term != term {
			return
		}
		times++
		forms[form]++
		if at+1 < len(tokens) && follows(text, tokens[at], tokens[at+1]) {
			n := tokens[at+1]
			next[n.term]++
			if nextForms[n.term] == nil {
				nextForms[n.term] = map[string]int{}
			}
			nextForms[n.term][strings.ToLower(text[n.start:n.end])]++
		}
	})
	if times == 0 {
		return "", 0
	}
	parts := append(slices.Clone(c.before), most(forms))
	if n := most(next); next[n] >= suggestNext && 2*next[n] > times {
		parts = append(parts, most(nextForms[n]))
	}
	return strings.Join(parts, " "), times
}

// stands gives the word at a place if it begins as typed and has the words before
// it.
func (c *completion) stands(text string, tokens []token, at int) (form string, ok bool) {
	if at < len(c.terms) {
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
