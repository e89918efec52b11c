package mmap

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// little says that this machine stores numbers as files do.
var little = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// Uint16s reads b as little-endian numbers of two bytes. Here as in the other
// views, bytes at the end that do not fill a number are left out, and the result
// must not be written to: it may be b itself.
func Uint16s(b []byte) []uint16 {
	return view(b, 2, binary.LittleEndian.Uint16)
}

// Uint32s reads b as little-endian numbers of four bytes.
func Uint32s(b []byte) []uint32 {
	return view(b, 4, binary.LittleEndian.Uint32)
}

// Uint64s reads b as little-endian numbers of eight bytes.
func Uint64s(b []byte) []uint64 {
	return view(b, 8, binary.LittleEndian.Uint64)
}

// Float32s reads b as little-endian IEEE 754 numbers of four bytes.
func Float32s(b []byte) []float32 {
	return view(b, 4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) })
}

// Int8s reads b as signed bytes. It never copies.
func Int8s(b []byte) []int8 {
	return unsafe.Slice((*int8)(unsafe.Pointer(unsafe.SliceData(b))), len(b))
}

// String reads b as text without copying it, for look-ups; it is valid as long as
// b is and does not change. [strings.Clone] it to keep it.
func String(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// view shares b where the machine can load a T from it as it lies, and copies
// number by number where not. An unaligned pointer would fault on some machines
// and is an error to the race detector's checkptr on all.
func view[T any](b []byte, size int, load func([]byte) T) []T {
	n := len(b) / size
	if n == 0 {
		return nil
	}
	first := unsafe.Pointer(unsafe.SliceData(b))
	if little && uintptr(first)%unsafe.Alignof(*new(T)) == 0 {
		return unsafe.Slice((*T)(first), n)
	}
	out := make([]T, n)
	for i := range out {
		out[i] = load(b[i*size:])
	}
	return out
}
