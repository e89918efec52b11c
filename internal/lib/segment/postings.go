package segment

import "math"

// Postings is a cursor over a posting list, in ascending order of documents. It
// works by document (Next, Advance) or by block (NextBlock, AdvanceBlock); the
// two may be mixed. It allocates nothing after it was made.
type Postings struct {
	r    *Reader
	e    Entry
	err  error
	list []byte // of the whole list; checked where it is read
	at   int64  // where list begins in the file
	lay  layout // of a long list
	code int64  // where the codes begin in list
	pos  int64  // where the positions begin in list

	doc     uint32
	block   int  // -1 before the first
	shallow int  // the block that ShallowAdvance is at
	n, i    int  // postings in the block, the present one
	read    bool // a short list is in docs
	codes   []byte
	docs    [BlockSize]uint32

	posNext int   // the posting of the block whose positions begin at posAt
	posAt   int64 // in list; 0: the block's positions were not begun
	posEnd  int64
	runAt   [runsABlock]int64 // where in list the runs of the block begin
	runs    int               // that is known of
}

// Postings gives a cursor before the first posting of a list.
func (r *Reader) Postings(e Entry) *Postings {
	p := new(Postings)
	p.Reset(r, e)
	return p
}

// Reset puts the cursor before the first posting of a list, of any Reader.
func (p *Postings) Reset(r *Reader, e Entry) {
	p.r, p.e, p.err = r, e, nil
	p.doc, p.block, p.shallow, p.n, p.i = 0, -1, 0, 0, -1
	p.codes, p.lay, p.read = nil, layout{blocks: 1}, false
	p.list, p.at = nil, r.post.off+e.off
	if e.off < 0 || e.size < 0 || e.off > r.post.size || e.size > r.post.size-e.off {
		p.fail(r.file.damage("posting list: bytes %d and %d more of %d", e.off, e.size, r.post.size))
		return
	}
	p.list = r.file.data[p.at : p.at+e.size : p.at+e.size]
	switch {
	case e.DF == 0:
		p.end()
	case e.DF > shortList:
		p.begin()
	}
}

// begin reads the shape of a long list.
func (p *Postings) begin() {
	p.lay = layoutOf(int(p.e.DF), p.e.Tag)
	if p.lay.data > p.e.size || !p.check(0, p.lay.data) {
		p.corrupt("metadata")
		return
	}
	last := p.lay.blocks - 1
	p.code = p.lay.data + int64(p.offset(last)) + p.packed(last) + packPad
	p.pos = p.code
	if !p.e.Tag {
		p.pos += int64(p.e.DF)
	}
	if p.pos > p.e.size {
		p.corrupt("metadata")
	}
}

// check makes sure of a part of the list, which must lie in it.
func (p *Postings) check(off, n int64) bool {
	if err := p.r.file.check(p.at+off, n); err != nil {
		p.fail(err)
		return false
	}
	return true
}

// fail ends the list with an error. The first one stays.
func (p *Postings) fail(err error) {
	if p.err == nil {
		p.err = err
	}
	p.end()
	p.shallow = p.lay.blocks
}

func (p *Postings) corrupt(what string) bool {
	if p.err == nil {
		p.fail(p.r.file.damage("posting list at %d: %s", p.at, what))
	}
	return false
}

func (p *Postings) end() {
	p.block, p.n, p.i, p.doc, p.codes = p.lay.blocks, 0, 0, NoDoc, nil
}

func (p *Postings) lastOf(block int) uint32 { return le.Uint32(p.list[p.lay.last+4*int64(block):]) }
func (p *Postings) offset(block int) uint32 { return le.Uint32(p.list[p.lay.off+4*int64(block):]) }

// length is how many postings a block has, packed how many bytes its gaps take.
func (p *Postings) length(block int) int { return min(BlockSize, int(p.e.DF)-block*BlockSize) }

func (p *Postings) packed(block int) int64 {
	return int64(groupsOf(p.length(block))) * int64(p.list[p.lay.width+int64(block)])
}

