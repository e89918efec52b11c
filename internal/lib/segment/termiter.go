package segment

import (
	"encoding/binary"
)

// TermIter goes through the terms in the order of their bytes.
type TermIter struct {
	d     *dict
	err   error
	block int    // the present one; -1 before the first, len(d.start) at the end
	rest  []byte // of the block, after the present term
	left  int    // terms in rest
	off   int64  // of the next term's list
	term  []byte
	want  []byte // what Seek looks for: a copy, as it may be a part of term
	entry Entry
	// shared is what the present term has in common with the last one given.
	shared  int
	pending bool // the present term was found by Seek and is yet to be given
}

// Terms gives an iterator before the first term that is not below from.
func (r *Reader) Terms(from string) *TermIter {
	it := &TermIter{block: -1, term: make([]byte, 0, MaxTerm)}
	it.d, it.err = r.dictionary()
	if it.err == nil {
		it.Seek([]byte(from))
		it.shared = 0
	}
	return it
}

// Next goes to the next term. It is false at the end and on an error.
func (it *TermIter) Next() bool {
	if it.pending {
		it.pending = false
		return true
	}
	it.shared = MaxTerm
	return it.step()
}

// step decodes the next term and lowers shared to what it has in common with the
// one before: over several steps of ascending terms, the least is what the last
// has in common with the first.
func (it *TermIter) step() bool {
	if it.err != nil || it.block >= len(it.d.start) {
		return false
	}
	if it.left == 0 {
		if it.block+1 >= len(it.d.start) {
			it.block, it.shared = len(it.d.start), 0
			it.term = it.term[:0]
			return false
		}
		if !it.open(it.block + 1) {
			return false
		}
	}
	shared, rest, after, ok := cutTerm(it.rest)
	first := it.left == it.inBlock()
	if !ok || first && shared != 0 || shared > len(it.term) {
		return it.corrupt()
	}
	if first {
		it.shared = min(it.shared, common(it.term, rest))
	} else {
		it.shared = min(it.shared, shared)
	}
	it.term = append(it.term[:shared], rest...)
	it.entry, it.rest, ok = it.d.cutEntry(after, it.term[0] < 0x20, it.off)
	if !ok {
		return it.corrupt()
	}
	it.off += it.entry.size
	it.left--
	return true
}

// inBlock is how many terms the present block has.
func (it *TermIter) inBlock() int {
	if it.block == len(it.d.start)-1 {
		return it.d.terms - it.block*dictBlock
	}
	return dictBlock
}

// open goes before the first term of a block.
func (it *TermIter) open(block int) bool {
	b, err := it.d.block(block)
	if err != nil {
		return it.fail(err)
	}
	off, n := binary.Uvarint(b)
	if n <= 0 || off > uint64(it.d.post) {
		it.block = block
		return it.corrupt()
	}
	it.block, it.rest, it.off = block, b[n:], int64(off)
	it.left = it.inBlock()
	return true
}

func (it *TermIter) fail(err error) bool {
	it.err, it.pending = err, false
	return false
}

func (it *TermIter) corrupt() bool {
	return it.fail(it.d.file.damage("dictionary: block %d", it.block))
}

// Term is the term that Next went to, valid until Next, Seek or SkipPrefix.
func (it *TermIter) Term() []byte { return it.term[:len(it.term):len(it.term)] }

// Shared is how many leading bytes the term is known to have in common with the
// one that Next went to before (0 for the first): rows of a Levenshtein matrix up
// to there still hold. It is exact where every Seek went forwards.
func (it *TermIter) Shared() int { return it.shared }

// Entry is what the dictionary says of the term.
func (it *TermIter) Entry() Entry { return it.entry }

// Err is what ended the iteration early.
func (it *TermIter) Err() error { return it.err }

// Seek goes before the first term that is not below term, forwards or backwards:
// the following Next gives it.
func (it *TermIter) Seek(term []byte) {
	if it.err != nil || len(it.d.start) == 0 {
		return
	}
	it.want = append(it.want[:0], term...)
	term = it.want
	if it.pending { // Next was not called: nothing was given since
		it.pending = false
	} else {
		it.shared = MaxTerm
	}
	if !it.near(term) {
		block, err := it.d.find(term)
		if err != nil {
			it.fail(err)
			return
		}
		// Going on in the block keeps Shared exact, and is shorter.
		if block = max(0, block); block != it.block || string(it.term) >= string(term) {
			if !it.open(block) {
				return
			}
		}
	}
	for it.step() {
		if string(it.term) >= string(term) {
			it.pending = true
			return
		}
	}
}

// near says that the first term that is not below term is left in the present
// block, or is the next one's first.
func (it *TermIter) near(term []byte) bool {
	return it.block >= 0 && it.block < len(it.d.start) && string(it.term) < string(term) &&
		(it.block+1 >= len(it.d.start) || prefixOf(term) < it.d.prefix[it.block+1])
}

// SkipPrefix goes past every term that begins with the first n bytes of the term
// that Next has just gone to.
func (it *TermIter) SkipPrefix(n int) {
	var buf [MaxTerm]byte
	next := append(buf[:0], it.term[:min(n, len(it.term))]...)
	for len(next) > 0 && next[len(next)-1] == 0xff {
		next = next[:len(next)-1]
	}
	if len(next) == 0 { // no term is above all that begin so
		if it.err == nil {
			it.block, it.left, it.pending = len(it.d.start), 0, false
		}
		return
	}
	next[len(next)-1]++
	it.Seek(next)
}
