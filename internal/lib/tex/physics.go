package tex

import "strings"

// physicsCommands are the usual bracket commands of the physics, mathtools and braket packages, units and chemistry.
func physicsCommands() map[string]handler {
	out := map[string]handler{}
	for name, f := range map[string][2]string{"abs": {"|", "|"}, "norm": {"‖", "‖"}, "ket": {"|", "⟩"}, "bra": {"⟨", "|"}, "Ket": {"|", "⟩"}, "Bra": {"⟨", "|"}, "braket": {"⟨", "⟩"}, "Braket": {"⟨", "⟩"}, "expval": {"⟨", "⟩"},
		"set": {"{", "}"}, "Set": {"{", "}"}, "ceil": {"⌈", "⌉"}, "floor": {"⌊", "⌋"}, "paren": {"(", ")"}, "innerproduct": {"⟨", "⟩"}, "inner": {"⟨", "⟩"}, "pqty": {"(", ")"}, "bqty": {"[", "]"}, "vev": {"⟨", "⟩"}, "kket": {"|", "⟩⟩"}, "bbra": {"⟨⟨", "|"}} {
		out[name] = func(p *parser) *node {
			if strings.HasPrefix(p.src[p.pos:], "*") {
				p.pos++
			}
			body := p.arg()
			if strings.EqualFold(name, "braket") && p.peek().kind == begin {
				return fenced(f[0], []*node{body, mi("|"), p.arg()}, f[1])
			}
			return fenced(f[0], []*node{body}, f[1])
		}
	}
	for _, name := range []string{"ketbra", "dyad"} {
		out[name] = func(p *parser) *node {
			a, b := p.arg(), (*node)(nil)
			if b = a; p.peek().kind == begin {
				b = p.arg()
			}
			return el("mrow", fenced("|", []*node{a}, "⟩"), fenced("⟨", []*node{b}, "|"))
		}
	}
	for name, d := range map[string]string{"dv": "d", "pdv": "∂", "odv": "d"} {
		out[name] = func(p *parser) *node { return p.derivative(d) }
	}
	out["SI"] = func(p *parser) *node { p.rawOption(); return quantity(p.raw(), p.raw()) }
	out["qty"] = out["SI"]
	out["si"] = func(p *parser) *node { p.rawOption(); return quantity("", p.raw()) }
	out["unit"] = out["si"]
	out["num"] = func(p *parser) *node { p.rawOption(); return quantity(p.raw(), "") }
	out["ang"] = func(p *parser) *node { p.rawOption(); return mn(visible(p.raw()) + "°") }
	out["ce"] = func(p *parser) *node { return p.expand(chemistry(p.raw())) }
	return out
}

// derivative reads \dv[n]{f}{x}.
func (p *parser) derivative(d string) *node {
	order := p.option()
	sign := func() *node {
		n := mi(d)
		if d == "d" {
			n.attrs = upright
		}
		return n
	}
	raised := func(n *node) *node {
		if order == nil {
			return n
		}
		return el("msup", n, order)
	}
	a := p.small()
	if p.peek().kind != begin {
		return el("mfrac", raised(sign()), el("mrow", sign(), raised(a))).as(inner)
	}
	return el("mfrac", el("mrow", raised(sign()), a), el("mrow", sign(), raised(p.small()))).as(inner)
}
