package vec

import "golang.org/x/sys/cpu"

// fast lists the kernels in assembly that this processor can run, the best first.
// The rest of the package knows nothing of processors.
func fast() []kernels {
	if !cpu.X86.HasAVX2 {
		return nil
	}
	avx2 := kernels{"avx2", withinAVX2, dotAVX2, dot8AVX2, addScaledAVX2}
	if !(cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VPOPCNTDQ) {
		return []kernels{avx2}
	}
	// A row is only 256 bytes: wider registers made nothing of it faster.
	return []kernels{{"avx512", withinAVX512, dotAVX2, dot8AVX2, addScaledAVX2}, avx2}
}

func withinAVX512(dst []uint64, codes []byte, p *planes, limit int) {
	if len(dst) > 0 {
		_ = codes[len(dst)*64*CodeSize-1]
		scanAVX512(&dst[0], &codes[0], len(dst), p, limit)
	}
}

func withinAVX2(dst []uint64, codes []byte, p *planes, limit int) {
	if len(dst) > 0 {
		_ = codes[len(dst)*64*CodeSize-1]
		scanAVX2(&dst[0], &codes[0], len(dst), p, limit)
	}
}

func addScaledAVX2(dst []float32, row []int8, w float32) {
	n := len(row) &^ 7
	if n > 0 {
		_ = dst[n-1]
		axpyAVX2(&dst[0], &row[0], n, w)
	}
	addScaledPlain(dst[n:], row[n:], w)
}

//go:noescape
func scanAVX512(dst *uint64, codes *byte, groups int, p *planes, limit int)

//go:noescape
func scanAVX2(dst *uint64, codes *byte, groups int, p *planes, limit int)

//go:noescape
func dotAVX2(row *[Dim]int8, q *[Dim]int16, next *[Dim]int8) int32

//go:noescape
func dot8AVX2(a, b *[Dim]int8) int32

//go:noescape
func axpyAVX2(dst *float32, row *int8, n int, w float32)
