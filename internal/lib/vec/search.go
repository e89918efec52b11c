package vec

import (
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"sync"
)

// Part is a run of documents to search in: a segment, or a piece of one.
type Part struct {
	Codes  []byte    // CodeSize bytes a document
	Rows   []int8    // Dim numbers a document
	Scales []float32 // one a document; 0 for one without a vector, which is never found
	// Live has a bit a document, document d in bit d%64 of word d/64; those whose bit
	// is 0 are passed over. Nil stands for all. The fewer bits are set the faster:
	// of 16 words that are 0 not a code is read. Documents without a vector should
	// have none, lest they take the place of a candidate.
	Live []uint64
	// From and To bound the documents: From..To-1, or all where both are 0.
	From, To uint32
}

// Options say how much to search for.
type Options struct {
	K int // hits wanted
	// Candidates is how many of the nearest codes have their rows read: at least K;
	// default DefaultCandidates.
	Candidates int
	// Workers is how many goroutines share the scan, default 1. The answer is the same
	// for any number.
	Workers int
}

// DefaultCandidates holds 0.99 of the exact ten nearest of millions with room to
// spare; see the package comment.
const DefaultCandidates = 1024

// Hit is a document found.
type Hit struct {
	Doc   uint32 // its number in its part
	Part  uint16 // the number of the part
	Score float32
}

// Search gives the K documents of the greatest product with the query (the cosine,
// if it was of unit length) among the nearest candidates of all parts, the best
// first, of equal ones the lower part and document first. Parts whose sections are
// not equally long are a programmer's error, and it panics. It is for rows that are
// in memory; whoever has them in a file begins with Candidates.
func (q *Query) Search(parts []Part, o Options) []Hit {
	if o.K <= 0 || q.scale == 0 {
		return nil
	}
	if o.Candidates <= 0 {
		o.Candidates = DefaultCandidates
	}
	for i := range parts {
		parts[i].check(i)
	}
	return best(q.score(parts, candidates(&q.planes, parts, max(o.K, o.Candidates), o.Workers)), o.K)
}

// Nearest gives the k documents of the least plain Hamming distance to a code, in
// the order of their numbers; of equal distances the lower numbers are taken.
// Documents whose bit in live is 0 are passed over; nil stands for all. dst is used
// if it has room.
func Nearest(codes []byte, c *Code, live []uint64, k int, dst []Candidate) []Candidate {
	s := newSelector(hamming(*c), k, dst)
	s.scan(0, codes, live, 0, len(codes)/CodeSize)
	return s.finish()
}

// Candidates gives the k documents of the least distance to the query, in the order
// of parts and of numbers; of equal distances the first are taken. Parts need no
// rows here.
func (q *Query) Candidates(parts []Part, k, workers int) []Candidate {
	return candidates(&q.planes, parts, k, workers)
}

func (p *Part) docs() int { return len(p.Codes) / CodeSize }

// bounds gives the documents to search, never more than there are.
func (p *Part) bounds() (from, to int) {
	if p.From == 0 && p.To == 0 {
		return 0, p.docs()
	}
	to = min(int(p.To), p.docs())
	return min(int(p.From), to), to
}

func (p *Part) check(i int) {
	if n := p.docs(); len(p.Rows) != n*Dim || len(p.Scales) != n || p.Live != nil && len(p.Live) < (n+63)/64 || i > math.MaxUint16 {
		panic(fmt.Sprintf("vec: part %d has %d bytes of codes, %d of rows, %d scales, %d live words",
			i, len(p.Codes), len(p.Rows), len(p.Scales), len(p.Live)))
	}
}

// workerDocs is the least number of documents worth a goroutine: some 0.1 ms.
const workerDocs = 50_000

// candidates lets each worker select from its share of all documents, and then
// selects from what they selected: the order is the same, and so is the answer.
func candidates(p *planes, parts []Part, k, workers int) []Candidate {
	total := 0
	for i := range parts {
		from, to := parts[i].bounds()
		total += to - from
	}
	workers = max(1, min(workers, total/workerDocs))
	selectors, caught := make([]*selector, workers), make([]any, workers)
	guarded := debug.SetPanicOnFault(false)
	debug.SetPanicOnFault(guarded)
	var wait sync.WaitGroup
	for w := range workers {
		s := newSelector(p, k, make([]Candidate, 0, 2*max(k, 0)+1024))
		selectors[w] = s
		// Shares end where groups do, counted over all parts, so that few are cut.
		first, last := total*w/workers&^63, total*(w+1)/workers&^63
		if w == workers-1 {
			last = total
		}
		if workers == 1 {
			share(s, parts, first, last)
			break
		}
		wait.Go(func() {
			// A page of a mapped file that cannot be read is a panic where the caller
			// asked for that (see mmap.Guard), and must be one in the caller.
			debug.SetPanicOnFault(guarded)
			defer func() { caught[w] = recover() }()
			share(s, parts, first, last)
		})
	}
	wait.Wait()
	for _, c := range caught {
		if c != nil {
			panic(c)
		}
	}
	if workers == 1 {
		return selectors[0].finish()
	}
	all := newSelector(p, k, nil)
	for _, s := range selectors {
		for _, c := range s.finish() {
			all.add(c)
		}
	}
	return all.finish()
}

// share scans the documents first..last-1, counted over the bounds of all parts.
func share(s *selector, parts []Part, first, last int) {
	for i := range parts {
		from, to := parts[i].bounds()
		n := to - from
		lo, hi := max(0, min(n, first)), max(0, min(n, last))
		if lo < hi {
			s.scan(i, parts[i].Codes, parts[i].Live, from+lo, from+hi)
		}
		first, last = first-n, last-n
	}
}

// rowsAhead is how many rows are on their way from memory while one is multiplied.
const rowsAhead = 8

// score multiplies the query with the rows of the candidates.
func (q *Query) score(parts []Part, near []Candidate) []Hit {
	hits := make([]Hit, 0, len(near))
	for len(near) > 0 {
		n := 1
		for n < len(near) && near[n].Part == near[0].Part {
			n++
		}
		part := &parts[near[0].Part]
		for i, c := range near[:n] {
			next := near[min(i+rowsAhead, n-1)].Doc
			product := use.dot(part.row(c.Doc), &q.row, part.row(next))
			if scale := part.Scales[c.Doc]; scale != 0 {
				hits = append(hits, Hit{c.Doc, c.Part, q.scaled(product, scale)})
			}
		}
		near = near[n:]
	}
	return hits
}

func (q *Query) scaled(product int32, scale float32) float32 {
	return float32(float64(product) * float64(scale) * float64(q.scale))
}

func (p *Part) row(doc uint32) *[Dim]int8 { return (*[Dim]int8)(p.Rows[int(doc)*Dim:]) }

// best gives the k hits of the greatest score; hits are in the order that decides
// between equal ones. A number whose order is that of score and place is sorted
// several times faster than hits are.
func best(hits []Hit, k int) []Hit {
	keys := make([]uint64, len(hits))
	for i, h := range hits {
		keys[i] = uint64(descending(h.Score))<<32 | uint64(i)
	}
	slices.Sort(keys)
	out := make([]Hit, min(k, len(keys)))
	for i := range out {
		out[i] = hits[uint32(keys[i])]
	}
	return out
}

// descending maps numbers to others of the opposite order; those that are none
// (a damaged scale) come last.
func descending(x float32) uint32 {
	if x != x {
		return math.MaxUint32
	}
	b := math.Float32bits(x + 0) // -0 becomes 0
	if b>>31 == 1 {
		return b
	}
	return ^b &^ (1 << 31)
}
