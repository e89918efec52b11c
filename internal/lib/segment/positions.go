package segment

import "encoding/binary"

// fieldBase is what a posting's first position is relative to, by the field that
// it must be in.
func fieldBase(code byte) uint16 {
	switch {
	case code&0x30 != 0:
		return TitleBase
	case code&0x0f != 0:
		return AbstractBase
	case code&0x40 != 0:
		return AuthorsBase
	}
	return OtherBase
}

// exact says that a code tells how many positions its posting has: no count was
// cut and no field is only a flag. Other postings begin with their number.
func exact(code byte) (n int, ok bool) {
	return int(code&15) + int(code>>4), code < 0x30 && code&15 < 15
}

// appendPositions appends a posting's positions, which ascend and are not none.
func appendPositions(dst []byte, code byte, pos []uint16) []byte {
	if _, ok := exact(code); !ok {
		dst = binary.AppendUvarint(dst, uint64(len(pos)))
	}
	dst = binary.AppendUvarint(dst, uint64(pos[0]-fieldBase(code))) // modulo 65536
	for i, p := range pos[1:] {
		dst = binary.AppendUvarint(dst, uint64(p-pos[i]))
	}
	return dst
}

// uvarint reads a number of at most 32 bits. n is 0 where there is none.
func uvarint(b []byte) (v uint32, n int) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint32(b[0]), 1
	}
	if len(b) > 1 && b[1] < 0x80 {
		return uint32(b[0]&0x7f) | uint32(b[1])<<7, 2
	}
	x, n := binary.Uvarint(b)
	if n <= 0 || x > 1<<32-1 {
		return 0, 0
	}
	return uint32(x), n
}

// countOf reads how many positions a posting has. n is the bytes that it took, -1
// where they make no sense.
func countOf(b []byte, code byte) (count, n int) {
	if count, ok := exact(code); ok {
		return count, 0
	}
	v, n := uvarint(b)
	if n == 0 || v == 0 || v > MaxPos+1 {
		return 0, -1
	}
	return int(v), n
}

// skipPositions gives how many bytes a posting's positions take, -1 where they
// make no sense.
func skipPositions(b []byte, code byte) int {
	count, at := countOf(b, code)
	if at < 0 {
		return -1
	}
	for ; count > 0; at++ { // the last byte of each number is below 0x80
		if at >= len(b) {
			return -1
		}
		if b[at] < 0x80 {
			count--
		}
	}
	return at
}

// readPositions appends a posting's positions to dst and gives how many bytes they
// take, -1 where they make no sense.
func readPositions(b []byte, code byte, dst []uint32) ([]uint32, int) {
	count, at := countOf(b, code)
	if at < 0 {
		return dst, -1
	}
	var pos uint32
	for i := range count {
		v, n := uvarint(b[at:])
		if n == 0 {
			return dst, -1
		}
		at += n
		if i == 0 {
			pos = uint32(uint16(v) + fieldBase(code))
		} else {
			pos += v
		}
		if v > MaxPos || pos > MaxPos {
			return dst, -1
		}
		dst = append(dst, pos)
	}
	return dst, at
}
