package app

import (
	"strings"
	"unicode"

	"broadsheet"
	"broadsheet/internal/lib/tex"
)

// alikeTitle is the share of the words that the titles of one work have in
// common at least, as they are written; the engine asks for more of their stems.
const alikeTitle = 0.7

// alike tells whether two papers could be one work: nearly the same title, and
// an author in common where both name theirs. Comments on one work and the parts
// of a series share a title.
func alike(a, b *broadsheet.Paper) bool {
	x, y := titleWords(a), titleWords(b)
	both := 0
	for w := range x {
		if y[w] {
			both++
		}
	}
	all := len(x) + len(y) - both
	return both > 0 && float64(both) >= alikeTitle*float64(all) && shareAuthor(a, b)
}

// shareAuthor compares last names, since one place has first names where another
// has initials.
func shareAuthor(a, b *broadsheet.Paper) bool {
	if len(a.Authors) == 0 || len(b.Authors) == 0 {
		return true
	}
	names := map[string]bool{}
	for i := range a.Authors {
		names[lastName(a.Authors[i].Name)] = true
	}
	for i := range b.Authors {
		if names[lastName(b.Authors[i].Name)] {
			return true
		}
	}
	return false
}

func lastName(name string) string {
	key := broadsheet.AuthorKey(name)
	return key[strings.LastIndexByte(key, '-')+1:]
}

func titleWords(p *broadsheet.Paper) map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsSeq(titleKey(p)) {
		words[w] = true
	}
	return words
}

// titleKey folds a title: what differs in case, markup or punctuation only is
// one.
func titleKey(p *broadsheet.Paper) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(tex.Plain(p.Title)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r)
	}), " ")
}

// twin tells whether two papers have one title and an author in common.
func twin(a, b *broadsheet.Paper) bool {
	key := titleKey(a)
	return key != "" && key == titleKey(b) && shareAuthor(a, b)
}

// same finds, for each paper of a list, the first one before it that is possibly
// the same work, -1 for none. Only papers whose whole title is the same are: a
// list is no place to guess.
func same(papers []broadsheet.Paper) []int {
	out := make([]int, len(papers))
	titled := make(map[string][]int, len(papers))
	for i := range papers {
		out[i] = -1
		key := titleKey(&papers[i])
		for _, at := range titled[key] {
			if key != "" && shareAuthor(&papers[at], &papers[i]) {
				out[i] = at
				break
			}
		}
		titled[key] = append(titled[key], i)
	}
	return out
}
