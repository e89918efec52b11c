package analyze

import (
	"strings"
	"unicode/utf8"
)

// maxChunk is how much text without a blank is looked at in one piece. It
// bounds the cost of hostile text; a word in such a place may be cut in two.
const maxChunk = 512

// The classes of bytes that cutting text into chunks needs.
const (
	other byte = iota
	blank      // ends a chunk
	word       // a letter or digit
	trim       // does not count at either end of a chunk
)

var classes = func() (c [256]byte) {
	for i := range c {
		switch {
		case i <= ' ' || i == 0x7f:
			c[i] = blank
		case i >= '0' && i <= '9' || i >= 'a' && i <= 'z' || i >= 'A' && i <= 'Z':
			c[i] = word
		case strings.IndexByte(`.,;:!?"'()[]`, byte(i)) >= 0:
			c[i] = trim
		}
	}
	return c
}()

// nextChunk finds the next run of characters without a blank at or after i,
// without the punctuation around it, so that "word", "word," and "(word" are
// remembered once. next is where to go on.
func nextChunk(text string, i int) (start, end, next int) {
	for i < len(text) && (classes[text[i]] == blank || classes[text[i]] == trim) {
		i++
	}
	start = i
	for i < len(text) && classes[text[i]] == word {
		i++
	}
	for i < len(text) && classes[text[i]] != blank && i-start < maxChunk {
		i++
	}
	end = i
	if i < len(text) && i-start >= maxChunk {
		for end > start+maxChunk-utf8.UTFMax && !utf8.RuneStart(text[end]) {
			end--
		}
		i = end
	}
	bracket := -1 // whether the chunk has an opening bracket; -1 unknown
	for end > start && classes[text[end-1]] == trim {
		if text[end-1] == ')' {
			if bracket < 0 {
				bracket = strings.IndexByte(text[start:end], '(') + 1
			}
			if bracket > 0 {
				break // "SO(3)" keeps its bracket, so that all of it is marked
			}
		}
		end--
	}
	return start, end, i
}

// token is a Token relative to its chunk.
type token struct {
	term       string
	pos        uint16
	span       uint16
	start, end uint16
	kind       Kind
}

// entry is what a chunk amounts to. Most are one token, which stands beside
// what refers to it: one line of the processor's cache instead of two.
type entry struct {
	tokens    []token
	positions uint16
	one       [1]token
}
