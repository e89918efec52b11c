package cli

import (
	"strings"

	"golang.org/x/net/html"
)

// commentText is a comment's HTML as lines of text, with its formulas in one line
// each. What it gives is shown, never put into a page.
func commentText(fragment string) string {
	doc, err := html.Parse(strings.NewReader(fragment))
	if err != nil {
		return ""
	}
	var b strings.Builder
	writeText(&b, doc)
	return strings.TrimSpace(b.String())
}

func writeText(b *strings.Builder, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		b.WriteString(n.Data)
	case n.Data == "math":
		b.WriteString(formulaText(n))
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeText(b, c)
	}
	switch n.Data {
	case "p", "li", "pre", "blockquote", "br", "hr":
		b.WriteByte('\n')
	}
}

// formulaText is MathML as people type formulas: what stands above, below and in
// fractions does not run into what is beside it.
func formulaText(n *html.Node) string {
	if n.Type == html.TextNode {
		return strings.TrimSpace(n.Data)
	}
	var parts []string
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode || strings.TrimSpace(c.Data) != "" {
			parts = append(parts, formulaText(c))
		}
	}
	signs := map[string][]string{"msup": {"^"}, "mover": {"^"}, "msub": {"_"}, "munder": {"_"}, "msubsup": {"_", "^"}, "munderover": {"_", "^"}, "mfrac": {"/"}}[n.Data]
	switch {
	case n.Data == "msqrt":
		return "√" + grouped(strings.Join(parts, ""))
	case n.Data == "mroot" && len(parts) == 2:
		return grouped(parts[1]) + "√" + grouped(parts[0])
	case len(signs) == 0 || len(parts) != len(signs)+1:
		return strings.Join(parts, "")
	}
	text := parts[0]
	if n.Data == "mfrac" {
		text = grouped(text)
	}
	for i, sign := range signs {
		text += sign + grouped(parts[i+1])
	}
	return text
}

// grouped is a part of a formula in parentheses, where it is more than a sign, a
// name or a number.
func grouped(s string) string {
	if strings.ContainsAny(s, " +-−=/^_·⋅×,") && len(s) > 1 {
		return "(" + s + ")"
	}
	return s
}
