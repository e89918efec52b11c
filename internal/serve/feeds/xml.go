package feeds

import "time"

// document is XML as it is written, elements closed in the order in which they
// were opened.
type document struct {
	b    []byte
	open []string
}

func newDocument(size int) *document {
	d := &document{b: make([]byte, 0, size)}
	d.b = append(d.b, `<?xml version="1.0" encoding="utf-8"?>`+"\n"...)
	return d
}

// start opens an element; attributes are name and value in turn, those without
// a value are left out.
func (d *document) start(name string, attributes ...string) {
	d.head(name, attributes)
	d.b = append(d.b, ">\n"...)
	d.open = append(d.open, name)
}

func (d *document) end() {
	last := len(d.open) - 1
	d.b = append(append(append(d.b, "</"...), d.open[last]...), ">\n"...)
	d.open = d.open[:last]
}

// leaf is an element that holds text.
func (d *document) leaf(name, text string, attributes ...string) {
	d.head(name, attributes)
	d.b = escape(append(d.b, '>'), text, false)
	d.b = append(append(append(d.b, "</"...), name...), ">\n"...)
}

// empty is an element that holds nothing.
func (d *document) empty(name string, attributes ...string) {
	d.head(name, attributes)
	d.b = append(d.b, "/>\n"...)
}

func (d *document) head(name string, attributes []string) {
	d.b = append(append(d.b, '<'), name...)
	for i := 0; i+1 < len(attributes); i += 2 {
		if attributes[i+1] == "" {
			continue
		}
		d.b = append(append(append(d.b, ' '), attributes[i]...), `="`...)
		d.b = append(escape(d.b, attributes[i+1], true), '"')
	}
}

// size is about what a feed takes in a form.
func (f *feed) size() int {
	n := 2048
	for i := range f.entries {
		n += 2048 + len(f.entries[i].content)*9/8
	}
	return n
}

// moment is a time as Atom and JSON Feed write it (RFC 3339).
func moment(t time.Time) string { return t.Format(time.RFC3339) }
