package config

import "strings"

// Nearest is the candidate that text most likely means: the one fewest edits
// away (a letter added, dropped, changed, or swapped with its neighbour),
// where that is at most a third of its length or of text's; "" where none is.
// Case does not count.
func Nearest(text string, candidates []string) string {
	best, least := "", 1<<30
	for _, c := range candidates {
		d := distance(strings.ToLower(text), strings.ToLower(c))
		if d < least && d <= max(len(c), len(text), 3)/3 {
			best, least = c, d
		}
	}
	return best
}

// distance is the optimal string alignment distance, a Damerau-Levenshtein
// distance that edits no part twice.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	if len(s) > 80 || len(t) > 80 {
		return 1 << 20
	}
	d := make([][]int, len(s)+1)
	for i := range d {
		d[i] = make([]int, len(t)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			change := d[i-1][j-1]
			if s[i-1] != t[j-1] {
				change++
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, change)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(s)][len(t)]
}
