package tex

import "strings"

// delimiter reads the bracket that follows \left, \middle, \right or \big.
func (p *parser) delimiter() string {
	t := p.next()
	if t.kind == command && t.text == " " {
		t = p.next()
	}
	if t.kind == begin && p.depth < maxDepth { // \bigl{|}
		defer p.enter()()
		d := p.delimiter()
		p.expect(end, "}")
		return d
	}
	switch t.kind {
	case char:
		switch t.text {
		case "<":
			return "⟨"
		case ">":
			return "⟩"
		case "(", ")", "[", "]", "|", "/", ".", "⟨", "⟩", "‖", "⌊", "⌋", "⌈", "⌉", "∥", "∣":
			return t.text
		}
	case command:
		s, ok := symbols[t.text]
		if ok && (s.class == open || s.class == closing || strings.Contains(`|‖\{}[]↑↓↕⇑⇓⇕∥∣/`, s.text)) {
			if s.text == "∥" {
				return "‖"
			}
			return strings.Replace(s.text, "∣", "|", 1)
		}
		if t.text == "lt" || t.text == "gt" {
			return map[string]string{"lt": "⟨", "gt": "⟩"}[t.text]
		}
	}
	p.failf("bracket expected, not %q", t.text)
	return ""
}

// fencedRow reads what stands between \left and \right; a line break there is only a space.
func (p *parser) fencedRow() []*node {
	kids := p.row(false)
	for t := p.peek(); t.kind == command && t.text == "\\"; t = p.peek() {
		p.next()
		kids = append(append(kids, space("1em")), p.row(false)...)
	}
	return kids
}

func fenceCommands() map[string]handler {
	out := map[string]handler{
		"left": func(p *parser) *node {
			defer p.enter()()
			l := p.delimiter()
			kids := p.fencedRow()
			p.expect(command, "right")
			r := p.delimiter()
			return fenced(strings.TrimPrefix(l, "."), kids, strings.TrimPrefix(r, "."))
		},
		"middle": func(p *parser) *node {
			d := p.delimiter()
			if d == "." {
				return nil
			}
			return mo(d, rel).with(` stretchy="true"` + zeroSpace)
		},
	}
	for name, size := range map[string]string{"big": "1.2em", "Big": "1.8em", "bigg": "2.4em", "Bigg": "3em"} {
		for suffix, c := range map[string]class{"": ord, "l": open, "r": closing, "m": rel} {
			out[name+suffix] = func(p *parser) *node {
				d := p.delimiter()
				if d == "." {
					return nil
				}
				if c == ord && (known[d] == open || known[d] == closing) {
					return mo(d, known[d]).with(` minsize="` + size + `" maxsize="` + size + `"`)
				}
				return mo(d, c).with(` stretchy="true"` + zeroSpace + ` minsize="` + size + `" maxsize="` + size + `"`)
			}
		}
	}
	return out
}
