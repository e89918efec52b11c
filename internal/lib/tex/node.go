package tex

// class is TeX's kind of an atom, which decides the space around it (TeXbook, chapter 18).
type class uint8

const (
	ord class = iota
	bigop
	fn // a named function such as sin
	bin
	rel
	open
	closing
	punct
	inner
	blank // spaces: no atom at all
)

// node is a MathML element. attrs holds attributes as they are written, always constants or numbers of this package, never
// text of the input.
type node struct {
	tag    string
	text   string
	attrs  string
	kids   []*node
	class  class
	limits bool // scripts go above and below in displayed formulas
	always bool // \limits: they do so everywhere
}

const (
	zeroSpace = ` lspace="0em" rspace="0em"`
	rigid     = ` stretchy="false"`
	upright   = ` mathvariant="normal"`
)

func mi(text string) *node            { return &node{tag: "mi", text: text} }
func mn(text string) *node            { return &node{tag: "mn", text: text} }
func mo(text string, c class) *node   { return &node{tag: "mo", text: text, class: c} }
func mtext(text string) *node         { return &node{tag: "mtext", text: text} }
func el(tag string, k ...*node) *node { return &node{tag: tag, kids: k} }

// space is an empty stretch of the given width, such as "1em".
func space(width string) *node {
	return &node{tag: "mspace", attrs: ` width="` + width + `"`, class: blank}
}

// with sets the attributes of n and returns it.
func (n *node) with(attrs string) *node { n.attrs = attrs; return n }

// as sets the class of n and returns it.
func (n *node) as(c class) *node { n.class = c; return n }

// one makes a single element of a row.
func one(kids []*node) *node {
	if len(kids) == 1 {
		return kids[0]
	}
	return &node{tag: "mrow", kids: kids}
}

// core is the operator that an element is built around: scripts and accents take the spacing of what they decorate.
func core(n *node) *node {
	for len(n.kids) > 0 && (n.tag == "msub" || n.tag == "msup" || n.tag == "msubsup" ||
		n.tag == "munder" || n.tag == "mover" || n.tag == "munderover" || (n.tag == "mrow" && len(n.kids) == 1)) {
		n = n.kids[0]
	}
	return n
}

// finish sets the spaces of a row that MathML's operator dictionary would get wrong: a sign is not a binary operator
// after another operator, a relation has no space on the side of the row's edge or of another relation, and functions keep a
// thin space from what they are not bracketed with.
func finish(kids []*node) []*node {
	out := kids[:0:0]
	for i, n := range kids {
		prev, next := neighbour(kids, i, -1), neighbour(kids, i, 1)
		if n.class == bin && (!operand(prev, true) || !operand(next, false)) {
			asOrdinary(n, prev, next)
		}
		if n.class == rel {
			atEdge(n, prev == nil || prev.class == rel, next == nil || next.class == rel)
		}
		if n.class == fn && prev != nil && (prev.class == ord || prev.class == closing || prev.class == inner) && i > 0 && kids[i-1].class != blank {
			out = append(out, space("0.167em"))
		}
		out = append(out, n)
		if n.class == fn && next != nil && (next.class == ord || next.class == inner || next.class == fn || next.class == bigop) && kids[i+1].class != blank {
			out = append(out, space("0.167em"))
		}
	}
	return out
}

// neighbour is the nearest element before (step -1) or after (step 1) the i-th that is not a space, or nil.
func neighbour(kids []*node, i, step int) *node {
	for i += step; i >= 0 && i < len(kids); i += step {
		if kids[i].class != blank {
			return kids[i]
		}
	}
	return nil
}

// operand tells whether n can stand on the left (or right) of a binary operator.
func operand(n *node, left bool) bool {
	if n == nil {
		return false
	}
	switch n.class {
	case ord, inner:
		return true
	case closing:
		return left
	case open, fn, bigop, bin:
		return !left
	}
	return false
}

// asOrdinary takes the space away from an operator that has no operand on one side.
func asOrdinary(n, prev, next *node) {
	n.class = ord
	c := core(n)
	if c.tag != "mo" || c.attrs != "" {
		return
	}
	first := prev == nil && next != nil
	if first && (c.text == "−" || c.text == "+" || c.text == "±" || c.text == "∓") {
		return // in first place the dictionary's prefix form applies by itself
	}
	c.attrs = zeroSpace
}

// atEdge takes away the outer space of a relation that begins or ends its row.
func atEdge(n *node, first, last bool) {
	c := core(n)
	if c.tag != "mo" || c.attrs != "" && c.attrs != rigid {
		return
	}
	switch {
	case first && last:
		c.attrs += zeroSpace
	case first:
		c.attrs += ` lspace="0em"`
	case last:
		c.attrs += ` rspace="0em"`
	}
}
