package analyze

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// greekNames are the small letters in their order from U+03B1, the final sigma
// among them.
var greekNames = strings.Fields("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon phi chi psi omega")

// isGreek tells the letters that papers use as symbols, and their styled and
// accented forms.
func isGreek(r rune) bool {
	return r == 0xb5 || (r >= 0x370 && r <= 0x3ff || r >= 0x1f00 && r <= 0x1fff) && unicode.IsLetter(r) || r == 0x2126 || r >= 0x1d6a8 && r <= 0x1d7cb
}

// greekRun measures the Greek letters at the start of s: their bytes, marks
// included, and how many they are. Up to two are symbols, which go by name; more
// are a word of the Greek language.
func greekRun(s string) (bytes, letters int) {
	for bytes < len(s) {
		r, size := utf8.DecodeRuneInString(s[bytes:])
		switch {
		case isGreek(r):
			letters++
		case r >= 0x300 && r <= 0x36f:
		default:
			return bytes, letters
		}
		bytes += size
	}
	return bytes, letters
}

// greekName is the name of a letter, "" for a mark, and the folded character
// where it has no name.
func greekName(r rune) string {
	if r >= 0x300 && r <= 0x36f {
		return ""
	}
	f := strings.TrimSpace(foldRune(r)) // U+037A is a blank and an iota
	l, size := utf8.DecodeRuneInString(f)
	if size == len(f) {
		if l >= 'α' && l <= 'ω' {
			return greekNames[l-'α']
		}
		switch norm.NFKC.String(f) {
		case "∂":
			return "partial"
		case "∇":
			return "nabla"
		}
	}
	return f
}
