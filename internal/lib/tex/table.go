package tex

import "strings"

// environment says how a LaTeX environment shows: its fences, the alignment of its columns (one letter each, repeated),
// whether it has an argument to skip and whether its cells are displayed formulas.
type environment struct {
	left, right string
	align       string
	argument    bool
	columns     bool // the argument gives the alignment
	display     bool
	small       bool
}

var environments = map[string]environment{
	"matrix": {}, "pmatrix": {left: "(", right: ")"}, "bmatrix": {left: "[", right: "]"}, "Bmatrix": {left: "{", right: "}"},
	"vmatrix": {left: "|", right: "|"}, "Vmatrix": {left: "‖", right: "‖"}, "smallmatrix": {small: true},
	"psmallmatrix": {left: "(", right: ")", small: true}, "bsmallmatrix": {left: "[", right: "]", small: true},
	"cases": {left: "{", align: "l"}, "dcases": {left: "{", align: "l", display: true}, "rcases": {right: "}", align: "l"}, "numcases": {left: "{", align: "l", argument: true},
	"array": {columns: true, argument: true}, "tabular": {columns: true, argument: true}, "subarray": {columns: true, argument: true, small: true},
	"aligned": {align: "rl", display: true}, "align": {align: "rl", display: true}, "split": {align: "rl", display: true},
	"alignedat": {align: "rl", display: true, argument: true}, "alignat": {align: "rl", display: true, argument: true},
	"eqnarray": {align: "rcl", display: true}, "flalign": {align: "rl", display: true}, "eqsplit": {align: "rl", display: true}, "IEEEeqnarray": {align: "rcl", display: true, argument: true},
	"gathered": {display: true}, "gather": {display: true}, "multline": {display: true}, "multlined": {display: true},
	"equation": {display: true}, "displaymath": {display: true}, "math": {}, "dmath": {display: true}, "subequations": {display: true},
}

// rows reads cells and rows up to a token that belongs to neither.
func (p *parser) rows() [][][]*node {
	rows := [][][]*node{nil}
	for p.err == nil {
		cell := p.cell()
		last := len(rows) - 1
		rows[last] = append(rows[last], cell)
		switch t := p.peek(); {
		case t.kind == tab:
			p.next()
		case t.kind == command && (t.text == "\\" || t.text == "cr" || t.text == "newline"):
			p.next()
			p.rowSkip()
			rows = append(rows, nil)
		default:
			if len(cell) == 0 && len(rows[last]) == 1 && last > 0 {
				rows = rows[:last] // a break after the last row
			}
			return rows
		}
	}
	return rows
}

// cell reads one cell; fonts and styles end with it.
func (p *parser) cell() []*node {
	defer p.enter()()
	return p.row(false)
}

// rowSkip passes over the star and the distance that may follow a line break.
func (p *parser) rowSkip() {
	if strings.HasPrefix(p.src[p.pos:], "*") {
		p.pos++
	}
	if p.pos < len(p.src) && p.src[p.pos] == '[' {
		if d := p.src[p.pos:]; strings.IndexByte(d, ']') > 1 && (isDigit(d[1]) || d[1] == '-' || d[1] == '.') {
			p.rawOption()
		}
	}
}

// environment reads from after \begin to the matching \end.
func (p *parser) environment() *node {
	defer p.enter()()
	name := p.raw()
	env, ok := environments[strings.TrimSuffix(name, "*")]
	if !ok {
		p.failf("unknown environment %q", name)
		return nil
	}
	p.rawOption()
	if env.argument {
		spec := p.raw()
		if env.columns {
			env.align = columnSpec(spec)
		}
	}
	p.display = env.display
	rows := p.rows()
	p.expect(command, "end")
	if got := p.raw(); p.err == nil && got != name {
		p.failf("\\end{%s} expected before \\end{%s}", name, got)
	}
	if p.err != nil {
		return nil
	}
	return env.node(rows)
}

func (env environment) node(rows [][][]*node) *node {
	if len(rows) == 1 && len(rows[0]) == 1 && env.left+env.right == "" {
		if env.display {
			return &node{tag: "mstyle", attrs: ` displaystyle="true"`, kids: rows[0][0]}
		}
		return one(rows[0][0])
	}
	t := table(rows, env.align)
	if env.display {
		t.attrs = ` displaystyle="true"`
	}
	if env.small {
		t = &node{tag: "mstyle", attrs: ` scriptlevel="1"`, kids: []*node{t}}
	}
	if env.left+env.right == "" {
		return t.as(inner)
	}
	return fenced(env.left, []*node{t}, env.right)
}

// table makes a table whose columns repeat the letters of align (c where it is empty).
func table(rows [][][]*node, align string) *node {
	t := el("mtable")
	for _, cells := range rows {
		tr := el("mtr")
		for i, cell := range cells {
			td := el("mtd", cell...)
			if align != "" {
				switch align[i%len(align)] {
				case 'l':
					td.attrs = ` class="tex-l"`
				case 'r':
					td.attrs = ` class="tex-r"`
				}
			}
			tr.kids = append(tr.kids, td)
		}
		t.kids = append(t.kids, tr)
	}
	return t
}

// columnSpec keeps the letters l, c and r of an array's argument.
func columnSpec(spec string) string {
	return strings.Map(func(r rune) rune {
		if r == 'l' || r == 'c' || r == 'r' {
			return r
		}
		return -1
	}, spec)
}

// fenced puts brackets that grow around kids; an empty one is left out.
func fenced(left string, kids []*node, right string) *node {
	n := el("mrow").as(inner)
	if left != "" {
		n.kids = append(n.kids, fence(left, open, "prefix"))
	}
	n.kids = append(n.kids, kids...)
	if right != "" {
		n.kids = append(n.kids, fence(right, closing, "postfix"))
	}
	return n
}

func fence(text string, c class, form string) *node {
	n := mo(text, c)
	if !strings.Contains("()[]{}⟨⟩⌊⌋⌈⌉", text) || (c == open) != (known[text] == open) {
		n.attrs = ` form="` + form + `" stretchy="true"` + zeroSpace
	}
	return n
}
