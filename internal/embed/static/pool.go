package static

import (
	"encoding/binary"
	"math"
)

// A row is 256 numbers of -128..127, kept with 128 added, and a scale of 1,
// 1/2, 1/4 or 1/8. The sum of rows is kept in whole numbers, so its order
// changes nothing and every machine gives the same bits. Eight numbers are
// added at a time: a word of eight bytes is parted into two words of four
// 16-bit lanes, which hold the sum of 256 bytes.
const (
	classes  = 4   // scales
	batch    = 256 // rows that fit the 16-bit lanes
	maxPiece = 4096
	lanes    = 0x00FF00FF00FF00FF
)

// pool gathers rows by scale and sums them up.
type pool struct {
	m     *Model
	ones  [1 << 16 / 64]uint64 // how often each row came: a number of two bits
	twos  [1 << 16 / 64]uint64
	n     [classes]int
	total int
	rows  [classes][batch]uint16
	sum   [Dim]int32 // in eighths
}

func (p *pool) add(row uint16) {
	p.total++
	word, bit := row>>6, uint64(1)<<(row&63)
	ones, twos := &p.ones[word], &p.twos[word]
	count := 0
	if *ones&bit != 0 {
		count++
	}
	if *twos&bit != 0 {
		count += 2
	}
	if count >= p.m.limit {
		return
	}
	if *ones&bit != 0 {
		*twos |= bit
	}
	*ones ^= bit
	c := p.m.shifts[row]
	p.rows[c][p.n[c]] = row
	if p.n[c]++; p.n[c] == batch {
		p.flush(int(c))
	}
}

// flush adds the rows of one scale to the sum. Thirty-two numbers at a time
// are kept in registers while the rows go by.
func (p *pool) flush(class int) {
	rows := p.rows[class][:p.n[class]]
	if len(rows) == 0 {
		return
	}
	bias, shift := int32(len(rows))*128, classes-1-class // #nosec G115 -- at most 256
	for at := 0; at < Dim; at += 32 {
		var a, b, c, d, e, f, g, h uint64
		for _, row := range rows {
			r := p.m.rows[int(row)*Dim+at:][:32]
			x, y := binary.LittleEndian.Uint64(r), binary.LittleEndian.Uint64(r[8:])
			z, w := binary.LittleEndian.Uint64(r[16:]), binary.LittleEndian.Uint64(r[24:])
			a += x & lanes
			b += x >> 8 & lanes
			c += y & lanes
			d += y >> 8 & lanes
			e += z & lanes
			f += z >> 8 & lanes
			g += w & lanes
			h += w >> 8 & lanes
		}
		sum := p.sum[at:][:32]
		for k, v := range [8]uint64{a, b, c, d, e, f, g, h} {
			s := sum[k/2*8+k%2:]
			s[0] += (int32(v&0xFFFF) - bias) << shift
			s[2] += (int32(v>>16&0xFFFF) - bias) << shift
			s[4] += (int32(v>>32&0xFFFF) - bias) << shift
			s[6] += (int32(v>>48) - bias) << shift // #nosec G115 -- 16 bits
		}
	}
	p.n[class] = 0
}

// unit writes the sum at length 1. The sum of squares is exact below 2^53 and
// the square root and the divisions are correctly rounded, hence the same
// everywhere. It reports whether there is a direction at all.
func (p *pool) unit(dst []float32) bool {
	for c := range classes {
		p.flush(c)
	}
	var squares int64
	for _, s := range p.sum {
		squares += int64(s) * int64(s)
	}
	if squares == 0 {
		return false
	}
	length := math.Sqrt(float64(squares))
	for i, s := range p.sum {
		dst[i] = float32(float64(s) / length)
	}
	return true
}
