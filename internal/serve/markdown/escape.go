package markdown

import (
	"strings"
	"unicode/utf8"

	"broadsheet"
	"broadsheet/internal/lib/commonmark"
	"broadsheet/internal/lib/tex"
)

func escape(text string, start bool) string { return commonmark.Escape(text, start) }

func destination(target string) string { return commonmark.Destination(target) }

// plain is a source's text, its TeX as Unicode, escaped.
func plain(text string, start bool) string { return escape(tex.Plain(text), start) }

// link is a link with text that is already escaped; without a target that may
// stand in one it is the text.
func link(text, target string) string {
	if !broadsheet.ValidURL(target) {
		return text
	}
	return "[" + text + "](" + destination(target) + ")"
}

// bare is an address that shows itself.
func bare(target string) string {
	if !broadsheet.ValidURL(target) {
		return escape(target, false)
	}
	return "<" + destination(target) + ">"
}

// head is the beginning of a source's text that surely gives so many characters,
// TeX included: most of an abstract need not be converted for a list.
func head(text string, characters int) string {
	most := 4 * characters
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// clip cuts text at a word where it is longer than limit characters.
func clip(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	cut := string([]rune(text)[:limit])
	if i := strings.LastIndexByte(cut, ' '); i > limit/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:–—-") + "…"
}
