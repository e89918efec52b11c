// Package clean makes text from outside safe and even: what every harvester
// and importer does to a title, a name or an abstract before it is stored.
//
// Guarantees of every function: the result is valid UTF-8 in Unicode
// normalisation form C, without control characters, without bidirectional
// controls and invisible format characters, without noncharacters, and with
// at most eight combining marks in a row. All functions are idempotent. TeX is
// kept; only TeXName reads it.
package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks may follow one another. Real scripts
// stay below five; more only serves to paint over neighbouring lines.
const maxMarks = 8

// Line gives s on one line: every run of white space, line ends among them, is
// one blank, none stands at the ends.
func Line(s string) string {
	if plain(s) {
		return s
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	var b strings.Builder
	b.Grow(len(s))
	var prev rune // last rune written
	gap, marks := false, 0
	for i, r := range s {
		switch {
		case blank(r):
			gap = b.Len() > 0
			continue
		case r == '\u200c' || r == '\u200d':
			if gap || !joins(prev) || !joinsNext(s[i+utf8.RuneLen(r):]) {
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
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
		prev = r
	}
	// Dropping a character may bring together what composes.
	return norm.NFC.String(b.String())
}

// plain tells that s is printable ASCII with single inner blanks: the common
// case, for which nothing is to be done.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c > '~' {
			return false
		}
		if c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// Clip gives the longest beginning of s of at most max bytes that ends at a
// character, with "…" in place of what is missing.
func Clip(s string, max int) string {
	const dots = "…"
	if len(s) <= max {
		return s
	}
	cut := max - len(dots)
	if cut < 0 {
		return ""
	}
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.TrimRight(s[:cut], " ") + dots
}

func blank(r rune) bool {
	return unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' || r == '\u2800'
}

// hidden tells that a reader cannot see r, or that it turns the direction of
// the text around it.
func hidden(r rune) bool {
	switch {
	case unicode.IsControl(r),
		r == '\u00ad', r == '\u034f', r == '\u061c', r == '\u115f', r == '\u1160', r == '\u180e', r == '\u3164', r == '\uffa0', r == '\ufeff',
		r >= '\u200b' && r <= '\u200f',
		r >= '\u202a' && r <= '\u202e',
		r >= '\u2060' && r <= '\u206f',
		r >= '\ufff0' && r <= '\ufffb',
		r >= '\ufdd0' && r <= '\ufdef',
		r >= 0xE0000 && r <= 0xE0FFF,
		r&0xFFFE == 0xFFFE:
		return true
	}
	return false
}

// joins tells that a zero-width joiner or non-joiner after r has a meaning: in
// scripts whose letters join, and between the parts of an emoji.
func joins(r rune) bool {
	return unicode.IsOneOf([]*unicode.RangeTable{
		unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
		unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam,
		unicode.Sinhala, unicode.Khmer, unicode.Myanmar,
	}, r) || r != utf8.RuneError && unicode.Is(unicode.So, r) || r == '\ufe0f' || r >= 0x1F3FB && r <= 0x1F3FF
}

func joinsNext(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return r != utf8.RuneError && joins(r)
}
