package segment

import "math/bits"

// maxWidth is the most bits a gap takes. It bounds the sum of a block, so that
// decoding cannot wrap round, whatever the bytes.
const maxWidth = 24

// packPad is how many bytes must follow packed numbers: they are read by eight.
const packPad = 8

// groupsOf is how many groups of eight hold n numbers.
func groupsOf(n int) int { return (n + 7) / 8 }

// widthOf is how many bits the largest number needs.
func widthOf(v []uint32) int {
	var or uint32
	for _, x := range v {
		or |= x
	}
	return bits.Len32(or)
}

// pack appends numbers of w bits, lowest bit first, in groups of eight: a group
// takes w bytes, and the last is filled up with zeros.
func pack(dst []byte, v []uint32, w int) []byte {
	var acc uint64
	n := 0
	for i := range groupsOf(len(v)) * 8 {
		if i < len(v) {
			acc |= uint64(v[i]) << n
		}
		for n += w; n >= 8; n -= 8 {
			dst = append(dst, byte(acc))
			acc >>= 8
		}
	}
	return dst
}

// unpack reads groups of gaps of w bits and adds them up from prev: a gap of 0 is
// the next number. src holds packPad bytes more than the gaps take.
//
// One load serves as many gaps as surely lie in 64 bits from a whole byte: eight,
// four or two. Code generated for each width was not faster than these three.
func unpack(dst *[BlockSize]uint32, src []byte, groups, w int, prev uint32) {
	mask := uint64(1)<<w - 1
	s := uint(w) & 63
	p := prev
	at := 0
	switch {
	case w == 0:
		for i := range dst[:groups*8] {
			dst[i] = p + uint32(i) + 1
		}
	case w <= 8:
		for g := range groups {
			d := (*[8]uint32)(dst[g*8:])
			v := le.Uint64(src[at:])
			p += uint32(v&mask) + 1
			d[0] = p
			v >>= s
			p += uint32(v&mask) + 1
			d[1] = p
			v >>= s
			p += uint32(v&mask) + 1
			d[2] = p
			v >>= s
			p += uint32(v&mask) + 1
			d[3] = p
			v >>= s
			p += uint32(v&mask) + 1
			d[4] = p
			v >>= s
			p += uint32(v&mask) + 1
			d[5] = p
			v >>= s
			p += uint32(v&mask) + 1
			d[6] = p
			v >>= s
			p += uint32(v&mask) + 1
			d[7] = p
			at += w
		}
	case w <= 16:
		half, odd := w/2, uint(w&1)*4
		for g := range groups {
			d := (*[8]uint32)(dst[g*8:])
			v := le.Uint64(src[at:])
			p += uint32(v&mask) + 1
			d[0] = p
			v >>= s
			p += uint32(v&mask) + 1
			d[1] = p
			v >>= s
			p += uint32(v&mask) + 1
			d[2] = p
			v >>= s
			p += uint32(v&mask) + 1
			d[3] = p
			v = le.Uint64(src[at+half:]) >> odd
			p += uint32(v&mask) + 1
			d[4] = p
			v >>= s
			p += uint32(v&mask) + 1
			d[5] = p
			v >>= s
			p += uint32(v&mask) + 1
			d[6] = p
			v >>= s
			p += uint32(v&mask) + 1
			d[7] = p
			at += w
		}
	default:
		for g := range groups {
			d := (*[8]uint32)(dst[g*8:])
			for k := range 4 {
				bit := uint(2*k) * uint(w)
				v := le.Uint64(src[at+int(bit>>3):]) >> (bit & 7)
				p += uint32(v&mask) + 1
				d[2*k] = p
				p += uint32(v>>s&mask) + 1
				d[2*k+1] = p
			}
			at += w
		}
	}
}
