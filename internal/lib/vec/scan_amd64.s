// The scan over codes. Both kernels do this for 64 documents at a time:
//
//	m = code XOR sign
//	distance = popcount(m AND low) + 2 popcount(m AND high)
//	bit = distance < limit
//
// What is not obvious is how the four partial counts of a code, one a word of 64
// bits, are added without leaving the registers. A count is at most 192, so those
// of four codes are packed into one register 16 bits apart; then halves of
// registers are added to halves until each word of 16 bits is a whole distance.

#include "textflag.h"

// order puts the distances of 32 documents, as ADD512 leaves them, into the order
// of the documents: word d comes from word 16(d/16) + 8(d%2) + 4(d/8%2) + d/2%4.
DATA order<>+0x00(SB)/8, $0x0009000100080000
DATA order<>+0x08(SB)/8, $0x000b0003000a0002
DATA order<>+0x10(SB)/8, $0x000d0005000c0004
DATA order<>+0x18(SB)/8, $0x000f0007000e0006
DATA order<>+0x20(SB)/8, $0x0019001100180010
DATA order<>+0x28(SB)/8, $0x001b0013001a0012
DATA order<>+0x30(SB)/8, $0x001d0015001c0014
DATA order<>+0x38(SB)/8, $0x001f0017001e0016
GLOBL order<>(SB), RODATA|NOPTR, $64

// ahead is how far before the loads memory is asked for: the processor's own
// prefetching stops at every page of 4 KiB. From 1 to 16 KiB all were alike; asking
// for lines past the nearer caches (PREFETCHNTA) was a quarter slower.
#define ahead 2048

// PAIR512 sets count to the partial counts of two documents (one a half) at off.
#define PAIR512(off, count, t) \
	VPXORQ    off(SI), Z0, t        \
	VPANDQ    Z1, t, count          \
	VPANDQ    Z2, t, t              \
	VPOPCNTQ  count, count          \
	VPOPCNTQ  t, t                  \
	PREFETCHT0 (off+ahead)(SI)      \
	VPADDQ    t, count, count       \
	VPADDQ    t, count, count

// EIGHT512 packs the partial counts of eight documents into sum.
#define EIGHT512(off, sum) \
	PAIR512(off, sum, Z10)          \
	PAIR512(off+64, Z11, Z12)       \
	PAIR512(off+128, Z13, Z14)      \
	PAIR512(off+192, Z15, Z16)      \
	VPSLLQ    $16, Z11, Z11         \
	VPSLLQ    $32, Z13, Z13         \
	VPSLLQ    $48, Z15, Z15         \
	VPADDQ    Z11, sum, sum         \
	VPADDQ    Z13, Z15, Z15         \
	VPADDQ    Z15, sum, sum

// ADD512 adds the words of each document in Z5 to Z8, compares the 32 distances
// with the limit, and leaves the answers in the register bits.
#define ADD512(bits) \
	VPUNPCKLQDQ Z6, Z5, Z17         \
	VPUNPCKHQDQ Z6, Z5, Z18         \
	VPUNPCKLQDQ Z8, Z7, Z19         \
	VPUNPCKHQDQ Z8, Z7, Z20         \
	VPADDQ    Z17, Z18, Z17         \
	VPADDQ    Z19, Z20, Z19         \
	VSHUFI64X2 $0x88, Z19, Z17, Z18 \
	VSHUFI64X2 $0xdd, Z19, Z17, Z20 \
	VPADDQ    Z18, Z20, Z18         \
	VPERMW    Z18, Z4, Z18          \
	VPCMPUW   $1, Z3, Z18, K1       \
	KMOVD     K1, bits

// func scanAVX512(dst *uint64, codes *byte, groups int, p *planes, limit int)
TEXT ·scanAVX512(SB), NOSPLIT, $0-40
	MOVQ      dst+0(FP), DI
	MOVQ      codes+8(FP), SI
	MOVQ      groups+16(FP), CX
	MOVQ      p+24(FP), DX
	MOVQ      limit+32(FP), AX
	VBROADCASTI64X4 (DX), Z0
	VBROADCASTI64X4 32(DX), Z1
	VBROADCASTI64X4 64(DX), Z2
	VPBROADCASTW AX, Z3
	VMOVDQU64 order<>(SB), Z4

group512:
	EIGHT512(0, Z5)
	EIGHT512(256, Z6)
	EIGHT512(512, Z7)
	EIGHT512(768, Z8)
	ADD512(R8)
	EIGHT512(1024, Z5)
	EIGHT512(1280, Z6)
	EIGHT512(1536, Z7)
	EIGHT512(1792, Z8)
	ADD512(R9)
	SHLQ      $32, R9
	ORQ       R9, R8
	MOVQ      R8, (DI)
	ADDQ      $8, DI
	ADDQ      $2048, SI
	DECQ      CX
	JNZ       group512
	VZEROUPPER
	RET

