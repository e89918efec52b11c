package analyze

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// atom is a run of letters and digits: a part of a compound, or all of a word.
type atom struct {
	text       string // folded
	start, end int
	glue       bool // joined with the atom before it
	hyphen     bool // by something between them
	caps       bool // all letters are capitals
	pair       bool // of a script without blanks
	suffix     string
}

// splitter parts chunks into atoms. Its buffers are reused.
type splitter struct {
	s       string // the chunk
	i       int
	atoms   []atom
	buf     []byte
	at      []int // where in the chunk each byte of buf comes from
	end     int   // where buf's last character ends
	upper   int   // capitals in buf
	lower   int
	between []byte // what stands between the last atom and the next
}

// read parts the chunk.
func (p *splitter) read(chunk string) {
	p.s, p.i, p.atoms, p.buf, p.at, p.between = chunk, 0, p.atoms[:0], p.buf[:0], p.at[:0], p.between[:0]
	for p.i < len(p.s) {
		c := p.s[p.i]
		switch {
		case classes[c] == word:
			p.ascii(c)
		case c >= utf8.RuneSelf:
			p.unicode()
		case c == '\\':
			p.tex()
		default:
			p.punctuation(c)
		}
	}
	p.flush()
}

func (p *splitter) add(b byte, at, end int) {
	p.buf, p.at, p.end = append(p.buf, b), append(p.at, at), end
}

func (p *splitter) ascii(c byte) {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
		p.upper++
	} else if c >= 'a' {
		p.lower++
	}
	p.add(c, p.i, p.i+1)
	p.i++
}

// unicode reads a character above ASCII.
func (p *splitter) unicode() {
	r, size := utf8.DecodeRuneInString(p.s[p.i:])
	switch {
	case isGreek(r):
		p.greek()
		return
	case unspaced(r):
		p.pairs()
		return
	}
	p.letter(r, size)
}

// greek reads a run of Greek letters: a word, or symbols that go by name.
func (p *splitter) greek() {
	n, letters := greekRun(p.s[p.i:])
	for end := p.i + n; p.i < end; {
		r, size := utf8.DecodeRuneInString(p.s[p.i:])
		if letters > 2 {
			p.letter(r, size)
		} else if name := greekName(r); name != "" {
			p.wordAtom(name, size)
		} else {
			p.i += size
		}
	}
}

// letter reads a character above ASCII that is part of a word or ends it.
func (p *splitter) letter(r rune, size int) {
	if unicode.IsUpper(r) {
		p.upper++
	} else if unicode.IsLower(r) {
		p.lower++
	}
	from := p.i
	p.i += size
	for _, f := range foldRune(r) {
		switch {
		case unicode.IsLetter(f) || unicode.IsDigit(f) || unicode.IsMark(f):
			for _, b := range []byte(string(f)) {
				p.add(b, from, p.i)
			}
		case f < utf8.RuneSelf:
			if f == '\'' && from > 0 {
				p.apostrophe(p.s[p.i:])
			} else {
				p.separate(byte(f))
			}
		default:
			p.separate('|')
		}
	}
}

// wordAtom adds an atom of its own, of size bytes of the chunk.
func (p *splitter) wordAtom(text string, size int) {
	p.flush()
	for i := range len(text) {
		p.add(text[i], p.i, p.i+size)
	}
	p.i += size
	p.flush()
}

// unspaced tells the scripts that are written without blanks, and Hangul, whose
// words carry their particles with them.
func unspaced(r rune) bool {
	return r >= 0x0e00 && r <= 0x0eff || r >= 0x1000 && r <= 0x109f || r >= 0x1780 && r <= 0x17ff ||
		r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) && unicode.IsLetter(r) || r == 'ー'
}

// pairs reads a run of a script without blanks: each two neighbours are an
// atom, a single one stands for itself.
func (p *splitter) pairs() {
	p.flush()
	prev, prevAt, n := "", 0, 0
	for p.i < len(p.s) {
		r, size := utf8.DecodeRuneInString(p.s[p.i:])
		if !unspaced(r) && !(n > 0 && unicode.IsMark(r)) {
			break
		}
		f := foldRune(r)
		if f == "" {
			p.i += size
			continue
		}
		if n > 0 {
			p.atoms = append(p.atoms, atom{text: prev + f, start: prevAt, end: p.i + size, pair: true})
		}
		prev, prevAt = f, p.i
		p.i += size
		n++
	}
	if n == 1 {
		p.atoms = append(p.atoms, atom{text: prev, start: prevAt, end: p.i, pair: true})
	}
	p.between = append(p.between[:0], '|')
}

// tex reads a command.
func (p *splitter) tex() {
	c, n := command(p.s[p.i:])
	switch c.kind {
	case texWord:
		p.wordAtom(c.text, n)
		return
	case texLetter:
		for i := range len(c.text) {
			p.add(c.text[i], p.i, p.i+n)
		}
	case texGap:
		p.separate('|')
	}
	p.i += n
}

