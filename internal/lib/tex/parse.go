package tex

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// parser turns a formula into MathML elements. After an error every token is the end, so that all loops stop.
type parser struct {
	lexer
	font    font
	display bool
	depth   int
	nodes   int
	unknown int // commands shown by their names
	err     error
}

// parseFormula reads a whole formula. It also counts the commands in it that are not known.
func parseFormula(src string, display bool) (n *node, unknown int, err error) {
	if len(src) > maxFormula {
		return nil, 0, errSize
	}
	if !utf8.ValidString(src) {
		return nil, 0, fmt.Errorf("not UTF-8")
	}
	p := &parser{lexer: lexer{src: src}, display: display}
	rows := p.rows()
	if t := p.peek(); p.err == nil && t.kind != eof {
		p.failf("unexpected %q", t.text)
	}
	if p.err != nil {
		return nil, p.unknown, p.err
	}
	if len(rows[0]) > 1 && !display {
		return nil, p.unknown, fmt.Errorf("alignment outside of a display")
	}
	n = topLevel(rows, display)
	if p.unknown > 0 && blind(n) {
		return nil, p.unknown, fmt.Errorf("only unknown commands")
	}
	return n, p.unknown, nil
}

// topLevel joins what double backslashes part: lines of a table where the formula is displayed, spaces within text.
func topLevel(rows [][][]*node, display bool) *node {
	if len(rows) == 1 && len(rows[0]) == 1 {
		return &node{tag: "mrow", kids: rows[0][0]}
	}
	if display {
		return &node{tag: "mrow", kids: []*node{table(rows, "rl")}}
	}
	var kids []*node
	for i, cells := range rows {
		if i > 0 && len(cells) > 0 {
			kids = append(kids, space("1em"))
		}
		for _, c := range cells {
			kids = append(kids, c...)
		}
	}
	return &node{tag: "mrow", kids: kids}
}

func (p *parser) failf(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
	p.pos = len(p.src)
}

// enter counts a level of nesting and remembers the font and style; the function it returns restores them.
func (p *parser) enter() func() {
	font, display := p.font, p.display
	p.depth++
	if p.depth > maxDepth {
		p.err = errDepth
		p.pos = len(p.src)
	}
	return func() { p.font, p.display = font, display; p.depth-- }
}

// endsRow tells whether t can only be read by whoever asked for the row.
func endsRow(t token, bracket bool) bool {
	switch t.kind {
	case eof, end, tab:
		return true
	case char:
		return bracket && t.text == "]"
	case command:
		return t.text == "\\" || t.text == "cr" || t.text == "end" || t.text == "right" || t.text == "newline"
	}
	return false
}

// row reads atoms up to the end of the group, cell or formula; bracket lets a ] end it, too. It does not take the end.
func (p *parser) row(bracket bool) []*node {
	var kids []*node
	for p.err == nil {
		t := p.peek()
		if endsRow(t, bracket) {
			break
		}
		if t.kind == command {
			if f, ok := infixes[t.text]; ok {
				p.next()
				return []*node{f(p, one(finish(kids)), bracket)}
			}
			if s, ok := styles[t.text]; ok {
				p.next()
				return finish(append(kids, p.styled(s, bracket)))
			}
			if f, ok := fontSwitches[t.text]; ok {
				p.next()
				p.font = f
				continue
			}
		}
		if n := p.scripted(); n != nil {
			kids = append(kids, n)
		}
		if p.nodes++; p.nodes > maxNodes {
			p.err = errSize
		}
	}
	return finish(kids)
}

// styled reads the rest of a row in the given style.
func (p *parser) styled(s style, bracket bool) *node {
	p.display = s.display
	return &node{tag: "mstyle", attrs: s.attrs, kids: p.row(bracket)}
}

// script reads the argument of ^ or _.
func (p *parser) script() *node {
	defer p.enter()()
	p.display = false
	return p.arg()
}

// arg reads a group or a single token as an argument. A missing one is an error.
func (p *parser) arg() *node {
	defer p.enter()()
	t := p.peek()
	switch {
	case t.kind == begin:
		p.next()
		kids := p.row(false)
		p.expect(end, "}")
		return one(kids)
	case t.kind == char:
		p.next()
		return p.character(t.text, true)
	case t.kind == command && !endsRow(t, false):
		if n := p.atom(); n != nil {
			return n
		}
		return &node{tag: "mrow"}
	case t.kind == prime:
		p.next()
		return mo("′", ord)
	}
	p.failf("argument missing")
	return &node{tag: "mrow"}
}

// atom reads one atom without scripts.
func (p *parser) atom() *node {
	t := p.next()
	switch t.kind {
	case char:
		return p.character(t.text, false)
	case command:
		return p.command(t.text)
	case begin:
		return p.group()
	}
	p.failf("unexpected %q", t.text)
	return nil
}

// group reads the rest of a braced group, which is an ordinary atom whatever is in it.
func (p *parser) group() *node {
	defer p.enter()()
	kids := p.row(false)
	p.expect(end, "}")
	if len(kids) == 1 && kids[0].tag != "mo" {
		if kids[0].class != fn && kids[0].class != blank {
			kids[0].class = ord
		}
		return kids[0]
	}
	if len(kids) == 1 && kids[0].attrs == "" {
		kids[0].attrs = zeroSpace
	}
	if len(kids) == 1 {
		return kids[0].as(ord)
	}
	return &node{tag: "mrow", kids: kids}
}

func (p *parser) expect(k kind, text string) {
	if t := p.next(); p.err == nil && (t.kind != k || t.text != text) {
		p.failf("%s expected before %q", text, t.text)
	}
}

// option reads an optional argument in brackets, or returns nil.
func (p *parser) option() *node {
	if t := p.peek(); t.kind != char || t.text != "[" {
		return nil
	}
	defer p.enter()()
	p.next()
	kids := p.row(true)
	p.expect(char, "]")
	return one(kids)
}

// raw takes a braced argument, or a single token, as it is written.
func (p *parser) raw() string {
	p.skipSpace()
	if p.pos < len(p.src) && p.src[p.pos] == '{' {
		n := closeBrace(p.src[p.pos+1:])
		if n < 0 {
			p.failf("unclosed brace")
			return ""
		}
		s := p.src[p.pos+1 : p.pos+1+n]
		p.pos += n + 2
		return s
	}
	at := p.pos
	if t := p.next(); t.kind == eof || t.kind == end {
		p.failf("argument missing")
	}
	return p.src[min(at, p.pos):p.pos]
}

// rawOption takes an optional argument in brackets as it is written.
func (p *parser) rawOption() string {
	p.skipSpace()
	if p.pos < len(p.src) && p.src[p.pos] == '[' {
		if n := strings.IndexByte(p.src[p.pos:], ']'); n > 0 {
			s := p.src[p.pos+1 : p.pos+n]
			p.pos += n + 1
			return s
		}
	}
	return ""
}

// expand reads another source with this parser's font and style, for macros; its nodes and depth count here.
func (p *parser) expand(src string) *node {
	defer p.enter()()
	saved := p.lexer
	p.lexer = lexer{src: src}
	kids := p.row(false)
	if p.err == nil {
		p.lexer = saved
	}
	return one(kids)
}
