package analyze

import (
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// Stem is the English Snowball stem (Porter 2) of a folded word. A word with
// anything but the letters a to z in it, and one of fewer than three, stays.
func Stem(word string) string {
	if len(word) < 3 || len(word) > MaxTerm {
		return word
	}
	for i := 0; i < len(word); i++ {
		if word[i] < 'a' || word[i] > 'z' {
			return word
		}
	}
	env := snowballstem.NewEnv(word)
	english.Stem(env)
	if s := env.Current(); s != "" {
		return s
	}
	return word
}

// stopWords is the list of Lucene's StandardAnalyzer: short, so that little is
// lost, and what most published baselines use. Addresses add three.
var stopWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`a an and are as at be but by for if in into is it no not of on or such that the their
		then there these they this to was will with http https www`) {
		m[w] = true
	}
	return m
}()
