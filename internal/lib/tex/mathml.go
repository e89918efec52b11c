package tex

import "strings"

// writeMath writes a formula as a math element.
func writeMath(b *strings.Builder, n *node, display bool) {
	b.WriteString("<math")
	if display {
		b.WriteString(` display="block"`)
	}
	b.WriteByte('>')
	if n.tag == "mrow" && n.attrs == "" {
		writeAll(b, n.kids)
	} else {
		writeNode(b, n)
	}
	b.WriteString("</math>")
}

func writeAll(b *strings.Builder, kids []*node) {
	for _, k := range kids {
		if b.Len() > maxMarkup {
			return // the caller sees the size and gives the formula up
		}
		writeNode(b, k)
	}
}

func writeNode(b *strings.Builder, n *node) {
	b.WriteByte('<')
	b.WriteString(n.tag)
	b.WriteString(n.attrs)
	b.WriteByte('>')
	escape(b, n.text)
	writeAll(b, n.kids)
	b.WriteString("</")
	b.WriteString(n.tag)
	b.WriteByte('>')
}

// escape writes text with the characters that mean something in HTML replaced.
func escape(b *strings.Builder, text string) {
	last := 0
	for i := 0; i < len(text); i++ {
		var e string
		switch text[i] {
		case '&':
			e = "&amp;"
		case '<':
			e = "&lt;"
		case '>':
			e = "&gt;"
		case '"':
			e = "&#34;"
		case '\'':
			e = "&#39;"
		default:
			continue
		}
		b.WriteString(text[last:i])
		b.WriteString(e)
		last = i + 1
	}
	b.WriteString(text[last:])
}
