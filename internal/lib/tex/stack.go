package tex

import "strings"

// accent is a mark over or under its argument.
type accent struct {
	mark    string
	stretch bool
	under   bool
	limits  bool // braces take scripts on their far side
}

var accents = map[string]accent{
	"hat": {mark: "^"}, "widehat": {mark: "^", stretch: true}, "tilde": {mark: "~"}, "widetilde": {mark: "~", stretch: true}, "bar": {mark: "¯"},
	"vec": {mark: "→"}, "dot": {mark: "˙"}, "ddot": {mark: "¨"}, "dddot": {mark: "⃛"}, "ddddot": {mark: "⃜"}, "check": {mark: "ˇ"}, "widecheck": {mark: "ˇ", stretch: true},
	"breve": {mark: "˘"}, "acute": {mark: "´"}, "grave": {mark: "`"}, "mathring": {mark: "˚"}, "Hat": {mark: "^"}, "Tilde": {mark: "~"}, "Vec": {mark: "→"}, "Dot": {mark: "˙"}, "Ddot": {mark: "¨"},
	"overline": {mark: "‾", stretch: true}, "widebar": {mark: "‾", stretch: true}, "underline": {mark: "_", stretch: true, under: true}, "underbar": {mark: "_", stretch: true, under: true},
	"overrightarrow": {mark: "→", stretch: true}, "overleftarrow": {mark: "←", stretch: true}, "overleftrightarrow": {mark: "↔", stretch: true},
	"underrightarrow": {mark: "→", stretch: true, under: true}, "underleftarrow": {mark: "←", stretch: true, under: true}, "utilde": {mark: "~", under: true, stretch: true},
	"overbrace": {mark: "⏞", stretch: true, limits: true}, "underbrace": {mark: "⏟", stretch: true, under: true, limits: true},
	"ov": {mark: "‾", stretch: true}, "ol": {mark: "‾", stretch: true}, "wt": {mark: "~", stretch: true}, "wh": {mark: "^", stretch: true}, "wtilde": {mark: "~", stretch: true}, "what": {mark: "^", stretch: true},
	"~": {mark: "~"}, "^": {mark: "^"}, "'": {mark: "´"}, "`": {mark: "`"}, "\"": {mark: "¨"}, "=": {mark: "¯"},
	"overbracket": {mark: "⎴", stretch: true, limits: true}, "underbracket": {mark: "⎵", stretch: true, under: true, limits: true}, "overparen": {mark: "⏜", stretch: true}, "overarc": {mark: "⏜", stretch: true},
	"undertilde": {mark: "~", under: true, stretch: true}, "uline": {mark: "_", under: true, stretch: true},
}

// wideMarks are the marks for more than one letter. Math fonts have long forms of the combining characters; seen in Chromium
// with a TeX Gyre font, the spacing ones (U+005E, U+203E, U+005F) stay short.
var wideMarks = map[string]string{"^": "\u0302", "‾": "\u0332", "_": "\u0332"}

// accent reads an accent's argument. In MathML the marks that do not stretch must say so.
func (p *parser) accent(a accent) *node {
	body := p.arg()
	m := mo(a.mark, ord)
	if wide, ok := wideMarks[a.mark]; ok && a.stretch && len(body.kids) > 0 {
		m.text, m.attrs = wide, ` stretchy="true"`
	} else if !a.stretch || ok {
		m.attrs = rigid
	}
	tag, attrs := "mover", ` accent="true"`
	if a.under {
		tag, attrs = "munder", ` accentunder="true"`
	}
	n := el(tag, body, m).with(attrs)
	n.limits, n.always = a.limits, a.limits
	return n
}

