package broadsheet

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// queryPart is one piece of a query's text.
type queryPart struct {
	kind   partKind
	sign   byte   // '-' or '+' before it, 0 for none
	field  string // what stood before a colon, as searchFields has it
	text   string
	quoted bool
	open   bool   // the closing quotation mark is missing
	src    string // as typed
}

type partKind byte

const (
	partTerm partKind = iota
	partOr
	partAnd
	partNot
	partOpen
	partClose
)

var queryOperators = map[string]partKind{"OR": partOr, "|": partOr, "||": partOr, "AND": partAnd, "&&": partAnd, "NOT": partNot, "ANDNOT": partNot}

// queryLexer parts a query's text. It looks at every byte a bounded number of
// times.
type queryLexer struct {
	s     string
	i     int
	depth int // of parentheses
	quote int // where the last quotation mark stands
	parts []queryPart
}

// cleanQuery makes the text that is read: at most MaxQueryLength bytes, valid
// UTF-8, control characters as blanks, one form of quotation marks.
func cleanQuery(text string) (clean string, cut bool) {
	if len(text) > MaxQueryLength {
		n := MaxQueryLength
		for n > 0 && !utf8.RuneStart(text[n]) {
			n--
		}
		text, cut = text[:n], true
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0xfeff:
			return -1
		case unicode.IsControl(r), unicode.IsSpace(r):
			return ' '
		}
		switch r {
		case '“', '”', '„', '‟', '«', '»', '＂':
			return '"'
		case '：':
			return ':'
		}
		return r
	}, text)), cut
}

func lexQuery(clean string) []queryPart {
	l := &queryLexer{s: clean, quote: strings.LastIndexByte(clean, '"')}
	for {
		for l.i < len(l.s) && l.s[l.i] == ' ' {
			l.i++
		}
		if l.i == len(l.s) {
			return l.parts
		}
		l.part()
	}
}

// part reads what begins at a place that is no blank.
func (l *queryLexer) part() {
	p := queryPart{}
	begin := l.i
	p.sign = l.signAt()
	if name, n := fieldAt(l.s[l.i:]); n > 0 {
		p.field = name
		l.i += n
	}
	switch {
	case l.i < len(l.s) && l.s[l.i] == '"':
		l.phrase(&p)
	case l.i < len(l.s) && l.s[l.i] == '(':
		p.kind = partOpen
		l.i++
		l.depth++
	case p.sign == 0 && p.field == "" && l.s[l.i] == '|':
		p.kind = partOr
		for l.i < len(l.s) && l.s[l.i] == '|' {
			l.i++
		}
	case p.sign == 0 && p.field == "" && l.s[l.i] == ')':
		l.i++
		l.shut()
		return
	default:
		l.word(&p, begin)
		return
	}
	p.src = l.s[begin:l.i]
	l.parts = append(l.parts, p)
}

// signAt reads a single "-" or "+" before something.
func (l *queryLexer) signAt() byte {
	rest := l.s[l.i:]
	sign, n := rest[0], 1
	if strings.HasPrefix(rest, "−") {
		sign, n = '-', len("−")
	}
	if sign != '-' && sign != '+' || n == len(rest) || rest[n] == ' ' || rest[n] == '-' || rest[n] == '+' {
		return 0
	}
	l.i += n
	return sign
}

// fieldAt reads the name of a field and its colon.
func fieldAt(s string) (name string, n int) {
	for n < len(s) && (s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
		n++
	}
	if n == 0 || n == len(s) || s[n] != ':' {
		return "", 0
	}
	name, ok := searchFields[strings.ToLower(s[:n])]
	if !ok {
		return "", 0
	}
	return name, n + 1
}

// phrase reads what stands between quotation marks; where there is no second
// one, what follows is words.
func (l *queryLexer) phrase(p *queryPart) {
	l.i++
	p.quoted = true
	if l.i > l.quote {
		p.open = true
		return
	}
	n := strings.IndexByte(l.s[l.i:], '"')
	p.text = strings.Join(strings.Fields(l.s[l.i:l.i+n]), " ")
	l.i += n + 1
}

// word reads up to a blank, a quotation mark or an "or" bar.
func (l *queryLexer) word(p *queryPart, from int) {
	begin, parens, formula := l.i, 0, false
	for ; l.i < len(l.s); l.i++ {
		c := l.s[l.i]
		if c == ' ' || c == '"' || c == '|' && !formula && parens == 0 {
			break
		}
		switch c {
		case '(':
			parens++
		case ')':
			parens--
		case '$', '\\':
			formula = true
		}
	}
	text := l.s[begin:l.i]
	shut := 0
	for parens < 0 && l.depth > shut && strings.HasSuffix(text, ")") {
		text = text[:len(text)-1]
		parens++
		shut++
	}
	p.text, p.src = text, l.s[from:l.i-shut]
	if kind, ok := queryOperators[text]; ok && p.sign == 0 && p.field == "" {
		p.kind = kind
	}
	if p.text != "" || p.field != "" {
		l.parts = append(l.parts, *p)
	}
	for range shut {
		l.shut()
	}
}

// shut closes a parenthesis; one that was never opened is punctuation.
func (l *queryLexer) shut() {
	if l.depth > 0 {
		l.depth--
		l.parts = append(l.parts, queryPart{kind: partClose, src: ")"})
	}
}
