package markup

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

var kindReference = ast.NewNodeKind("Reference")

type target uint8

const (
	toPerson target = iota
	toPaper
	toAddress
)

// reference is something that was named in passing: a person, a paper, a web
// address.
type reference struct {
	ast.BaseInline
	kind   target
	label  string // as it was written
	target string // handle, id of a paper, or address
}

func (*reference) Kind() ast.NodeKind       { return kindReference }
func (n *reference) Dump(src []byte, l int) { ast.DumpHelper(n, src, l, nil, nil) }

var (
	handleForm = regexp.MustCompile(`^@([A-Za-z][A-Za-z0-9-]{1,30}[A-Za-z0-9])`)
	paperForm  = regexp.MustCompile(`^(?i:arxiv:\s?(?:[a-z-]+(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})(?:v\d{1,3})?|\d{4}\.\d{4,5}(?:v\d{1,3})?)`)
	doiForm    = regexp.MustCompile(`^(?i:doi:\s?)?10\.\d{4,9}/[^\s<>"\[\]` + "`" + `]+`)
	webForm    = regexp.MustCompile(`^(?i:https?)://[^\s<>"\[\]` + "`" + `\\^{|}]+`)
)

// referenceParser finds references where a word begins.
type referenceParser struct{}

func (referenceParser) Trigger() []byte { return []byte{' ', '(', '"', '\'', '@', ','} }

func (referenceParser) Parse(parent ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	skip := 0
	if c := line[0]; c != '@' && !letterOrDigit(c) {
		skip = 1
	} else if wordBefore(block.PrecendingCharacter()) {
		return nil
	}
	r, length := referenceAt(line[skip:])
	if r == nil {
		return nil
	}
	if skip > 0 {
		ast.MergeOrAppendTextSegment(parent, segment.WithStop(segment.Start+skip))
	}
	block.Advance(skip + length)
	return r
}

func letterOrDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// wordBefore tells that what follows r is the rest of a word, such as the @ in a
// mail address.
func wordBefore(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '/' || r == '@' || r == '.' || r == '-')
}

// referenceAt reads the reference at the beginning of s and its length.
func referenceAt(s []byte) (*reference, int) {
	if len(s) == 0 {
		return nil, 0
	}
	if s[0] == '@' {
		m := handleForm.FindSubmatch(s)
		// The whole word is the handle or none of it: a look-alike's first half is nobody.
		if m == nil || goesOn(s[len(m[0]):]) {
			return nil, 0
		}
		return &reference{kind: toPerson, label: string(m[0]), target: strings.ToLower(string(m[1]))}, len(m[0])
	}
	if m := webForm.Find(s); m != nil {
		m = m[:address(m)]
		if host, ok := webHost(string(m)); ok && host != "" {
			return &reference{kind: toAddress, label: string(m), target: string(m)}, len(m)
		}
		return nil, 0
	}
	if m := doiForm.Find(s); m != nil {
		m = m[:address(m)]
		return &reference{kind: toPaper, label: string(m), target: string(m)}, len(m)
	}
	if m := paperForm.Find(s); m != nil && !goesOn(s[len(m):]) {
		return &reference{kind: toPaper, label: string(m), target: string(m)}, len(m)
	}
	return nil, 0
}

// goesOn tells that a word or number does not end before s.
func goesOn(s []byte) bool {
	r, size := utf8.DecodeRune(s)
	if len(s) == 0 {
		return false
	}
	if r == '.' || r == '-' {
		next, _ := utf8.DecodeRune(s[size:])
		return len(s) > size && (unicode.IsDigit(next) || unicode.IsLetter(next))
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '@' || r == '\u200c' || r == '\u200d'
}

// address is how much of an address is one: without the punctuation of the
// sentence that it stands in.
func address(s []byte) int {
	n := len(s)
	for n > 0 {
		switch c := s[n-1]; {
		case bytes.IndexByte([]byte(".,;:!?'*_~"), c) >= 0:
		case c == ')' && bytes.Count(s[:n], []byte("(")) < bytes.Count(s[:n], []byte(")")):
		default:
			return n
		}
		n--
	}
	return n
}