// NextBlock goes to the first posting of the next block (the first, after Reset).
// It is false at the end and on an error.
func (p *Postings) NextBlock() bool {
	if p.block+1 >= p.lay.blocks || p.err != nil {
		p.end()
		return false
	}
	return p.load(p.block + 1)
}

// load reads a block and goes to its first posting.
func (p *Postings) load(block int) bool {
	p.block, p.posAt = block, 0
	ok := false
	if p.e.DF <= shortList {
		ok = p.loadShort()
	} else {
		ok = p.loadLong(block)
	}
	if ok {
		p.i, p.doc = 0, p.docs[0]
	}
	return ok
}

func (p *Postings) loadLong(block int) bool {
	n, w := p.length(block), int(p.list[p.lay.width+int64(block)])
	from := p.lay.data + int64(p.offset(block))
	size := p.packed(block) + packPad
	if w > maxWidth || from+size > p.code {
		return p.corrupt("block")
	}
	prev := uint32(math.MaxUint32)
	if block > 0 {
		if prev = p.lastOf(block - 1); prev >= uint32(p.r.docs) {
			return p.corrupt("block")
		}
	}
	if !p.check(from, size) {
		return false
	}
	unpack(&p.docs, p.list[from:from+size], groupsOf(n), w, prev)
	// Gaps of at most maxWidth bits cannot wrap round: ending where it must, the
	// block ascends and has no document that is not there.
	if last := p.docs[n-1]; last != p.lastOf(block) || last >= uint32(p.r.docs) {
		return p.corrupt("block")
	}
	p.n = n
	if !p.e.Tag {
		at := p.code + int64(block)*BlockSize
		if !p.check(at, int64(n)) {
			return false
		}
		p.codes = p.list[at : at+int64(n)]
	}
	return true
}

func (p *Postings) loadShort() bool {
	if !p.readShort() {
		return false
	}
	p.n = int(p.e.DF)
	if !p.e.Tag {
		p.codes = p.list[p.code:p.pos]
	}
	return true
}

// readShort reads the documents of a short list, which has no metadata: they tell
// where its codes begin.
func (p *Postings) readShort() bool {
	if p.read {
		return true
	}
	if !p.check(0, p.e.size) {
		return false
	}
	at, doc := 0, uint64(0)
	for i := range int(p.e.DF) {
		gap, k := uvarint(p.list[at:])
		doc += uint64(gap)
		if k == 0 || doc >= uint64(p.r.docs) {
			return p.corrupt("documents")
		}
		at += k
		p.docs[i] = uint32(doc)
		doc++
	}
	p.code, p.pos = int64(at), int64(at)
	if !p.e.Tag {
		p.pos += int64(p.e.DF)
	}
	if p.pos > p.e.size {
		return p.corrupt("codes")
	}
	p.read = true
	return true
}

// Block gives the whole present block: documents and, except for tags, a code
// each. They are valid until the cursor goes to another block.
func (p *Postings) Block() (docs []uint32, codes []byte) { return p.docs[:p.n], p.codes }

// Next goes to the next posting and gives its document, NoDoc at the end.
func (p *Postings) Next() uint32 {
	if p.i+1 < p.n {
		p.i++
		p.doc = p.docs[p.i&(BlockSize-1)]
		return p.doc
	}
	p.NextBlock()
	return p.doc
}

// Doc is the document of the present posting: NoDoc after the last one (and
// after an error). Before the first Next, NextBlock or Advance it is undefined.
func (p *Postings) Doc() uint32 { return p.doc }

// Code is the code of the present posting, 0 for tags.
func (p *Postings) Code() byte {
	if p.i < len(p.codes) {
		return p.codes[p.i]
	}
	return 0
}

// Index is the place of the present posting in its block.
func (p *Postings) Index() int { return p.i }

// Err is what ended the list early, or nil.
func (p *Postings) Err() error { return p.err }
