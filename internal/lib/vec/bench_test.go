package vec

import (
	"fmt"
	"sync"
	"testing"
)

// benchDocs is the size that the bars speak of: 96 MB of codes, 768 MB of rows.
const benchDocs = 3_000_000

// million3 is made once: its 876 MB take seconds.
var million3 = sync.OnceValue(func() Part { return noise(1, benchDocs) })

// perKernel runs a benchmark once with every set of kernels.
func perKernel(b *testing.B, f func(b *testing.B)) {
	b.Helper()
	before := use
	defer func() { use = before }()
	for _, k := range available {
		use = k
		b.Run(k.name, f)
	}
}

// BenchmarkBandwidth reads the same codes and does nothing but add their words:
// what memory can give one core. Compare BenchmarkSearch with it.
func BenchmarkBandwidth(b *testing.B) {
	p := million3()
	b.SetBytes(int64(len(p.Codes)))
	var out [blockGroups]uint64
	none := &planes{}
	for b.Loop() {
		// With a limit of 0 nothing passes, so that only the reading is left.
		for at := 0; at+len(out)*64*CodeSize <= len(p.Codes); at += len(out) * 64 * CodeSize {
			use.within(out[:], p.Codes[at:], none, 0)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	p := million3()
	var q Query
	q.Set(unit(random(2)))
	for _, candidates := range []int{256, 1024, 4096} {
		b.Run(fmt.Sprintf("candidates=%d", candidates), func(b *testing.B) {
			perKernel(b, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(p.Codes)))
				for b.Loop() {
					if _, err := q.Search([]Part{p}, Options{K: 100, Candidates: candidates}); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
	b.Run("workers=2", func(b *testing.B) {
		for b.Loop() {
			if _, err := q.Search([]Part{p}, Options{K: 100, Workers: 2}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkFiltered searches where one document in a number is live.
func BenchmarkFiltered(b *testing.B) {
	p := million3()
	var q Query
	q.Set(unit(random(2)))
	for _, every := range []int{1, 2, 10, 100, 10_000} {
		b.Run(fmt.Sprintf("one-in=%d", every), func(b *testing.B) {
			r := random(3)
			p.Live = make([]uint64, (benchDocs+63)/64)
			for range benchDocs / every {
				doc := r.IntN(benchDocs)
				p.Live[doc/64] |= 1 << (doc % 64)
			}
			for b.Loop() {
				if _, err := q.Search([]Part{p}, Options{K: 100}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDot8(b *testing.B) {
	p := noise(1, 2)
	perKernel(b, func(b *testing.B) {
		for b.Loop() {
			Dot8(p.Rows[:Dim], p.Rows[Dim:])
		}
	})
}

func BenchmarkAddScaled(b *testing.B) {
	dst, row := make([]float32, Dim), make([]int8, Dim)
	perKernel(b, func(b *testing.B) {
		for b.Loop() {
			AddScaled(dst, row, 0.1)
		}
	})
}

func BenchmarkEncodeQuantize(b *testing.B) {
	v, row := unit(random(1)), make([]int8, Dim)
	var c Code
	for b.Loop() {
		Encode(&c, v)
		Quantize(row, v)
	}
}
