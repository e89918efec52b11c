package vec

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
)

// each runs a test once with every set of kernels that this machine can run.
func each(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	before := use
	defer func() { use = before }()
	for _, k := range available {
		use = k
		t.Run(k.name, f)
	}
}

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// unit makes a vector of unit length.
func unit(r *rand.Rand) []float32 {
	v := make([]float32, Dim)
	var sum float64
	for d := range v {
		v[d] = float32(r.NormFloat64())
		sum += float64(v[d]) * float64(v[d])
	}
	for d := range v {
		v[d] /= float32(math.Sqrt(sum))
	}
	return v
}

// part makes the sections of n documents around a few centres, so that many are
// near each other; every tenth is a copy of another, so that there are ties.
func part(seed uint64, n int) Part {
	r := random(seed)
	var centres [][]float32
	for range 8 {
		centres = append(centres, unit(r))
	}
	p := Part{Codes: make([]byte, 0, n*CodeSize), Rows: make([]int8, n*Dim), Scales: make([]float32, n)}
	for i := range n {
		v := unit(r)
		for d, x := range centres[r.IntN(len(centres))] {
			v[d] += x
		}
		row := p.Rows[i*Dim:][:Dim]
		p.Scales[i] = Quantize(row, v)
		var c Code
		Encode(&c, v)
		if i%10 == 9 {
			from := r.IntN(i)
			copy(row, p.Rows[from*Dim:][:Dim])
			p.Scales[i] = p.Scales[from]
			c = CodeAt(p.Codes, uint32(from))
		}
		p.Codes = c.Append(p.Codes)
	}
	return p
}

// noise makes n documents of random bytes, faster than part does.
func noise(seed uint64, n int) Part {
	r := random(seed)
	p := Part{Codes: make([]byte, n*CodeSize), Rows: make([]int8, n*Dim), Scales: make([]float32, n)}
	for i := 0; i < len(p.Codes); i += 8 {
		binary.LittleEndian.PutUint64(p.Codes[i:], r.Uint64())
	}
	for i := range p.Scales {
		p.Scales[i] = 0.001
		for d := 0; d < Dim; d += 8 {
			x := r.Uint64()
			for j := range 8 {
				p.Rows[i*Dim+d+j] = int8(x >> (8 * j))
			}
		}
	}
	return p
}

func TestEncode(t *testing.T) {
	v := make([]float32, Dim)
	v[0], v[1], v[63], v[64], v[200], v[255] = 1, -1, math.SmallestNonzeroFloat32, 2, float32(math.NaN()), float32(math.Copysign(0, -1))
	v[65], v[66], v[67] = float32(math.Inf(1)), float32(math.Inf(-1)), -float32(math.NaN())
	var c Code
	Encode(&c, v)
	if want := (Code{1 | 1<<63, 3}); c != want {
		t.Errorf("got %x, want %x", c, want)
	}
	b := c.Append([]byte{9})
	if len(b) != 1+CodeSize || b[1] != 1 || b[8] != 0x80 || b[9] != 3 {
		t.Errorf("bytes: got %x", b)
	}
	if got := CodeAt(append(make([]byte, CodeSize), b[1:]...), 1); got != c {
		t.Errorf("read back: got %x, want %x", got, c)
	}
}

func TestQuantize(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		v     []float32
		want  []int8
		scale float32
	}{
		{[]float32{0, 0, 0}, []int8{0, 0, 0}, 0},
		{[]float32{127, -127, 0.5, 1.5, -2.5}, []int8{127, -127, 0, 2, -2}, 1},
		{[]float32{1, -0.5}, []int8{127, -64}, 1.0 / 127},
		{[]float32{1, inf}, []int8{0, 0}, 0},
		{[]float32{nan, 1}, []int8{0, 0}, 0},
		{[]float32{1, nan}, []int8{0, 0}, 0},
		{[]float32{math.SmallestNonzeroFloat32}, []int8{0}, 0},
		{[]float32{math.MaxFloat32, -math.MaxFloat32}, []int8{127, -127}, math.MaxFloat32 / 127},
		{[]float32{100 * math.SmallestNonzeroFloat32}, []int8{100}, math.SmallestNonzeroFloat32},
	} {
		row := []int8{9, 9, 9, 9, 9}[:len(c.v)]
		scale := Quantize(row, c.v)
		if string(bytesOf(row)) != string(bytesOf(c.want)) || scale != c.scale {
			t.Errorf("%v: got %v scale %v, want %v scale %v", c.v, row, scale, c.want, c.scale)
		}
	}
}

func bytesOf(row []int8) []byte {
	var b []byte
	for _, x := range row {
		b = append(b, byte(x))
	}
	return b
}

// TestRoundTrip bounds what quantising costs: half a step a number.
func TestRoundTrip(t *testing.T) {
	r := random(1)
	for range 100 {
		v := unit(r)
		row, back := make([]int8, Dim), make([]float32, Dim)
		scale := Quantize(row, v)
		Dequantize(back, row, scale)
		for d := range v {
			if e := math.Abs(float64(back[d] - v[d])); e > float64(scale)*0.5001 {
				t.Fatalf("dimension %d: %v came back as %v, scale %v", d, v[d], back[d], scale)
			}
		}
	}
}

func TestQuerySet(t *testing.T) {
	for name, v := range map[string]float32{"zero": 0, "nan": float32(math.NaN()), "infinite": float32(math.Inf(-1))} {
		var q Query
		x := make([]float32, Dim)
		x[7] = v
		if q.Set(x) {
			t.Errorf("%s: Set reports true", name)
		}
		p := part(1, 100)
		if hits := q.Search([]Part{p}, Options{K: 5}); len(hits) != 0 {
			t.Errorf("%s: got %v, want nothing", name, hits)
		}
	}
	var q Query
	v := make([]float32, Dim)
	v[0], v[1], v[2] = 1, -1, 0.001
	if !q.Set(v) || q.row[0] != math.MaxInt16 || q.row[1] != -math.MaxInt16 {
		t.Errorf("got row %v", q.row[:3])
	}
	if q.planes.low[0] != 3 || q.planes.high[0] != 3 || q.planes.sign[0] != 5 {
		t.Errorf("got planes %x, want weights 3, 3, 0", q.planes)
	}
}
