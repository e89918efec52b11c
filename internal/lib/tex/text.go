package tex

import (
	"strings"
	"unicode/utf8"
)

// mark is a change of type in text.
type mark uint8

const (
	none mark = iota
	em
	strong
	code
	subscript
	superscript
	smallCaps
)

// sink receives what the scanner finds in a text, in order. Every open is followed by its shut.
type sink interface {
	text(t string)
	open(m mark)
	shut(m mark)
	link(address, label string)
	math(src string, display bool)
	lineBreak()
}

// scanner finds the formulas and the text-mode commands in a text.
type scanner struct {
	out    sink
	src    string
	pos    int  // of the character looked at
	start  int  // of the text not yet given out
	depth  int  // of groups
	budget *int // bytes that may still be looked ahead
	inMath bool // within \text of a formula

	marks    []mark // opened by declarations such as \it in this group
	double   bool   // a `` is open
	quoteEnd int    // where the ' stands that closes a single quote
}

// scanText reads a whole text into out.
func scanText(text string, out sink) {
	head, tail := text, ""
	if len(text) > maxText {
		n := maxText
		for n > 0 && !utf8.RuneStart(text[n]) {
			n--
		}
		head, tail = text[:n], text[n:]
	}
	budget := maxSearch * len(head)
	s := &scanner{out: out, budget: &budget}
	s.run(head)
	if tail != "" {
		out.text(tail)
	}
}

// run reads src as the contents of a group.
func (s *scanner) run(src string) {
	saved := *s
	s.src, s.pos, s.start, s.marks, s.quoteEnd = src, 0, 0, nil, -1
	for s.pos < len(s.src) {
		if n := s.step(src[s.pos]); n > 0 {
			s.pos += n
		} else {
			s.pos++
		}
	}
	s.flush()
	for i := len(s.marks) - 1; i >= 0; i-- {
		s.out.shut(s.marks[i])
	}
	saved.double = s.double
	*s = saved
}

// step handles the character c at pos and returns the bytes it took; 0 leaves c as text.
func (s *scanner) step(c byte) int {
	switch c {
	case '$':
		return s.dollar()
	case '\\':
		return s.command()
	case '{':
		return s.brace()
	case '~':
		return s.tie()
	case '-':
		return s.dash()
	case '`', '\'':
		return s.quote(c)
	case 'h', 'H':
		return s.address()
	case '\n':
		return s.paragraph()
	}
	return 0
}

// flush gives out the text before pos.
func (s *scanner) flush() {
	if s.start < s.pos {
		s.out.text(s.src[s.start:s.pos])
	}
	s.start = s.pos
}

// put gives out text in place of the n bytes at pos.
func (s *scanner) put(text string, n int) int {
	s.flush()
	if text != "" {
		s.out.text(text)
	}
	s.start = s.pos + n
	return n
}

// putMath gives out a formula in place of the n bytes at pos.
func (s *scanner) putMath(src string, display bool, n int) int {
	s.flush()
	s.out.math(src, display)
	s.start = s.pos + n
	return n
}

// group gives out a marked group in place of the n bytes at pos.
func (s *scanner) group(inner string, m mark, n int) int {
	s.flush()
	if m != none {
		s.out.open(m)
	}
	if s.depth++; s.depth > maxNesting {
		s.out.text(inner)
	} else {
		s.run(inner)
	}
	s.depth--
	if m != none {
		s.out.shut(m)
	}
	s.start = s.pos + n
	return n
}

// rest is the text after the next n bytes.
func (s *scanner) rest(n int) string { return s.src[min(s.pos+n, len(s.src)):] }

// before is the byte before pos, or a blank at the start.
func (s *scanner) before() byte {
	if s.pos == 0 {
		return ' '
	}
	return s.src[s.pos-1]
}

