package tex

import (
	"strings"
	"unicode/utf8"
)

// Part is a piece of a text: plain Unicode, or the source of a formula without its dollars.
type Part struct {
	Text string
	Math bool
}

// Parts gives text as Plain does, but leaves formulas as their authors wrote them, for who typesets TeX again. Blanks between
// parts belong to the plain ones. The text is not escaped.
func Parts(text string) []Part {
	w := &partSink{}
	scanText(text, w)
	w.end()
	return w.parts
}

// partSink is a plainSink that keeps formulas apart.
type partSink struct {
	plainSink
	parts []Part
}

func (s *partSink) math(src string, _ bool) {
	s.end()
	s.parts = append(s.parts, Part{Text: strings.Join(strings.FieldsFunc(src, isBlank), " "), Math: true})
}

// end closes the plain part, with one blank for each run of them.
func (s *partSink) end() {
	t := s.b.String()
	s.b.Reset()
	if t == "" {
		return
	}
	joined := strings.Join(strings.FieldsFunc(t, isBlank), " ")
	first, _ := utf8.DecodeRuneInString(t)
	last, _ := utf8.DecodeLastRuneInString(t)
	if isBlank(first) && len(s.parts) > 0 {
		joined = " " + joined
	}
	if isBlank(last) && joined != " " {
		joined += " "
	}
	s.parts = append(s.parts, Part{Text: joined})
}
