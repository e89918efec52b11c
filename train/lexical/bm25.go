// Package lexical is a plain reference BM25 (k1 0.9, b 0.4, Porter's stems,
// stop words) in memory, for measuring what a semantic model adds. It shares
// nothing with the search engine on purpose.
package lexical

import (
	"math"

	"broadsheet/internal/embed/static"
)

const (
	k1 = 0.9
	b  = 0.4
)

// Terms are the stems of a text's words without stop words.
func Terms(text string) []string {
	var out []string
	static.Words(text, func(w []byte) {
		if word := string(w); !static.IsSilent(word) {
			out = append(out, Stem(word))
		}
	})
	return out
}

type posting struct {
	doc int32
	tf  float32
}

// Index is a finished collection.
type Index struct {
	lists map[string][]posting
	norms []float64
}

// New indexes texts.
func New(texts []string) *Index {
	x := &Index{lists: map[string][]posting{}, norms: make([]float64, len(texts))}
	total := 0
	for doc, text := range texts {
		terms := Terms(text)
		x.norms[doc] = float64(len(terms))
		total += len(terms)
		for _, t := range terms {
			list := x.lists[t]
			if n := len(list); n > 0 && int(list[n-1].doc) == doc {
				list[n-1].tf++
				continue
			}
			x.lists[t] = append(list, posting{int32(doc), 1}) // #nosec G115 -- collections are small
		}
	}
	avg := float64(total) / float64(len(texts))
	for i, n := range x.norms {
		x.norms[i] = k1 * (1 - b + b*n/avg)
	}
	return x
}

// Idf is Lucene's ln(1+(N-df+0.5)/(df+0.5)).
func (x *Index) Idf(term string) float64 {
	df := float64(len(x.lists[term]))
	return math.Log(1 + (float64(len(x.norms))-df+0.5)/(df+0.5))
}

// Scores gives the score of every document, and the greatest score that any
// document could have: the sum of the idf of the query's known terms.
func (x *Index) Scores(query string) (scores []float64, bound float64) {
	scores = make([]float64, len(x.norms))
	for _, t := range Terms(query) {
		list := x.lists[t]
		if len(list) == 0 {
			continue
		}
		idf := x.Idf(t)
		bound += idf
		for _, p := range list {
			scores[p.doc] += idf * float64(p.tf) / (float64(p.tf) + x.norms[p.doc])
		}
	}
	return scores, bound
}
