package analyze

import (
	"strings"
	"unicode/utf8"
)

// maxChunk is how much text without a blank is looked at in one piece. It
// bounds the cost of hostile text; a word in such a place may be cut in two.
const maxChunk = 512

// maxCached is the longest chunk that is remembered.
const maxCached = 64

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

// entry is what a chunk amounts to.
type entry struct {
	tokens    []token
	positions uint16
}

// generation is how many chunks each half of a cache holds. 65,536 distinct
// chunks are 97 % of the running text of papers.
const generation = 1 << 16

// cache remembers chunks in two generations: when the young one is full it
// becomes the old one, whose entries are taken over as they are asked for. What
// is asked for often stays, at the cost of no list and no counter.
type cache struct{ young, old map[string]*entry }

func (c *cache) get(chunk string) *entry {
	if e, ok := c.young[chunk]; ok {
		return e
	}
	if e, ok := c.old[chunk]; ok {
		c.put(chunk, e)
		return e
	}
	return nil
}

func (c *cache) put(chunk string, e *entry) {
	if len(c.young) >= generation {
		c.old, c.young = c.young, nil
	}
	if c.young == nil {
		c.young = map[string]*entry{}
	}
	c.young[strings.Clone(chunk)] = e // not a piece of the text, which would be kept whole
}
