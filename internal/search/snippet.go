package search

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"sync"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
)

// Highlighter finds the words of one query in the texts of papers, and the part
// of an abstract that shows best why it was found. What it gives depends on the
// query and the text alone. It is safe for concurrent use.
type Highlighter struct {
	words    [2]map[string]uint64 // for titles, for abstracts: which words of the query a term stands for
	prefixes [2][]snippetPrefix
	phrases  [2][]snippetPhrase
}

const (
	inTitle = iota
	inAbstract
)

// snippetPrefix is what a word begins with that was still being typed.
type snippetPrefix struct {
	begin   string
	concept uint64
}

// snippetPhrase is words that count only beside each other.
type snippetPhrase struct {
	terms   []string
	offsets []uint32
	prefix  bool // the last of terms may go on
	concept uint64
}

// snippetMatch is a word of the query found in a text.
type snippetMatch struct {
	broadsheet.Span
	concept uint64 // a bit for each word of the query
}

// snippetAnalyzers are kept because they remember words: a new one takes ten
// times as long for its first abstract.
var snippetAnalyzers = sync.Pool{New: func() any { return analyze.New() }}

// NewHighlighter reads what q looks for. A phrase is marked where it stands
// whole; names of authors are not marked.
func NewHighlighter(q *broadsheet.Query) *Highlighter {
	h := &Highlighter{words: [2]map[string]uint64{{}, {}}}
	an := snippetAnalyzers.Get().(*analyze.Analyzer)
	defer snippetAnalyzers.Put(an)
	var b snippetQuery
	b.h, b.an = h, an
	var typed []string
	for _, w := range q.Words {
		if w.Prefix {
			b.prefix(w)
		} else {
			typed = append(typed, w.Text)
		}
	}
	b.text(strings.Join(typed, " "), broadsheet.FieldAny)
	for _, group := range q.Require {
		for _, t := range group {
			switch {
			case t.Field == broadsheet.FieldAuthor:
			case t.Phrase || strings.ContainsRune(t.Text, ' '):
				b.phrase(t)
			case t.Prefix:
				b.prefix(t)
			default:
				b.text(t.Text, t.Field)
			}
		}
	}
	return h
}

// snippetQuery collects what a Highlighter looks for.
type snippetQuery struct {
	h    *Highlighter
	an   *analyze.Analyzer
	next uint // concept
}

// concept numbers the words of the query; those after the 64th share a number.
func (b *snippetQuery) concept() uint64 {
	c := uint64(1) << min(b.next, 63)
	b.next++
	return c
}

// places are the texts that a field stands for.
func places(f broadsheet.Field) []int {
	switch f {
	case broadsheet.FieldTitle:
		return []int{inTitle}
	case broadsheet.FieldAbstract:
		return []int{inAbstract}
	}
	return []int{inTitle, inAbstract}
}

// text adds words. Stop words and silent ones are marked only where there is
// nothing else.
func (b *snippetQuery) text(text string, f broadsheet.Field) {
	concept, last := uint64(0), uint32(0)
	for _, t := range spoken(text, b.an.Query(text)) {
		if concept == 0 || t.Pos != last {
			concept, last = b.concept(), t.Pos
		}
		for _, p := range places(f) {
			b.h.words[p][t.Term] |= concept
		}
	}
}

func (b *snippetQuery) prefix(t broadsheet.Term) {
	begin := b.an.Prefix(t.Text)
	if len([]rune(begin)) < 2 {
		b.text(t.Text, t.Field)
		return
	}
	c := b.concept()
	for _, p := range places(t.Field) {
		b.h.prefixes[p] = append(b.h.prefixes[p], snippetPrefix{begin, c})
		for _, stem := range stemsOf(begin) {
			b.h.words[p][stem] |= c
		}
	}
}

func (b *snippetQuery) phrase(t broadsheet.Term) {
	var ph snippetPhrase
	text, last := t.Text, ""
	if t.Prefix {
		i := strings.LastIndexByte(text, ' ') + 1
		text, last = text[:i], text[i:]
	}
	next := uint32(0)
	for _, tok := range b.an.Query(text) {
		next = tok.Pos + 1
		if !tok.Kind.Has(analyze.Alt) && !tok.Kind.Has(analyze.Stop) {
			ph.terms, ph.offsets = append(ph.terms, tok.Term), append(ph.offsets, tok.Pos)
		}
	}
	if begin := b.an.Prefix(last); begin != "" {
		ph.terms, ph.offsets, ph.prefix = append(ph.terms, begin), append(ph.offsets, next), true
	}
	if len(ph.terms) < 2 {
		t.Phrase = false
		if ph.prefix {
			b.prefix(t)
		} else {
			b.text(t.Text, t.Field)
		}
		return
	}
	ph.concept = b.concept()
	for _, p := range places(t.Field) {
		b.h.phrases[p] = append(b.h.phrases[p], ph)
	}
}

