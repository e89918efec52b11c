package search

import (
	"context"
	"math/rand/v2"
	"testing"

	"broadsheet"
)

// BenchmarkSearch asks a small index: what a query costs beside its postings.
// bench/search has the whole corpus.
func BenchmarkSearch(b *testing.B) {
	r := rand.New(rand.NewPCG(23, 2))
	w := newWorld(b, randomPapers(r, 20_000, 250), spread{segments: 3, blind: true})
	one := func(n int) broadsheet.Term { return broadsheet.Term{Text: word(n)} }
	for _, bb := range []struct {
		name string
		q    broadsheet.Query
	}{
		{"any", broadsheet.Query{Words: []broadsheet.Term{one(3), one(40), one(200)}}},
		{"common", broadsheet.Query{Words: []broadsheet.Term{one(0), one(1), one(2)}}},
		{"all", broadsheet.Query{Require: [][]broadsheet.Term{{one(1)}, {one(5)}, {one(9)}}}},
		{"phrase", broadsheet.Query{Require: [][]broadsheet.Term{{{Text: word(1) + " " + word(5), Phrase: true}}}}},
		{"prefix", broadsheet.Query{Words: []broadsheet.Term{one(3), {Text: word(40)[:4], Prefix: true}}}},
		{"filter", broadsheet.Query{Words: []broadsheet.Term{one(3), one(40)}, Categories: []string{"hep-th"}}},
		{"date", broadsheet.Query{Words: []broadsheet.Term{one(3), one(40)}, Sort: broadsheet.SortDate}},
		{"facets", broadsheet.Query{Words: []broadsheet.Term{one(3), one(40)}, Facets: true}},
	} {
		bb.q.Exact = true
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.Search(context.Background(), bb.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestScanAllocates sees that ranking by words takes no memory for what it
// reads: as much for ten times the papers.
func TestScanAllocates(t *testing.T) {
	if testing.Short() {
		t.Skip("builds an index")
	}
	allocs := func(papers int) float64 {
		w := newWorld(t, randomPapers(rand.New(rand.NewPCG(25, 2)), papers, 250), spread{segments: 1, blind: true})
		q := broadsheet.Query{Words: []broadsheet.Term{{Text: word(1)}, {Text: word(30)}, {Text: word(90)}}, Exact: true, Limit: 10}
		return testing.AllocsPerRun(50, func() {
			if _, err := w.Search(context.Background(), q); err != nil {
				t.Fatal(err)
			}
		})
	}
	small, large := allocs(1000), allocs(10_000)
	if large > small+20 {
		t.Errorf("got %.0f allocations for 1,000 papers and %.0f for 10,000", small, large)
	}
}
