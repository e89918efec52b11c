package judge

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Scores are the measures of one query, or their means over many.
type Scores struct {
	NDCG10    float64
	MAP       float64 // of one query: average precision
	Recall100 float64
	MRR       float64 // of one query: reciprocal rank
	P10       float64
}

// Of measures a ranking against the judgements of its query: score by id of
// document. A query without a relevant document has no measures; it gives zeros.
func Of(ranked []Scored, judged map[string]int) Scores {
	relevant := 0
	for _, score := range judged {
		if score > 0 {
			relevant++
		}
	}
	if relevant == 0 {
		return Scores{}
	}
	var s Scores
	var dcg float64
	found := 0
	for i, d := range inOrder(ranked) {
		gain := judged[d.ID]
		if gain <= 0 {
			continue
		}
		found++
		s.MAP += float64(found) / float64(i+1)
		if found == 1 {
			s.MRR = 1 / float64(i+1)
		}
		if i < 100 {
			s.Recall100++
		}
		if i < 10 {
			s.P10++
			dcg += float64(gain) / math.Log2(float64(i+2))
		}
	}
	s.NDCG10 = dcg / ideal(judged)
	s.MAP /= float64(relevant)
	s.Recall100 /= float64(relevant)
	s.P10 /= 10
	return s
}

// ideal is the gain of the best possible first ten.
func ideal(judged map[string]int) float64 {
	gains := make([]int, 0, len(judged))
	for _, g := range judged {
		if g > 0 {
			gains = append(gains, g)
		}
	}
	slices.SortFunc(gains, func(a, b int) int { return cmp.Compare(b, a) })
	var sum float64
	for i, g := range gains[:min(len(gains), 10)] {
		sum += float64(g) / math.Log2(float64(i+2))
	}
	return sum
}

// inOrder ranks as trec_eval does, and keeps the better of a document that was
// found twice, which would otherwise count twice. trec_eval holds scores in 32
// bits; with more, what it takes for a tie would be none here.
func inOrder(ranked []Scored) []Scored {
	out := slices.Clone(ranked)
	slices.SortStableFunc(out, func(a, b Scored) int {
		if c := cmp.Compare(float32(b.Score), float32(a.Score)); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	seen := make(map[string]bool, len(out))
	return slices.DeleteFunc(out, func(d Scored) bool {
		twice := seen[d.ID]
		seen[d.ID] = true
		return twice
	})
}

// Measure gives the measures of each judged query, in the set's order.
func Measure(run *Run, set *Set) []Scores {
	out := make([]Scores, len(set.Queries))
	for i, q := range set.Queries {
		out[i] = Of(run.Ranked[q.ID], set.Judged[q.ID])
	}
	return out
}

// Mean averages over queries.
func Mean(all []Scores) Scores {
	var m Scores
	for _, s := range all {
		m.NDCG10 += s.NDCG10
		m.MAP += s.MAP
		m.Recall100 += s.Recall100
		m.MRR += s.MRR
		m.P10 += s.P10
	}
	n := max(float64(len(all)), 1)
	return Scores{m.NDCG10 / n, m.MAP / n, m.Recall100 / n, m.MRR / n, m.P10 / n}
}
