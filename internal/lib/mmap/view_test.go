package mmap_test

import (
	"math"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"broadsheet/internal/lib/mmap"
)

func TestViews(t *testing.T) {
	data := []byte{1, 0, 0, 0, 0, 0, 128, 63, 0xff, 0xfe, 3, 4, 5, 6, 7, 8, 9}
	aligned := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(make([]uint64, 8)))), 64)
	for offset := range 9 {
		b := aligned[offset : offset+len(data)]
		copy(b, data)
		for _, c := range []struct {
			name      string
			got, want any
		}{
			{"Uint16s", mmap.Uint16s(b), []uint16{1, 0, 0, 0x3f80, 0xfeff, 0x0403, 0x0605, 0x0807}},
			{"Uint32s", mmap.Uint32s(b), []uint32{1, 0x3f800000, 0x0403feff, 0x08070605}},
			{"Uint64s", mmap.Uint64s(b), []uint64{0x3f80000000000001, 0x080706050403feff}},
			{"Float32s", mmap.Float32s(b[:8]), []float32{math.Float32frombits(1), 1}},
			{"Int8s", mmap.Int8s(b[7:11]), []int8{63, -1, -2, 3}},
			{"String", mmap.String(b[:2]), "\x01\x00"},
			{"nothing", mmap.Uint32s(b[:3]), []uint32(nil)},
		} {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("%s at offset %d (-want +got):\n%s", c.name, offset, diff)
			}
		}
	}
}

// TestViewShares makes sure that nothing is copied where nothing need be.
func TestViewShares(t *testing.T) {
	m := open(t, write(t, make([]byte, 1<<20)))
	if n := testing.AllocsPerRun(10, func() {
		sink += len(mmap.Uint16s(m.Data())) + len(mmap.Uint32s(m.Data()[4:])) + len(mmap.Uint64s(m.Data()[8:])) + len(mmap.Float32s(m.Data())) + len(mmap.Int8s(m.Data()))
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
