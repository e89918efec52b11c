package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"broadsheet"
)

// TestFacets counts the matches of random queries by reading all papers.
func TestFacets(t *testing.T) {
	r := rand.New(rand.NewPCG(29, 2))
	papers := randomPapers(r, 900, 80)
	gone := []string{papers[3].ID, papers[700].ID}
	w, o := newWorld(t, papers, spread{segments: 3, deletes: gone}), newOracle(papers, gone)
	for range 150 {
		q := randomQuery(r, 80)
		q.Facets = true
		got, err := w.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Hits) == 0 {
			continue // also where nothing was asked
		}
		want, total := map[string]int{}, 0
		for i := range o.docs {
			if p := o.docs[i].paper; o.docs[i].matches(&q) {
				total++
				want["category "+p.Categories[0]]++
				for _, g := range p.Organizations {
					want["organization "+g.Key]++
				}
				if !p.PublishedAt.IsZero() {
					want[fmt.Sprint("year ", p.PublishedAt.Year())]++
				}
				if len(p.Links) > 0 {
					want["code yes"]++
				}
			}
		}
		counted := map[string]int{}
		for _, f := range got.Facets {
			for _, c := range f.Counts {
				counted[f.Name+" "+c.Name] = c.Count
			}
			if f.Sampled != 0 {
				t.Errorf("%+v: %s is of %d only", q, f.Name, f.Sampled)
			}
		}
		years := 0
		for k := range want {
			if k[:4] == "year" {
				years++
			}
		}
		if years > facetShown { // the rarest are left out
			for k := range want {
				if _, ok := counted[k]; !ok && k[:4] == "year" {
					delete(want, k)
				}
			}
		}
		if diff := cmp.Diff(want, counted, cmpopts.EquateEmpty()); diff != "" || got.Total != total || got.AtLeast {
			t.Fatalf("%+v: total %d, want %d (-want +got):\n%s", q, got.Total, total, diff)
		}
	}
}

// TestSampled counts the best where all are too many.
func TestSampled(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a large index")
	}
	w := newWorld(t, randomPapers(rand.New(rand.NewPCG(31, 2)), fewMatches+5000, 20), spread{segments: 2, blind: true})
	got, err := w.Search(context.Background(), broadsheet.Query{Words: []broadsheet.Term{{Text: word(0)}, {Text: word(1)}}, Facets: true})
	if err != nil {
		t.Fatal(err)
	}
	if !got.AtLeast || got.Total < fewMatches/2 {
		t.Errorf("got total %d, at least %v, want a great lower bound", got.Total, got.AtLeast)
	}
	for _, f := range got.Facets {
		if f.Sampled != broadsheet.MaxSearchDepth {
			t.Errorf("%s: got a sample of %d, want %d", f.Name, f.Sampled, broadsheet.MaxSearchDepth)
		}
	}
}

// TestYears compares the arithmetic with the calendar.
func TestYears(t *testing.T) {
	for day := time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2250; day = day.AddDate(0, 0, 7) {
		for _, at := range []time.Time{day.Add(time.Minute), day.Add(24*time.Hour - time.Minute)} {
			if got := yearOf(Minutes(at)); got != at.Year() {
				t.Fatalf("%v: got year %d", at, got)
			}
		}
	}
}