// counts is the number of bits in each number of four bits, twice.
DATA counts<>+0x00(SB)/8, $0x0302020102010100
DATA counts<>+0x08(SB)/8, $0x0403030203020201
DATA counts<>+0x10(SB)/8, $0x0302020102010100
DATA counts<>+0x18(SB)/8, $0x0403030203020201
GLOBL counts<>(SB), RODATA|NOPTR, $32

DATA nibble<>+0x00(SB)/8, $0x0f0f0f0f0f0f0f0f
GLOBL nibble<>(SB), RODATA|NOPTR, $8

// ONE256 sets count to the partial counts of the document at off. There is no
// instruction that counts bits here: two tables of 16 entries do, one of them with
// every entry doubled, for the lower and the upper half of each byte.
#define ONE256(off, count) \
	VPXOR     off(SI), Y0, count    \
	VPSRLW    $4, count, Y13        \
	VPAND     count, Y1, Y14        \
	VPAND     Y13, Y2, Y15          \
	VPAND     count, Y3, count      \
	VPAND     Y13, Y4, Y13          \
	VPSHUFB   Y14, Y5, Y14          \
	VPSHUFB   Y15, Y5, Y15          \
	VPSHUFB   count, Y6, count      \
	VPSHUFB   Y13, Y6, Y13          \
	VPADDB    Y14, Y15, Y14         \
	VPADDB    count, Y13, count     \
	VPADDB    Y14, count, count     \
	VPSADBW   Y7, count, count

// FOUR256 packs the partial counts of four documents into sum.
#define FOUR256(off, sum) \
	ONE256(off, sum)                \
	PREFETCHT0 (off+ahead)(SI)      \
	ONE256(off+32, Y12)             \
	VPSLLQ    $16, Y12, Y12         \
	VPADDQ    Y12, sum, sum         \
	ONE256(off+64, Y12)             \
	PREFETCHT0 (off+64+ahead)(SI)   \
	VPSLLQ    $32, Y12, Y12         \
	VPADDQ    Y12, sum, sum         \
	ONE256(off+96, Y12)             \
	VPSLLQ    $48, Y12, Y12         \
	VPADDQ    Y12, sum, sum

// SIXTEEN256 sets out to words of ones where the distance of one of the 16
// documents at off is below the limit, in the order of the documents.
#define SIXTEEN256(off, out) \
	FOUR256(off, Y9)                \
	FOUR256(off+128, Y10)           \
	VPUNPCKLQDQ Y10, Y9, Y11        \
	VPUNPCKHQDQ Y10, Y9, Y9         \
	VPADDQ    Y11, Y9, out          \
	FOUR256(off+256, Y9)            \
	FOUR256(off+384, Y10)           \
	VPUNPCKLQDQ Y10, Y9, Y11        \
	VPUNPCKHQDQ Y10, Y9, Y9         \
	VPADDQ    Y11, Y9, Y11          \
	VPERM2I128 $0x20, Y11, out, Y9  \
	VPERM2I128 $0x31, Y11, out, Y10 \
	VPADDQ    Y9, Y10, Y9           \
	VPBROADCASTW limit+32(FP), out  \
	VPCMPGTW  Y9, out, out

// THIRTYTWO256 leaves the answers for 32 documents at off in the register bits.
// Packing words to bytes works within halves, hence the permutation.
#define THIRTYTWO256(off, bits) \
	SIXTEEN256(off, Y8)             \
	VMOVDQU   Y8, (SP)              \
	SIXTEEN256(off+512, Y8)         \
	VMOVDQU   (SP), Y9              \
	VPACKSSWB Y8, Y9, Y9            \
	VPERMQ    $0xd8, Y9, Y9         \
	VPMOVMSKB Y9, bits

// func scanAVX2(dst *uint64, codes *byte, groups int, p *planes, limit int)
TEXT ·scanAVX2(SB), NOSPLIT, $32-40
	MOVQ      dst+0(FP), DI
	MOVQ      codes+8(FP), SI
	MOVQ      groups+16(FP), CX
	MOVQ      p+24(FP), DX
	VPBROADCASTQ nibble<>(SB), Y8
	VMOVDQU   (DX), Y0
	VMOVDQU   32(DX), Y1
	VMOVDQU   64(DX), Y3
	VPSRLW    $4, Y1, Y2            // Y1, Y2: the halves of the bytes of low
	VPSRLW    $4, Y3, Y4            // Y3, Y4: those of high
	VPAND     Y8, Y1, Y1
	VPAND     Y8, Y2, Y2
	VPAND     Y8, Y3, Y3
	VPAND     Y8, Y4, Y4
	VMOVDQU   counts<>(SB), Y5
	VPADDB    Y5, Y5, Y6
	VPXOR     Y7, Y7, Y7

group256:
	THIRTYTWO256(0, R8)
	THIRTYTWO256(1024, R9)
	SHLQ      $32, R9
	ORQ       R9, R8
	MOVQ      R8, (DI)
	ADDQ      $8, DI
	ADDQ      $2048, SI
	DECQ      CX
	JNZ       group256
	VZEROUPPER
	RET
