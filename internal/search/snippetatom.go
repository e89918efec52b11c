package search

import (
	"strings"

	"broadsheet"
)

// maxFormula is the longest formula that is believed in: a dollar whose partner
// is further away is money.
const maxFormula = 400

// atomsOf finds what must stay whole in a text for its markup to be right:
// formulas, groups in braces with their commands, web addresses. They ascend and
// do not overlap.
func atomsOf(text string) []broadsheet.Span {
	if strings.IndexByte(text, '$') < 0 && strings.IndexByte(text, '\\') < 0 && strings.IndexByte(text, '{') < 0 && !strings.Contains(text, "://") {
		return nil // three of four
	}
	var out []broadsheet.Span
	for i := 0; i < len(text); {
		n := atomAt(text, i)
		if n == 0 {
			i++
			continue
		}
		out = append(out, broadsheet.Span{Start: i, End: i + n})
		i += n
	}
	return out
}

// atomAt measures the atom that begins at i; 0 where none does.
func atomAt(text string, i int) int {
	rest := text[i:]
	if len(rest) > maxFormula {
		rest = rest[:maxFormula]
	}
	switch rest[0] {
	case '$':
		if strings.HasPrefix(rest, "$$") {
			return closed(rest, 2, "$$")
		}
		if n := closed(rest, 1, "$"); n > 0 && !isProse(rest[1:n-1]) {
			return n
		}
		return 0
	case '\\':
		switch {
		case strings.HasPrefix(rest, `\(`):
			return closed(rest, 2, `\)`)
		case strings.HasPrefix(rest, `\[`):
			return closed(rest, 2, `\]`)
		}
		n := 1
		for n < len(rest) && (rest[n]|0x20 >= 'a' && rest[n]|0x20 <= 'z') {
			n++
		}
		if n == 1 {
			n = min(2, len(rest)) // an accent, or a sign that is meant
		}
		for n < len(rest) && rest[n] == '{' {
			n += braces(rest[n:])
		}
		return n
	case '{':
		return braces(rest)
	case 'h':
		if strings.HasPrefix(rest, "http://") || strings.HasPrefix(rest, "https://") {
			if n := strings.IndexAny(rest, " \t\n"); n > 0 {
				return n
			}
			return len(rest)
		}
	}
	return 0
}

// closed measures what begins with n bytes of opening and ends with shut.
func closed(rest string, n int, shut string) int {
	for i := n; i < len(rest); i++ {
		if strings.HasPrefix(rest[i:], shut) {
			if i == n {
				return 0
			}
			return i + len(shut)
		}
		if rest[i] == '\\' {
			i++
		}
	}
	return 0
}

// isProse tells whether what stands between two dollars is text about money:
// four words and nothing of TeX.
func isProse(inner string) bool {
	if strings.ContainsAny(inner, `\^_=<>{}`) {
		return false
	}
	words := 0
	for w := range strings.FieldsSeq(inner) {
		if w = strings.Trim(w, ".,;:()'?!"); len(w) >= 2 && w[0]|0x20 >= 'a' && w[0]|0x20 <= 'z' {
			words++
		}
	}
	return words >= 4
}

// braces measures a group in braces; one that is not closed is a brace.
func braces(rest string) int {
	depth := 0
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 1
}
