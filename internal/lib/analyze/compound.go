package analyze

import (
	"strings"
	"unicode/utf8"
)

// maxJoined is how many parts a compound may have to be joined: of longer ones
// the joined form would be found by nobody. maxInFormula is the same for formulas, where three parts are still a name
// (H_2O, L^2_w) and more are an expression that nobody writes twice.
const (
	maxJoined    = 5
	maxInFormula = 3
)

// analyze makes the tokens of a chunk.
func (p *splitter) analyze(chunk string) *entry {
	p.read(chunk)
	e := &entry{positions: uint16(len(p.atoms))} //#nosec G115 -- at most maxChunk
	if e.tokens = e.one[:0]; len(p.atoms) > 1 {
		e.tokens = make([]token, 0, len(p.atoms)+1)
	}
	for from := 0; from < len(p.atoms); {
		to := from + 1
		for to < len(p.atoms) && p.atoms[to].glue {
			to++
		}
		p.segment(e, from, to)
		from = to
	}
	return e
}

// segment adds the tokens of the atoms from..to-1, which belong together.
func (p *splitter) segment(e *entry, from, to int) {
	n, most := to-from, maxJoined
	if strings.ContainsAny(p.s, `\^{`) {
		most = maxInFormula
	}
	for i := from; i < to; i++ {
		a := &p.atoms[i]
		kind := Kind(0)
		if n > 1 {
			kind = Part
		}
		if a.suffix != "" {
			name := a.text
			if n <= most && i == to-1 {
				name = joined(p.atoms[from:to])
			}
			p.emit(e, name+a.suffix, i, i+1, kind)
			p.plain(e, a, i, kind|Alt)
		} else {
			p.plain(e, a, i, kind)
		}
		switch {
		case n == 1:
		case i == from && n <= most:
			p.joinedToken(e, from, to)
			if n > 2 && isNumber(p.atoms[i+1].text) {
				p.joinedToken(e, i, i+2)
			}
		case i+1 < to && isNumber(p.atoms[i+1].text) && !isNumber(a.text):
			p.joinedToken(e, i, i+2)
		}
	}
}

func isNumber(s string) bool { return s != "" && isDigit(s[0]) }

// plain adds the token of a word, and of an acronym that the stemmer would
// change ("AIDS", "GANS") the word as written as well: who types capitals means
// that, and who does not finds it by its stem.
func (p *splitter) plain(e *entry, a *atom, i int, kind Kind) {
	if stopWords[a.text] {
		kind |= Stop
	}
	stem := a.text
	if !a.pair {
		stem = Stem(a.text)
	}
	if a.caps && len(a.text) <= 6 && stem != a.text {
		p.emit(e, a.text, i, i+1, kind)
		kind |= Alt
	}
	p.emit(e, stem, i, i+1, kind)
}

// joinedToken adds the atoms from..to-1 as one word, unless that is a stop word
// or comes to the same as the first of them: "model(s)" is not model twice.
func (p *splitter) joinedToken(e *entry, from, to int) {
	word := joined(p.atoms[from:to])
	if stopWords[word] || len(word) > MaxTerm {
		return
	}
	if stem := Stem(word); stem != Stem(p.atoms[from].text) {
		p.emit(e, stem, from, to, Joined|Alt)
	}
}

// joined puts parts together, with a hyphen where two digits would meet that
// something stood between.
func joined(atoms []atom) string {
	n := 0
	for _, a := range atoms {
		n += len(a.text) + 1
	}
	var b strings.Builder
	b.Grow(n)
	for i, a := range atoms {
		if i > 0 && a.hyphen && isDigit(a.text[0]) && isDigit(atoms[i-1].text[len(atoms[i-1].text)-1]) {
			b.WriteByte('-')
		}
		b.WriteString(a.text)
	}
	return b.String()
}

// emit adds a token for the atoms from..to-1.
func (p *splitter) emit(e *entry, term string, from, to int, kind Kind) {
	end := p.atoms[to-1].end
	if kind.Has(Joined) && end < len(p.s) && p.s[end] == ')' && strings.IndexByte(p.s[p.atoms[from].start:end], '(') >= 0 {
		end++
	}
	e.tokens = append(e.tokens, token{term: cut(term), pos: uint16(from), span: uint16(to - from), //#nosec G115 -- at most maxChunk
		start: uint16(p.atoms[from].start), end: uint16(end), kind: kind}) //#nosec G115 -- at most maxChunk
}

// cut shortens a term at the border of a character.
func cut(term string) string {
	if len(term) <= MaxTerm {
		return term
	}
	n := MaxTerm
	for n > 0 && !utf8.RuneStart(term[n]) {
		n--
	}
	return strings.Clone(term[:n])
}
