package analyze

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives s in the form in which words are compared, before stemming: lower
// case, compatibility forms resolved, diacritics and invisible characters
// dropped, Greek letters that stand alone or in pairs by name. It is idempotent
// and gives valid UTF-8.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			b.WriteByte(c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if isGreek(r) {
			n, letters := greekRun(s[i:])
			if letters <= 2 {
				for _, r := range s[i : i+n] {
					b.WriteString(greekName(r))
				}
			} else {
				for _, r := range s[i : i+n] {
					b.WriteString(foldRune(r))
				}
			}
			i += n
			continue
		}
		b.WriteString(foldRune(r))
		i += size
	}
	return b.String()
}

// foldRune folds one character above ASCII; "" where it is dropped.
func foldRune(r rune) string {
	if r == utf8.RuneError || dropped(r) {
		return ""
	}
	if r >= 0x4e00 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7a3 {
		return string(r) // nothing to fold, and much of it
	}
	symbol := !isGreek(r) // "ᵦ" and its kin are never part of a Greek word
	var b strings.Builder
	for _, r := range norm.NFKC.String(string(r)) {
		if symbol && isGreek(r) {
			b.WriteString(greekName(r))
			continue
		}
		if unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) {
			for _, d := range norm.NFD.String(string(r)) {
				foldLetter(&b, d)
			}
		} else {
			foldLetter(&b, r)
		}
	}
	return b.String()
}

// foldLetter writes a character that cannot be decomposed further.
func foldLetter(b *strings.Builder, r rune) {
	if dropped(r) {
		return
	}
	r = unicode.ToLower(r)
	if s, ok := letters[r]; ok {
		b.WriteString(s)
		return
	}
	if r > unicode.MaxASCII && unicode.Is(unicode.Nd, r) {
		b.WriteByte('0' + digitOf(r))
		return
	}
	b.WriteRune(r)
}

// letters have no decomposition in Unicode, but one in how people type them.
var letters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ȷ': "j", 'ħ': "h", 'ŋ': "n", 'ŧ': "t",
	'ς': "σ", 'ʼ': "'", '’': "'", '‘': "'", '′': "'", 'ʹ': "'", 'ℓ': "l",
	'‐': "-", '‑': "-", '‒': "-", '–': "-", '−': "-", '﹣': "-", '“': `"`, '”': `"`, '„': `"`, '«': `"`, '»': `"`, '⁄': "/", '∗': "*",
}

// dropped tells the characters that leave no trace: combining marks of Latin,
// Greek and Cyrillic, points of Hebrew and Arabic, and what cannot be seen. The
// marks of other scripts are letters in all but name.
func dropped(r rune) bool {
	switch {
	case r < 0xad:
		return false
	case r == 0xad, r >= 0x300 && r <= 0x36f, r >= 0x483 && r <= 0x489, r >= 0x591 && r <= 0x5bd, r == 0x5bf, r >= 0x5c1 && r <= 0x5c7,
		r >= 0x610 && r <= 0x61a, r == 0x61c, r == 0x640, r >= 0x64b && r <= 0x65f, r == 0x670,
		r >= 0x1ab0 && r <= 0x1aff, r >= 0x1dc0 && r <= 0x1dff, r == 0x180e, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e,
		r >= 0x2060 && r <= 0x206f, r >= 0x20d0 && r <= 0x20ff, r >= 0xfe00 && r <= 0xfe0f, r >= 0xfe20 && r <= 0xfe2f, r == 0xfeff,
		r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return false
}

// digitOf is the value of a decimal digit of any script. Every range of them in
// Unicode is whole sets of ten.
func digitOf(r rune) byte {
	for _, x := range unicode.Nd.R16 {
		if r >= rune(x.Lo) && r <= rune(x.Hi) {
			return byte((r - rune(x.Lo)) % 10) //#nosec G115 -- below 10
		}
	}
	for _, x := range unicode.Nd.R32 {
		if r >= rune(x.Lo) && r <= rune(x.Hi) {
			return byte((r - rune(x.Lo)) % 10) //#nosec G115 -- below 10
		}
	}
	return 0
}
