package tex

import "strings"

// textCommands are the commands whose argument is text within a formula.
func textCommands() map[string]handler {
	out := map[string]handler{}
	for name, f := range map[string]font{"text": roman, "mbox": roman, "hbox": roman, "textrm": roman, "textnormal": roman, "textup": roman, "textmd": roman, "textbf": bold, "textit": italic,
		"textsl": italic, "emph": italic, "textsf": sans, "texttt": mono, "textsc": roman, "intertext": roman, "shortintertext": roman, "makebox": roman, "vbox": roman, "tt": mono, "tup": roman, "textlf": roman, "mathtext": roman, "texorpdfstring": roman} {
		out[name] = func(p *parser) *node { p.rawOption(); return p.textArgument(f) }
	}
	for name, limits := range map[string]bool{"operatorname": false, "mathopname": false, "operatornamewithlimits": true} {
		out[name] = func(p *parser) *node {
			p.skipSpace()
			star := strings.HasPrefix(p.src[p.pos:], "*")
			if star {
				p.pos++
			}
			n := p.inFont(roman)
			n.limits = limits || star
			return operator(n)
		}
	}
	for _, n := range []string{"ref", "eqref", "autoref", "cref", "Cref"} {
		out[n] = func(p *parser) *node { return mtext(visible(p.raw())) }
	}
	out["url"] = out["text"]
	return out
}

// operator joins what \operatorname holds into one word where it is only letters, digits and spaces.
func operator(n *node) *node {
	var b strings.Builder
	if !words(&b, n) {
		return n.as(fn)
	}
	f := mi(b.String()).as(fn)
	f.limits = n.limits
	if len(f.text) == 1 {
		f.attrs = upright
	}
	return f
}

func words(b *strings.Builder, n *node) bool {
	switch n.tag {
	case "mi", "mn", "mtext":
		b.WriteString(n.text)
	case "mo":
		b.WriteString(strings.NewReplacer("−", "-", "∗", "*").Replace(n.text))
	case "mspace":
		b.WriteString("\u2009")
	case "mrow":
		for _, k := range n.kids {
			if !words(b, k) {
				return false
			}
		}
	default:
		return false
	}
	return b.Len() > 0
}

// textArgument reads a text argument: words in the given font, and formulas between dollars.
func (p *parser) textArgument(f font) *node {
	defer p.enter()()
	src := p.raw()
	if p.err != nil {
		return nil
	}
	s := &mathSink{p: p, fonts: []font{f}}
	p.nodes += len(src) / 4
	t := scanner{out: s, budget: new(int), inMath: true, depth: p.depth}
	*t.budget = maxSearch * len(src)
	t.run(src)
	s.flush()
	if len(s.kids) == 0 {
		return el("mrow")
	}
	return one(s.kids)
}

// mathSink gathers the text of a \text argument as elements.
type mathSink struct {
	p     *parser
	fonts []font
	b     strings.Builder
	kids  []*node
}

// text keeps spaces, which mtext would lose at its ends, as no-break spaces.
func (s *mathSink) text(t string) {
	t = strings.ReplaceAll(strings.ReplaceAll(t, "\n", " "), " ", "\u00a0")
	s.b.WriteString(s.fonts[len(s.fonts)-1].word(visible(t)))
}

func (s *mathSink) flush() {
	if s.b.Len() > 0 {
		s.kids = append(s.kids, mtext(s.b.String()))
		s.b.Reset()
	}
}

func (s *mathSink) open(m mark) {
	f := map[mark]font{em: italic, strong: bold, code: mono}[m]
	if f == normal {
		f = s.fonts[len(s.fonts)-1]
	}
	s.fonts = append(s.fonts, f)
}

func (s *mathSink) shut(mark)                   { s.fonts = s.fonts[:len(s.fonts)-1] }
func (s *mathSink) link(_ string, label string) { s.text(label) }
func (s *mathSink) lineBreak()                  { s.text(" ") }

func (s *mathSink) math(src string, _ bool) {
	s.flush()
	p := s.p
	display, font := p.display, p.font
	p.display, p.font = false, normal
	s.kids = append(s.kids, p.expand(src))
	p.display, p.font = display, font
}
