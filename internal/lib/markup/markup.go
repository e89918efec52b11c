// Package markup turns what people write, Markdown with formulas, into HTML that
// is safe to show beside anything else.
//
// The language is CommonMark's paragraphs, emphasis, links, lists, quotes and
// code, GitHub's strikethrough and bare addresses, TeX between $…$, $$…$$, \(…\)
// and \[…\], @handles of people and ids of papers. A line end is a line end, as
// in other discussions. It has no HTML (a tag is shown as it was typed), no
// pictures (an image is a link), no headings (one is a bold line: the page has an
// outline of its own) and no link definitions (one line of them makes a thousand
// long links).
//
// Whatever the bytes of its input, HTML is well-formed, made of the elements in
// policy.go with fixed attributes, without script, style, event handlers or
// characters that turn text around; its links are http, https or a path that the
// caller gave. The writer makes it so; bluemonday holds it to that again. The same
// text gives the same HTML for as long as Version stays.
//
// Work is bounded before goldmark sees a text, which for 10 KB of nested list
// markers takes seconds: MaxBytes, MaxNesting, and a deadline for what is left.
package markup

import (
	"errors"
	"time"
	"unicode/utf8"

	"broadsheet/internal/lib/clean"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Version is that of the language: what an older one wrote may look different
// when it is written again.
const Version = 1

// Limits of a text.
const (
	MaxBytes   = 8000
	MaxNesting = 20 // lists and quotes, or marks, within one another

	maxCandidates = 50              // handles, and ids of papers, that are looked up for one text
	maxHTML       = 256 << 10       // bytes after which formulas stay as their source
	deadline      = 2 * time.Second // a hundred times what the worst text known takes on a slow machine
)

// What a text may be refused for.
var (
	ErrLong = errors.New("longer than 8,000 bytes")
	ErrDeep = errors.New("more than 20 lists, quotes or marks within one another")
	ErrSlow = errors.New("took too long to read")
)

// Document is a text that was read.
type Document struct {
	People []string // handles that it may mention, in lower case, each once
	Papers []string // ids of papers as it spells them, each once

	source []byte
	root   ast.Node
}

// Options say what a document's references lead to. Each may be nil.
type Options struct {
	Person func(handle string) string // path of a person's page, "" for nobody's
	Paper  func(id string) string     // address of a paper, "" for none
	// PlainLinks shows the addresses of links as text: nobody follows what a
	// stranger's program posts.
	PlainLinks bool
}

// Result is a document, written.
type Result struct {
	HTML     string
	Text     string   // without markup on one line, not escaped, quotes left out where it says more
	Mentions []string // handles that Person knew
	Hosts    []string // of links to other sites, as clean.Host gives them
}

// Parse reads a text. Its errors are ErrLong, ErrDeep and ErrSlow.
func Parse(s string) (*Document, error) {
	if len(s) > MaxBytes {
		return nil, ErrLong
	}
	s = clean.Text(s)
	if len(s) > 2*MaxBytes { // broken UTF-8 and normal forms grow
		return nil, ErrLong
	}
	if nested(s) > MaxNesting {
		return nil, ErrDeep
	}
	return within(deadline, func() (*Document, error) {
		d := &Document{source: []byte(s)}
		d.root = grammar.Parse(text.NewReader(d.source))
		if tooDeep(d.root) {
			return nil, ErrDeep
		}
		d.candidates()
		return d, nil
	})
}

// Write gives a document as HTML and as plain text.
func (d *Document) Write(o Options) (Result, error) {
	return within(deadline, func() (Result, error) { return d.write(o), nil })
}

// candidates collects what references may mean.
func (d *Document) candidates() {
	seen := map[string]bool{}
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		r, ok := n.(*reference)
		if !ok || !entering || seen[r.target] {
			return ast.WalkContinue, nil
		}
		seen[r.target] = true
		switch {
		case r.kind == toPerson && len(d.People) < maxCandidates:
			d.People = append(d.People, r.target)
		case r.kind == toPaper && len(d.Papers) < maxCandidates:
			d.Papers = append(d.Papers, r.target)
		}
		return ast.WalkContinue, nil
	})
}

// Excerpt cuts plain text at a word to at most limit characters.
func Excerpt(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	r := []rune(s)[:limit-1]
	for i := len(r) - 1; i > limit/2; i-- {
		if r[i] == ' ' {
			r = r[:i]
			break
		}
	}
	return string(r) + "…"
}
