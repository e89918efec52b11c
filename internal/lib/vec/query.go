package vec

import "math"

// weightStep is the width of the steps from one weight to the next, in units of
// the mean magnitude of the query's numbers. On vectors of abstracts anything from
// 0.7 to 0.9 was as good.
const weightStep = 0.8

// planes is what a query is to the codes. The kernels know its layout.
type planes struct {
	sign, low, high Code
}

// Query is a vector prepared for searching. The zero Query is to be Set first. Many
// goroutines may search with one at a time that is not being set.
type Query struct {
	planes planes
	row    [Dim]int16 // twice the digits of a row: its error does not count beside theirs
	scale  float32
}

// Set prepares the query for v, which has Dim numbers and should be of unit length
// if scores are to be cosines. It reports false for a vector of zeros or with a
// number that is not finite: there is nothing to search for.
func (q *Query) Set(v []float32) bool {
	v = v[:Dim]
	*q = Query{}
	q.scale = greatest(v) / math.MaxInt16
	if q.scale == 0 {
		return false
	}
	var sum float64
	for d, x := range v {
		q.row[d] = int16(max(-math.MaxInt16, min(math.MaxInt16, math.RoundToEven(float64(x)/float64(q.scale)))))
		sum += math.Abs(float64(x))
	}
	step := sum / Dim * weightStep
	Encode(&q.planes.sign, v)
	for d, x := range v {
		weight := uint64(min(3, math.Abs(float64(x))/step+0.5))
		q.planes.low[d/64] |= weight & 1 << (d % 64)
		q.planes.high[d/64] |= weight >> 1 << (d % 64)
	}
	return true
}

// hamming is the query whose distances are plain Hamming distances from a code.
func hamming(c Code) *planes {
	const all = math.MaxUint64
	return &planes{sign: c, low: Code{all, all, all, all}}
}
