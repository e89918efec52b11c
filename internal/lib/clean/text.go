package clean

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Text cleans what people write over several lines. White space stays as it is
// but for line ends, which become "\n" each, and for blanks of odd widths, which
// become common ones: it has a meaning in Markdown.
func Text(s string) string {
	if plainText(s) {
		return s
	}
	s = norm.NFC.String(strings.ToValidUTF8(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s), "\uFFFD"))
	var b strings.Builder
	b.Grow(len(s))
	var prev rune
	marks := 0
	for i, r := range s {
		switch {
		case r == '\n' || r == '\t':
		case blank(r):
			r = ' '
		case r == '\u200c' || r == '\u200d':
			if !joins(prev) || !joinsNext(s[i+len(string(r)):]) {
				continue
			}
		case hidden(r):
			continue
		}
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
			if marks++; marks > maxMarks {
				continue
			}
		} else {
			marks = 0
		}
		b.WriteRune(r)
		prev = r
	}
	return norm.NFC.String(b.String())
}

// plainText tells that s is printable ASCII, tabs and line ends.
func plainText(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < ' ' || c > '~') && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}
