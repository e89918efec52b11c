package judge

import (
	"context"
	"math"
	"slices"
	"strings"
)

// The parameters of the reference, those of Anserini and so of the published
// BM25 figures of many sets (Robertson and Zaragoza, 2009, for what they mean).
const (
	referenceK1 = 0.9
	referenceB  = 0.4
)

// Reference is plain BM25 over title and text as one field: the yardstick that
// a search has to beat. It looks at every posting and knows no fields, phrases
// or neighbourhood, so that it is plainly right.
type Reference struct {
	terms    func(text string) []string
	ids      []string
	postings map[string][]posting
	length   []float64
	average  float64
}

type posting struct {
	doc  int32
	freq int32
}

// NewReference indexes documents. Terms splits text into what is looked up,
// alike for documents and queries.
func NewReference(docs []Doc, terms func(text string) []string) *Reference {
	r := &Reference{terms: terms, postings: map[string][]posting{}, length: make([]float64, len(docs))}
	var total float64
	for i, d := range docs {
		r.ids = append(r.ids, d.ID)
		words := terms(d.Title + "\n" + d.Text)
		r.length[i] = float64(len(words))
		total += r.length[i]
		for _, w := range words {
			list := r.postings[w]
			if n := len(list); n > 0 && list[n-1].doc == int32(i) {
				list[n-1].freq++
				continue
			}
			r.postings[w] = append(list, posting{int32(i), 1})
		}
	}
	r.average = max(total/max(float64(len(docs)), 1), 1)
	return r
}

// Search ranks by the sum over the query's words, each as often as it stands
// there, of idf * tf / (tf + k1 * (1 - b + b * length/average)).
func (r *Reference) Search(_ context.Context, text string, k int) ([]Scored, error) {
	score := map[int32]float64{}
	for _, w := range r.terms(text) {
		list := r.postings[w]
		n, df := float64(len(r.ids)), float64(len(list))
		idf := math.Log(1 + (n-df+0.5)/(df+0.5))
		for _, p := range list {
			tf := float64(p.freq)
			score[p.doc] += idf * tf / (tf + referenceK1*(1-referenceB+referenceB*r.length[p.doc]/r.average))
		}
	}
	out := make([]Scored, 0, len(score))
	for doc, s := range score {
		out = append(out, Scored{r.ids[doc], s})
	}
	slices.SortFunc(out, func(a, b Scored) int {
		switch {
		case a.Score != b.Score && a.Score > b.Score:
			return -1
		case a.Score != b.Score:
			return 1
		}
		return strings.Compare(b.ID, a.ID)
	})
	return out[:min(len(out), k)], nil
}
