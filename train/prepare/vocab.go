package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"broadsheet/internal/embed/static"
	"broadsheet/train/corpus"
)

// vocab is the vocabulary while it is learned. Rows are in the order words,
// heads and parts, phrases.
type vocab struct {
	rows    []string // a word for each row, for its stem; parts as "##part"
	df      []int    // documents with the row's words
	entries []static.Entry
	phrases [][2]uint16
}

const (
	minNumber = 400 // documents that a number must be in to have a row
	minAlias  = 3   // and a plural to have an entry of its own
)

// learn counts words and chooses rows.
func learn(papers []corpus.Paper, words, parts int) *vocab {
	df := map[string]int{}
	seen := map[string]bool{}
	for _, p := range papers {
		if p.Part == corpus.Held {
			continue
		}
		clear(seen)
		static.Words(p.Title+"\n"+p.Abstract, func(w []byte) { seen[string(w)] = true })
		for w := range seen {
			df[w]++
		}
	}
	v := &vocab{}
	groups := map[string]int{} // documents by singular
	single := map[string]string{}
	for w, n := range df {
		if static.IsSilent(w) {
			v.entries = append(v.entries, static.Entry{Text: w, Row: static.Silent})
			continue
		}
		if isNumber(w) && (n < minNumber || len(w) > 4) {
			continue
		}
		s := singular(w, df)
		single[w] = s
		groups[s] += n
	}
	order := slices.SortedFunc(maps.Keys(groups), func(a, b string) int {
		return cmp.Or(cmp.Compare(groups[b], groups[a]), cmp.Compare(a, b))
	})
	order = order[:min(words, len(order))]
	fmt.Printf("%d words, %d singulars, the last row's word is in %d documents\n", len(df), len(groups), groups[order[len(order)-1]])
	rowOf := map[string]uint16{}
	for _, w := range order {
		rowOf[w] = v.row(w, groups[w])
		v.entries = append(v.entries, static.Entry{Text: w, Row: rowOf[w]})
	}
	for _, w := range slices.Sorted(maps.Keys(single)) {
		s := single[w]
		if row, ok := rowOf[s]; ok && w != s && df[w] >= minAlias {
			v.entries = append(v.entries, static.Entry{Text: w, Row: row})
			rowOf[w] = row
		}
	}
	rest := map[string]int{}
	for w, n := range df {
		if _, ok := rowOf[w]; !ok && !static.IsSilent(w) && n >= 2 && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" {
			rest[w] = n
		}
	}
	v.learnParts(rest, rowOf, parts)
	slices.SortFunc(v.entries, func(a, b static.Entry) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Text, b.Text))
	})
	return v
}

func (v *vocab) row(word string, df int) uint16 {
	v.rows, v.df = append(v.rows, word), append(v.df, df)
	return uint16(len(v.rows) - 1) // #nosec G115 -- Encode refuses more
}

func isNumber(w string) bool { return strings.Trim(w, "0123456789") == "" }

// singular gives the form that a plural shares its row with: itself, unless
// the sample has the singular not much more rarely than the plural.
func singular(w string, df map[string]int) string {
	n := len(w)
	if n < 4 || w[n-1] != 's' || strings.HasSuffix(w, "ss") || strings.HasSuffix(w, "us") || strings.HasSuffix(w, "is") {
		return w
	}
	var tries []string
	switch {
	case strings.HasSuffix(w, "ies") && n > 4:
		tries = []string{w[:n-3] + "y", w[:n-1]}
	case strings.HasSuffix(w, "es"):
		tries = []string{w[:n-1], w[:n-2]}
	default:
		tries = []string{w[:n-1]}
	}
	best := w
	for _, t := range tries {
		if !static.IsSilent(t) && df[t] >= 2 && df[t]*20 >= df[w] && (best == w || df[t] > df[best]) {
			best = t
		}
	}
	return best
}

func (v *vocab) contents(name string) static.Contents {
	n := len(v.rows)
	rows := make([]byte, n*static.Dim)
	return static.Contents{Name: name, Cap: 1, Rows: rows, Shifts: make([]byte, n), Phrases: v.phrases, Entries: v.entries}
}
