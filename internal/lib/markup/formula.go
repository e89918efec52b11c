package markup

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

var (
	kindFormula = ast.NewNodeKind("Formula")
	kindDisplay = ast.NewNodeKind("Display")
)

// formula is TeX within a line.
type formula struct {
	ast.BaseInline
	src     string
	display bool
}

func (*formula) Kind() ast.NodeKind       { return kindFormula }
func (n *formula) Dump(src []byte, l int) { ast.DumpHelper(n, src, l, nil, nil) }

// display is TeX on lines of its own.
type display struct {
	ast.BaseBlock
	src    string
	closer string
	done   bool
}

func (*display) Kind() ast.NodeKind       { return kindDisplay }
func (n *display) Dump(src []byte, l int) { ast.DumpHelper(n, src, l, nil, nil) }

// fences are what formulas stand between.
var fences = []struct {
	open, close string
	display     bool
}{{"$$", "$$", true}, {`\[`, `\]`, true}, {`\(`, `\)`, false}, {"$", "$", false}}

// maxFormula is the most bytes between two fences, as package tex reads: it also
// bounds what is searched through for a closing one.
const maxFormula = 4 << 10

// formulaParser reads formulas within a paragraph, which may go on over its
// lines.
type formulaParser struct{}

func (formulaParser) Trigger() []byte { return []byte{'$', '\\'} }

func (formulaParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	for _, f := range fences {
		if !bytes.HasPrefix(line, []byte(f.open)) {
			continue
		}
		src, ok := between(block, f.open, f.close)
		if !ok && f.open == "$$" {
			return nil // two dollars are not one and a half formula
		}
		if ok && strings.TrimSpace(src) != "" {
			return &formula{src: strings.TrimSpace(src), display: f.display}
		}
		return nil
	}
	return nil
}

// between reads on from open to after end, over lines. Where there is no end the
// caller's reader is put back by goldmark.
func between(block text.Reader, open, end string) (string, bool) {
	block.Advance(len(open))
	var b strings.Builder
	for b.Len() <= maxFormula {
		line, _ := block.PeekLine()
		if line == nil {
			return "", false
		}
		if i := closing(line, b.String(), open, end); i >= 0 {
			b.Write(line[:i])
			block.Advance(i + len(end))
			return b.String(), true
		}
		b.Write(line)
		if end == "$" { // money far apart on two lines is no formula
			return "", false
		}
		block.AdvanceLine()
	}
	return "", false
}

// closing finds the end of a formula in a line. A single dollar is one as pandoc
// reads it: a formula's first and last characters are no blanks, and no digit
// follows it, so that prices are not formulas.
func closing(line []byte, before, open, end string) int {
	for i := 0; i < len(line); i++ {
		switch {
		case bytes.HasPrefix(line[i:], []byte(end)):
			if end != "$" {
				return i
			}
			blankFirst := before == "" && (i == 0 || line[0] == ' ' || line[0] == '\t')
			if blankFirst || line[i-1] == ' ' || line[i-1] == '\t' || i+1 < len(line) && line[i+1] >= '0' && line[i+1] <= '9' {
				return -1
			}
			return i
		case line[i] == '\\':
			i++
		}
	}
	return -1
}

// displayParser reads formulas that begin a line with $$ or \[. Without it the
// lines within that begin with a minus sign would be lists.
type displayParser struct{}

func (displayParser) Trigger() []byte                             { return []byte{'$', '\\'} }
func (displayParser) CanInterruptParagraph() bool                 { return true }
func (displayParser) CanAcceptIndentedLine() bool                 { return false }
func (displayParser) Close(ast.Node, text.Reader, parser.Context) {}

func (displayParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	at := pc.BlockOffset()
	if at < 0 {
		return nil, parser.NoChildren
	}
	for _, f := range fences[:2] {
		rest, ok := bytes.CutPrefix(line[at:], []byte(f.open))
		if !ok || !closes(reader.Source()[min(segment.Start+at+2, len(reader.Source())):], f.close) {
			continue
		}
		n := &display{closer: f.close}
		n.take(rest)
		reader.AdvanceToEOL()
		return n, parser.NoChildren
	}
	return nil, parser.NoChildren
}

// closes tells that a formula which begins with src ends at a line's end, before
// a line that is empty.
func closes(src []byte, end string) bool {
	src = src[:min(len(src), maxFormula)]
	i := bytes.Index(src, []byte(end))
	if i < 0 || bytes.Contains(src[:i], []byte("\n\n")) {
		return false
	}
	line, _, _ := bytes.Cut(src[i+len(end):], []byte("\n"))
	return len(util.TrimRightSpace(line)) == 0
}

// take adds a line, up to the formula's end.
func (n *display) take(line []byte) {
	if i := bytes.Index(line, []byte(n.closer)); i >= 0 {
		line, n.done = line[:i], true
	}
	n.src += string(line)
}

func (displayParser) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	n := node.(*display)
	if n.done {
		return parser.Close
	}
	line, _ := reader.PeekLine()
	n.take(line)
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}
