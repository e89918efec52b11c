package main

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"broadsheet"
	"broadsheet/bench/search/corpus"
	"broadsheet/internal/boot/trial"
)

// recall is the share of the ten nearest by exact cosine of all papers' vectors
// that was found. Vectors are made anew here, so that rounding to eight bits
// counts as the error that it is. A paper as near as the tenth counts as found.
func recall(ctx context.Context, c *corpus.Corpus, dir string, found []near) (float64, error) {
	t, err := trial.Open(dir)
	if err != nil {
		return 0, err
	}
	defer t.Close()
	model := t.Embedder()
	queries := make([][]float32, len(found))
	for i, n := range found {
		queries[i] = make([]float32, 256)
		if !model.Vector(queries[i], n.Text) {
			queries[i] = nil
		}
	}
	tenth := make([][]float32, len(found)) // the ten best cosines, ascending
	var mu sync.Mutex
	var all sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		all.Go(func() {
			mine := make([][]float32, len(found))
			v := make([]float32, 256)
			for i := w; i < c.Papers && ctx.Err() == nil; i += workers {
				if vector(model, c, i, v) {
					for q := range queries {
						mine[q] = best(mine[q], dot(queries[q], v))
					}
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for q := range mine {
				for _, x := range mine[q] {
					tenth[q] = best(tenth[q], x)
				}
			}
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	hits, of := 0, 0
	v := make([]float32, 256)
	for q := range found {
		if queries[q] == nil || len(tenth[q]) < 10 {
			continue
		}
		of += 10
		for _, id := range found[q].IDs {
			if i, ok := c.Number(id); ok && vector(model, c, i, v) && dot(queries[q], v) >= tenth[q][0]-1e-6 {
				hits++
			}
		}
	}
	return float64(hits) / float64(max(of, 1)), nil
}

func vector(model interface {
	Vector(dst []float32, text string) bool
}, c *corpus.Corpus, i int, dst []float32) bool {
	var p broadsheet.Paper
	c.Paper(i, &p)
	return model.Vector(dst, p.Title+"\n"+p.Abstract)
}

// best keeps the ten greatest, ascending.
func best(top []float32, x float32) []float32 {
	if len(top) == 10 {
		if x <= top[0] {
			return top
		}
		top = top[1:]
	}
	i, _ := slices.BinarySearch(top, x)
	return slices.Insert(top, i, x)
}

func dot(a, b []float32) float32 {
	if a == nil {
		return -1
	}
	var s0, s1, s2, s3 float32
	for i := 0; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	return s0 + s1 + s2 + s3
}
