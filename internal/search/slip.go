package search

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"broadsheet/internal/lib/analyze"
)

// What a slip costs: the logarithm of how many times more frequent a word must
// be to be preferred to one a step cheaper. Slips of the hand, and letters that
// are not heard, are frequent; the first letter is seldom wrong.
const (
	costNone    = 0.0 // two letters exchanged, one typed twice or one of two
	costMissing = 0.5
	costNear    = 1.0 // the key beside, another vowel; a letter too many
	costOther   = 2.5
	costFirst   = 4.0 // beside, where it is the first letter
	costTwo     = 4.0 // of two slips, whichever

	// dear is what any single slip may cost, cheap what one may that is offered
	// for a word that papers have.
	dear, cheap = 10, costNear

	twoSlipsFrom = 8 // letters: to shorter words too much is as near
)

// Evidence that is asked for. On 33,000 real papers these lead nine in ten
// misspellings of frequent words to the right one; see TestSpellingSample.
const (
	// leastFrequent is how many papers of thirty thousand must have a long word
	// that one typed is nearly; of more papers the root of as many times more.
	leastFrequent = 3
	// shortWord is to how many letters a word is short: each that it lacks makes
	// that e^perLetter times as many.
	shortWord, perLetter = 8, 0.7
	perCost              = 1.5 // likewise each step of cost
	// muchMore is how many times more papers must have a word than the one typed.
	muchMore = 100
)

const letters = "abcdefghijklmnopqrstuvwxyz"

// keysBeside has the letters whose keys touch, on the common Latin keyboard.
var keysBeside = map[byte]string{'a': "qwsz", 'b': "vghn", 'c': "xdfv", 'd': "serfcx", 'e': "wsdr", 'f': "drtgvc", 'g': "ftyhbv", 'h': "gyujnb",
	'i': "ujko", 'j': "huikmn", 'k': "jiolm", 'l': "kop", 'm': "njk", 'n': "bhjm", 'o': "iklp", 'p': "ol", 'q': "wa", 'r': "edft", 's': "awedxz",
	't': "rfgy", 'u': "yhji", 'v': "cfgb", 'w': "qase", 'x': "zsdc", 'y': "tghu", 'z': "asx"}

// form is a word that somebody may have meant.
type form struct {
	text string
	cost float64
}

// slipsOf calls f with every word that one slip makes into word, at most as
// dear as most. There are some 53 a letter; cheap are 30.
func slipsOf(word string, alphabet string, most float64, f func(form)) {
	emit := func(text string, at int, cost float64) {
		if at == 0 {
			cost += costFirst
		}
		if cost <= most && text != word {
			f(form{text, cost})
		}
	}
	for i := range len(word) + 1 {
		for j := range len(alphabet) {
			c, cost := alphabet[j], costMissing
			if i > 0 && word[i-1] == c || i < len(word) && word[i] == c {
				cost = costNone
			}
			emit(word[:i]+string(c)+word[i:], i, cost)
		}
		if i == len(word) {
			break
		}
		left, right := word[:i], word[i+1:]
		cost := costNear
		if i > 0 && word[i-1] == word[i] || right != "" && right[0] == word[i] {
			cost = costNone
		}
		emit(left+right, i, cost)
		if right != "" && right[0] != word[i] {
			emit(left+right[:1]+word[i:i+1]+right[1:], max(i, 1), costNone)
		}
		for j := range len(alphabet) {
			if c := alphabet[j]; c != word[i] {
				if cost := replacing(word[i], c); cost <= most {
					emit(left+string(c)+right, i, cost)
				}
			}
		}
	}
}

// replacing is what it costs to type a letter for another.
func replacing(typed, meant byte) float64 {
	const vowels = "aeiouy"
	if strings.IndexByte(keysBeside[typed], meant) >= 0 || strings.IndexByte(vowels, typed) >= 0 && strings.IndexByte(vowels, meant) >= 0 {
		return costNear
	}
	return costOther
}

// guess is a term that may have been meant.
type guess struct {
	term  string
	df    int
	cost  float64
	forms []form // of it that one slip leads to, the cheapest first
}

// worth is how much better a guess is than one that is just good enough to be
// put in a word's place.
func (s *search) worth(g guess, word string) float64 {
	if g.df < 2 {
		return -1
	}
	least := math.Log(leastFrequent * math.Sqrt(float64(s.view.docs)/30_000))
	return math.Log(float64(g.df)) - least - perCost*g.cost - perLetter*float64(max(0, shortWord-len(word)))
}

// rank puts the best guess first.
func (s *search) rank(all []guess, word string) {
	slices.SortFunc(all, func(a, b guess) int {
		return cmp.Or(cmp.Compare(s.worth(b, word), s.worth(a, word)), strings.Compare(a.term, b.term))
	})
}

// oneSlip are the terms to which one slip leads that are frequent enough, the
// best first. Forms are made of what was typed and looked up by their stems.
// Walking the dictionary of stems instead compares the wrong things: the stem of
// "atention" is as near to that of "agents" as to that of "attention".
func (s *search) oneSlip(word string, most float64, count func(term string) (int, error)) ([]guess, error) {
	stems := map[string][]form{}
	slipsOf(word, letters, most, func(f form) {
		stem := analyze.Stem(f.text)
		if !slices.Contains(stems[stem], f) {
			stems[stem] = append(stems[stem], f)
		}
	})
	own := analyze.Stem(word)
	had, err := count(own)
	if err != nil {
		return nil, err
	}
	delete(stems, own)
	var out []guess
	for _, stem := range slices.Sorted(maps.Keys(stems)) { // neighbours share blocks of the dictionary
		n, err := count(stem)
		if err != nil {
			return nil, err
		}
		if n < max(2, muchMore*had) {
			continue
		}
		forms := stems[stem]
		slices.SortFunc(forms, func(a, b form) int {
			return cmp.Or(cmp.Compare(a.cost, b.cost), len(b.text)-len(a.text), strings.Compare(a.text, b.text))
		})
		if g := (guess{stem, n, forms[0].cost, forms}); s.worth(g, word) >= 0 {
			out = append(out, g)
		}
	}
	s.rank(out, word)
	return out, nil
}

// anywhere is how many papers have a term.
func (s *search) anywhere(term string) (n int, err error) {
	err = s.view.each(func(_ int, p *part) error {
		e, ok, err := p.Lookup(term)
		if ok && !e.Tag {
			n += int(e.DF)
		}
		return err
	})
	return n, err
}
