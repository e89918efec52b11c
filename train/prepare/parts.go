package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"broadsheet/internal/embed/static"
)

const (
	minHead, maxPart = 3, 10
	rounds           = 5
)

// learnParts chooses beginnings and inner parts for the words without a row.
// It begins with all that many words have and keeps, in rounds, those that
// cutting by the longest match uses most. A word counts by the root of its
// documents or so: here as one and a half where it is in many.
func (v *vocab) learnParts(rest map[string]int, rowOf map[string]uint16, limit int) {
	words := slices.Sorted(maps.Keys(rest))
	heads, inner := map[string]int{}, map[string]int{}
	for _, w := range words {
		for n := minHead; n <= min(maxPart, len(w)-1); n++ {
			heads[w[:n]]++
		}
		for i := 1; i < len(w); i++ {
			for n := 2; n <= maxPart && i+n <= len(w); n++ {
				inner[w[i:i+n]]++
			}
		}
	}
	maps.DeleteFunc(heads, func(w string, n int) bool { _, known := rowOf[w]; return known || n < 25 || static.IsSilent(w) })
	maps.DeleteFunc(inner, func(_ string, n int) bool { return n < 25 })
	for round := range rounds {
		usedHeads, usedInner := map[string]int{}, map[string]int{}
		for _, w := range words {
			cutWord(w, func(s string) bool { _, known := rowOf[s]; return known || heads[s] > 0 },
				func(s string) bool { return inner[s] > 0 },
				func(s string, head bool) {
					if _, known := rowOf[s]; head && !known {
						usedHeads[s]++
					} else if !head {
						usedInner[s]++
					}
				})
		}
		keep := limit << (rounds - 1 - round)
		heads, inner = most(usedHeads, keep/3), most(usedInner, keep-keep/3)
	}
	fmt.Printf("%d words without a row, %d beginnings, %d inner parts\n", len(words), len(heads), len(inner))
	for _, w := range slices.Sorted(maps.Keys(heads)) {
		v.entries = append(v.entries, static.Entry{Text: w, Row: v.row(w, heads[w])})
	}
	for _, w := range slices.Sorted(maps.Keys(inner)) {
		v.entries = append(v.entries, static.Entry{Text: w, Part: true, Row: v.row("##"+w, inner[w])})
	}
}

// cutWord cuts as the model does.
func cutWord(w string, head, inner func(string) bool, use func(s string, head bool)) {
	at := 0
	for k := len(w); k >= minHead; k-- {
		if head(w[:k]) {
			use(w[:k], true)
			at = k
			break
		}
	}
	for at < len(w) {
		k := len(w)
		for ; k > at+1; k-- {
			if inner(w[at:k]) {
				use(w[at:k], false)
				break
			}
		}
		at = k
	}
}

func most(counts map[string]int, n int) map[string]int {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	out := map[string]int{}
	for _, k := range keys[:min(n, len(keys))] {
		out[k] = counts[k]
	}
	return out
}
