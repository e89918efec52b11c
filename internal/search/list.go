package search

import (
	"math"

	"broadsheet/internal/lib/segment"
)

// end is past every document.
const end = math.MaxUint32

// unit is what 1.0 is in a score of the lexical part: scores are added up as
// integers, so that they do not depend on the order of adding. 64 words of the
// greatest idf (16, a word of one among ten million papers) stay below 2^32.
const unit = 1 << 20

// maxGain bounds idf times the number of times that a word was typed, for the
// same reason.
const maxGain = 60

// curve is the saturation of BM25F (Robertson, Zaragoza, Taylor 2004) over a
// snapshot: w/(w+K) with K = k1·(1-b + b·length/average).
type curve struct{ base, slope float32 }

func newCurve(k1, b, average float64) curve {
	return curve{base: float32(k1 * (1 - b)), slope: float32(k1 * b / average)}
}

// k is K of a document of that length. The conversion keeps processors that
// can from fusing, which would round otherwise than the others.
func (c curve) k(norm uint16) float32 { return float32(c.slope*float32(norm)) + c.base }

// list walks the documents of one word, or of several that count as one, in
// one segment.
type list struct {
	post    segment.Postings
	merged  *merged // instead of post where several words count as one
	scoring *scoring

	docs  []uint32 // the block in hand
	codes []byte
	at    int
	doc   uint32 // docs[at], or end

	term  int     // of the plan
	gain  float32 // idf times the times in the query, times unit; 0 does not score
	slack float32 // gain times what an impact can be too low by, see bound
	max   uint32  // no score is greater
	df    int
	mask  byte // the codes that count have one of these bits; 0 is any
	must  bool
	here  uint32 // no score in the window in hand is greater
}

// scoring is what the lists of a segment share.
type scoring struct {
	weights [256]float32 // by code
	norms   []uint16
	curve   curve
}

// score is what a document gets for the word: never 0, which is for not having
// it, also where every document has it.
func (l *list) score(code byte, k float32) uint32 {
	w := l.scoring.weights[code]
	return uint32(l.gain*(w/(w+k))) + 1
}

// scoreHere is what the document in hand gets.
func (l *list) scoreHere() uint32 {
	return l.score(l.codes[l.at], l.scoring.curve.k(l.scoring.norms[l.doc]))
}

// fits reports whether the document in hand has the word in the asked field.
func (l *list) fits() bool { return l.mask == 0 || l.codes[l.at]&l.mask != 0 }

func (l *list) nextBlock() {
	l.at = 0
	if l.merged != nil {
		l.docs, l.codes = l.merged.next()
	} else if l.post.NextBlock() {
		l.docs, l.codes = l.post.Block()
	} else {
		l.docs = nil
	}
	if len(l.docs) == 0 {
		l.doc = end
		return
	}
	l.doc = l.docs[0]
}

// skip goes n documents on within the block or to the next.
func (l *list) skip(n int) {
	if l.at += n; l.at < len(l.docs) {
		l.doc = l.docs[l.at]
		return
	}
	l.nextBlock()
}

// advance goes to the first document at or after doc and gives it.
func (l *list) advance(doc uint32) uint32 {
	if l.doc >= doc {
		return l.doc
	}
	if n := len(l.docs); n == 0 || l.docs[n-1] < doc {
		if l.merged != nil {
			l.docs, l.codes = l.merged.advance(doc)
		} else if l.post.AdvanceBlock(doc) {
			l.docs, l.codes = l.post.Block()
		} else {
			l.docs = nil
		}
		l.at = 0
		if len(l.docs) == 0 {
			l.doc = end
			return end
		}
	}
	l.at += seek(l.docs[l.at:], doc)
	l.doc = l.docs[l.at]
	return l.doc
}

// seek is the index of the first of docs, ascending, that is at or after doc;
// there must be one. docs are a block at most: it goes on by eight and counts
// those before doc among the last eight, which the processor has no branches of
// to guess. Galloping and halving takes half as long again, whatever the step.
func seek(docs []uint32, doc uint32) int {
	lo := 0
	for lo+8 < len(docs) && docs[lo+7] < doc {
		lo += 8
	}
	if lo+8 > len(docs) {
		for docs[lo] < doc {
			lo++
		}
		return lo
	}
	before := uint64(0)
	for _, d := range (*[8]uint32)(docs[lo:]) {
		before += (uint64(d) - uint64(doc)) >> 63
	}
	return lo + int(before) // #nosec G115 -- at most 7
}

// gallop is seek in any number of documents.
func gallop(docs []uint32, doc uint32) int {
	step := 1
	lo := 0
	for lo+step < len(docs) && docs[lo+step] < doc {
		lo += step
		step *= 2
	}
	hi := min(lo+step, len(docs)-1)
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		if docs[m] < doc {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

// bound is the most that a document in [lo, hi) can get, lo never below that of
// an earlier call.
func (l *list) bound(lo, hi uint32) uint32 {
	if l.doc >= hi {
		return 0
	}
	if l.merged != nil {
		return l.max
	}
	worst := uint8(0)
	for doc := lo; doc < hi; {
		last, impact := l.post.ShallowAdvance(doc)
		worst = max(worst, impact)
		if last >= hi { // also where there is none: NoDoc
			break
		}
		doc = last + 1
	}
	return l.boundOf(worst)
}

// boundOf is the score that an impact stands for, rounded up. Impacts were
// computed with the average length of the segment; where the snapshot's is
// greater, K is smaller by at most their ratio and w/(w+K) greater by at most
// its inverse, which slack holds.
func (l *list) boundOf(impact uint8) uint32 {
	if impact == 0 {
		return 0
	}
	return min(uint32(l.slack*float32(impact))+3, l.max)
}

// blockEnd is the last document of the block that doc is in or before.
func (l *list) blockEnd(doc uint32) uint32 {
	if l.merged != nil {
		return l.merged.blockEnd(doc)
	}
	last, _ := l.post.ShallowAdvance(doc)
	return last
}

// positions appends where the document in hand has the word.
func (l *list) positions(dst []uint32) []uint32 {
	if l.merged != nil {
		return l.merged.positions(l.doc, dst)
	}
	return l.post.PositionsAt(l.at, dst)
}

// err is what ended the list early.
func (l *list) err() error {
	if l.merged != nil {
		return l.merged.err
	}
	return l.post.Err()
}