// Title gives the places of the query's words in a title, ascending, apart, in
// bytes. None lies inside a formula, a group in braces or an address, whose
// markup a mark would break.
func (h *Highlighter) Title(text string) []broadsheet.Span {
	return spansOf(h.matches(text, inTitle, atomsOf(text)))
}

// matches finds the query's words in text, by where they begin.
func (h *Highlighter) matches(text string, place int, atoms []broadsheet.Span) []snippetMatch {
	words, prefixes := h.words[place], h.prefixes[place]
	if len(words)+len(prefixes)+len(h.phrases[place]) == 0 || text == "" {
		return nil
	}
	an := snippetAnalyzers.Get().(*analyze.Analyzer)
	defer snippetAnalyzers.Put(an)
	var found []snippetMatch
	runs := make([]phraseRun, len(h.phrases[place]))
	an.Document(text, func(t analyze.Token) {
		concept := words[t.Term]
		for i := range prefixes {
			if strings.HasPrefix(t.Term, prefixes[i].begin) {
				concept |= prefixes[i].concept
			}
		}
		if concept != 0 {
			found = append(found, snippetMatch{broadsheet.Span{Start: t.Start, End: t.End}, concept})
		}
		for i := range runs {
			if span, ok := runs[i].next(&h.phrases[place][i], t); ok {
				found = append(found, snippetMatch{span, h.phrases[place][i].concept})
			}
		}
	})
	slices.SortFunc(found, func(a, b snippetMatch) int { return cmp.Or(a.Start-b.Start, b.End-a.End) })
	return slices.DeleteFunc(found, func(m snippetMatch) bool { return inside(m.Span, atoms) })
}

// phraseRun follows the places where a phrase may stand.
type phraseRun struct{ open []phraseStart }

type phraseStart struct {
	pos, start int
	have       int // terms found
}

// next takes the next token of a text. Of one word that comes in several forms
// any may go on with the phrase.
func (r *phraseRun) next(p *snippetPhrase, t analyze.Token) (broadsheet.Span, bool) {
	done := broadsheet.Span{}
	keep := r.open[:0]
	for _, s := range r.open {
		want := s.pos + int(p.offsets[s.have]-p.offsets[0])
		if int(t.Pos) > want {
			continue // too late
		}
		if int(t.Pos) == want && p.matches(s.have, t.Term) {
			if s.have++; s.have == len(p.terms) {
				done = broadsheet.Span{Start: s.start, End: t.End}
				continue
			}
		}
		keep = append(keep, s)
	}
	r.open = keep
	if p.matches(0, t.Term) && len(r.open) < maxOpenPhrases {
		r.open = append(r.open, phraseStart{int(t.Pos), t.Start, 1})
	}
	return done, done.End > 0
}

// maxOpenPhrases bounds what a text of one word repeated costs.
const maxOpenPhrases = 16

func (p *snippetPhrase) matches(i int, term string) bool {
	if p.prefix && i == len(p.terms)-1 {
		return strings.HasPrefix(term, p.terms[i])
	}
	return term == p.terms[i]
}

// inside tells whether a mark around s would begin or end in an atom.
func inside(s broadsheet.Span, atoms []broadsheet.Span) bool {
	i := sort.Search(len(atoms), func(i int) bool { return atoms[i].End > s.Start })
	for ; i < len(atoms) && atoms[i].Start < s.End; i++ {
		if atoms[i].Start < s.Start || atoms[i].End > s.End {
			return true
		}
	}
	return false
}

// spansOf joins matches that overlap.
func spansOf(found []snippetMatch) []broadsheet.Span {
	var out []broadsheet.Span
	for _, m := range found {
		if n := len(out); n > 0 && m.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, m.End)
			continue
		}
		out = append(out, m.Span)
	}
	return out
}
