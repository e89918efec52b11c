package cite

import (
	"regexp"
	"strings"

	"broadsheet/internal/lib/tex"
)

// texts is a source's text in TeX: its words in Unicode with TeX's own characters escaped, its formulas as they are. Braces
// match in the result however BibTeX counts them, which heeds no backslash.
func texts(text string) string {
	var b strings.Builder
	for _, p := range tex.Parts(text) {
		switch {
		case !p.Math:
			b.WriteString(escape(p.Text))
		case sound(p.Text):
			b.WriteString("$" + clean(p.Text) + "$")
		default:
			b.WriteString(escape(tex.Plain("$" + p.Text + "$")))
		}
	}
	return strings.TrimSpace(b.String())
}

var special = map[rune]string{
	'\\': `\textbackslash{}`, '{': `\textbraceleft{}`, '}': `\textbraceright{}`, '^': `\textasciicircum{}`, '~': `\textasciitilde{}`,
	'$': `\$`, '%': `\%`, '&': `\&`, '#': `\#`, '_': `\_`,
}

// escape writes plain text so that TeX sets it as it reads. Unlike clean it keeps the blanks at both ends.
func escape(s string) string {
	var b strings.Builder
	for _, r := range within(s) {
		if t, ok := special[r]; ok {
			b.WriteString(t)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// within cleans s but for one blank at each end.
func within(s string) string {
	c := clean(s)
	if c == "" {
		return strings.Repeat(" ", min(len(s), 1))
	}
	if strings.HasPrefix(s, " ") {
		c = " " + c
	}
	if strings.HasSuffix(s, " ") {
		c += " "
	}
	return c
}

// acts are the commands of TeX and LaTeX that do more than set type. What stands behind ^^ may be any of them.
var acts = regexp.MustCompile(`\\(?:input|include|openin|openout|read|readline|write|immediate|special|catcode|lccode|uccode|def|edef|gdef|xdef|let|futurelet|csname|newcommand|renewcommand|` +
	`providecommand|newenvironment|usepackage|documentclass|directlua|latelua|pdf[a-z]+|jobname|everypar|everymath|aftergroup|afterassignment|loop|batchmode|scrollmode|end(?:csname|input)|` +
	`include[a-z]+|lst[a-z]+|verbatim[a-z]*|shell[a-z]*|url|href|scantokens|expandafter|global|long|outer|the|font|output|shipout|dump|begingroup|endgroup|makeat[a-z]+)(?:[^a-zA-Z]|$)`)

// sound tells whether a formula's source may stand between dollars in a field: braces match as BibTeX counts them, and nothing
// in it ends the formula or the line, and no command in it is one by which TeX reads, writes, runs or redefines anything: a
// bibliography is typeset by somebody else, and a formula needs none of them.
func sound(src string) bool {
	if strings.Contains(src, "^^") || acts.MatchString(src) {
		return false
	}
	depth := 0
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return false
			}
		case '$':
			return false
		case '%', '#':
			if i == 0 || src[i-1] != '\\' {
				return false
			}
		}
	}
	return depth == 0 && !strings.HasSuffix(strings.TrimRight(src, " "), `\`)
}

// verbatim is an address or identifier in a field that TeX reads as it is: what could end the field is percent-encoded.
func verbatim(s string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D", `\`, "%5C", " ", "%20").Replace(clean(s))
}
