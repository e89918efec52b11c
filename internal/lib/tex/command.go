package tex

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// handler reads the arguments of a command and gives its element, or nil where it shows nothing.
type handler func(p *parser) *node

// commands holds what is not a symbol, function, font or macro. It is filled at start because its handlers refer to it.
var commands map[string]handler

func init() {
	commands, infixes = map[string]handler{}, infixCommands()
	for _, more := range []map[string]handler{fractionCommands(), spaceCommands(), textCommands(), fenceCommands(), stackCommands(), silentCommands(), physicsCommands()} {
		for name, h := range more {
			commands[name] = h
		}
	}
}

// command reads what follows the name of a command.
func (p *parser) command(name string) *node {
	if s, ok := symbols[name]; ok {
		return s.node(p.font)
	}
	_, isFont := fontCommands[name]
	_, isAccent := accents[name]
	if (isFont || isAccent || unbraced[name]) && !p.argumentFollows() {
		return p.byName(name)
	}
	if h, ok := commands[name]; ok {
		return h(p)
	}
	if f, ok := fontCommands[name]; ok {
		return p.inFont(f)
	}
	if a, ok := accents[name]; ok {
		return p.accent(a)
	}
	if f, ok := functions[name]; ok {
		n := mi(f.text).as(fn)
		n.limits = f.limits
		return n
	}
	if name == "dots" {
		return p.dots()
	}
	if m, ok := macros[name]; ok {
		return p.expand(m)
	}
	if name == "" || definitions[name] {
		p.failf("unreadable command \\%s", name)
		return nil
	}
	return p.byName(name)
}

// dots are raised between operators and low between commas.
func (p *parser) dots() *node {
	t := p.peek()
	c, ok := known[t.text]
	if t.kind == command {
		c, ok = symbols[t.text].class, true
	}
	if ok && (c == bin || c == rel) || t.text == "-" && t.kind == char {
		return mi("⋯")
	}
	return mi("…")
}

