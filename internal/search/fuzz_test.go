package search

import (
	"context"
	"testing"
	"time"

	"broadsheet"
)

// FuzzSearch types anything. There is an answer, in time, and none of the hits
// comes twice.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{
		"", "a", "the who", "black -hole", `"neural networks" OR gpt-4`, `"unbalanced`, "title: author: cat:", "date:2030..1990 attention",
		"-attention", "\x00\xff", "注意力 ℓ2 SO(3)", "x OR OR OR", `"a b c d e f g h i j k l m n o p"`, "attenti*", "languge modles",
	} {
		f.Add(s)
	}
	w := newWorld(f, library(f), spread{segments: 2})
	f.Fuzz(func(t *testing.T, s string) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		q := broadsheet.ParseQuery(s)
		q.Facets, q.Explain = true, true
		got, err := w.Search(ctx, q)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		seen := map[string]bool{}
		for _, h := range got.Hits {
			if seen[h.ID] || h.ID == "" {
				t.Errorf("%q: %q came twice or has no key", s, h.ID)
			}
			seen[h.ID] = true
		}
		if _, err := w.Suggest(ctx, s, 10); err != nil {
			t.Errorf("suggest %q: %v", s, err)
		}
	})
}
