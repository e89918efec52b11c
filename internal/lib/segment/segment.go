package segment

import (
	"errors"
	"math"

	"broadsheet/internal/lib/vec"
)

// Limits of a segment.
const (
	Dim       = vec.Dim // numbers in a vector: 256
	BlockSize = 128     // postings in a block
	MaxDocs   = 1 << 22 // documents that a Builder and Merge take
	MaxTerm   = 255     // bytes of a term, a key, an ordinal's name
	MaxPos    = 65535   // a later position is dropped
)

// Fields of text. A term's postings say in which of them it is.
const (
	Title = iota
	Abstract
	Authors
	Other
	NumFields
)

// First positions of the fields. The format stores a posting's first position
// relative to them, so that other conventions are correct but larger.
const (
	TitleBase    = 0
	AbstractBase = 256
	AuthorsBase  = 32768
	OtherBase    = 40960
)

// NoDoc is above every document number: the cursor's place after its last.
const NoDoc = math.MaxUint32

// TempSuffix ends the name of a file that is being written.
const TempSuffix = ".tmp"

// ErrCorrupt is the kind of the errors for bytes that are not what was written.
var ErrCorrupt = errors.New("segment is corrupt")

// ErrVersion is the kind of the errors for a format that this program does not
// know: a newer program wrote it.
var ErrVersion = errors.New("segment has an unknown version")

// ErrTooLarge is the kind of the errors for more than a segment can hold.
var ErrTooLarge = errors.New("segment is too large")

// Options are what a segment was made with. They are kept in it.
type Options struct {
	Weights  Weights // zero: DefaultWeights
	K1, B    float64 // of BM25; both zero: DefaultK1 and DefaultB
	Model    string  // name of the vectors' space
	Analyzer string  // version of what made the terms
}

// Weights are how much one occurrence in a field counts.
type Weights [NumFields]float32

// DefaultWeights are used where none are given.
var DefaultWeights = Weights{Title: 2, Abstract: 1, Authors: 1, Other: 0.5}

// DefaultK1 and DefaultB are BM25's usual parameters. By words alone they find
// abstracts by a title, the rest by a first sentence and abstracts by half a
// title better than the 0.9 and 0.4 of some benchmarks: 3.0 against 1.1 % above
// plain BM25 (nDCG@10, 300 held-out queries each), and so on four judged sets,
// 5.4 against 3.3 %.
const (
	DefaultK1 = 1.2
	DefaultB  = 0.75
)

func (o Options) withDefaults() Options {
	if o.Weights == (Weights{}) {
		o.Weights = DefaultWeights
	}
	if o.K1 == 0 && o.B == 0 {
		o.K1, o.B = DefaultK1, DefaultB
	}
	return o
}

// Info says what is in a segment.
type Info struct {
	Options
	Docs     int
	Terms    int     // distinct, tags among them
	Postings uint64  // pairs of term and document
	Vectors  int     // documents that have one
	NormSum  uint64  // sum of the column "norm", for averages over segments
	AvgNorm  float64 // NormSum / Docs, at least 1: what the impacts were computed with
	Size     int64   // bytes of the file
	Sections []Section
}

// Section is a part of the file.
type Section struct {
	Name   string
	Offset int64
	Size   int64
}

// Code packs how often a term occurs in each field of a document: the abstract's
// count up to 15, the title's up to 3, and whether authors and other have it.
func Code(title, abstract, authors, other int) byte {
	c := byte(min(abstract, 15)) | byte(min(title, 3))<<4
	if authors > 0 {
		c |= 1 << 6
	}
	if other > 0 {
		c |= 1 << 7
	}
	return c
}

// Table gives the weighted frequency of each code: the w of BM25F
// (Robertson, Zaragoza, Taylor 2004), of which w/(w+K) is taken once over all
// fields.
func (w Weights) Table() *[256]float32 {
	var t [256]float32
	for c := range t {
		t[c] = w[Abstract]*float32(c&15) + w[Title]*float32(c>>4&3) +
			w[Authors]*float32(c>>6&1) + w[Other]*float32(c>>7&1)
	}
	return &t
}

// IsTag says whether a term is a tag: its first byte is below 0x20. A tag's
// postings have documents only.
func IsTag(term string) bool { return len(term) > 0 && term[0] < 0x20 }
