package tex

import "strings"

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
}
