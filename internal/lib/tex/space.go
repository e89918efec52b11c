package tex

import (
	"strconv"
	"strings"
)

// spaceCommands are the spaces of fixed and of given width.
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
