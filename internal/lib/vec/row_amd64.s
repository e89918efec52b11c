// Products with rows of signed bytes.

#include "textflag.h"

// PART adds the products of 16 numbers at off to the eight sums in sum. A product
// of two pairs is below 2^23, a sum of all below 2^31: nothing can overflow.
#define PART(off, t, sum) \
	VPMOVSXBW off(SI), t           \
	VPMADDWD  (2*off)(DX), t, t    \
	VPADDD    t, sum, sum

// SUM leaves the sum of the eight numbers in y, whose lower half is x, in r.
#define SUM(y, x, t, r) \
	VEXTRACTI128 $1, y, t          \
	VPADDD    x, t, x              \
	VPSHUFD   $0x4e, x, t          \
	VPADDD    x, t, x              \
	VPSHUFD   $0xb1, x, t          \
	VPADDD    x, t, x              \
	VMOVD     x, r

// func dotAVX2(row *[256]int8, q *[256]int16, next *[256]int8) int32
TEXT ·dotAVX2(SB), NOSPLIT, $0-28
	MOVQ      row+0(FP), SI
	MOVQ      q+8(FP), DX
	MOVQ      next+16(FP), DI
	PREFETCHT0 (DI)
	PREFETCHT0 64(DI)
	PREFETCHT0 128(DI)
	PREFETCHT0 192(DI)
	PREFETCHT0 255(DI)              // rows of a file need not begin at a cache line
	VPXOR     Y0, Y0, Y0
	VPXOR     Y1, Y1, Y1
	VPXOR     Y2, Y2, Y2
	VPXOR     Y3, Y3, Y3
	PART(0, Y4, Y0)
	PART(16, Y5, Y1)
	PART(32, Y6, Y2)
	PART(48, Y7, Y3)
	PART(64, Y4, Y0)
	PART(80, Y5, Y1)
	PART(96, Y6, Y2)
	PART(112, Y7, Y3)
	PART(128, Y4, Y0)
	PART(144, Y5, Y1)
	PART(160, Y6, Y2)
	PART(176, Y7, Y3)
	PART(192, Y4, Y0)
	PART(208, Y5, Y1)
	PART(224, Y6, Y2)
	PART(240, Y7, Y3)
	VPADDD    Y0, Y1, Y0
	VPADDD    Y2, Y3, Y2
	VPADDD    Y0, Y2, Y0
	SUM(Y0, X0, X1, AX)
	MOVL      AX, ret+24(FP)
	VZEROUPPER
	RET

// PART8 does the same for two rows.
#define PART8(off, t, u, sum) \
	VPMOVSXBW off(SI), t           \
	VPMOVSXBW off(DX), u           \
	VPMADDWD  u, t, t              \
	VPADDD    t, sum, sum

// func dot8AVX2(a, b *[256]int8) int32
TEXT ·dot8AVX2(SB), NOSPLIT, $0-20
	MOVQ      a+0(FP), SI
	MOVQ      b+8(FP), DX
	VPXOR     Y0, Y0, Y0
	VPXOR     Y1, Y1, Y1
	MOVQ      $4, CX

sixtyfour:
	PART8(0, Y2, Y3, Y0)
	PART8(16, Y4, Y5, Y1)
	PART8(32, Y2, Y3, Y0)
	PART8(48, Y4, Y5, Y1)
	ADDQ      $64, SI
	ADDQ      $64, DX
	DECQ      CX
	JNZ       sixtyfour
	VPADDD    Y0, Y1, Y0
	SUM(Y0, X0, X1, AX)
	MOVL      AX, ret+16(FP)
	VZEROUPPER
	RET

// func axpyAVX2(dst *float32, row *int8, n int, w float32)
//
// n is a multiple of 8 and not 0. Multiplied, then added: a fused instruction would
// round once where the plain twin rounds twice.
TEXT ·axpyAVX2(SB), NOSPLIT, $0-28
	MOVQ      dst+0(FP), DI
	MOVQ      row+8(FP), SI
	MOVQ      n+16(FP), CX
	VBROADCASTSS w+24(FP), Y0

eight:
	VPMOVSXBD (SI), Y1
	VCVTDQ2PS Y1, Y1
	VMULPS    Y0, Y1, Y1
	VADDPS    (DI), Y1, Y1
	VMOVUPS   Y1, (DI)
	ADDQ      $8, SI
	ADDQ      $32, DI
	SUBQ      $8, CX
	JNZ       eight
	VZEROUPPER
	RET
