package segment

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPack packs and unpacks every width with every number of gaps.
func TestPack(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for w := 0; w <= maxWidth; w++ {
		for n := 1; n <= BlockSize; n++ {
			gaps := make([]uint32, n)
			for i := range gaps {
				gaps[i] = rng.Uint32() & (1<<w - 1)
			}
			gaps[rng.IntN(n)] = 1<<w - 1
			if got := widthOf(gaps); got != w {
				t.Fatalf("widthOf(%v) = %d, want %d", gaps, got, w)
			}
			b := pack(nil, gaps, w)
			if len(b) != groupsOf(n)*w {
				t.Fatalf("%d gaps of %d bits take %d bytes, want %d", n, w, len(b), groupsOf(n)*w)
			}
			for range packPad {
				b = append(b, 0xff) // what follows must not matter
			}
			prev := uint32(math.MaxUint32)
			if n%2 == 0 {
				prev = 7
			}
			want := make([]uint32, n)
			for i, last := 0, prev; i < n; i++ {
				last += gaps[i] + 1
				want[i] = last
			}
			var got [BlockSize]uint32
			unpack(&got, b, groupsOf(n), w, prev)
			if !slices.Equal(want, got[:n]) {
				t.Fatalf("%d gaps of %d bits (-want +got):\n%s", n, w, cmp.Diff(want, got[:n]))
			}
		}
	}
}

func BenchmarkUnpack(b *testing.B) {
	for _, w := range []int{0, 2, 5, 8, 11, 16, 20} {
		b.Run(fmt.Sprint(w), func(b *testing.B) {
			gaps := make([]uint32, BlockSize)
			for i := range gaps {
				gaps[i] = uint32(i*7919) & (1<<w - 1)
			}
			src := append(pack(nil, gaps, w), make([]byte, packPad)...)
			var dst [BlockSize]uint32
			for b.Loop() {
				unpack(&dst, src, groupsOf(BlockSize), w, 5)
			}
		})
	}
}

// TestPositions writes and reads positions of every code and size.
func TestPositions(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 5000 {
		var count [NumFields]int
		for f := range count {
			if rng.IntN(3) == 0 {
				count[f] = rng.IntN(20)
			}
		}
		n := count[0] + count[1] + count[2] + count[3]
		if n == 0 {
			continue
		}
		places := map[uint16]bool{}
		step := 1 + rng.IntN(MaxPos)
		for from := rng.IntN(MaxPos); len(places) < n; {
			places[uint16(from+rng.IntN(step))] = true
			step++
		}
		pos := slices.Sorted(maps.Keys(places))
		var want []uint32
		for _, p := range pos {
			want = append(want, uint32(p))
		}
		code := Code(count[0], count[1], count[2], count[3])
		b := appendPositions(nil, code, pos)
		got, size := readPositions(append(b, 1, 2, 3), code, nil)
		if diff := cmp.Diff(want, got); diff != "" || size != len(b) {
			t.Fatalf("code %x, %d of %d bytes (-want +got):\n%s", code, size, len(b), diff)
		}
		if skipped := skipPositions(append(b, 1, 2, 3), code); skipped != len(b) {
			t.Fatalf("skipPositions of %x = %d, want %d", code, skipped, len(b))
		}
		for i := range b {
			if _, size := readPositions(b[:i], code, nil); size != -1 {
				t.Fatalf("%d of %d bytes are read as %d", i, len(b), size)
			}
			if size := skipPositions(b[:i], code); size != -1 {
				t.Fatalf("%d of %d bytes are skipped as %d", i, len(b), size)
			}
		}
	}
}