// byName shows a command by its name.
func (p *parser) byName(name string) *node {
	if name == "sqrt" {
		return mi("√") // the sign alone, as in "$\sqrt$s"
	}
	p.unknown++
	return mtext(`\` + visible(name)).with(unknownAttrs)
}

// unbraced are the commands whose names papers also use for symbols of their own; without an argument they are unknown.
var unbraced = map[string]bool{"sqrt": true, "st": true, "si": true, "SI": true, "num": true, "bra": true, "ket": true, "abs": true, "norm": true, "dv": true, "unit": true, "set": true, "op": true}

// argumentFollows tells whether the next token can be an argument.
func (p *parser) argumentFollows() bool {
	t := p.peek()
	return !endsRow(t, false) && t.kind != sup && t.kind != sub && t.kind != prime
}

// unknownAttrs marks the name of a command that is not known, shown in its place.
const unknownAttrs = ` class="tex"`

// definitions would change what follows; a formula with one is shown as source.
var definitions = map[string]bool{"def": true, "newcommand": true, "renewcommand": true, "let": true, "gdef": true, "edef": true, "xdef": true, "require": true,
	"DeclareMathOperator": true, "newenvironment": true, "catcode": true, "csname": true, "input": true, "include": true, "usepackage": true, "expandafter": true}

// blind tells whether a formula shows nothing but the names of unknown commands.
func blind(n *node) bool {
	if n.text != "" && n.attrs != unknownAttrs {
		return false
	}
	for _, k := range n.kids {
		if !blind(k) {
			return false
		}
	}
	return true
}

// inFont reads an argument in another font.
func (p *parser) inFont(f font) *node {
	defer p.enter()()
	p.font = f
	return p.arg()
}

// function is a named operator; limits tells whether scripts go below and above it when displayed.
type function struct {
	text   string
	limits bool
}

var functions = functionTable()

func functionTable() map[string]function {
	out := map[string]function{}
	for _, n := range strings.Fields(functionNames) {
		out[n] = function{text: n}
	}
	for _, n := range strings.Fields(limitNames) {
		out[n] = function{n, true}
	}
	for name, text := range map[string]string{"limsup": "lim\u2009sup", "liminf": "lim\u2009inf", "injlim": "inj\u2009lim", "projlim": "proj\u2009lim",
		"varlimsup": "lim\u2009sup", "varliminf": "lim\u2009inf", "varinjlim": "inj\u2009lim", "varprojlim": "proj\u2009lim",
		"argmax": "arg\u2009max", "argmin": "arg\u2009min", "Argmax": "Arg\u2009max", "Argmin": "Arg\u2009min", "esssup": "ess\u2009sup", "essinf": "ess\u2009inf"} {
		out[name] = function{text, true}
	}
	return out
}

// style is what \displaystyle and its kin set to the end of the group.
type style struct {
	attrs   string
	display bool
}

var styles = map[string]style{
	"displaystyle": {` displaystyle="true" scriptlevel="0"`, true}, "textstyle": {` displaystyle="false" scriptlevel="0"`, false},
	"scriptstyle": {` displaystyle="false" scriptlevel="1"`, false}, "scriptscriptstyle": {` displaystyle="false" scriptlevel="2"`, false},
	"crampedisplaystyle": {` displaystyle="true" scriptlevel="0"`, true},
}

// infixes divide their group into what is before and what is after them. They are filled at start, as commands is.
var infixes map[string]func(p *parser, top *node, bracket bool) *node

func infixCommands() map[string]func(p *parser, top *node, bracket bool) *node {
	divide := func(attrs, left, right string) func(p *parser, top *node, bracket bool) *node {
		return func(p *parser, top *node, bracket bool) *node {
			n := el("mfrac", top, one(p.row(bracket))).with(attrs).as(inner)
			if left == "" {
				return n
			}
			return fenced(left, []*node{n}, right)
		}
	}
	const bare = ` linethickness="0"`
	return map[string]func(p *parser, top *node, bracket bool) *node{
		"over": divide("", "", ""), "atop": divide(bare, "", ""), "choose": divide(bare, "(", ")"),
		"brack": divide(bare, "[", "]"), "brace": divide(bare, "{", "}"),
	}
}

func fractionCommands() map[string]handler {
	frac := func(attrs, left, right, around string) handler {
		return func(p *parser) *node {
			display := p.display
			p.display = false
			n := el("mfrac", p.arg(), p.arg()).with(attrs)
			p.display = display
			n.class = inner
			if left != "" {
				n = fenced(left, []*node{n}, right)
			}
			if around != "" {
				n = el("mstyle", n).with(around).as(inner)
			}
			return n
		}
	}
	const big, small, bare = ` displaystyle="true" scriptlevel="0"`, ` displaystyle="false" scriptlevel="0"`, ` linethickness="0"`
	return map[string]handler{
		"frac": frac("", "", "", ""), "dfrac": frac("", "", "", big), "tfrac": frac("", "", "", small), "cfrac": frac("", "", "", big),
		"nicefrac": slashed, "sfrac": slashed, "flatfrac": slashed,
		"binom": frac(bare, "(", ")", ""), "dbinom": frac(bare, "(", ")", big), "tbinom": frac(bare, "(", ")", small), "Choose": frac(bare, "(", ")", ""),
		"sqrt": func(p *parser) *node {
			index := p.option()
			body := p.arg()
			if index != nil {
				return el("mroot", body, index)
			}
			return el("msqrt", body)
		},
		"root": func(p *parser) *node { // \root n \of x
			index := p.arg()
			p.expect(command, "of")
			return el("mroot", p.arg(), index)
		},
	}
}

func slashed(p *parser) *node {
	p.rawOption()
	return el("mrow", p.arg(), mi("/"), p.arg())
}

func spaceCommands() map[string]handler {
	out := map[string]handler{}
	for name, width := range map[string]string{",": "0.167em", "thinspace": "0.167em", ":": "0.222em", ">": "0.222em", "medspace": "0.222em", ";": "0.278em",
		"thickspace": "0.278em", " ": "0.25em", "\n": "0.25em", "\t": "0.25em", "\r": "0.25em", "nobreakspace": "0.25em", "space": "0.25em", "enspace": "0.5em", "enskip": "0.5em", "quad": "1em", "qquad": "2em"} {
		out[name] = func(*parser) *node { return space(width) }
	}
	for _, name := range []string{"hspace", "kern", "mkern", "hskip", "mskip", "mspace"} {
		out[name] = func(p *parser) *node { return p.distance() }
	}
	return out
}

// units gives the size of TeX's units in em.
var units = map[string]float64{"em": 1, "ex": 0.43, "pt": 0.1, "cm": 2.845, "mm": 0.2845, "in": 7.227, "mu": 1. / 18, "pc": 1.2, "bp": 0.1}

// distance reads a length such as {1.5em} or 3mu. A negative one shows as nothing.
func (p *parser) distance() *node {
	p.skipSpace()
	if strings.HasPrefix(p.src[p.pos:], "*") {
		p.pos++
	}
	p.skipSpace()
	var s string
	if p.pos < len(p.src) && p.src[p.pos] == '{' {
		s = strings.TrimSpace(p.raw())
	} else {
		at := p.pos
		for p.pos < len(p.src) && strings.IndexByte("+-.0123456789 ", p.src[p.pos]) >= 0 {
			p.pos++
		}
		s = p.src[at:min(p.pos+2, len(p.src))]
		p.pos = min(p.pos+2, len(p.src))
	}
	if len(s) < 3 {
		p.failf("length expected")
		return nil
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(s[:len(s)-2]), 64)
	u, ok := units[s[len(s)-2:]]
	if err != nil || !ok {
		p.failf("length expected, not %q", s)
		return nil
	}
	if v *= u; !(v > 0) {
		return nil
	}
	return space(strconv.FormatFloat(min(v, 10), 'f', 2, 64) + "em")
}

// silentCommands take their arguments and show nothing, or only what they wrap.
func silentCommands() map[string]handler {
	out := map[string]handler{}
	for _, n := range strings.Fields(`! negthinspace negmedspace / - xspace nonumber notag relax protect allowbreak nobreak break noindent limits nolimits par strut mathstrut
		hfill hfil null displaylimits rmdefault normalfont normalsize small large Large tiny footnotesize scriptsize LARGE huge Huge bigskip medskip smallskip centering leavevmode unboldmath hline ignorespaces mathsurround mathchar`) {
		out[n] = func(*parser) *node { return nil }
	}
	for _, n := range []string{"label", "tag", "eqno", "leqno", "color", "vspace", "cite", "citep", "citet", "footnote", "hypertarget", "vskip", "cline", "pagecolor"} {
		out[n] = func(p *parser) *node {
			if strings.HasPrefix(p.src[p.pos:], "*") {
				p.pos++
			}
			p.rawOption()
			p.raw()
			return nil
		}
	}
	for _, n := range []string{"textcolor", "colorbox", "href", "hyperlink", "hyperref", "scalebox", "raisebox", "class", "cssId", "style", "htmlClass", "mathcolor"} {
		out[n] = func(p *parser) *node { p.rawOption(); p.raw(); return p.arg() }
	}
	for _, n := range []string{"ensuremath", "smash", "cancel", "bcancel", "xcancel", "sout", "st", "rlap", "llap", "clap", "mathrlap", "mathllap", "mathclap", "mathstrut", "vcenter", "operatornamewithlimits", "uwave", "hl", "cramped", "mathpalette"} {
		out[n] = func(p *parser) *node { p.rawOption(); return p.arg() }
	}
	for _, n := range []string{"phantom", "hphantom", "vphantom"} {
		out[n] = func(p *parser) *node { return el("mphantom", p.arg()).as(ord) }
	}
	out["boxed"] = func(p *parser) *node { return el("mrow", p.arg()).with(` class="tex-box"`) }
	out["fbox"] = out["boxed"]
	delete(out, "mathstrut")
	out["mathstrut"] = func(*parser) *node { return nil }
	return out
}

// unicodeCommand reads \unicode[font]{x212B}, MathJax's way to name a character.
func unicodeCommand(p *parser) *node {
	p.rawOption()
	s := strings.TrimSpace(p.raw())
	base := 10
	if len(s) > 1 && (s[0] == 'x' || s[0] == 'U' || s[0] == 'u') {
		s, base = strings.TrimLeft(s, "xUu+"), 16
	}
	v, err := strconv.ParseUint(s, base, 32)
	if err != nil || v > utf8.MaxRune || !utf8.ValidRune(rune(v)) {
		p.failf("character number expected, not %q", s)
		return nil
	}
	return p.character(string(rune(v)), true)
}