func stackCommands() map[string]handler {
	over := func(p *parser) *node {
		top, base := p.small(), p.arg()
		return el("mover", base, top).as(base.class)
	}
	under := func(p *parser) *node {
		low, base := p.small(), p.arg()
		return el("munder", base, low).as(base.class)
	}
	out := map[string]handler{
		"overset": over, "underset": under,
		"stackrel": func(p *parser) *node { return over(p).as(rel) },
		"overunderset": func(p *parser) *node {
			top, low, base := p.small(), p.small(), p.arg()
			return el("munderover", base, low, top).as(base.class)
		},
		"substack": func(p *parser) *node { return p.substack() },
		"begin":    func(p *parser) *node { return p.environment() },
		"unicode":  unicodeCommand,
		"not":      func(p *parser) *node { return p.negated() },
		"mathop":   func(p *parser) *node { n := p.arg().as(fn); n.limits = true; return n },
		"matrix":   plainMatrix("", ""), "pmatrix": plainMatrix("(", ")"), "cases": plainMatrix("{", ""),
		"sideset": func(p *parser) *node { a, b, c := p.arg(), p.arg(), p.arg(); return el("mrow", a, c, b).as(bigop) },
		"prescript": func(p *parser) *node {
			a, b, c := p.small(), p.small(), p.arg()
			return el("mrow", el("msubsup", el("mrow"), b, a), c)
		},
		"bmod": func(p *parser) *node { return mo("mod", bin).with(` lspace="0.222em" rspace="0.222em"`) },
		"mod":  func(p *parser) *node { return el("mrow", space("0.667em"), mi("mod"), space("0.333em")) },
		"pmod": func(p *parser) *node { return p.modulus(true) },
		"pod":  func(p *parser) *node { return p.modulus(false) },
	}
	for name, c := range map[string]class{"mathord": ord, "mathbin": bin, "mathrel": rel, "mathopen": open, "mathclose": closing, "mathpunct": punct, "mathinner": inner} {
		out[name] = func(p *parser) *node { return p.arg().as(c) }
	}
	for name, arrow := range map[string]string{"xrightarrow": "→", "xleftarrow": "←", "xleftrightarrow": "↔", "xRightarrow": "⇒", "xLeftarrow": "⇐", "xLeftrightarrow": "⇔",
		"xhookrightarrow": "↪", "xhookleftarrow": "↩", "xmapsto": "↦", "xlongequal": "=", "xtwoheadrightarrow": "↠", "xrightharpoonup": "⇀", "xrightleftharpoons": "⇌"} {
		out[name] = func(p *parser) *node { return p.longArrow(arrow) }
	}
	return out
}

// small reads an argument that is set as a script.
func (p *parser) small() *node {
	defer p.enter()()
	p.display = false
	return p.arg()
}

// longArrow reads [below]{above} for an arrow as long as its labels.
func (p *parser) longArrow(arrow string) *node {
	low, top := p.option(), p.small()
	a := mo(arrow, rel).with(` stretchy="true"`)
	pad := func(n *node) *node { return el("mrow", space("0.4em"), n, space("0.4em")) }
	if low == nil {
		return el("mover", a, pad(top)).as(rel)
	}
	return el("munderover", a, pad(low), pad(top)).as(rel)
}

// substack reads lines one under the other.
func (p *parser) substack() *node {
	defer p.enter()()
	p.expect(begin, "{")
	rows := p.rows()
	p.expect(end, "}")
	return table(rows, "")
}

// plainMatrix reads plain TeX's \matrix{a & b \cr c & d}.
func plainMatrix(left, right string) handler {
	return func(p *parser) *node {
		t := p.substack()
		if left == "" {
			return t
		}
		return fenced(left, []*node{t}, right)
	}
}

func (p *parser) modulus(word bool) *node {
	kids := []*node{space("0.444em"), mo("(", open).with(rigid)}
	if word {
		kids = append(kids, mi("mod"), space("0.333em"))
	}
	return el("mrow", append(kids, p.arg(), mo(")", closing).with(rigid))...)
}

// negations are the negated relations that Unicode has as one character.
var negations = map[string]string{"=": "≠", "<": "≮", ">": "≯", "≤": "≰", "≥": "≱", "∈": "∉", "∋": "∌", "⊂": "⊄", "⊃": "⊅", "⊆": "⊈", "⊇": "⊉", "≡": "≢",
	"∼": "≁", "≃": "≄", "≅": "≇", "≈": "≉", "∣": "∤", "|": "∤", "∥": "∦", "→": "↛", "←": "↚", "↔": "↮", "⇒": "⇏", "⇐": "⇍", "⇔": "⇎", "∃": "∄", "⊢": "⊬", "⊨": "⊭", "⩽": "≰", "⩾": "≱",
	"≺": "⊀", "≻": "⊁", "⊑": "⋢", "⊒": "⋣", "⪯": "⋠", "⪰": "⋡", "⊲": "⋪", "⊳": "⋫", "⊴": "⋬", "⊵": "⋭"}

// negated reads what \not strikes through; \not on a letter is physics' slash (Feynman's).
func (p *parser) negated() *node {
	n := p.arg()
	c := core(n)
	if t, ok := negations[c.text]; ok {
		c.text = t
		return n.as(rel)
	}
	if c.text == "" {
		p.failf("nothing to negate")
		return nil
	}
	if strings.Contains(c.text, "\u0338") {
		return n
	}
	c.text += "\u0338"
	return n
}
