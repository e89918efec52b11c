package search

import (
	"slices"
	"strings"

	"broadsheet/internal/lib/analyze"
)

// silent are words that make a question or a wish of what is looked for and are
// not looked for themselves: "how do transformers forget" is about transformers
// and forgetting. Abstracts seldom have them, so that they would weigh more than
// the words that matter.
var silent = silentWords(`how what which why when where who whom whose do does did doing done can could should would may might must will shall
	i we you he she it me my our your us their them am been being have has had having there here than then also just please
	any some such so too very`)

func silentWords(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// spoken is what of a query's bare words is looked for: neither stop words nor
// silent ones, unless there is nothing else.
func spoken(text string, tokens []analyze.Token) []analyze.Token {
	stop := func(t analyze.Token) bool { return t.Kind.Has(analyze.Stop) }
	for _, drop := range []func(analyze.Token) bool{
		func(t analyze.Token) bool { return stop(t) || silent[strings.ToLower(text[t.Start:t.End])] }, stop,
	} {
		if kept := slices.DeleteFunc(slices.Clone(tokens), drop); len(kept) > 0 {
			return kept
		}
	}
	return tokens
}
