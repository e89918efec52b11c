// Package tex shows the TeX that authors put into titles and abstracts: formulas become MathML Core, text-mode commands
// (accents, emphasis, quotes, dashes) become HTML and Unicode, and the same text also comes as plain Unicode for page titles,
// search and slugs.
//
// Its input is hostile. Whatever the bytes, HTML returns well-formed markup made of the elements a, br, code, em, math and
// MathML Core's own, span, strong, sub and sup, with fixed attributes; every character of the input is escaped; links are
// http or https; control and bidirectional override characters are dropped. Nothing panics and nothing loops: the work is linear in the input with
// counted limits (see limit.go) instead of a clock, so that the same text always gives the same answer.
//
// A formula with broken TeX is shown as its source in <code class="tex">. A command that is not known, because only the paper
// defines it, is shown by its name in <mtext class="tex"> at its place in the formula, as MathJax does. A formula of nothing but such commands is shown as source, too.
//
// MathML Core has no attributes for column alignment, boxes or small capitals; they come as the classes tex-l, tex-r (on mtd),
// tex-box (on mrow) and tex-sc (on span), which the page's style sheet must know:
//
//	.tex-l { text-align: left } .tex-r { text-align: right } .tex-box { border: 1px solid } .tex-sc { font-variant: small-caps }
package tex

import "strings"

// Stats counts the formulas of one text, those among them that are shown as source (Failed), and those that are typeset but
// for the commands that only their paper defines, which they show by name (Partial).
type Stats struct {
	Formulas, Failed, Partial int
}

// HTML gives text as inline HTML for an abstract: displayed formulas as blocks, addresses as links, paragraphs parted by br.
func HTML(text string) (string, Stats) {
	w := &htmlSink{links: true, blocks: true}
	scanText(text, w)
	return w.b.String(), w.stats
}

// Inline gives text as phrasing HTML without links, blocks or line breaks, for a title that itself stands in a link.
func Inline(text string) (string, Stats) {
	w := &htmlSink{}
	scanText(text, w)
	return w.b.String(), w.stats
}

// Plain gives text as Unicode without markup: $x^2$ is "x²", $\alpha$ is "α", \'e is "é". White space is one blank each.
// Formulas that cannot be converted stay as their source. The result is not escaped.
func Plain(text string) string {
	w := &plainSink{}
	w.b.Grow(len(text))
	scanText(text, w)
	out := w.b.String()
	if spaced(out) { // most texts: parting and joining them is half of the work
		return out
	}
	return strings.Join(strings.FieldsFunc(out, isBlank), " ")
}

// spaced tells that all white space in s is single blanks between words.
func spaced(s string) bool {
	blank := true
	for _, r := range s {
		if isBlank(r) && (blank || r != ' ') {
			return false
		}
		blank = r == ' '
	}
	return !blank || s == ""
}

// Formula converts one formula, given without its dollars, to a math element; display asks for the displayed form. It also
// counts the commands that are not known and so shown by name. The error says what could not be read; the source is then the
// thing to show.
func Formula(src string, display bool) (mathml string, unknown int, err error) {
	n, unknown, err := parseFormula(src, display)
	if err != nil {
		return "", unknown, err
	}
	var b strings.Builder
	writeMath(&b, n, display)
	if b.Len() > maxMarkup {
		return "", unknown, errSize
	}
	return b.String(), unknown, nil
}
