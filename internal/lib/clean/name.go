package clean

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// accents maps the TeX accent commands to combining characters (Knuth, The
// TeXbook, chapter 9).
var accents = map[byte]rune{
	'`': '\u0300', '\'': '\u0301', '^': '\u0302', '~': '\u0303', '=': '\u0304', 'u': '\u0306', '.': '\u0307', '"': '\u0308',
	'r': '\u030a', 'H': '\u030b', 'v': '\u030c', 'd': '\u0323', 'c': '\u0327', 'k': '\u0328', 'b': '\u0331',
}

// letters maps the TeX commands for letters that have no ASCII form.
var letters = map[string]string{
	"o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "aa": "å", "AA": "Å", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "ss": "ß",
	"i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ", "TH": "Þ", "ng": "ŋ", "NG": "Ŋ",
}

// TeXName gives a person's name or an affiliation in Unicode where the source
// wrote TeX: "Erd\H{o}s", "{\O}rsted" and "Fran\c cois" become "Erdős",
// "Ørsted" and "François". Braces go, "~" is a blank; commands that it does
// not know stay.
func TeXName(s string) string {
	if !strings.ContainsAny(s, `\{}~$`) {
		return Line(s)
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			out, n := texCommand(s[i:])
			b.WriteString(out)
			i += n
		case c == '{' || c == '}':
			i++
		case c == '~':
			b.WriteByte(' ')
			i++
		default:
			b.WriteByte(c)
			i++
		}
	}
	return Line(b.String())
}

// texCommand reads the command at the beginning of s, which starts with a
// backslash, and how many bytes it takes.
func texCommand(s string) (string, int) {
	word := 1
	for word < len(s) && isASCIILetter(s[word]) {
		word++
	}
	if word > 1 {
		if out, ok := letters[s[1:word]]; ok {
			if word < len(s) && s[word] == ' ' {
				word++ // a blank after a command of letters only ends it
			}
			return out, word
		}
	}
	mark, ok := accents[s[1]]
	if !ok || isASCIILetter(s[1]) && word != 2 {
		return s[:1], 1
	}
	i := 2
	for i < len(s) && (s[i] == '{' || s[i] == ' ') {
		i++
	}
	if i == len(s) {
		return s[:1], 1
	}
	base, size := utf8.DecodeRuneInString(s[i:])
	on := string(base)
	if base == '\\' && i+1 < len(s) && (s[i+1] == 'i' || s[i+1] == 'j') {
		on, size = s[i+1:i+2], 2
		if i+size < len(s) && s[i+size] == ' ' {
			size++
		}
	}
	if on == "\\" || on == "}" {
		return s[:1], 1
	}
	return norm.NFC.String(on + string(mark)), i + size
}

func isASCIILetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
