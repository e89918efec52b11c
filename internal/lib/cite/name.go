package cite

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// name is an author's name in parts. Whole alone is set where the parts are not sure: a collaboration, a name of one word or
// in a script that does not write the family name last.
type name struct {
	given, particle, family, suffix string
	whole                           string
}

// Words that make a name that of a group.
var groupWords = []string{"collaboration", "collaborations", "consortium", "team", "group", "project", "laboratory", "lab", "labs", "institute", "university",
	"network", "committee", "initiative", "society", "foundation", "association", "research", "authors", "contributors", "members", "the", "and", "others", "for", "of"}

// suffixes follow a family name.
var suffixes = map[string]string{"jr": "Jr.", "jr.": "Jr.", "sr": "Sr.", "sr.": "Sr.", "ii": "II", "iii": "III", "iv": "IV"}

// certain are particles that begin a family name also where they are written with a capital.
var certain = []string{"van", "von", "de", "der", "den", "di", "da", "del", "della", "du", "dos", "das", "ter", "ten", "vander", "st."}

// doubtful begin a family name in one language and are given names in another.
var doubtful = []string{"ben", "bin", "ibn", "abu", "abou", "abi", "el", "al", "la", "le", "san", "santa", "do", "bar", "mac"}

// parse parts a printed name.
func parse(printed string) name {
	text := clean(printed)
	words := strings.Fields(text)
	whole := name{whole: text}
	if len(words) < 2 || strings.ContainsFunc(text, foreign) || slices.ContainsFunc(words, isGroup) {
		return whole
	}
	var n name
	if before, after, ok := strings.Cut(text, ","); ok {
		// "King, Jr." is a suffix; any other comma may stand between names as well as in one.
		if n.suffix, ok = suffixes[strings.ToLower(strings.TrimSpace(after))]; !ok {
			return whole
		}
		words = strings.Fields(before)
	} else if s, ok := suffixes[strings.ToLower(words[len(words)-1])]; ok && len(words) > 2 {
		n.suffix, words = s, words[:len(words)-1]
	}
	if len(words) < 2 {
		return whole
	}
	first := len(words) - 1 // of the family name
	for first > 1 && isParticle(words[first-1]) {
		first--
	}
	if first > 1 && slices.Contains(doubtful, strings.ToLower(words[first-1])) || small(words[0]) {
		return whole
	}
	// What is written small is a particle of its own, "van der"; "Van" belongs to the name.
	own := first
	for own < len(words)-1 && small(words[own]) {
		own++
	}
	n.given, n.particle, n.family = strings.Join(words[:first], " "), strings.Join(words[first:own], " "), strings.Join(words[own:], " ")
	return n
}

// last is what a name is sorted and keyed by.
func (n name) last() string {
	if n.whole != "" {
		return n.whole
	}
	return n.family
}

func isParticle(word string) bool {
	return small(word) || slices.Contains(certain, strings.ToLower(word))
}

// small tells a word that begins with a small letter, which in a name is a particle.
func small(word string) bool {
	for _, r := range word {
		return unicode.IsLower(r)
	}
	return false
}

func isGroup(word string) bool {
	return slices.Contains(groupWords, strings.ToLower(strings.Trim(word, ".,;:()")))
}

// foreign tells characters that no printed name of a person has, or that are of scripts in which the family name comes first.
func foreign(r rune) bool {
	return unicode.IsDigit(r) || strings.ContainsRune("&/:;()[]{}@\"=+*|<>\\$%#_^~", r) || unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
}

// clean makes every run of blanks and control characters one blank, and drops what cannot be seen.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\ufffd"), isGap), " ")
}

func isGap(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200b || r == 0xfeff
}

// isClean tells, without work for the many texts that are, what clean would leave as it is.
func isClean(s string) bool {
	gap := true // as if before: no blank may stand at an end
	for _, r := range s {
		switch {
		case r == ' ':
			if gap {
				return false
			}
			gap = true
			continue
		case r < ' ' || r == 0x7f || r == utf8.RuneError:
			return false
		case r >= utf8.RuneSelf && isGap(r):
			return false
		}
		gap = false
	}
	return !gap || s == ""
}
