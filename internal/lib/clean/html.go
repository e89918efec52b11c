package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// HTML gives the text of a piece of HTML or JATS on one line: tags are
// dropped, entities read, what scripts and styles hold is left out, and
// headings, paragraphs and the like are set apart by a blank. Text of arXiv
// must not go through it: there "<" is mathematics.
func HTML(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return Line(s)
	}
	z := html.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(1 << 20)
	var b strings.Builder
	skip := 0
	for {
		switch z.Next() {
		case html.ErrorToken: // the end: a reader of a string has no other error
			return Line(b.String())
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			if silent(name) {
				skip++
			}
			if apart(name) {
				b.WriteByte(' ')
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if silent(name) && skip > 0 {
				skip--
			}
			if apart(name) {
				b.WriteByte(' ')
			}
		case html.SelfClosingTagToken:
			if name, _ := z.TagName(); apart(name) {
				b.WriteByte(' ')
			}
		}
	}
}

// silent tells that what stands inside the tag is not text.
func silent(name []byte) bool {
	switch atom.Lookup(name) {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Iframe, atom.Object:
		return true
	}
	return false
}

// apart tells that the tag divides words: what is set inline in a line does
// not ("H<sub>2</sub>O").
func apart(name []byte) bool {
	if _, local, ok := strings.Cut(string(name), ":"); ok { // JATS: jats:p, jats:sub
		name = []byte(local)
	}
	switch string(name) {
	case "a", "abbr", "b", "bdi", "bdo", "bold", "cite", "code", "em", "font", "i", "italic", "kbd", "mark", "monospace",
		"q", "roman", "s", "sc", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "underline", "var", "wbr":
		return false
	}
	return true
}
