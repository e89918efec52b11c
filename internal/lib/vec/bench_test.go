package vec

import (
	"fmt"
	"sync"
	"testing"
	"time"
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

// read touches every cache line of b and does nothing else: what memory can give
// to one core.
func read(b []byte) (sum uint64) {
	for i := 0; i < len(b); i += 64 {
		sum += uint64(b[i])
	}
	return sum
}

var sink uint64

// BenchmarkSearch reports, beside the time, how many times as long it is as reading
// the codes takes in the same moment, which is the least that it could be. On a
// machine that is busy with other things only this figure means anything.
func BenchmarkSearch(b *testing.B) {
	p := million3()
	var q Query
	q.Set(unit(random(2)))
	search := func(b *testing.B, o Options) {
		var searching, reading time.Duration
		for b.Loop() {
			start := time.Now()
			q.Search([]Part{p}, o)
			searching += time.Since(start)
			b.StopTimer()
			start = time.Now()
			sink += read(p.Codes)
			reading += time.Since(start)
			b.StartTimer()
		}
		b.ReportMetric(float64(searching)/float64(reading), "x-reading")
	}
	for _, candidates := range []int{256, 1024, 4096} {
		b.Run(fmt.Sprintf("candidates=%d", candidates), func(b *testing.B) {
			perKernel(b, func(b *testing.B) { search(b, Options{K: 100, Candidates: candidates}) })
		})
	}
	b.Run("workers=2", func(b *testing.B) { search(b, Options{K: 100, Workers: 2}) })
}

// BenchmarkWithin runs the kernels on codes that are in the nearest cache, 3 million
// times: what they cost beside reading.
func BenchmarkWithin(b *testing.B) {
	var out [blockGroups]uint64
	block := noise(1, blockGroups*64)
	var q Query
	q.Set(unit(random(2)))
	perKernel(b, func(b *testing.B) {
		for b.Loop() {
			for n := 0; n < benchDocs; n += blockGroups * 64 {
				use.within(out[:], block.Codes, &q.planes, 300)
			}
		}
	})
}

// BenchmarkFiltered searches where one document in a number is live.
func BenchmarkFiltered(b *testing.B) {
	p := million3()
	var q Query
	q.Set(unit(random(2)))
	for _, every := range []int{1, 2, 10, 40, 100, 10_000} {
		b.Run(fmt.Sprintf("one-in=%d", every), func(b *testing.B) {
			r := random(3)
			p.Live = make([]uint64, (benchDocs+63)/64)
			for range benchDocs / every {
				doc := r.IntN(benchDocs)
				p.Live[doc/64] |= 1 << (doc % 64)
			}
			for b.Loop() {
				q.Search([]Part{p}, Options{K: 100})
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
