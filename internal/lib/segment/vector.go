package segment

import "broadsheet/internal/lib/vec"

// Codes gives the sign codes of all documents, 32 bytes each, all 0 where a
// document has no vector. A segment without vectors gives nil. The first call
// reads all of it.
func (r *Reader) Codes() ([]byte, error) {
	if r.codes.size == 0 {
		return nil, nil
	}
	return r.file.whole(r.codes)
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

// vectors writes what the documents have of vectors, nothing where none has.
func (fl *flush) vectors(w *fileWriter) {
	b := fl.b
	has := func(d uint32) bool { return int(d) < len(b.scales) && b.scales[d] != 0 }
	for _, d := range fl.live {
		if has(d) {
			fl.info.Vectors++
		}
	}
	if fl.info.Vectors == 0 {
		return
	}
	var zero [Dim]byte
	w.begin("vec.code", 1)
	for _, d := range fl.live {
		if has(d) {
			w.write(b.codes[int(d)*codeSize : int(d+1)*codeSize])
		} else {
			w.write(zero[:codeSize])
		}
	}
	var row []byte
	w.begin("vec.row", 0)
	for _, d := range fl.live {
		if has(d) {
			row = appendRow(row[:0], b.int8s[int(d)*Dim:int(d+1)*Dim], b.scales[d])
		} else {
			row = appendRow(row[:0], zero[:], 0)
		}
		w.write(row)
	}
}
