package app

import (
	"cmp"
	"math"
	"slices"

	"broadsheet"
)

// Confidence is the lower bound of the share of people who find a comment
// helpful, as far as ups and downs among its votes tell at 95 %: E. B. Wilson,
// Probable inference, the law of succession, and statistical inference, Journal
// of the American Statistical Association 22 (1927), 209-212. Ten of ten are worth
// more than one of one. It is 0 where nobody voted.
func Confidence(ups, downs int) float64 {
	n := float64(ups + downs)
	if n == 0 {
		return 0
	}
	const z = 1.959963984540054 // quantile of the normal distribution at 97.5 %
	p := float64(ups) / n
	return max(0, (p+z*z/(2*n)-z*math.Sqrt((p*(1-p)+z*z/(4*n))/n))/(1+z*z/n)) // rounding may end below
}

// maxDepth is how deep a thread is shown; answers further down stand behind each
// other and name whom they answer.
const maxDepth = 6

// place is a comment's place in a discussion: which of the comments, how deep.
type place struct{ index, depth int }

// ordered puts comments, which come in the order they were written, into the
// order in which they are read: each before its answers. Those for which keep is
// false and that no comment below needs are left out.
func ordered(all []broadsheet.Comment, keep []bool, sort broadsheet.CommentSort) []place {
	row := make(map[string]int, len(all))
	for i := range all {
		row[all[i].Token] = i
	}
	replies := make([][]int, len(all))
	var roots []int
	// An answer comes after what it answers: backwards, all answers are known.
	for i := len(all) - 1; i >= 0; i-- {
		if !keep[i] && len(replies[i]) == 0 {
			continue
		}
		if up, ok := row[all[i].Parent]; ok && all[i].Parent != "" && up < i {
			replies[up] = append(replies[up], i)
		} else {
			roots = append(roots, i)
		}
	}
	order := func(rows []int, top bool) {
		slices.SortFunc(rows, func(x, y int) int {
			switch {
			case sort == broadsheet.CommentsBest:
				return cmp.Or(cmp.Compare(Confidence(all[y].Ups, all[y].Downs), Confidence(all[x].Ups, all[x].Downs)), cmp.Compare(all[x].Downs, all[y].Downs), cmp.Compare(x, y))
			case sort == broadsheet.CommentsNewest && top:
				return cmp.Compare(y, x)
			}
			return cmp.Compare(x, y)
		})
	}
	out := make([]place, 0, len(all))
	order(roots, true)
	// A stack of its own: an answer to an answer a thousand deep is no reason to
	// recurse.
	stack := make([]place, 0, len(roots))
	push := func(rows []int, depth int) {
		for i := len(rows) - 1; i >= 0; i-- {
			stack = append(stack, place{rows[i], depth})
		}
	}
	push(roots, 0)
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		out = append(out, p)
		order(replies[p.index], false)
		push(replies[p.index], min(p.depth+1, maxDepth-1))
	}
	return out
}
