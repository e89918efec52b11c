package segment

import (
	"encoding/binary"
	"math"
)

// shortList is the most postings of a list without block metadata.
const shortList = BlockSize - 1

// scorer gives the impacts of postings: bounds of w/(w+K) with the norms and the
// average of one segment.
type scorer struct {
	inverse [256]float64 // 1/w of each code
	flat    float64      // k1 (1-b)
	slope   float64      // k1 b / average
	norms   []uint16
}

func newScorer(o Options, norms []uint16, avg float64) *scorer {
	s := &scorer{flat: o.K1 * (1 - o.B), slope: o.K1 * o.B / avg, norms: norms}
	for c, w := range o.Weights.Table() {
		s.inverse[c] = 1 / float64(w)
	}
	return s
}

// impact is the bound of a block: the smallest byte that, over 255, no posting's
// factor exceeds. w/(w+K) is largest where K/w is smallest, which takes a
// multiplication instead of a division a posting. The conversion of the product
// keeps machines from fusing it with the sum: files are the same everywhere.
func (s *scorer) impact(docs []uint32, codes []byte) uint8 {
	least := math.Inf(1)
	for i, d := range docs {
		if x := (s.flat + float64(s.slope*float64(s.norms[d]))) * s.inverse[codes[i]]; x < least {
			least = x
		}
	}
	// The margin is for readers that compute the factor in 32 bits.
	return uint8(min(255, math.Ceil(255/(1+least)*(1+1e-6))))
}

// listWriter gathers the postings of one term and encodes them.
type listWriter struct {
	score  *scorer
	docs   []uint32
	codes  []byte
	pos    []byte   // positions of all postings
	runAt  []uint32 // where in pos each run begins
	buf    []byte
	places []uint16 // of the posting being added
	gaps   [BlockSize]uint32
}

func (l *listWriter) reset() {
	l.docs, l.codes, l.pos, l.runAt = l.docs[:0], l.codes[:0], l.pos[:0], l.runAt[:0]
}

// add begins a posting. Those of text append its positions to pos afterwards.
func (l *listWriter) add(doc uint32, code byte) {
	if len(l.docs)%runSize == 0 {
		l.runAt = append(l.runAt, uint32(len(l.pos)))
	}
	l.docs = append(l.docs, doc)
	l.codes = append(l.codes, code)
}

// addBlock adds many postings whose documents count from another one. Positions
// are copied at once, and passed over to see where runs begin. It is false where
// they make no sense.
func (l *listWriter) addBlock(docs []uint32, codes, pos []byte, from uint32) bool {
	for at, i := 0, 0; i < len(docs); {
		left := -(len(l.docs) + i) & (runSize - 1) // of the run that was begun
		if left == 0 {
			l.runAt = append(l.runAt, uint32(len(l.pos)+at))
			left = runSize
		}
		next := min(i+left, len(docs))
		n := skipRun(pos[at:], codes[i:next])
		if n < 0 {
			return false
		}
		at, i = at+n, next
	}
	for _, d := range docs {
		l.docs = append(l.docs, from+d)
	}
	l.codes, l.pos = append(l.codes, codes...), append(l.pos, pos...)
	return true
}

// encode gives the bytes of the list, valid until the next call, and its impact.
func (l *listWriter) encode(tag bool) (list []byte, impact uint8, err error) {
	if len(l.pos)+binary.MaxVarintLen32*len(l.runAt) > math.MaxUint32 {
		return nil, 0, ErrTooLarge
	}
	if len(l.docs) <= shortList {
		return l.encodeShort(tag)
	}
	blocks := (len(l.docs) + BlockSize - 1) / BlockSize
	lay := layoutOf(len(l.docs), tag)
	b := grow(l.buf[:0], int(lay.data))
	prev := uint32(math.MaxUint32)
	for i := range blocks {
		from, to := i*BlockSize, min((i+1)*BlockSize, len(l.docs))
		docs := l.docs[from:to]
		for j, d := range docs {
			l.gaps[j] = d - prev - 1
			prev = d
		}
		w := widthOf(l.gaps[:len(docs)])
		le.PutUint32(b[lay.last+4*int64(i):], prev)
		le.PutUint32(b[lay.off+4*int64(i):], uint32(int64(len(b))-lay.data))
		b[lay.width+int64(i)] = byte(w)
		if !tag {
			m := l.score.impact(docs, l.codes[from:to])
			b[lay.impact+int64(i)] = m
			impact = max(impact, m)
		}
		b = pack(b, l.gaps[:len(docs)], w)
	}
	b = append(b, make([]byte, packPad)...)
	if !tag {
		b = append(b, l.codes...)
		b = l.appendRuns(b, lay)
	}
	l.buf = b
	return b, impact, nil
}

// appendRuns appends the positions of a long list and notes where those of each
// block begin: with the lengths of its runs.
func (l *listWriter) appendRuns(b []byte, lay layout) []byte {
	base := len(b)
	for i := range lay.blocks {
		le.PutUint32(b[lay.pos+4*int64(i):], uint32(len(b)-base))
		runs, end := l.runAt[i*runsABlock:], uint32(len(l.pos))
		if len(runs) > runsABlock {
			runs, end = runs[:runsABlock], runs[runsABlock]
		}
		for k := range runs[1:] {
			b = binary.AppendUvarint(b, uint64(runs[k+1]-runs[k]))
		}
		b = append(b, l.pos[runs[0]:end]...)
	}
	return b
}

func (l *listWriter) encodeShort(tag bool) (list []byte, impact uint8, err error) {
	b := l.buf[:0]
	prev := uint32(math.MaxUint32)
	for _, d := range l.docs {
		b = binary.AppendUvarint(b, uint64(d-prev-1))
		prev = d
	}
	if !tag {
		b = append(b, l.codes...)
		b = append(b, l.pos...)
		impact = l.score.impact(l.docs, l.codes)
	}
	l.buf = b
	return b, impact, nil
}

// layout is where the parts of a long list's metadata begin.
type layout struct {
	blocks                              int
	last, off, pos, impact, width, data int64
}

func layoutOf(df int, tag bool) layout {
	n := int64(df+BlockSize-1) / BlockSize
	l := layout{blocks: int(n), off: 4 * n, pos: 8 * n, impact: 12 * n, width: 13 * n, data: 14 * n}
	if tag {
		l.impact, l.width, l.data = 8*n, 8*n, 9*n
	}
	return l
}

// grow gives a slice of n bytes, zero, in b's memory where it is enough.
func grow(b []byte, n int) []byte {
	if cap(b) < n {
		b = make([]byte, n, n+n/2)
	}
	b = b[:n]
	clear(b)
	return b
}

// uvarint reads a number of at most 32 bits. n is 0 where there is none.
func uvarint(b []byte) (v uint32, n int) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint32(b[0]), 1
	}
	if len(b) > 1 && b[1] < 0x80 {
		return uint32(b[0]&0x7f) | uint32(b[1])<<7, 2
	}
	x, n := binary.Uvarint(b)
	if n <= 0 || x > math.MaxUint32 {
		return 0, 0
	}
	return uint32(x), n
}
