package remote

import (
	"math"
	"math/bits"
	"slices"
	"sync"

	"broadsheet/internal/embed"
)

// projection names the way in which longer vectors become shorter. Whoever
// changes what reduce gives changes it: the name of the space is made of it.
const projection = "projected-1"

// reduce makes v, of any length, a vector of embed.Dim numbers and length 1;
// nil where v is zero.
//
// Longer vectors go through a subsampled randomized Hadamard transform (Ailon
// and Chazelle 2009; Tropp 2011): filled with zeros to a power of two N, each
// number keeps or changes its sign by a fixed random choice, the transform
// spreads every number over all places, and a fixed random choice of 256 places
// is kept. Inner products of unit vectors stay the same up to an error of zero
// mean and a standard deviation of at most 1/16 (measured: .035 for 384 numbers,
// .046 for 1,536). It costs N log N additions, 30 µs for 1,536 numbers; a dense
// random matrix would keep no more, and take 1.5 MB and as many as 393,216
// products. To cut models that were made for it is
// better: see Options.AskDimensions.
func reduce(v []float32) []float32 {
	if len(v) <= embed.Dim {
		out := make([]float32, embed.Dim)
		copy(out, v)
		return unit(out)
	}
	p := planFor(len(v))
	work := make([]float32, p.n)
	copy(work, v)
	// First to length 1, so that sums of large numbers stay finite.
	if unit(work) == nil {
		return nil
	}
	for i := range v {
		if p.flip[i] {
			work[i] = -work[i]
		}
	}
	hadamard(work)
	out := make([]float32, embed.Dim)
	for i, at := range p.keep {
		out[i] = work[at]
	}
	return unit(out)
}

// hadamard is the fast Walsh-Hadamard transform in place, without its factor.
func hadamard(x []float32) {
	for h := 1; h < len(x); h *= 2 {
		for i := 0; i < len(x); i += 2 * h {
			a, b := x[i:i+h], x[i+h:i+2*h]
			for j := range a {
				a[j], b[j] = a[j]+b[j], a[j]-b[j]
			}
		}
	}
}

// unit scales v to length 1 in place; nil where it is zero.
func unit(v []float32) []float32 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return nil
	}
	by := 1 / math.Sqrt(sum)
	for i, x := range v {
		v[i] = float32(float64(x) * by)
	}
	return v
}

// plan is the fixed choice for vectors of one length.
type plan struct {
	n    int // a power of two
	flip []bool
	keep []int // ascending
}

var plans sync.Map // by length

func planFor(length int) *plan {
	if p, ok := plans.Load(length); ok {
		return p.(*plan)
	}
	p := &plan{n: 1 << bits.Len(uint(length-1)), flip: make([]bool, length)}
	seed := uint64(p.n)
	// splitmix64 (Steele, Lea and Flood 2014), here so that no library's change
	// can change the choice.
	next := func() uint64 {
		seed += 0x9e3779b97f4a7c15
		z := seed
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return z ^ z>>31
	}
	places := make([]int, p.n)
	for i := range places {
		places[i] = i
	}
	for i := range embed.Dim { // the beginning of a random order
		j := i + int(next()%uint64(p.n-i))
		places[i], places[j] = places[j], places[i]
	}
	p.keep = places[:embed.Dim:embed.Dim]
	slices.Sort(p.keep)
	for i := range p.flip {
		p.flip[i] = next()&1 == 1
	}
	plans.Store(length, p)
	return p
}