// punctuation reads an ASCII character that is neither letter nor digit.
func (p *splitter) punctuation(c byte) {
	p.i++
	rest := p.s[p.i:]
	afterDigit := len(p.buf) > 0 && isDigit(p.buf[len(p.buf)-1])
	switch {
	case c == '$' || c == '{' && p.s[max(0, p.i-2)] != '}':
	case c == '}':
	case c == '.' && afterDigit && rest != "" && isDigit(rest[0]):
		p.add('.', p.i-1, p.i)
	case c == ',' && afterDigit && thousands(rest):
	case c == '\'':
		p.apostrophe(rest)
	case c == '+' && strings.HasPrefix(rest, "+") && len(p.buf) > 0:
		p.i++
		p.suffix("++")
	case (c == '^' || c == '_') && len(p.buf) == 1 && !isDigit(p.buf[0]) && shortScript(rest):
	case (c == '#' || c == '*') && len(p.buf) == 1 && !isDigit(p.buf[0]):
		p.suffix(string(c))
	case c == '^' && len(p.buf) == 1 && !isDigit(p.buf[0]) && (strings.HasPrefix(rest, "*") || strings.HasPrefix(rest, "{*}")):
		p.i += 1 + 2*(strings.IndexByte(rest, '*')) // C^* and C^{*}
		p.suffix("*")
	default:
		p.separate(c)
	}
}

// shortScript tells that rest begins with a script that makes one name with the
// letter before it: ℓ_2, R^n, C_{60} are l2, rn, c60, as ℓ₂, Rⁿ, C60 are.
func shortScript(rest string) bool {
	n := 0
	rest = strings.TrimPrefix(rest, "{")
	for n < len(rest) && isDigit(rest[n]) {
		n++
	}
	if n == 0 && rest != "" && classes[rest[0]] == word {
		n = 1
	}
	return n > 0 && (n == len(rest) || classes[rest[n]] != word && rest[n] < utf8.RuneSelf && rest[n] != '.')
}

// apostrophe drops a mark inside a word, and the "s" of a possessive.
func (p *splitter) apostrophe(rest string) {
	if len(p.buf) == 0 {
		p.separate('\'')
		return
	}
	if rest != "" && (rest[0] == 's' || rest[0] == 'S') && (len(rest) == 1 || classes[rest[1]] != word && rest[1] < utf8.RuneSelf) {
		p.i++
		p.separate('|')
	}
}

// suffix ends an atom with signs that belong to it: C++, C#, A*.
func (p *splitter) suffix(s string) {
	p.flush()
	if n := len(p.atoms); n > 0 {
		p.atoms[n-1].suffix, p.atoms[n-1].end = s, p.i
	}
}

// separate ends an atom with c, which stands between it and the next.
func (p *splitter) separate(c byte) {
	p.flush()
	p.between = append(p.between, c)
}

// flush makes atoms of what has been read, parted where letters and digits
// meet.
func (p *splitter) flush() {
	if len(p.buf) == 0 {
		return
	}
	caps := p.upper > 1 && p.lower == 0
	glue := p.glued(p.buf)
	for from := 0; from < len(p.buf); {
		to := border(p.buf, from)
		end := p.end
		if to < len(p.buf) && p.at[to] > p.at[from] { // not where one character gave both, as "㋀" does
			end = p.at[to]
		}
		p.atoms = append(p.atoms, atom{text: string(p.buf[from:to]), start: p.at[from], end: end, caps: caps,
			glue: glue || from > 0, hyphen: from == 0 && len(p.between) > 0})
		from = to
	}
	p.buf, p.at, p.between, p.upper, p.lower = p.buf[:0], p.at[:0], p.between[:0], 0, 0
}

// border is where the part of an alphanumeric run that begins at from ends: two
// letters or more before a digit ("gpt4", "qwen2.5"), three or more after one
// ("8bit", "bert4rec", not "8b", "3d", "100hz"), and the version of an arXiv id.
func border(b []byte, from int) int {
	i := from
	for i < len(b) {
		run := i
		digit := isDigit(b[i]) || b[i] == '.'
		for run < len(b) && (isDigit(b[run]) || b[run] == '.') == digit {
			run++
		}
		if run == len(b) {
			break
		}
		next := run
		for next < len(b) && (isDigit(b[next]) || b[next] == '.') != digit {
			next++
		}
		letters := run - i
		if digit {
			letters = next - run
		}
		switch {
		case !digit && letters >= 2, digit && letters >= 3:
			return run
		case digit && b[run] == 'v' && letters == 1 && next < len(b) && strings.IndexByte(string(b[i:run]), '.') >= 0:
			return run
		}
		i = run
	}
	return len(b)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// thousands tells that rest goes on as "000" after a comma.
func thousands(rest string) bool {
	for i := range 3 {
		if i >= len(rest) || !isDigit(rest[i]) {
			return false
		}
	}
	return len(rest) == 3 || !isDigit(rest[3])
}

// glued tells whether what stands between the last atom and next joins them.
func (p *splitter) glued(next []byte) bool {
	if len(p.atoms) == 0 || p.atoms[len(p.atoms)-1].pair {
		return false
	}
	prev := p.atoms[len(p.atoms)-1].text
	dashes := 0
	for _, c := range p.between {
		switch c {
		case '-':
			if dashes++; dashes > 2 { // a dash between clauses
				return false
			}
		case '_', '^', '&':
		case '(':
			if len(prev) > 6 || len(next) > 3 {
				return false
			}
		case ')':
		case '.':
			if min(len(prev), len(next)) > 4 {
				return false
			}
		case '=':
			if len(prev) > 2 || len(next) > 2 {
				return false
			}
		default:
			return false
		}
	}
	return true
}
