package vec

import "math"

// Encode sets dst to the signs of v, which has Dim numbers.
func Encode(dst *Code, v []float32) {
	v = v[:Dim]
	*dst = Code{}
	for d, x := range v {
		// Above zero are the numbers whose bits less one, without a sign, are below those
		// of infinity. A comparison would be guessed wrong by the processor half the time.
		const infinity = 0x7f800000
		above := (uint64(math.Float32bits(x)-1) - infinity) >> 63
		dst[d/64] |= above << (d % 64)
	}
}

// Quantize sets dst to v in whole numbers from -127 to 127 and gives the scale by
// which to multiply them: the greatest magnitude in v becomes 127, halves are
// rounded to even. v and dst are equally long. A vector of zeros, or with a number
// that is not finite, has scale 0 and a row of zeros: none.
func Quantize(dst []int8, v []float32) (scale float32) {
	dst = dst[:len(v)]
	scale = greatest(v) / 127
	if scale == 0 {
		clear(dst)
		return 0
	}
	// In float64, so that no machine rounds twice or otherwise. The bound is for
	// scales so small that they lost digits.
	inverse := 1 / float64(scale)
	for i, x := range v {
		dst[i] = int8(max(-127, min(127, int(math.RoundToEven(float64(x)*inverse)))))
	}
	return scale
}

// Dequantize sets dst to the vector that a row and its scale stand for.
func Dequantize(dst []float32, row []int8, scale float32) {
	for i, x := range row {
		dst[i] = float32(x) * scale
	}
}

// greatest gives the greatest magnitude in v, 0 if a number is not finite.
func greatest(v []float32) float32 {
	var m float32
	for _, x := range v {
		if x-x != 0 { // infinite, or not a number
			return 0
		}
		m = max(m, x, -x)
	}
	return m
}
