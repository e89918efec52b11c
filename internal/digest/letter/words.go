package letter

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"broadsheet/internal/lib/clean"

	"github.com/mattn/go-runewidth"
)

// line is text on one line without what cannot be seen or turns text around.
func line(s string) string { return clean.Line(s) }

// clip is a line cut at a word where it is longer than limit characters.
func clip(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	cut := string([]rune(s)[:limit])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRightFunc(cut, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:–—-", r) }) + "…"
}

// excerpt is a line cut after a sentence where one ends in the second half of
// limit characters, else at a word.
func excerpt(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	cut := string([]rune(s)[:limit])
	for i := len(cut) - 1; i > len(cut)/2; i-- {
		if cut[i] == ' ' && strings.IndexByte(".?!", cut[i-1]) >= 0 && !abbreviated(cut[:i]) {
			return cut[:i]
		}
	}
	return clip(s, limit)
}

// abbreviated tells whether a text ends with a full stop that ends no sentence:
// "e.g.", "et al.", "J.".
func abbreviated(s string) bool {
	last := s[strings.LastIndexByte(s, ' ')+1:]
	switch last = strings.ToLower(strings.TrimLeft(last, "(")); last {
	case "al.", "vs.", "cf.", "resp.", "approx.", "fig.", "eq.", "sec.", "no.", "i.e.", "e.g.", "etc.", "ca.":
		return true
	}
	return len(last) == 2 || strings.Count(last, ".") > 1
}

// number writes 1204 as 1,204.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural writes a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}

// short writes 1234 as 1.2k.
func short(n int) string {
	switch {
	case n < 1000:
		return strconv.Itoa(n)
	case n < 9950:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1000), ".0") + "k"
	case n < 999500:
		return fmt.Sprintf("%.0fk", float64(n)/1000)
	}
	return fmt.Sprintf("%.1fM", float64(n)/1e6)
}

// columns is the width of the text part.
const columns = 72

// narrow counts columns the same on every machine, whatever its locale.
var narrow = &runewidth.Condition{StrictEmojiNeutral: true}

// wrap writes a line in lines of at most columns, each after the indent and with
// a line end. A word that is longer, such as an address, stands on a line of its
// own, whole.
func wrap(b *strings.Builder, indent, s string) {
	width := -1
	for _, word := range strings.Fields(s) {
		w := narrow.StringWidth(word)
		switch {
		case width < 0:
			b.WriteString(indent)
			width = len(indent)
		case width+1+w > columns:
			b.WriteString("\n" + indent)
			width = len(indent)
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += w
	}
	if width >= 0 {
		b.WriteByte('\n')
	}
}
