package vec

// Dot8 gives the dot product of two rows of Dim numbers.
func Dot8(a, b []int8) int32 { return use.dot8((*[Dim]int8)(a), (*[Dim]int8)(b)) }

// AddScaled adds w*row to dst, number by number: a product and a sum, each rounded
// to float32, so that the result is the same on every machine. dst is at least as
// long as row.
func AddScaled(dst []float32, row []int8, w float32) {
	use.addScaled(dst[:len(row)], row, w)
}
