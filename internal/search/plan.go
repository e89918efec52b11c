package search

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
	"broadsheet/internal/lib/segment"
)

// plan is a query as the segments of one snapshot understand it.
type plan struct {
	terms  []term
	phrase []int // terms of the ranking words, in the order typed, for proximity
	groups []alternatives
	nots   []clause
	filter conditions
	text   string  // what is embedded; "" where the query has no text
	most   float64 // no document gets more from its words
	nobody bool    // a condition can never be met

	ignored []broadsheet.Ignored
}

// term is a word, or the words with one beginning, as one posting list a segment.
type term struct {
	termKey
	weight  float32 // times typed, shared among the forms of a compound
	typed   string  // as in the query, for explaining and correcting
	members []string
	entries [][]segment.Entry // by segment; none where it has none
	df      int
	idf     float64
	must    bool
}

type termKey struct {
	text   string
	prefix bool
	mask   byte
}

// alternatives are a condition: one of its clauses must match.
type alternatives struct{ clauses []clause }

// clause is a word, words that must all be there, or a phrase.
type clause struct {
	terms  []int
	offs   []uint32 // of a phrase: where each word stands from the first
	lo, hi uint32   // positions of the field
	mask   byte
}

func (c *clause) isPhrase() bool { return c.offs != nil }

// masks and positions of fields, see segment.Code.
const (
	maskTitle    = 0x30
	maskAbstract = 0x0f
	maskAuthors  = 0x40
)

func fieldOf(f broadsheet.Field) (mask byte, lo, hi uint32) {
	switch f {
	case broadsheet.FieldTitle:
		return maskTitle, segment.TitleBase, segment.AbstractBase
	case broadsheet.FieldAbstract:
		return maskAbstract, segment.AbstractBase, segment.AuthorsBase
	case broadsheet.FieldAuthor:
		return maskAuthors, segment.AuthorsBase, segment.OtherBase
	}
	return 0, 0, math.MaxUint32
}

// planner makes a plan.
type planner struct {
	plan
	an   *analyze.Analyzer
	view *view
	ids  map[termKey]int
	err  error
	full bool // there are as many terms as may be
}

// compile reads the query's words. allWords asks that every word be there, as
// an order by date does: what has one of the words is no answer to it.
func compile(q *broadsheet.Query, v *view, an *analyze.Analyzer, allWords bool) (*plan, error) {
	p := &planner{an: an, view: v, ids: map[termKey]int{}}
	p.words(q.Words, allWords)
	for _, g := range q.Require {
		p.require(g)
	}
	for _, t := range q.Exclude {
		if c, ok := p.clause(t, 0); ok {
			p.nots = append(p.nots, c)
		}
	}
	known := *q
	known.Authors = p.authors(q.Authors)
	p.filter = newConditions(&known)
	p.text = embedText(q)
	p.finish()
	return &p.plan, p.err
}

// words adds the ranking words. They are analysed together, so that "gpt 4" is
// also looked for as gpt4.
func (p *planner) words(words []broadsheet.Term, all bool) {
	var texts []string
	for _, w := range words {
		if !w.Prefix {
			texts = append(texts, w.Text)
		}
	}
	text := strings.Join(texts, " ")
	tokens := p.an.Query(text)
	var prefixes []broadsheet.Term
	for _, w := range words {
		if w.Prefix {
			prefixes = append(prefixes, w)
		}
	}
	for _, t := range spoken(text, tokens) {
		if t.Kind.Has(analyze.Stop) && len(prefixes) > 0 {
			continue
		}
		id, ok := p.add(termKey{text: t.Term}, text[t.Start:t.End], t.Weight)
		if !ok {
			break
		}
		if !t.Kind.Has(analyze.Alt) {
			p.phrase = append(p.phrase, id)
			p.terms[id].must = p.terms[id].must || all
		}
	}
	for _, w := range prefixes {
		if id, ok := p.addPrefix(w.Text, 0, 1); ok {
			p.phrase = append(p.phrase, id)
			p.terms[id].must = p.terms[id].must || all
		}
	}
}

// unknown are the ranking words that no paper has, as typed, each once. A word
// that may still go on is not judged.
func (p *plan) unknown() (words []string) {
	for _, i := range p.phrase {
		if t := &p.terms[i]; t.df == 0 && !t.prefix && !slices.Contains(words, t.typed) {
			words = append(words, t.typed)
		}
	}
	return words
}

// onlyStops reports whether nothing but stop words is there, which then count:
// titles have them ("The Who").
func onlyStops(tokens []analyze.Token) bool {
	for _, t := range tokens {
		if !t.Kind.Has(analyze.Stop) {
			return false
		}
	}
	return true
}

