package main

import (
	"fmt"
	"math"
	"slices"

	"broadsheet/internal/embed/static"
	"broadsheet/train/lexical"
)

// shares are the weights of meaning that are tried.
var shares = []float64{0.3, 0.4, 0.5, 0.6, 0.7}

// ways are the fusions that are tried, each a function of one query's scores.
var ways = []struct {
	name string
	fuse func(r ranked, share float64) []float64
}{
	{"minmax", minMax}, {"bound", byBound}, {"feedback", feedback},
}

// ranked is what both sides say about one query.
type ranked struct {
	lexical, semantic []float64
	bound             float64 // of lexical
	query             []float32
	vectors           [][]float32
	own               int
}

// report prints a line for each set and the mean gain over BM25.
func report(m *static.Model, sets []set) {
	if len(sets) == 0 {
		return
	}
	gains := make([][]float64, len(ways))
	for i := range gains {
		gains[i] = make([]float64, len(shares))
	}
	for _, s := range sets {
		f := measure(m, s)
		fmt.Printf("%-10s %4d queries of %5d: bm25 %.4f semantic %.4f\n", s.name, len(s.queries), len(s.docs), f.lexical, f.semantic)
		for i, w := range ways {
			fmt.Printf("  %-9s", w.name)
			for j, share := range shares {
				fmt.Printf("  %.1f: %.4f", share, f.fused[i][j])
				gains[i][j] += (f.fused[i][j]/f.lexical - 1) / float64(len(sets))
			}
			fmt.Println()
		}
	}
	fmt.Println("mean gain over BM25")
	for i, w := range ways {
		fmt.Printf("  %-9s", w.name)
		for j, share := range shares {
			fmt.Printf("  %.1f: %+.1f%%", share, 100*gains[i][j])
		}
		fmt.Println()
	}
}

type figures struct {
	lexical, semantic float64
	fused             [][]float64
}

func measure(m *static.Model, s set) figures {
	index := lexical.New(s.docs)
	vectors := make([][]float32, len(s.docs))
	for i, d := range s.docs {
		vectors[i] = make([]float32, static.Dim)
		m.Vector(vectors[i], d)
	}
	f := figures{fused: make([][]float64, len(ways))}
	for i := range f.fused {
		f.fused[i] = make([]float64, len(shares))
	}
	n := float64(len(s.queries))
	for _, q := range s.queries {
		r := ranked{query: make([]float32, static.Dim), vectors: vectors, semantic: make([]float64, len(s.docs)), own: q.own}
		r.lexical, r.bound = index.Scores(q.text)
		m.Vector(r.query, q.text)
		for i, v := range vectors {
			r.semantic[i] = dot(r.query, v)
		}
		f.lexical += ndcg(r.lexical, q) / n
		f.semantic += ndcg(r.semantic, q) / n
		for i, w := range ways {
			for j, share := range shares {
				f.fused[i][j] += ndcg(w.fuse(r, share), q) / n
			}
		}
	}
	return f
}

func dot(a, b []float32) float64 {
	var s float32
	for i, x := range a {
		s += x * b[i]
	}
	return float64(s)
}

// ndcg is nDCG@10 with the grades as gains, as trec_eval has it. What scores
// nothing is not in the list.
func ndcg(scores []float64, q query) float64 {
	var dcg, ideal float64
	for rank, s := range best(scores, q.own, 10) {
		dcg += q.relevant[s] / math.Log2(float64(rank+2))
	}
	var grades []float64
	for _, g := range q.relevant {
		grades = append(grades, g)
	}
	slices.Sort(grades)
	slices.Reverse(grades)
	for rank, g := range grades[:min(10, len(grades))] {
		ideal += g / math.Log2(float64(rank+2))
	}
	return dcg / ideal
}

// best gives the k best documents, ties by number, without own.
func best(scores []float64, own, k int) []int {
	out := make([]int, 0, k+1)
	for i, s := range scores {
		if s <= 0 || i == own || len(out) == k && s <= scores[out[k-1]] {
			continue
		}
		at := len(out)
		for at > 0 && s > scores[out[at-1]] {
			at--
		}
		out = slices.Insert(out, at, i)
		out = out[:min(k, len(out))]
	}
	return out
}

func combine(lex, sem []float64, share float64) []float64 {
	out := make([]float64, len(lex))
	for i := range lex {
		out[i] = (1-share)*lex[i] + share*sem[i]
	}
	return out
}

// scaled maps scores to 0..1 between low and high.
func scaled(scores []float64, low, high float64) []float64 {
	out := make([]float64, len(scores))
	if high > low {
		for i, s := range scores {
			out[i] = (s - low) / (high - low)
		}
	}
	return out
}

// minMax: both sides between their least and greatest score of this query.
func minMax(r ranked, share float64) []float64 {
	return combine(scaled(r.lexical, 0, slices.Max(r.lexical)), scaled(r.semantic, 0, slices.Max(r.semantic)), share)
}

// byBound: BM25 over the greatest score that any document could have.
func byBound(r ranked, share float64) []float64 {
	return combine(scaled(r.lexical, 0, r.bound), scaled(r.semantic, 0, 1), share)
}

const (
	believed = 10  // documents that the query's vector is moved towards
	pull     = 0.4 // and how far
)

// feedback: minMax, then again with the query's vector moved towards the best
// documents (J. Rocchio, 1971).
func feedback(r ranked, share float64) []float64 {
	moved := r.moved(best(minMax(r, share), r.own, believed))
	return combine(scaled(r.lexical, 0, slices.Max(r.lexical)), scaled(moved, 0, slices.Max(moved)), share)
}

// moved gives the cosines with the query's vector moved towards documents.
func (r ranked) moved(top []int) []float64 {
	q := make([]float32, static.Dim)
	for _, i := range top {
		for k, x := range r.vectors[i] {
			q[k] += x
		}
	}
	normalise(q)
	for k, x := range r.query {
		q[k] = (1-pull)*x + pull*q[k]
	}
	normalise(q)
	out := make([]float64, len(r.vectors))
	for i, v := range r.vectors {
		out[i] = dot(q, v)
	}
	return out
}

func normalise(v []float32) {
	if n := math.Sqrt(dot(v, v)); n > 0 {
		for i := range v {
			v[i] /= float32(n)
		}
	}
}
