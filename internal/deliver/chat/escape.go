package chat

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// joiner is invisible and no part of a word, name or address (U+2060).
const joiner = "\u2060"

// loose is a text in which no program finds an address, a name, a tag or a
// command by itself: a joiner stands after each sign that begins one and in each
// dot between letters. It looks the same.
func loose(s string) string {
	if !strings.ContainsAny(s, "@#$/:.") {
		return s
	}
	var b strings.Builder
	prev := ' '
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		b.WriteRune(r)
		next, _ := utf8.DecodeRuneInString(s)
		switch r {
		case '@', '#', '$':
			b.WriteString(joiner)
		case '/':
			if prev == ' ' || prev == '/' || prev == ':' {
				b.WriteString(joiner)
			}
		case ':':
			if next == '/' || unicode.IsLetter(next) || unicode.IsDigit(next) && unicode.IsLetter(prev) { // an address, mailto:, tel:
				b.WriteString(joiner)
			}
		case '.':
			if unicode.IsLetter(next) && prev != ' ' { // example.org, 192.0.2.1 without letters is none that programs link
				b.WriteString(joiner)
			}
		}
		prev = r
	}
	return b.String()
}

// marked is a text in Markdown that reads as it is: every sign that could mean
// something, in the dialects of Discord and Mattermost, has a backslash before it.
func marked(s string) string {
	var b strings.Builder
	for _, r := range loose(s) {
		if r < utf8.RuneSelf && (unicode.IsPunct(r) || unicode.IsSymbol(r)) && !strings.ContainsRune(`,;'"%?^{}/`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// marksOf are the signs that mean something inside a line of Markdown, without
// those that only do at its beginning.
const marksOf = "\\`*_[]()<>~|!#&"

// lightlyMarked is marked for programs that read Markdown and show backslashes
// where they are not needed.
func lightlyMarked(s string) string {
	var b strings.Builder
	for _, r := range loose(s) {
		if strings.ContainsRune(marksOf, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// entities is a text in which every sign of ASCII that is no letter, digit or
// blank is an HTML entity.
func entities(s string) string {
	var b strings.Builder
	for _, r := range loose(s) {
		if r < utf8.RuneSelf && (unicode.IsPunct(r) || unicode.IsSymbol(r)) {
			b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// inHTML is a text as HTML holds it.
func inHTML(s string) string { return html.EscapeString(loose(s)) }

// href is an address for an attribute or a link of Markdown: what could end
// either is written in percent. Addresses of the site have none of it.
func href(s string) string {
	return strings.NewReplacer(`"`, "%22", "<", "%3C", ">", "%3E", "(", "%28", ")", "%29", "[", "%5B", "]", "%5D", "|", "%7C", "\\", "%5C", " ", "%20", "`", "%60").Replace(s)
}
