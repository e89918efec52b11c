package search

import (
	"slices"

	"broadsheet/internal/lib/segment"
)

// nearness says how closely a query's words stand together in a title or an
// abstract: for each two that are neighbours in the query, their least distance
// d in the order typed, as 1/d, or half of it against the order; weighed by the
// lesser idf of the two, over the sum for all neighbours. 1 means that the
// whole query stands there as typed. It is worked out for the candidates of the
// pool only, as it reads positions.
type nearness struct {
	pairs []pair
	all   float64
	where [][]uint32 // of the document in hand, by term
}

type pair struct {
	a, b   int // terms
	weight float64
}

func newNearness(p *plan) *nearness {
	n := &nearness{where: make([][]uint32, len(p.terms))}
	for i := 1; i < len(p.phrase); i++ {
		a, b := p.phrase[i-1], p.phrase[i]
		if a == b {
			continue
		}
		w := min(p.terms[a].idf, p.terms[b].idf)
		n.pairs = append(n.pairs, pair{a, b, w})
		n.all += w
	}
	return n
}

// wants reports whether the positions of a term matter.
func (n *nearness) wants(term int) bool {
	return slices.ContainsFunc(n.pairs, func(p pair) bool { return p.a == term || p.b == term })
}

func (n *nearness) reset() {
	for i := range n.where {
		n.where[i] = n.where[i][:0]
	}
}

func (n *nearness) value() float64 {
	if n.all == 0 {
		return 0
	}
	sum := 0.0
	for _, p := range n.pairs {
		sum += p.weight * closeness(n.where[p.a], n.where[p.b])
	}
	return sum / n.all
}

// closeness is the best 1/d of two words' positions, which ascend.
func closeness(a, b []uint32) float64 {
	best, j := 0.0, 0
	for _, at := range a {
		if at >= segment.AuthorsBase {
			break
		}
		for j < len(b) && b[j] <= at {
			j++
		}
		if j < len(b) && b[j]-at <= nearReach {
			best = max(best, 1/float64(b[j]-at))
		}
		if j > 0 && at-b[j-1] <= nearReach && at > b[j-1] {
			best = max(best, 0.5/float64(at-b[j-1]))
		}
	}
	return best
}
