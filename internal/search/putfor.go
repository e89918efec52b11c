package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"broadsheet"
)

// putFor puts a word in another's place, where that first stands by itself, with
// a capital where that had one; "" leaves the text.
func putFor(text, old, word string) string {
	if word == "" || old == "" {
		return text
	}
	for from := 0; ; {
		i := strings.Index(text[from:], old)
		if i < 0 {
			return text
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(old):])
		if !unicode.IsLetter(before) && !unicode.IsLetter(after) {
			first, n := utf8.DecodeRuneInString(word)
			if c, _ := utf8.DecodeRuneInString(old); unicode.IsUpper(c) {
				word = string(unicode.ToUpper(first)) + word[n:]
			}
			return text[:i] + word + text[i+len(old):]
		}
		from = i + len(old)
	}
}

// nameIn is how a text writes the name that has an author's key.
func nameIn(text, key string) string {
	const longest = 8 // words
	for i := range text {
		if before, _ := utf8.DecodeLastRuneInString(text[:i]); i > 0 && isNamePart(before) {
			continue
		}
		words := 0
		for j := i + 1; j <= len(text) && words < longest; j++ {
			if after, _ := utf8.DecodeRuneInString(text[j:]); j < len(text) && (!utf8.RuneStart(text[j]) || isNamePart(after)) {
				continue
			}
			if words++; broadsheet.AuthorKey(text[i:j]) == key && isNamePart(lastRune(text[i:j])) {
				return strings.TrimLeftFunc(text[i:j], func(r rune) bool { return !isNamePart(r) })
			}
		}
	}
	return ""
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func isNamePart(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) }