// braced finds a braced argument n bytes after pos, past blanks. It returns the inside and the bytes up to its end.
func (s *scanner) braced(n int) (inner string, end int, ok bool) {
	for s.pos+n < len(s.src) && (s.src[s.pos+n] == ' ' || s.src[s.pos+n] == '\n') {
		n++
	}
	rest := s.rest(n)
	if !strings.HasPrefix(rest, "{") || *s.budget < 0 {
		return "", 0, false
	}
	e := closeBrace(rest[1:])
	if e < 0 {
		*s.budget -= len(rest)
		return "", 0, false
	}
	*s.budget -= e
	return rest[1 : 1+e], n + e + 2, true
}

// find is strings.Index within the budget.
func (s *scanner) find(in, what string) int {
	if *s.budget < 0 {
		return -1
	}
	i := strings.Index(in, what)
	if i < 0 {
		*s.budget -= len(in)
	} else {
		*s.budget -= i
	}
	return i
}

// brace reads a group where the brace is TeX's and not the author's: before a command ({\it x}, {\"o}) or around a word
// with a capital ({GPT}), as BibTeX has it. Sets such as {1, 2} keep their braces.
func (s *scanner) brace() int {
	inner, n, ok := s.braced(0)
	if !ok {
		return 0
	}
	if strings.HasPrefix(inner, `\`) && !strings.HasPrefix(inner, `\{`) || protected(inner) {
		return s.group(inner, none, n)
	}
	return 0
}

func protected(word string) bool {
	capital := false
	for i := 0; i < len(word); i++ {
		c := word[i]
		if !isLetter(c) && !isDigit(c) && c != '-' && c < utf8.RuneSelf {
			return false
		}
		capital = capital || c >= 'A' && c <= 'Z'
	}
	return capital && len(word) > 1
}

// tie reads ~ between words as a no-break space; before a number it means "about".
func (s *scanner) tie() int {
	b, next := s.before(), s.rest(1)
	if next == "" || !(isLetter(b) || isDigit(b) || strings.IndexByte(".,)]}$", b) >= 0 || b >= utf8.RuneSelf) {
		return 0
	}
	if c := next[0]; isLetter(c) || isDigit(c) || strings.IndexByte(`\$([{`, c) >= 0 || c >= utf8.RuneSelf {
		return s.put("\u00a0", 1)
	}
	return 0
}

// dash reads -- and ---, but not the -- of a command line option.
func (s *scanner) dash() int {
	n := 1
	for n < 5 && strings.HasPrefix(s.rest(n), "-") {
		n++
	}
	next := s.rest(n)
	option := isSpace(s.before()) && next != "" && isLetter(next[0])
	switch {
	case n == 2 && !option:
		return s.put("–", n)
	case n == 3:
		return s.put("—", n)
	}
	return n
}

// quote reads “TeX's quotes” where both ends are there, and leaves apostrophes.
func (s *scanner) quote(c byte) int {
	twice := s.rest(1) != "" && s.rest(1)[0] == c
	switch {
	case c == '`' && twice:
		s.double = true
		return s.put("“", 2)
	case c == '\'' && twice && s.double:
		s.double = false
		return s.put("”", 2)
	case c == '\'' && s.pos == s.quoteEnd:
		return s.put("’", 1)
	case c == '`' && !isLetter(s.before()):
		rest := s.rest(1)
		rest = rest[:min(len(rest), 120)]
		if e := strings.IndexByte(rest, '\''); e > 0 && !strings.Contains(rest[:e], "`") {
			s.quoteEnd = s.pos + 1 + e
			return s.put("‘", 1)
		}
	}
	return 0
}

// paragraph reads the blank line, or the indented line, that begins a paragraph in arXiv's abstracts.
func (s *scanner) paragraph() int {
	n := 1
	for n < 64 && s.pos+n < len(s.src) && isSpace(s.src[s.pos+n]) {
		n++
	}
	gap := s.src[s.pos : s.pos+n]
	if s.pos == 0 || s.pos+n == len(s.src) || n < 64 && strings.Count(gap, "\n") < 2 && !strings.HasPrefix(gap, "\n  ") {
		return n
	}
	s.flush()
	s.out.lineBreak()
	s.start = s.pos + n
	return n
}
