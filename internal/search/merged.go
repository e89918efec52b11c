package search

import (
	"math/bits"

	"broadsheet/internal/lib/segment"
)

// merged is several posting lists as one: the completions of a word that is
// still being typed. A document that has several counts each field's most
// frequent one, not their sum, as if one word had been meant.
type merged struct {
	docs    []uint32
	codes   []byte
	at      int // of the next block
	members []segment.Postings
	used    int
	err     error

	all  set
	code []byte // by document; 0 where not in all
}

// fill reads the lists.
func (m *merged) fill(p *part, entries []segment.Entry) {
	m.docs, m.codes, m.at, m.err, m.used = m.docs[:0], m.codes[:0], 0, nil, len(entries)
	if n := (p.docs + 63) / 64; len(m.all) < n {
		m.all, m.code = make(set, n), make([]byte, n*64)
	}
	for len(m.members) < len(entries) {
		m.members = append(m.members, segment.Postings{})
	}
	for i, e := range entries {
		l := &m.members[i]
		l.Reset(p.Reader, e)
		for l.NextBlock() {
			docs, codes := l.Block()
			for j, doc := range docs {
				m.all.add(doc)
				m.code[doc] = mergeCodes(m.code[doc], codes[j])
			}
		}
		if err := l.Err(); err != nil {
			m.err = err
		}
	}
	for i, word := range m.all {
		for ; word != 0; word &= word - 1 {
			doc := uint32(i<<6 + bits.TrailingZeros64(word)) // #nosec G115 -- below 2^31
			m.docs = append(m.docs, doc)
			m.codes = append(m.codes, m.code[doc])
			m.code[doc] = 0
		}
		m.all[i] = 0
	}
	for i, e := range entries { // anew, for positions
		m.members[i].Reset(p.Reader, e)
	}
}

// mergeCodes takes the greater count of each field.
func mergeCodes(a, b byte) byte {
	return max(a&0x0f, b&0x0f) | max(a&0x30, b&0x30) | (a|b)&0xc0
}

// next gives the next block, empty at the end.
func (m *merged) next() ([]uint32, []byte) {
	lo := m.at
	m.at = min(lo+segment.BlockSize, len(m.docs))
	return m.docs[lo:m.at], m.codes[lo:m.at]
}

// advance gives the block that has the first document at or after doc.
func (m *merged) advance(doc uint32) ([]uint32, []byte) {
	if m.at < len(m.docs) && m.docs[len(m.docs)-1] >= doc {
		m.at += gallop(m.docs[m.at:], doc) / segment.BlockSize * segment.BlockSize
		return m.next()
	}
	m.at = len(m.docs)
	return nil, nil
}

// blockEnd is the last document of the block that doc is in or before.
func (m *merged) blockEnd(doc uint32) uint32 {
	n := len(m.docs)
	if n == 0 || m.docs[n-1] < doc {
		return end
	}
	i := gallop(m.docs, doc)
	return m.docs[min(i/segment.BlockSize*segment.BlockSize+segment.BlockSize, n)-1]
}

// positions appends where doc has any of the words, in no order.
func (m *merged) positions(doc uint32, dst []uint32) []uint32 {
	for i := range m.members[:m.used] {
		l := &m.members[i]
		if l.Advance(doc) == doc {
			dst = l.Positions(dst)
		}
		if err := l.Err(); err != nil {
			m.err = err
		}
	}
	return dst
}
