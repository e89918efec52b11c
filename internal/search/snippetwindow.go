package search

import (
	"math/bits"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"broadsheet"
)

// Excerpt lengths, in characters.
const (
	snippetLength = 280
	snippetLead   = 50 // how much is shown before the first word, where a sentence is too long
)

// Excerpt is a part of a text with the places of the query's words in it, in
// bytes of the whole text.
type Excerpt struct {
	broadsheet.Span
	Spans         []broadsheet.Span
	Before, After bool // something is left out there
}

// Snippet gives some 280 characters of an abstract as text, with an ellipsis
// where something is left out, and the places of the query's words in it.
func (h *Highlighter) Snippet(text string) (string, []broadsheet.Span) {
	e := h.Excerpt(text)
	out, shift := text[e.Start:e.End], -e.Start
	if e.Before {
		out, shift = "… "+out, shift+len("… ")
	}
	if e.After {
		if out = strings.TrimRightFunc(out, trailing); strings.HasSuffix(out, ".") {
			out += " "
		}
		out += "…"
	}
	spans := make([]broadsheet.Span, 0, len(e.Spans))
	for _, s := range e.Spans {
		spans = append(spans, broadsheet.Span{Start: s.Start + shift, End: s.End + shift})
	}
	return out, spans
}

func trailing(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:–—-", r) }

// Excerpt chooses the part of an abstract that has most of the query's words,
// from the beginning of a sentence where that can be; of equal ones the
// first. It is cut between words and never inside an atom.
func (h *Highlighter) Excerpt(text string) Excerpt {
	atoms := atomsOf(text)
	found := h.matches(text, inAbstract, atoms)
	e := Excerpt{Span: broadsheet.Span{End: len(text)}}
	if utf8.RuneCountInString(text) > snippetLength {
		e.Span = window(cutsOf(text, atoms), found, len(text))
		e.Before, e.After = strings.TrimSpace(text[:e.Start]) != "", strings.TrimSpace(text[e.End:]) != ""
	}
	for _, s := range spansOf(found) {
		if s.Start >= e.Start && s.End <= e.End {
			e.Spans = append(e.Spans, s)
		}
	}
	return e
}

// snippetCut is a place between two words.
type snippetCut struct {
	end, start int // of the word before, of the word after; in bytes
	runes      int // characters before start
	sentence   bool
}

// cutsOf finds the places where text may be cut, its ends among them. A text
// without blanks, as Chinese is, may be cut after any character above ASCII.
func cutsOf(text string, atoms []broadsheet.Span) []snippetCut {
	cuts := append(make([]snippetCut, 0, len(text)/6+2), snippetCut{sentence: true})
	runes, word := 0, 0 // end of the last word
	gap := false
	for i, r := range text {
		for len(atoms) > 0 && atoms[0].End <= i {
			atoms = atoms[1:]
		}
		within := len(atoms) > 0 && atoms[0].Start < i
		switch {
		case within:
			gap = false
		case unicode.IsSpace(r):
			gap = true
			runes++
			continue
		case gap && word > 0 || r >= 0x2e80 && word == i && i > 0:
			last, _ := utf8.DecodeLastRuneInString(text[:word])
			cuts = append(cuts, snippetCut{word, i, runes, strings.ContainsRune(".?!。？！", last)})
			gap = false
		}
		gap = false
		runes++
		word = i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			word = i + 1
		}
	}
	return append(cuts, snippetCut{len(text), len(text), runes, true})
}

// window chooses the part between two cuts.
func window(cuts []snippetCut, found []snippetMatch, length int) broadsheet.Span {
	best, bestScore := broadsheet.Span{}, -1
	try := func(from int) {
		to := fit(cuts, from)
		span := broadsheet.Span{Start: cuts[from].start, End: cuts[to].end}
		s := rate(span, found)
		if cuts[from].sentence {
			s += 10
		}
		if cuts[to].sentence {
			s += 5
		}
		if s > bestScore {
			best, bestScore = span, s
		}
	}
	for i := range cuts[:len(cuts)-1] {
		if cuts[i].sentence {
			try(i)
		}
	}
	for n, m := range found {
		if n == maxWindows {
			break
		}
		// A little before the word, for sentences that are too long.
		at := sort.Search(len(cuts), func(i int) bool { return cuts[i].start > m.Start }) - 1
		from := sort.Search(at+1, func(i int) bool { return cuts[i].runes+snippetLead >= cuts[at].runes })
		if from < len(cuts)-1 {
			try(from)
		}
	}
	if best.End <= best.Start {
		best = broadsheet.Span{End: length}
	}
	return best
}

// maxWindows bounds the windows that are tried.
const maxWindows = 100

// fit finds the last cut of a window, which is a sentence's where most of the
// length is used.
func fit(cuts []snippetCut, from int) int {
	begin := cuts[from].runes
	to := sort.Search(len(cuts), func(i int) bool { return cuts[i].runes-begin > snippetLength }) - 1
	to = max(to, from+1)
	for i := to; i > from && cuts[i].runes-begin > snippetLength*3/4; i-- {
		if cuts[i].sentence {
			return i
		}
	}
	return to
}

// rate scores a window: different words of the query first, then how often they
// are there. Whole sentences (10 and 5 in window) lie between the two.
func rate(span broadsheet.Span, found []snippetMatch) int {
	i, _ := slices.BinarySearchFunc(found, span.Start, func(m snippetMatch, start int) int { return m.Start - start })
	concepts, n := uint64(0), 0
	for ; i < len(found) && found[i].Start < span.End; i++ {
		if found[i].End <= span.End {
			concepts |= found[i].concept
			n++
		}
	}
	return 20*bits.OnesCount64(concepts) + min(n, 4)
}
