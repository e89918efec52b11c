package segment

import (
	"math"

	"broadsheet/internal/lib/checksum"
	"broadsheet/internal/lib/mmap"
	"broadsheet/internal/lib/vec"
)

// codeSize is the bytes of a vector's sign code.
const codeSize = vec.CodeSize

// The row of a document is its vector, the scale, and the checksum of both: what a
// search wants of some thousand documents anywhere, in one read each. Rows are
// read from the file and not from its map. A query so touches 1,024 chunks, which
// soon had all of the vectors in the memory of the process: 0.77 GB for 3 million
// documents, for a few pages of each of which it had a use.
const (
	scaleAt = Dim
	rowSize = Dim + 8
)

// Row is memory that a vector is read into.
type Row struct{ b [rowSize]byte }

// appendRow appends the row of a vector; scale 0 for none.
func appendRow(dst, int8s []byte, scale float32) []byte {
	from := len(dst)
	dst = append(dst, int8s...)
	dst = le.AppendUint32(dst, math.Float32bits(scale))
	return le.AppendUint32(dst, checksum.Of(dst[from:]))
}

// Int8 gives the vector of a document, which must be below Docs: Dim numbers, and
// the scale that they are to be multiplied by; nil and 0 where it has none. It may
// lie in buf, and is valid for as long as that is not used again.
func (r *Reader) Int8(doc uint32, buf *Row) ([]int8, float32, error) {
	if r.info.Vectors == 0 {
		return nil, 0, nil
	}
	b := buf.b[:]
	if err := r.readRows(doc, 1, b); err != nil {
		return nil, 0, err
	}
	scale, err := r.checkRow(doc, b)
	if scale == 0 || err != nil {
		return nil, 0, err
	}
	return mmap.Int8s(b[:Dim]), scale, nil
}

// readRows reads the rows of n documents, unchecked.
func (r *Reader) readRows(doc uint32, n int, b []byte) error {
	b = b[:n*rowSize]
	if r.file.version == 1 {
		return r.oldRows(doc, n, b)
	}
	if _, err := r.file.from.ReadAt(b, r.rows.off+rowSize*int64(doc)); err != nil {
		return r.file.damage("vectors from document %d: %v", doc, err)
	}
	return nil
}

// checkRow compares a row with its checksum and gives its scale.
func (r *Reader) checkRow(doc uint32, b []byte) (scale float32, err error) {
	if !r.file.matches(b[:rowSize-4], b[rowSize-4:]) {
		return 0, r.file.damage("checksum of the vector of document %d", doc)
	}
	return math.Float32frombits(le.Uint32(b[scaleAt:])), nil
}

// oldRows makes rows of what version 1 has in two sections under the checksums of
// chunks.
func (r *Reader) oldRows(doc uint32, n int, b []byte) error {
	rows, err := r.file.view(r.rows, Dim*int64(doc), Dim*int64(n))
	if err != nil {
		return err
	}
	scales, err := r.file.view(r.scales, 4*int64(doc), 4*int64(n))
	if err != nil {
		return err
	}
	b = b[:0]
	for i := range n {
		b = appendRow(b, rows[i*Dim:][:Dim], math.Float32frombits(le.Uint32(scales[4*i:])))
	}
	return nil
}

// rowScan reads rows one after another, many at once.
type rowScan struct {
	r        *Reader
	buf      []byte
	from, to uint32 // the documents in buf
}

// rowsAtOnce are read together: 264 KiB.
const rowsAtOnce = 1024

// row gives the row of a document, whole and checked, and its scale. It is valid
// until the next call.
func (s *rowScan) row(doc uint32) (b []byte, scale float32, err error) {
	if doc < s.from || doc >= s.to {
		n := min(rowsAtOnce, s.r.docs-int(doc))
		if s.buf == nil {
			s.buf = make([]byte, rowsAtOnce*rowSize)
		}
		s.from, s.to = doc, doc
		if err := s.r.readRows(doc, n, s.buf); err != nil {
			return nil, 0, err
		}
		s.to += uint32(n)
	}
	b = s.buf[int(doc-s.from)*rowSize:][:rowSize]
	scale, err = s.r.checkRow(doc, b)
	return b, scale, err
}
