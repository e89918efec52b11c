// Package vec finds the nearest of millions of vectors by reading all of them,
// in a form small enough that this takes milliseconds.
//
// A vector has [Dim] dimensions and unit length. Two things are kept of it: its
// code, one bit a dimension, set where the number is above zero; and its row, one
// signed byte a dimension with one scale for all. [Query.Search] reads every code,
// takes the documents of least distance as candidates, and ranks these by the dot
// product of the query with their rows.
//
// # Distance
//
// The distance of a code from a query is a weighted Hamming distance: the sum,
// over the dimensions where code and query differ in sign, of a weight from 0 to
// 3, which grows with the size of the query's number there. The weights are two
// bit planes of the query, so that a distance is
//
//	m = code XOR sign;  popcount(m AND low) + 2 popcount(m AND high)
//
// and at most [MaxDistance]. Reading the codes is bound by memory, which leaves
// the processor time for the second plane, and the candidates are far better. Share
// of the exact ten nearest among the candidates (3 million documents made by
// recombining sentences of 60,000 abstracts, embedded by latent semantic analysis,
// 64 titles as queries):
//
//	candidates       128     256     512    1024    2048    4096
//	Hamming         .853    .919    .958    .973    .984    .995
//	weights 0..1    .911    .961    .989    .992    .995    .998
//	weights 0..3    .945    .988    .994    .997    .998   1.000
//	weights 0..7    .961    .984    .994    .997   1.000   1.000
//
// Ranking by rows of 8 bits then keeps 0.992 of the exact ten, whatever the number
// of candidates from 1,024 on (1 million such documents; bench/search/peer/faiss/own
// measures it on any vectors).
//
// Rotating the vectors at random before taking signs was no better on these, nor,
// from 1,024 candidates on, on vectors of very uneven dimensions. Reading half of
// the bits of all first, and the others of the nearest 32,768 only, halves the
// reading and loses 0.7 % of the ten.
//
// # Cost
//
// The scan takes as long as memory takes to give the codes: 96 MB for 3 million.
// The kernels themselves need 2.1 ms (AVX-512), 4.8 ms (AVX2) or 16 ms (plain) of
// one core of a Xeon at 2.6 GHz for these, out of its cache; the rows of 1,024
// candidates 0.2 ms. BenchmarkSearch gives the ratio to plain reading.
//
// # Answers
//
// The answer is defined to the last bit: of equal distances and of equal scores
// the lower part and document come first, and every kernel (AVX-512, AVX2, plain
// Go; chosen at run time by what the processor has) gives the same as the plain
// one, on any machine, for any number of workers.
//
// # Form in files
//
// Codes: 32 bytes a document, bit d%8 of byte d/8 for dimension d. Rows: 256
// signed bytes a document. Scales: one float32 a document, 0 for one that has no
// vector. The functions here read such bytes where they lie, at any alignment, and
// nothing that they hold can make them fail.
package vec

import "encoding/binary"

const (
	// Dim is the number of dimensions of every vector.
	Dim = 256
	// CodeSize is the number of bytes of a code.
	CodeSize = Dim / 8
	// MaxDistance is the greatest distance of a code from a query.
	MaxDistance = 3 * Dim
)

// Code is a bit a dimension. In memory it is four words, bit d%64 of word d/64
// for dimension d; in files the same words, little-endian.
type Code [Dim / 64]uint64

// Append writes the code as it stands in files.
func (c *Code) Append(dst []byte) []byte {
	for _, w := range c {
		dst = binary.LittleEndian.AppendUint64(dst, w)
	}
	return dst
}

// CodeAt reads the code of a document from the codes of a segment.
func CodeAt(codes []byte, doc uint32) Code {
	b := codes[int(doc)*CodeSize:][:CodeSize]
	return Code{
		binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:]),
		binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:]),
	}
}
