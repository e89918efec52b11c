// Package xmldoc reads XML from strangers piece by piece: Each walks down to
// the elements that repeat (records, items, entries) and gives each of them
// as a small tree, so that a long answer is never a tree as a whole.
//
// It bounds what XML leaves open: depth, the length of a tag, how many
// attributes and elements stand in a piece and how much text. What servers
// really send is mended first: bytes that are no UTF-8, characters that XML
// forbids, and entities of HTML. External entities and document types are
// never looked at.
package xmldoc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds. The largest piece recorded anywhere, a paper of some 3,000 authors,
// holds 10,000 elements and half a megabyte.
const (
	maxDepth    = 40
	maxTag      = 64 << 10 // bytes from "<" to ">"
	maxAttrs    = 64
	maxElements = 200_000 // in one piece
	maxText     = 4 << 20 // bytes in one piece
)

// ErrLimit is wrapped by the error for a document that passes a bound.
var ErrLimit = errors.New("xml passes a bound")

// Node is an element.
type Node struct {
	Space    string // name space
	Name     string // without prefix
	Attrs    []xml.Attr
	Text     string // its own, without its children's
	Children []*Node
}

// Piece is an element that Each was asked for.
type Piece struct {
	*Node
	Parent string // name of the element it stands in
	Raw    []byte // as it stood in the mended document; valid as long as the document
}

// Child is the first child of that name, or nil. A nil node has none.
func (n *Node) Child(name string) *Node {
	if n != nil {
		for _, c := range n.Children {
			if c.Name == name {
				return c
			}
		}
	}
	return nil
}

// All are the children of that name.
func (n *Node) All(name string) []*Node {
	var out []*Node
	if n != nil {
		for _, c := range n.Children {
			if c.Name == name {
				out = append(out, c)
			}
		}
	}
	return out
}

// Value is the text of the first child of that name, without white space at
// its ends; "" where there is none.
func (n *Node) Value(name string) string {
	if c := n.Child(name); c != nil {
		return strings.TrimSpace(c.Text)
	}
	return ""
}

// Attr is the value of an attribute; "" where there is none.
func (n *Node) Attr(name string) string {
	if n != nil {
		for _, a := range n.Attrs {
			if a.Name.Local == name {
				return a.Value
			}
		}
	}
	return ""
}

// Each gives fn, in order, the elements that stand directly in those for
// which open is true, unless open is true for them too. open gets an
// element's name and its depth, 0 for the root, and is always true for the
// root. What fn returns ends the walk. An error says how far the document
// was whole; what fn got until then was.
func Each(doc []byte, open func(name string, depth int) bool, fn func(Piece) error) error {
	doc, err := mend(doc)
	if err != nil {
		return err
	}
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // mend has done it
	w := walker{d: d, doc: doc, open: open, fn: fn}
	if err := w.run(); err != nil {
		return fmt.Errorf("xml at byte %d: %w", d.InputOffset(), err)
	}
	return nil
}

type walker struct {
	d    *xml.Decoder
	doc  []byte
	open func(string, int) bool
	fn   func(Piece) error
	path []string
}

func (w *walker) run() error {
	rooted := false
	for {
		from := w.d.InputOffset()
		t, err := w.d.Token()
		if err == io.EOF && rooted && len(w.path) == 0 {
			return nil
		}
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if len(w.path) == 0 && rooted {
				return errors.New("a second root")
			}
			rooted = true
			if len(w.path) >= maxDepth {
				return fmt.Errorf("%w: deeper than %d", ErrLimit, maxDepth)
			}
			if len(w.path) == 0 || w.open(t.Name.Local, len(w.path)) {
				w.path = append(w.path, t.Name.Local)
				continue
			}
			budget := budget{elements: maxElements, text: maxText}
			n, err := w.tree(t, len(w.path), &budget)
			if err != nil {
				return err
			}
			if err := w.fn(Piece{Node: n, Parent: w.path[len(w.path)-1], Raw: w.doc[from:w.d.InputOffset()]}); err != nil {
				return err
			}
		case xml.EndElement:
			w.path = w.path[:len(w.path)-1]
		}
	}
}

// budget is what a piece may still hold.
type budget struct{ elements, text int }

// tree reads the element that start began.
func (w *walker) tree(start xml.StartElement, depth int, b *budget) (*Node, error) {
	if depth >= maxDepth {
		return nil, fmt.Errorf("%w: deeper than %d", ErrLimit, maxDepth)
	}
	if b.elements--; b.elements < 0 || len(start.Attr) > maxAttrs {
		return nil, fmt.Errorf("%w: too many elements or attributes", ErrLimit)
	}
	n := &Node{Space: start.Name.Space, Name: start.Name.Local, Attrs: start.Attr}
	var text strings.Builder
	for {
		t, err := w.d.Token()
		if err == io.EOF {
			return nil, io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			c, err := w.tree(t, depth+1, b)
			if err != nil {
				return nil, err
			}
			n.Children = append(n.Children, c)
		case xml.EndElement:
			n.Text = text.String()
			return n, nil
		case xml.CharData:
			if b.text -= len(t); b.text < 0 {
				return nil, fmt.Errorf("%w: too much text", ErrLimit)
			}
			text.Write(t)
		}
	}
}

// Parse reads one element, as in Piece.Raw, as a tree.
func Parse(element []byte) (*Node, error) {
	doc := make([]byte, 0, len(element)+len("<x></x>"))
	doc = append(append(append(doc, "<x>"...), element...), "</x>"...)
	var n *Node
	err := Each(doc, func(string, int) bool { return false }, func(p Piece) error {
		if n != nil {
			return errors.New("more than one element")
		}
		n = p.Node
		return nil
	})
	if err == nil && n == nil {
		err = errors.New("no element")
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}
