package tex

import "strings"

// scripted reads an atom with its sub- and superscripts, or nil for a command that shows nothing.
func (p *parser) scripted() *node {
	t := p.peek()
	var base *node
	if t.kind != sup && t.kind != sub && t.kind != prime {
		if base = p.atom(); base == nil && p.err == nil {
			if k := p.peek().kind; k != sup && k != sub && k != prime {
				return nil
			}
		}
	}
	if base == nil {
		base = &node{tag: "mrow"}
	}
	return p.scripts(base)
}

// scripts reads what follows base: primes, scripts in either order, \limits.
func (p *parser) scripts(base *node) *node {
	var low, high *node
	var primes int
	for p.err == nil {
		switch t := p.peek(); {
		case t.kind == prime:
			p.next()
			primes++
		case t.kind == sup:
			p.next()
			if high != nil { // 1s^2^1S: the second belongs to the whole
				base, low, high, primes = p.attach(base, low, withPrimes(high, primes)), nil, nil, 0
			}
			high = p.script()
		case t.kind == sub:
			p.next()
			if low != nil {
				base, low, high, primes = p.attach(base, low, withPrimes(high, primes)), nil, nil, 0
			}
			low = p.script()
		case t.kind == command && (t.text == "limits" || t.text == "nolimits"):
			p.next()
			base.limits, base.always = t.text == "limits", t.text == "limits"
		default:
			return p.attach(base, low, withPrimes(high, primes))
		}
	}
	return base
}

func withPrimes(high *node, count int) *node {
	if count == 0 {
		return high
	}
	text := strings.Repeat("′", min(count, 8))
	if count < 4 {
		text = []string{"′", "″", "‴"}[count-1]
	}
	if high == nil {
		return mo(text, ord)
	}
	return el("mrow", mo(text, ord).with(zeroSpace), high)
}

// attach puts scripts on base, above and below where base takes limits.
func (p *parser) attach(base, low, high *node) *node {
	if low == nil && high == nil {
		return base
	}
	tags := [3]string{"msub", "msup", "msubsup"}
	if base.limits && (p.display || base.always) {
		tags = [3]string{"munder", "mover", "munderover"}
		if base.always && !p.display && base.tag == "mo" {
			base.attrs += ` movablelimits="false"`
		}
	}
	n := &node{class: base.class}
	switch {
	case high == nil:
		n.tag, n.kids = tags[0], []*node{base, low}
	case low == nil:
		n.tag, n.kids = tags[1], []*node{base, high}
	default:
		n.tag, n.kids = tags[2], []*node{base, low, high}
	}
	return n
}
