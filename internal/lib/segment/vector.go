package segment

import (
	"math"

	"broadsheet/internal/lib/mmap"
	"broadsheet/internal/lib/vec"
)

// codeSize is the bytes of a vector's sign code.
const codeSize = vec.CodeSize

// Codes gives the sign codes of all documents, 32 bytes each, all 0 where a
// document has no vector. A segment without vectors gives nil. The first call
// reads all of it.
func (r *Reader) Codes() ([]byte, error) {
	if r.codes.size == 0 {
		return nil, nil
	}
	return r.file.whole(r.codes)
}

// Vectors gives what vec.Query.Search needs to search the segment's vectors. Codes
// and scales are checked here, wholly at first; rows when the search touches them.
// A segment without vectors gives a part of no documents.
func (r *Reader) Vectors(live []uint64) (vec.Part, error) {
	codes, err := r.Codes()
	if err != nil || codes == nil {
		return vec.Part{}, err
	}
	scales, err := r.file.whole(r.scales)
	if err != nil {
		return vec.Part{}, err
	}
	rows := r.file.data[r.int8s.off : r.int8s.off+r.int8s.size]
	return vec.Part{Codes: codes, Rows: mmap.Int8s(rows), Scales: mmap.Float32s(scales), Live: live, Touch: r.touch}, nil
}

// touch checks the rows of candidates.
func (r *Reader) touch(near []vec.Candidate) error {
	for _, c := range near {
		if _, err := r.file.view(r.int8s, Dim*int64(c.Doc), Dim); err != nil {
			return err
		}
	}
	return nil
}

// Int8 gives the vector of a document, which must be below Docs: Dim numbers, and
// the scale that they are to be multiplied by; nil and 0 where it has none.
func (r *Reader) Int8(doc uint32) ([]int8, float32, error) {
	b, scale, err := r.int8(doc)
	if b == nil {
		return nil, 0, err
	}
	return mmap.Int8s(b), scale, nil
}

func (r *Reader) int8(doc uint32) ([]byte, float32, error) {
	if r.scales.size == 0 {
		return nil, 0, nil
	}
	s, err := r.file.view(r.scales, 4*int64(doc), 4)
	if err != nil {
		return nil, 0, err
	}
	scale := math.Float32frombits(le.Uint32(s))
	if scale == 0 {
		return nil, 0, nil
	}
	b, err := r.file.view(r.int8s, Dim*int64(doc), Dim)
	if err != nil {
		return nil, 0, err
	}
	return b, scale, nil
}

// Vector sets the document's vector: Dim numbers, of unit length. It panics on
// another length; a vector of zeros, or with a number that is not finite, is none.
func (b *Builder) Vector(v []float32) {
	if len(v) != Dim {
		panic("segment: vector has another dimension")
	}
	var q [Dim]int8
	var signs vec.Code
	var code [codeSize]byte
	scale := vec.Quantize(q[:], v)
	vec.Encode(&signs, v)
	b.VectorInt8(signs.Append(code[:0]), q[:], scale)
}

// VectorInt8 sets the document's vector as vec.Encode and vec.Quantize made it:
// 32 bytes of signs, Dim numbers, their scale (above 0; otherwise there is none).
func (b *Builder) VectorInt8(code []byte, q []int8, scale float32) {
	if len(code) != codeSize || len(q) != Dim {
		panic("segment: vector has another dimension")
	}
	if b.docs == 0 || !(scale > 0) {
		return
	}
	b.scales = extend(b.scales, b.docs)
	b.codes = extend(b.codes, b.docs*codeSize)
	b.int8s = extend(b.int8s, b.docs*Dim)
	d := b.docs - 1
	b.scales[d] = scale
	copy(b.codes[d*codeSize:], code)
	for i, x := range q {
		b.int8s[d*Dim+i] = byte(x)
	}
}
