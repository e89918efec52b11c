package markup

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"strings"

	"broadsheet/internal/lib/clean"
	"broadsheet/internal/lib/tex"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	gmhtml "github.com/yuin/goldmark/renderer/html"
)

// writer walks a document and writes it twice: with markup and without.
type writer struct {
	o        Options
	source   []byte
	b        strings.Builder
	plain    strings.Builder // what it says itself
	quoted   strings.Builder // what it says in quotes
	quotes   int             // it is within so many
	inLink   bool
	mentions []string
	hosts    []string
}

func (d *Document) write(o Options) Result {
	w := &writer{o: o, source: d.source}
	w.kids(d.root)
	plain := strings.Join(strings.Fields(w.plain.String()), " ")
	if plain == "" {
		plain = strings.Join(strings.Fields(w.quoted.String()), " ")
	}
	return Result{HTML: policy.Sanitize(w.b.String()), Text: plain, Mentions: w.mentions, Hosts: w.hosts}
}

func (w *writer) kids(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.node(c)
	}
}

// say writes text that is to be read.
func (w *writer) say(text string) {
	text = clean.Text(text) // entities bring back what was cleaned away
	w.b.WriteString(html.EscapeString(text))
	w.mute(text)
}

// mute writes text into the plain form only.
func (w *writer) mute(text string) {
	if w.quotes > 0 {
		w.quoted.WriteString(text)
	} else {
		w.plain.WriteString(text)
	}
}

// block writes an element that stands on lines of its own.
func (w *writer) block(open, shut string, n ast.Node) {
	w.b.WriteString(open)
	w.kids(n)
	w.b.WriteString(shut)
	w.mute(" ")
}

func (w *writer) span(open, shut string, n ast.Node) {
	w.b.WriteString(open)
	w.kids(n)
	w.b.WriteString(shut)
}

func (w *writer) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		w.text(n)
	case *ast.String:
		w.say(string(n.Value))
	case *ast.Paragraph:
		w.block("<p>", "</p>", n)
	case *ast.TextBlock:
		w.block("", "", n)
	case *ast.Heading:
		w.block("<p><strong>", "</strong></p>", n)
	case *ast.Blockquote:
		w.quotes++
		w.block("<blockquote>", "</blockquote>", n)
		w.quotes--
	case *ast.List:
		open, shut := "<ul>", "</ul>"
		if n.IsOrdered() {
			open, shut = "<ol>", "</ol>"
			if n.Start != 1 && n.Start >= 0 && n.Start <= 999_999_999 {
				open = fmt.Sprintf(`<ol start="%d">`, n.Start)
			}
		}
		w.block(open, shut, n)
	case *ast.ListItem:
		w.block("<li>", "</li>", n)
	case *ast.ThematicBreak:
		w.b.WriteString("<hr>")
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		w.b.WriteString("<pre><code>")
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			w.say(string(line.Value(w.source)))
		}
		w.b.WriteString("</code></pre>")
		w.mute(" ")
	case *ast.CodeSpan:
		w.b.WriteString("<code>")
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				w.say(strings.ReplaceAll(string(t.Segment.Value(w.source)), "\n", " "))
			}
		}
		w.b.WriteString("</code>")
	case *ast.Emphasis:
		if n.Level == 2 {
			w.span("<strong>", "</strong>", n)
		} else {
			w.span("<em>", "</em>", n)
		}
	case *extast.Strikethrough:
		w.span("<del>", "</del>", n)
	case *ast.Link:
		w.link(string(n.Destination), n)
	case *ast.Image:
		w.link(string(n.Destination), n)
	case *ast.AutoLink:
		if url := string(n.URL(w.source)); n.AutoLinkType == ast.AutoLinkURL {
			w.address(url, url)
		} else {
			w.say(string(n.Label(w.source)))
		}
	case *formula:
		w.formula(n.src, n.display)
	case *display:
		w.b.WriteString("<p>")
		w.formula(strings.TrimSpace(n.src), true)
		w.b.WriteString("</p>")
		w.mute(" ")
	case *reference:
		w.reference(n)
	default: // nothing else is in the grammar
		w.kids(n)
	}
}

// text writes a run of text, in which entities and escapes stand for others.
func (w *writer) text(n *ast.Text) {
	seg := n.Segment.Value(w.source)
	if bytes.IndexByte(seg, '&') >= 0 || bytes.IndexByte(seg, '\\') >= 0 {
		var b bytes.Buffer
		out := bufio.NewWriter(&b)
		gmhtml.DefaultWriter.Write(out, seg)
		_ = out.Flush() // to memory
		w.say(html.UnescapeString(b.String()))
	} else {
		w.say(string(seg))
	}
	if n.SoftLineBreak() || n.HardLineBreak() {
		w.b.WriteString("<br>")
		w.mute(" ")
	}
}

// formula typesets TeX, or shows its source where it cannot be.
func (w *writer) formula(src string, display bool) {
	if w.b.Len() < maxHTML {
		if m, _, err := tex.Formula(src, display); err == nil {
			if display { // it may be wider than a phone: keys must reach what scrolls
				m = strings.Replace(m, "<math ", `<math tabindex="0" `, 1)
			}
			w.b.WriteString(m)
			w.mute(tex.Plain("$" + src + "$"))
			return
		}
	}
	w.b.WriteString(`<code class="tex">`)
	w.say(src)
	w.b.WriteString("</code>")
}
