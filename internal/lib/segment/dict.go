package segment

import "encoding/binary"

// dictBlock is how many terms share a block: the first is whole, each other one
// says how much of its predecessor it repeats.
const dictBlock = 16

// Entry is what the dictionary says of a term.
type Entry struct {
	DF     uint32 // documents that have it, deleted ones included; 0 only in the zero Entry
	Impact uint8  // no posting's w/(w+K) is above Impact/255, by the segment's AvgNorm; 0 for tags
	Tag    bool   // its postings have no codes and positions
	off    int64  // of the list, in its section
	size   int64
}

// dictWriter encodes the dictionary: terms come in ascending order.
type dictWriter struct {
	blocks []byte
	prefix []uint64 // first eight bytes of each block's first term
	start  []uint32 // where each block begins
	prev   []byte
	terms  int
}

func (d *dictWriter) add(term []byte, e Entry) error {
	if d.terms%dictBlock == 0 {
		if int64(len(d.blocks)) > 1<<32-1-dictBlock*(MaxTerm+32) {
			return ErrTooLarge
		}
		d.prefix = append(d.prefix, prefixOf(term))
		d.start = append(d.start, uint32(len(d.blocks)))
		d.blocks = binary.AppendUvarint(d.blocks, uint64(e.off))
		d.prev = d.prev[:0]
	}
	d.terms++
	shared := common(d.prev, term)
	d.prev = append(d.prev[:0], term...)
	rest := term[shared:]
	d.blocks = append(d.blocks, byte(min(shared, 15))<<4|byte(min(len(rest), 15)))
	if shared >= 15 {
		d.blocks = append(d.blocks, byte(shared-15))
	}
	if len(rest) >= 15 {
		d.blocks = append(d.blocks, byte(len(rest)-15))
	}
	d.blocks = append(d.blocks, rest...)
	d.blocks = binary.AppendUvarint(d.blocks, uint64(e.DF))
	if !e.Tag {
		d.blocks = append(d.blocks, e.Impact)
	}
	d.blocks = binary.AppendUvarint(d.blocks, uint64(e.size))
	return nil
}

func (d *dictWriter) write(w *fileWriter) {
	w.begin("dict", 0)
	w.write(d.blocks)
	w.begin("dict.prefix", 8)
	for _, p := range d.prefix {
		w.u64(p)
	}
	w.begin("dict.start", 4)
	for _, s := range d.start {
		w.u32(s)
	}
}

// prefixOf gives the first eight bytes of a term as a number that sorts as they do.
// Shorter terms are filled up with zeros.
func prefixOf[T string | []byte](term T) uint64 {
	var p uint64
	for i := range min(8, len(term)) {
		p |= uint64(term[i]) << (56 - 8*i)
	}
	return p
}

// common gives how many leading bytes a and b share.
func common(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// dict is a dictionary that is read.
type dict struct {
	file   *image
	blocks section
	post   int64 // size of the section of posting lists
	docs   int
	terms  int
	prefix []uint64
	start  []uint32
}

// find gives the block that must have term, if any has: the last one whose first
// term is not above it; -1 where all are.
func (d *dict) find(term []byte) (int, error) {
	p := prefixOf(term)
	lo, hi := 0, len(d.prefix) // the last with a prefix <= p is before hi
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if d.prefix[mid] <= p {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	// Of blocks with the same prefix, their first terms decide.
	first, end := lo, lo
	for step := 1; first > 0 && d.prefix[first-1] == p; step *= 2 {
		first = max(0, first-step)
	}
	for first < end {
		mid := int(uint(first+end) / 2)
		cmp := d.prefix[mid] >= p
		if d.prefix[mid] == p {
			t, err := d.first(mid)
			if err != nil {
				return 0, err
			}
			cmp = string(t) > string(term)
		}
		if cmp {
			end = mid
		} else {
			first = mid + 1
		}
	}
	return first - 1, nil
}

// block gives the bytes of a block.
func (d *dict) block(i int) ([]byte, error) {
	from, to := int64(d.start[i]), d.blocks.size
	if i+1 < len(d.start) {
		to = int64(d.start[i+1])
	}
	return d.file.view(d.blocks, from, to-from)
}

// first gives the first term of a block, as it lies in the file.
func (d *dict) first(i int) ([]byte, error) {
	b, err := d.block(i)
	if err != nil {
		return nil, err
	}
	_, n := binary.Uvarint(b)
	if n > 0 {
		if shared, rest, _, ok := cutTerm(b[n:]); ok && shared == 0 {
			return rest, nil
		}
	}
	return nil, d.file.damage("dictionary: block %d", i)
}

// cutTerm takes a term off a block.
func cutTerm(b []byte) (shared int, rest, after []byte, ok bool) {
	if len(b) < 3 {
		return 0, nil, nil, false
	}
	shared, n, at := int(b[0]>>4), int(b[0]&15), 1
	if shared == 15 {
		shared += int(b[at])
		at++
	}
	if n == 15 {
		n += int(b[at])
		at++
	}
	if shared+n > MaxTerm || n == 0 || n > len(b)-at {
		return 0, nil, nil, false
	}
	return shared, b[at : at+n], b[at+n:], true
}

// cutEntry takes what is said of a term off a block.
func (d *dict) cutEntry(b []byte, tag bool, off int64) (e Entry, after []byte, ok bool) {
	df, n := uvarint(b)
	if n == 0 || df == 0 || int(df) > d.docs {
		return e, nil, false
	}
	b = b[n:]
	e = Entry{DF: df, Tag: tag, off: off}
	if !tag {
		if len(b) == 0 {
			return e, nil, false
		}
		e.Impact, b = b[0], b[1:]
	}
	size, n := binary.Uvarint(b)
	if n <= 0 || size == 0 || off > d.post || size > uint64(d.post-off) {
		return e, nil, false
	}
	e.size = int64(size)
	return e, b[n:], true
}