// add gives the number of a term, which is new unless it was there.
func (p *planner) add(k termKey, typed string, weight float32) (int, bool) {
	if id, ok := p.ids[k]; ok {
		p.terms[id].weight += weight
		return id, true
	}
	if len(p.terms) >= broadsheet.MaxQueryTerms {
		if !p.full {
			p.full = true
			p.ignored = append(p.ignored, broadsheet.Ignored{Text: typed, Why: fmt.Sprintf("only the first %d words count", broadsheet.MaxQueryTerms)})
		}
		return 0, false
	}
	id := len(p.terms)
	t := term{termKey: k, weight: weight, typed: typed}
	if k.prefix {
		p.fail(p.view.complete(&t))
	} else {
		t.members = []string{k.text}
		p.fail(p.view.lookup(&t))
	}
	p.ids[k] = id
	p.terms = append(p.terms, t)
	return id, true
}

// addPrefix adds a word that may go on. One letter stands for itself only: what
// begins with it is everything.
func (p *planner) addPrefix(word string, mask byte, weight float32) (int, bool) {
	begin := p.an.Prefix(word)
	if len([]rune(begin)) < 2 {
		tokens := p.an.Query(word)
		if len(tokens) == 0 {
			return 0, false
		}
		return p.add(termKey{text: tokens[0].Term, mask: mask}, word, weight)
	}
	return p.add(termKey{text: begin, prefix: true, mask: mask}, word, weight)
}

// stemsOf are terms that words with a beginning have though they are shorter:
// "optimi*" is to find "optimization", of which the index has "optim".
func stemsOf(begin string) []string {
	var out []string
	for _, ending := range []string{"", "e", "s", "es", "ed", "er", "ng", "ing", "on", "ion", "ation", "zation", "ze", "ty", "ity", "ment", "al", "ally"} {
		if stem := analyze.Stem(begin + ending); len(stem) >= 3 && len(stem) < len(begin) && strings.HasPrefix(begin, stem) && !slices.Contains(out, stem) {
			out = append(out, stem)
		}
	}
	return out
}

func (p *planner) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// require adds a condition.
func (p *planner) require(terms []broadsheet.Term) {
	var g alternatives
	for _, t := range terms {
		if c, ok := p.clause(t, 1); ok {
			g.clauses = append(g.clauses, c)
		}
	}
	if len(g.clauses) == 0 {
		return
	}
	p.groups = append(p.groups, g)
	if len(g.clauses) == 1 {
		for _, id := range g.clauses[0].terms {
			p.terms[id].must = true
		}
	}
}

// clause reads a term of a condition. Several words are a phrase; the names of
// an author may stand in any order, unless quoted.
func (p *planner) clause(t broadsheet.Term, weight float32) (clause, bool) {
	mask, lo, hi := fieldOf(t.Field)
	c := clause{lo: lo, hi: hi, mask: mask}
	text, last := t.Text, ""
	if t.Prefix {
		i := strings.LastIndexByte(text, ' ') + 1
		text, last = text[:i], text[i:]
	}
	tokens := p.an.Query(text)
	stops := onlyStops(tokens) && last == ""
	next := uint32(0)
	add := func(id int, pos uint32) {
		c.terms = append(c.terms, id)
		c.offs = append(c.offs, pos)
	}
	for _, tok := range tokens {
		next = tok.Pos + 1
		if tok.Kind.Has(analyze.Alt) || tok.Kind.Has(analyze.Stop) && !stops {
			continue
		}
		if id, ok := p.add(termKey{text: tok.Term, mask: mask}, text[tok.Start:tok.End], weight*tok.Weight); ok {
			add(id, tok.Pos)
		}
	}
	if last != "" {
		if id, ok := p.addPrefix(last, mask, weight); ok {
			add(id, next)
		}
	}
	if len(c.terms) == 0 {
		p.ignored = append(p.ignored, broadsheet.Ignored{Text: t.Text, Why: "there is no word in it"})
		return c, false
	}
	for i := range c.offs {
		c.offs[len(c.offs)-1-i] -= c.offs[0]
	}
	if len(c.terms) == 1 || t.Field == broadsheet.FieldAuthor && !t.Phrase {
		c.offs = nil
	}
	return c, true
}

// finish weighs the terms and finds what nothing can exceed.
func (p *planner) finish() {
	n := float64(p.view.docs)
	for i := range p.terms {
		t := &p.terms[i]
		df := min(float64(t.df), n)
		t.idf = math.Log1p((n - df + 0.5) / (df + 0.5))
		t.weight = min(t.weight, float32(maxGain/max(t.idf, 1)))
		if t.df > 0 {
			p.most += t.gain()
		}
		if t.must && t.df == 0 {
			p.nobody = true
		}
	}
}

// gain is idf times the times typed.
func (t *term) gain() float64 { return t.idf * float64(t.weight) }

// embedText is what of a query has a meaning: words and phrases, not names.
func embedText(q *broadsheet.Query) string {
	var parts []string
	for _, w := range q.Words {
		parts = append(parts, w.Text)
	}
	for _, g := range q.Require {
		for _, t := range g {
			if t.Field != broadsheet.FieldAuthor {
				parts = append(parts, t.Text)
			}
		}
	}
	return strings.Join(parts, " ")
}
