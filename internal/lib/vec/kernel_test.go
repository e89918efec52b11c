package vec

import (
	"math"
	"testing"
)

// codeKinds are bytes that bring out what random ones do not: every count at its
// greatest, single bits at every place.
func codeKinds(n int) map[string][]byte {
	r := random(uint64(n))
	kinds := map[string][]byte{"random": nil, "ones": nil, "zeros": nil, "single": nil}
	for kind := range kinds {
		b := make([]byte, n*CodeSize)
		for i := range b {
			switch kind {
			case "random":
				b[i] = byte(r.Uint32())
			case "ones":
				b[i] = 0xff
			}
		}
		if kind == "single" {
			for doc := range n {
				bit := doc * 7 % Dim
				b[doc*CodeSize+bit/8] = 1 << (bit % 8)
			}
		}
		kinds[kind] = b
	}
	return kinds
}

// planeKinds likewise.
func planeKinds() map[string]*planes {
	r := random(9)
	var q Query
	q.Set(unit(r))
	all := Code{math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64}
	return map[string]*planes{
		"query": &q.planes, "hamming": hamming(q.planes.sign), "ones": {all, all, all}, "zero": {},
		"all weights 3": {Code{}, all, all}, "only high": {Code{}, Code{}, all},
		"lanes": {Code{1, 2, 3, 4}, Code{math.MaxUint64}, Code{0, 0, math.MaxUint64}},
	}
}

// TestWithin compares every kernel with the plain one for every limit at which
// something changes.
func TestWithin(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, groups := range []int{0, 1, 2, 3, 16} {
			for kind, codes := range codeKinds(groups * 64) {
				for name, p := range planeKinds() {
					limits := map[int]bool{0: true, 1: true, MaxDistance: true, MaxDistance + 1: true}
					for doc := range min(groups*64, 12) {
						d := distance(codes[doc*CodeSize:], p)
						limits[d], limits[d+1] = true, true
					}
					for limit := range limits {
						got, want := make([]uint64, groups), make([]uint64, groups)
						use.within(got, codes, p, limit)
						withinPlain(want, codes, p, limit)
						for g := range want {
							if got[g] != want[g] {
								t.Fatalf("%s codes, planes %s, limit %d, group %d of %d: got %064b, want %064b", kind, name, limit, g, groups, got[g], want[g])
							}
						}
					}
				}
			}
		}
	})
}

// TestMisaligned runs the kernels at every offset within a cache line, with the
// last byte at the end of its allocation.
func TestMisaligned(t *testing.T) {
	each(t, func(t *testing.T) {
		r := random(4)
		var q Query
		q.Set(unit(r))
		for offset := range 65 {
			b := make([]byte, offset+64*CodeSize)
			rows := make([]int8, offset+Dim)
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			for i := range rows {
				rows[i] = int8(r.Uint32())
			}
			var got, want [1]uint64
			use.within(got[:], b[offset:], &q.planes, 190)
			withinPlain(want[:], b[offset:], &q.planes, 190)
			if got != want {
				t.Fatalf("offset %d: got %x, want %x", offset, got, want)
			}
			row := (*[Dim]int8)(rows[offset:])
			if got, want := use.dot(row, &q.row, row), dotPlain(row, &q.row, row); got != want {
				t.Fatalf("offset %d: dot got %d, want %d", offset, got, want)
			}
		}
	})
}

// TestDot takes the greatest products there can be, and random ones.
func TestDot(t *testing.T) {
	each(t, func(t *testing.T) {
		var row [Dim]int8
		var q [Dim]int16
		for _, a := range []int8{-128, -127, 0, 127} {
			for _, b := range []int16{math.MinInt16, -math.MaxInt16, 0, math.MaxInt16} {
				for d := range row {
					row[d], q[d] = a, b
				}
				if got, want := use.dot(&row, &q, &row), int32(a)*int32(b)*Dim; got != want {
					t.Errorf("%d times %d: got %d, want %d", a, b, got, want)
				}
			}
		}
		r := random(5)
		other := make([]int8, Dim)
		for range 200 {
			var want, want8 int32
			for d := range row {
				row[d], q[d], other[d] = int8(r.Uint32()), int16(r.Uint32()), int8(r.Uint32())
				want += int32(row[d]) * int32(q[d])
				want8 += int32(row[d]) * int32(other[d])
			}
			if got := use.dot(&row, &q, &row); got != want {
				t.Fatalf("%v times %v: got %d, want %d", row, q, got, want)
			}
			if got := Dot8(row[:], other); got != want8 {
				t.Fatalf("Dot8 of %v and %v: got %d, want %d", row, other, got, want8)
			}
		}
	})
}

// TestAddScaled wants the same bits from all, whatever the length and the numbers.
func TestAddScaled(t *testing.T) {
	each(t, func(t *testing.T) {
		r := random(6)
		for _, n := range []int{0, 1, 7, 8, 9, 15, 16, 17, 100, 255, 256, 257, 300} {
			for _, w := range []float32{0, 1, 0.1, -1e-30, 1e38, math.SmallestNonzeroFloat32, float32(r.NormFloat64())} {
				row := make([]int8, n)
				got, want := make([]float32, n+1), make([]float32, n+1)
				for i := range row {
					row[i] = int8(r.Uint32())
					got[i] = float32(r.NormFloat64())
				}
				copy(want, got)
				for range 3 {
					AddScaled(got, row, w)
					addScaledPlain(want, row, w)
				}
				for i := range want {
					if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
						t.Fatalf("length %d, weight %v, number %d: got %v, want %v", n, w, i, got[i], want[i])
					}
				}
			}
		}
	})
}

func FuzzKernels(f *testing.F) {
	f.Add([]byte("codes"), []byte("planes"), 100)
	f.Fuzz(func(t *testing.T, c, p []byte, limit int) {
		if len(c) == 0 || len(p) == 0 || limit < 0 || limit > MaxDistance+1 {
			return
		}
		codes := make([]byte, 2*64*CodeSize)
		for i := range codes {
			codes[i] = c[i%len(c)] ^ byte(i/len(c))
		}
		raw := make([]byte, 3*CodeSize)
		for i := range raw {
			raw[i] = p[i%len(p)]
		}
		q := &planes{CodeAt(raw, 0), CodeAt(raw, 1), CodeAt(raw, 2)}
		var want [2]uint64
		withinPlain(want[:], codes, q, limit)
		for _, k := range available {
			var got [2]uint64
			k.within(got[:], codes, q, limit)
			if got != want {
				t.Errorf("%s: got %x, want %x", k.name, got, want)
			}
		}
	})
}
