package tex

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

// fractionCommands are fractions, binomials and roots.
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
