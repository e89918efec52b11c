package vec

import (
	"encoding/binary"
	"math/bits"
)

// kernels are the loops that touch every vector. Each set gives the same answers.
type kernels struct {
	name string
	// within sets bit i of dst[g] if document 64g+i has a distance below limit. codes
	// holds the codes of 64*len(dst) documents, at any alignment.
	within func(dst []uint64, codes []byte, p *planes, limit int)
	// dot gives the product of a row with a query's row, and may begin to load next,
	// which is the row that is wanted some calls later.
	dot func(row *[Dim]int8, q *[Dim]int16, next *[Dim]int8) int32
	// dot8 gives the product of two rows.
	dot8 func(a, b *[Dim]int8) int32
	// addScaled adds w times row to dst, which is as long.
	addScaled func(dst []float32, row []int8, w float32)
}

// plain is what every machine can do, and what the others are tested against.
var plain = kernels{"plain", withinPlain, dotPlain, dot8Plain, addScaledPlain}

// available are the kernels that this machine can run, the best first. Tests go
// through all of them.
var available = append(fast(), plain)

// use is the set in use.
var use = available[0]

// Kernel names the set of kernels in use: "avx512", "avx2" or "plain".
func Kernel() string { return use.name }

func withinPlain(dst []uint64, codes []byte, p *planes, limit int) {
	for g := range dst {
		var word uint64
		for i := range 64 {
			if distance(codes[(g*64+i)*CodeSize:], p) < limit {
				word |= 1 << i
			}
		}
		dst[g] = word
	}
}

// distance of the code that b begins with.
func distance(b []byte, p *planes) int {
	b = b[:CodeSize]
	m0 := binary.LittleEndian.Uint64(b) ^ p.sign[0]
	m1 := binary.LittleEndian.Uint64(b[8:]) ^ p.sign[1]
	m2 := binary.LittleEndian.Uint64(b[16:]) ^ p.sign[2]
	m3 := binary.LittleEndian.Uint64(b[24:]) ^ p.sign[3]
	low := bits.OnesCount64(m0&p.low[0]) + bits.OnesCount64(m1&p.low[1]) +
		bits.OnesCount64(m2&p.low[2]) + bits.OnesCount64(m3&p.low[3])
	high := bits.OnesCount64(m0&p.high[0]) + bits.OnesCount64(m1&p.high[1]) +
		bits.OnesCount64(m2&p.high[2]) + bits.OnesCount64(m3&p.high[3])
	return low + 2*high
}

// dotPlain cannot overflow: 256 * 128 * 32768 is 2^30.
func dotPlain(row *[Dim]int8, q *[Dim]int16, _ *[Dim]int8) int32 {
	var a, b int32
	for i := 0; i < Dim; i += 2 {
		a += int32(row[i]) * int32(q[i])
		b += int32(row[i+1]) * int32(q[i+1])
	}
	return a + b
}

func dot8Plain(a, b *[Dim]int8) int32 {
	var sum int32
	for i, x := range a {
		sum += int32(x) * int32(b[i])
	}
	return sum
}

func addScaledPlain(dst []float32, row []int8, w float32) {
	for i, x := range row {
		// The conversion keeps compilers from fusing the two roundings into one.
		dst[i] += float32(w * float32(x))
	}
}
