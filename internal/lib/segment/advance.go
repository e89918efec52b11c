package segment

// AdvanceBlock goes to the block that has the first document >= doc, if that is
// not the present one, and is false when there is none. It does not move within
// the present block, and in another goes to the first posting.
func (p *Postings) AdvanceBlock(doc uint32) bool {
	if p.n > 0 && p.docs[p.n-1] >= doc {
		return true
	}
	if p.err != nil || p.block >= p.lay.blocks {
		return false
	}
	if p.e.DF <= shortList {
		if p.block < 0 && p.load(0) && p.docs[p.n-1] >= doc {
			return true
		}
		p.end()
		return false
	}
	from := p.block + 1
	if s := p.shallow; s > from && p.lastOf(s-1) < doc {
		from = s
	}
	b := p.find(from, doc)
	if b == p.lay.blocks {
		p.end()
		return false
	}
	return p.load(b)
}

// find gives the first block from the given one on whose last document is >= doc.
// It doubles its steps and then halves them: the block is mostly near.
func (p *Postings) find(from int, doc uint32) int {
	last := p.list[p.lay.last:p.lay.off]
	lo, hi, step := from, from, 1
	for hi < p.lay.blocks && le.Uint32(last[4*hi:]) < doc {
		lo = hi + 1
		hi += step
		step *= 2
	}
	hi = min(hi, p.lay.blocks)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if le.Uint32(last[4*mid:]) < doc {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// Advance goes to the first posting with a document >= doc and gives it, NoDoc
// when there is none. It never goes backwards.
func (p *Postings) Advance(doc uint32) uint32 {
	if p.n > 0 && p.doc >= doc {
		return p.doc
	}
	if !p.AdvanceBlock(doc) {
		return p.doc
	}
	// Branches here are guessed wrongly half of the time; seven steps without
	// one are cheaper.
	i := p.i
	if p.docs[i] < doc {
		lo, n := i+1, p.n-i-1 // the block's last is >= doc, so n > 0
		for n > 1 {
			half := n / 2
			if p.docs[(lo+half-1)&(BlockSize-1)] < doc {
				lo += half
			}
			n -= half
		}
		i = lo
	}
	p.i, p.doc = i, p.docs[i]
	return p.doc
}

// ShallowAdvance gives the last document and the impact of the block that has the
// first document >= doc, without reading it and without moving the cursor: no
// document from doc to last scores more than impact/255 (see Entry.Impact). It
// gives NoDoc and 0 when there is none. Blocks before the cursor's are not looked
// at; docs that ascend are the cheapest.
func (p *Postings) ShallowAdvance(doc uint32) (last uint32, impact uint8) {
	if p.err != nil {
		return NoDoc, 0
	}
	if p.e.DF <= shortList {
		if !p.readShort() {
			return NoDoc, 0
		}
		if p.docs[p.e.DF-1] < doc {
			return NoDoc, 0
		}
		return p.docs[p.e.DF-1], p.e.Impact
	}
	from := max(p.shallow, p.block, 0)
	if from > 0 && from > p.block && p.lastOf(from-1) >= doc { // doc descended
		from = max(p.block, 0)
	}
	p.shallow = p.find(from, doc)
	if p.shallow >= p.lay.blocks {
		return NoDoc, 0
	}
	last = p.lastOf(p.shallow)
	if !p.e.Tag {
		impact = p.list[p.lay.impact+int64(p.shallow)]
	}
	return last, impact
}

// Positions appends the positions of the present posting to dst, ascending.
func (p *Postings) Positions(dst []uint32) []uint32 { return p.PositionsAt(p.i, dst) }

// PositionsAt appends the positions of posting i of the present block. Those of the
// postings before it in its run are passed over, unless the call before did so: i
// that ascend are cheapest.
func (p *Postings) PositionsAt(i int, dst []uint32) []uint32 {
	if i < 0 || i >= len(p.codes) || p.err != nil {
		return dst
	}
	if p.posAt == 0 && !p.beginPositions() {
		return dst
	}
	if run := min(i/runSize, p.runs-1); i < p.posNext || run > p.posNext/runSize {
		p.posNext, p.posAt = run*runSize, p.runAt[run]
	}
	if p.posNext < i {
		n := skipRun(p.list[p.posAt:p.posEnd], p.codes[p.posNext:i])
		if n < 0 {
			p.corrupt("positions")
			return dst
		}
		p.posAt += int64(n)
	}
	got, n := readPositions(p.list[p.posAt:p.posEnd], p.codes[i], dst)
	if n < 0 {
		p.corrupt("positions")
		return dst
	}
	p.posAt += int64(n)
	p.posNext = i + 1
	return got
}

// beginPositions goes to the positions of the block's first posting.
func (p *Postings) beginPositions() bool {
	p.posNext, p.posAt, p.posEnd = 0, p.pos, p.e.size
	p.runs, p.runAt[0] = 1, p.pos
	if p.e.DF <= shortList {
		return true // checked with the documents
	}
	at := func(block int) int64 { return p.pos + int64(le.Uint32(p.list[p.lay.pos+4*int64(block):])) }
	p.posAt = at(p.block)
	if p.block+1 < p.lay.blocks {
		p.posEnd = at(p.block + 1)
	}
	if p.posAt > p.posEnd || p.posEnd > p.e.size {
		return p.corrupt("positions")
	}
	if !p.check(p.posAt, p.posEnd-p.posAt) {
		return false
	}
	if p.runAt[0] = p.posAt; p.r.file.version == 1 {
		return true // the block is one run
	}
	return p.beginRuns()
}

// beginRuns reads the lengths of the block's runs, of all but the last.
func (p *Postings) beginRuns() bool {
	p.runs = (p.n + runSize - 1) / runSize
	var length [runsABlock]int64
	for k := range p.runs - 1 {
		v, n := uvarint(p.list[p.posAt:p.posEnd])
		if n == 0 {
			return p.corrupt("positions")
		}
		length[k] = int64(v)
		p.posAt += int64(n)
	}
	p.runAt[0] = p.posAt
	for k := 1; k < p.runs; k++ {
		p.runAt[k] = p.runAt[k-1] + length[k-1]
	}
	if p.runAt[p.runs-1] > p.posEnd {
		return p.corrupt("positions")
	}
	return true
}
