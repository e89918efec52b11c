package segment

import "encoding/binary"

// Lookup finds a term. It allocates nothing.
func (r *Reader) Lookup(term string) (e Entry, ok bool, err error) {
	d, err := r.dictionary()
	if err != nil || len(term) == 0 || len(term) > MaxTerm {
		return Entry{}, false, err
	}
	var want, have [MaxTerm]byte
	n := copy(want[:], term)
	block, err := d.find(want[:n])
	if err != nil || block < 0 {
		return Entry{}, false, err
	}
	b, err := d.block(block)
	if err != nil {
		return Entry{}, false, err
	}
	off, k := binary.Uvarint(b)
	if k <= 0 || off > uint64(d.post) {
		return Entry{}, false, d.file.damage("dictionary: block %d", block)
	}
	at, size := int64(off), 0
	for b = b[k:]; len(b) > 0; at += e.size {
		shared, rest, after, ok := cutTerm(b)
		if !ok || shared > size {
			return Entry{}, false, d.file.damage("dictionary: block %d", block)
		}
		size = shared + copy(have[shared:], rest)
		if e, b, ok = d.cutEntry(after, have[0] < 0x20, at); !ok {
			return Entry{}, false, d.file.damage("dictionary: block %d", block)
		}
		if h := string(have[:size]); h >= term {
			if h != term {
				break
			}
			return e, true, nil
		}
	}
	return Entry{}, false, nil
}
