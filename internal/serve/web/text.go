package web

import (
	"bytes"
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"

	"broadsheet/internal/lib/tex"
)

// typesetBytes is the memory for typeset text: a day's titles and summaries are
// some 40 KB, most of them plain.
const typesetBytes = 8 << 20

// typesetter turns text with TeX into HTML and remembers what it made: the same
// titles stand on the pages of a day, week, month, authors and categories.
type typesetter struct{ kept *lru }

func newTypesetter(bytes int) *typesetter { return &typesetter{newLRU(bytes)} }

// inline is text for titles and cards: no links, no blocks.
func (t *typesetter) inline(text string) template.HTML { return t.html("i", text, tex.Inline) }

// block is text for an abstract: displayed formulas, links.
func (t *typesetter) block(text string) template.HTML { return t.html("b", text, tex.HTML) }

// html is the only place where a string becomes markup. Package tex escapes
// everything that it did not make itself.
func (t *typesetter) html(form, text string, make func(string) (string, tex.Stats)) template.HTML {
	if text == "" {
		return ""
	}
	out, ok := t.kept.get(form + text)
	if !ok {
		out, _ = make(text)
		t.kept.put(form+text, out)
	}
	return template.HTML(out) // #nosec G203 -- markup of package tex, held against hostile text by TestHostileText
}

// excerptLength is how many characters of an abstract a card shows.
const excerptLength = 280

// excerpt is the first characters of text, at most limit, cut between two words
// and never inside a formula or a group, with an ellipsis where something was
// cut off.
func excerpt(text string, limit int) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	word, _ := cuts(text, limit)
	if word == 0 { // one formula or word as long as a card: show it as text
		return clip(tex.Plain(text), limit)
	}
	return strings.TrimRightFunc(text[:word], trailing) + "…"
}

// opening parts text after its last sentence that ends within limit characters;
// head is empty where none does.
func opening(text string, limit int) (head, rest string) {
	text = strings.Join(strings.Fields(text), " ")
	_, sentence := cuts(text, limit)
	return text[:sentence], strings.TrimSpace(text[sentence:])
}

// cuts finds the last places within limit characters where a text of single
// blanks may be cut between two words and between two sentences, outside of
// formulas and groups; 0 where there is none.
func cuts(text string, limit int) (word, sentence int) {
	runes, depth, math := 0, 0, false
	for i := 0; i < len(text) && runes < limit; {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\\' && i+1 < len(text):
			switch text[i+1] {
			case '(', '[':
				math = true
			case ')', ']':
				math = false
			}
			i, runes = i+1, runes+1 // what follows is escaped
			_, size = utf8.DecodeRuneInString(text[i:])
		case r == '$':
			if i+1 < len(text) && text[i+1] == '$' {
				i, runes = i+1, runes+1
			}
			math = !math && paired(text[i+1:])
		case r == '{':
			depth++
		case r == '}':
			depth = max(0, depth-1)
		case r == ' ' && !math && depth == 0:
			word = i
			if i > 0 && strings.ContainsRune(".?!", rune(text[i-1])) {
				sentence = i
			}
		}
		i, runes = i+size, runes+1
	}
	return word, sentence
}

// paired tells whether a dollar before rest has a partner; one without is money.
func paired(rest string) bool { return strings.Contains(rest, "$") }

func trailing(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:–—-", r) }

// clip is plain text cut at a word where it is longer than limit characters.
func clip(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	cut := string([]rune(text)[:limit])
	if i := strings.LastIndexByte(cut, ' '); i > limit/2 {
		cut = cut[:i]
	}
	return strings.TrimRightFunc(cut, trailing) + "…"
}

// unturned drops the characters from a page that turn text around or cannot be
// seen, whichever field they came with: overrides and isolates (U+202A to
// U+202E, U+2066 to U+2069), zero-width space, word joiner, byte order mark. Joiners and the two marks of direction stay: some scripts need them.
func unturned(page []byte) []byte {
	if !bytes.Contains(page, []byte("\u2000")[:2]) && !bytes.Contains(page, []byte("\u2040")[:2]) && !bytes.Contains(page, []byte("\ufeff")) {
		return page
	}
	return bytes.Map(func(r rune) rune {
		if r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200b || r == 0x2060 || r == 0xfeff {
			return -1
		}
		return r
	}, page)
}
