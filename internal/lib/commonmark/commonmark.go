// Package commonmark writes other people's text into Markdown, so that it is
// shown as it reads: no link, picture, tag, heading or list comes of it, by
// CommonMark and by GitHub's extensions.
package commonmark

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape writes plain text so that Markdown shows it as it reads. What needs no
// escape has none, since people and models read it raw: "snake_case" and "2 < 3"
// stay. start says that the text begins a line.
func Escape(text string, start bool) string {
	text = line(text)
	var b strings.Builder
	for i, r := range text {
		rest := text[i+utf8.RuneLen(r):]
		if r == '@' && mailAt(text[:i], rest) {
			b.WriteString("(at)") // GitHub's Markdown makes links of addresses however the @ is escaped
			continue
		}
		if (start && i == 0 && strings.ContainsRune("#>-+=:", r)) || special(text[:i], r, rest) || start && marker(text[:i], r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// special tells whether r, between before and rest, would be more than itself.
func special(before string, r rune, rest string) bool {
	switch r {
	case '*', '`', '[', ']', '~', '|':
		return true
	case '\\':
		return rest == "" || rest[0] < utf8.RuneSelf && (unicode.IsPunct(rune(rest[0])) || unicode.IsSymbol(rune(rest[0])))
	case '_': // within a word it is itself
		return !wordAt(before, false) || !wordAt(rest, true)
	case '<': // of a tag, a comment or an address
		return rest != "" && (unicode.IsLetter(rune(rest[0])) || strings.ContainsRune("/!?", rune(rest[0])))
	case '&': // of an entity
		return rest != "" && (rest[0] == '#' || unicode.IsLetter(rune(rest[0])))
	case ':': // GitHub's Markdown makes links of bare addresses
		return strings.HasPrefix(rest, "//")
	case '.':
		return len(before) >= 3 && strings.EqualFold(before[len(before)-3:], "www")
	case '!':
		return strings.HasPrefix(rest, "[")
	}
	return false
}

// mailAt tells an @ between what may be the halves of a mail address.
func mailAt(before, rest string) bool {
	return rest != "" && rest[0] != ' ' && (wordAt(before, false) || strings.ContainsAny(before[max(0, len(before)-1):], "._+-"))
}

func wordAt(s string, first bool) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	if first {
		r, _ = utf8.DecodeRuneInString(s)
	}
	return s != "" && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// marker tells the dot or bracket after a number at the line's beginning: an item
// of a list.
func marker(before string, r rune) bool {
	return (r == '.' || r == ')') && before != "" && len(before) <= 9 && strings.Trim(before, "0123456789") == ""
}

// line makes text a single line without what cannot be seen or turns text around.
func line(text string) string {
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "\ufffd"), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	return strings.Map(func(r rune) rune {
		if r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200b || r == 0xfeff {
			return -1
		}
		return r
	}, text)
}

// Destination encodes what would end an address in Markdown.
func Destination(target string) string {
	return strings.NewReplacer(" ", "%20", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", `\`, "%5C", "`", "%60", "[", "%5B", "]", "%5D", "*", "%2A").Replace(target)
}
