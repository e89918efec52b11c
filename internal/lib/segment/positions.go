package segment

// In a long list the positions of 16 postings are a run, and a block says how long
// its runs are: of a frequent word, which has a block's positions in some 600 bytes,
// those of a document are reached over seven others on average, not 63. Phrases of
// frequent words spent two thirds of their time on these.
const (
	runSize    = 16
	runsABlock = BlockSize / runSize
)

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

// Positions, their differences and their number take one byte below oneByte, two
// up to the last that 30 prefixes reach, and three above. Most first positions of
// abstracts, which are some hundred words, so take one byte; with seven bits a
// byte, as numbers are written elsewhere, a paper took 20 bytes more.
const (
	oneByte  = 224
	twoBytes = oneByte + (0xff-oneByte)<<8
)

func appendSmall(dst []byte, v uint16) []byte {
	switch {
	case v < oneByte:
		return append(dst, byte(v))
	case v < twoBytes:
		return append(dst, byte(oneByte+(v-oneByte)>>8), byte(v-oneByte))
	}
	return append(dst, 0xff, byte(v), byte(v>>8))
}

// small reads a number. n is 0 where there is none.
func small(b []byte) (v uint16, n int) {
	switch {
	case len(b) > 0 && b[0] < oneByte:
		return uint16(b[0]), 1
	case len(b) > 1 && b[0] < 0xff:
		return oneByte + uint16(b[0]-oneByte)<<8 + uint16(b[1]), 2
	case len(b) > 2:
		return le.Uint16(b[1:]), 3
	}
	return 0, 0
}

// appendPositions appends a posting's positions, which ascend and are not none.
func appendPositions(dst []byte, code byte, pos []uint16) []byte {
	if _, ok := exact(code); !ok {
		dst = appendSmall(dst, uint16(len(pos)-1))
	}
	dst = appendSmall(dst, pos[0]-fieldBase(code)) // modulo 65536
	for i, p := range pos[1:] {
		dst = appendSmall(dst, p-pos[i])
	}
	return dst
}

// countOf reads how many positions a posting has. n is the bytes that it took, -1
// where there are none.
func countOf(b []byte, code byte) (count, n int) {
	if count, ok := exact(code); ok {
		return count, 0
	}
	v, n := small(b)
	if n == 0 {
		return 0, -1
	}
	return int(v) + 1, n
}

// skipRun gives how many bytes the positions of postings with these codes take, -1
// where they make no sense. It takes eight postings at once where their codes tell
// how many positions they have and all of these take one byte, which is mostly so.
func skipRun(b, codes []byte) int {
	at := 0
	for len(codes) > 0 {
		n := min(8, len(codes))
		if count, ok := exactAll(eight(codes, n)); ok && oneByteAll(b[at:], count) {
			at += count
		} else {
			for _, c := range codes[:n] {
				k := skipPositions(b[at:], c)
				if k < 0 {
					return -1
				}
				at += k
			}
		}
		codes = codes[n:]
	}
	return at
}

// eight gives the first n <= 8 bytes of b as a number, the first lowest. What else lies
// in the memory of b may be loaded with them, and is cut off.
func eight(b []byte, n int) uint64 {
	if cap(b) >= 8 {
		return le.Uint64(b[:8]) & (1<<(8*n) - 1)
	}
	w := uint64(0)
	for i, c := range b[:n] {
		w |= uint64(c) << (8 * i)
	}
	return w
}

// ones has a one in each byte.
const ones = 0x0101010101010101

// exactAll is exact for eight codes, with the sum of what they tell.
func exactAll(w uint64) (n int, ok bool) {
	abstract, title := w&(0x0f*ones), w>>4&(0x03*ones)
	if w&(0xc0*ones)|title&(title>>1)&ones|(abstract+ones)&(0x10*ones) != 0 {
		return 0, false
	}
	return int((abstract + title) * ones >> 56), true
}

// oneByteAll says whether n numbers take one byte each: none of the first n bytes
// has its three upper bits set, which those from oneByte on have.
func oneByteAll(b []byte, n int) bool {
	if n > len(b) {
		return false
	}
	for ; n > 0; n -= 8 {
		w := eight(b, min(8, n))
		if longer := w & (w << 1) & (w << 2) & (0x80 * ones); longer != 0 {
			return false
		}
		b = b[min(8, len(b)):]
	}
	return true
}

// skipPositions gives how many bytes a posting's positions take, -1 where they
// make no sense.
func skipPositions(b []byte, code byte) int {
	count, at := countOf(b, code)
	if at < 0 {
		return -1
	}
	for range count {
		if at >= len(b) {
			return -1
		}
		switch c := b[at]; {
		case c < oneByte:
			at++
		case c < 0xff:
			at += 2
		default:
			at += 3
		}
	}
	if at > len(b) {
		return -1
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
		v, n := small(b[at:])
		if n == 0 || v == 0 && i > 0 {
			return dst, -1
		}
		at += n
		if i == 0 {
			v += fieldBase(code)
		}
		if pos += uint32(v); pos > MaxPos {
			return dst, -1
		}
		dst = append(dst, pos)
	}
	return dst, at
}
