package remote

import (
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"testing"

	"broadsheet/internal/embed"
)

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// pair gives two unit vectors of a cosine.
func pair(rng *rand.Rand, n int, cosine float64, sparse bool) (a, b []float32) {
	a, b = make([]float32, n), make([]float32, n)
	for i := range a {
		if !sparse || rng.IntN(n) < 8 {
			a[i], b[i] = float32(rng.NormFloat64()), float32(rng.NormFloat64())
		}
	}
	at := rng.IntN(n - 1)
	a[at], b[at+1] = 1, 1
	unit(a)
	along := dot(a, b)
	for i := range b {
		b[i] -= float32(along) * a[i]
	}
	unit(b)
	for i := range b {
		b[i] = float32(cosine)*a[i] + float32(math.Sqrt(1-cosine*cosine))*b[i]
	}
	return a, b
}

// Inner products survive, also of vectors that stand in a few places only, for
// which keeping some places without the transform would keep nothing.
func TestReduceKeepsInnerProducts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{257, 384, 768, 1536} {
		for _, sparse := range []bool{false, true} {
			var sum, squares, worst float64
			const pairs = 300
			for i := range pairs {
				cosine := float64(i)/pairs*1.8 - 0.9
				a, b := pair(rng, n, cosine, sparse)
				err := dot(reduce(a), reduce(b)) - cosine
				sum, squares, worst = sum+err, squares+err*err, max(worst, math.Abs(err))
			}
			mean, deviation := sum/pairs, math.Sqrt(squares/pairs)
			t.Logf("%d numbers, sparse %t: error's mean %+.4f, deviation %.4f, worst %.3f", n, sparse, mean, deviation, worst)
			if math.Abs(mean) > 0.01 || deviation > 1.0/16 || worst > 0.25 {
				t.Errorf("%d numbers, sparse %t: error's mean %+.4f, deviation %.4f, worst %.3f; want at most 0.01, 0.0625, 0.25", n, sparse, mean, deviation, worst)
			}
		}
	}
}

// The projection is the identity of the space: whoever changes it must change
// its name, too.
func TestReduceStaysTheSame(t *testing.T) {
	h := fnv.New64a()
	for _, n := range []int{300, 384, 1536} {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(i%7) - 3
		}
		for _, x := range reduce(v) {
			binary.Write(h, binary.LittleEndian, int32(math.Round(float64(x)*1e4)))
		}
	}
	if got, want := projection+" "+hex.EncodeToString(h.Sum(nil)), "projected-1 f05d197ff8011947"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReduceEdges(t *testing.T) {
	huge, tiny := make([]float32, 400), make([]float32, 400)
	for i := range huge {
		huge[i], tiny[i] = math.MaxFloat32, math.SmallestNonzeroFloat32
	}
	for name, c := range map[string]struct {
		v    []float32
		none bool
	}{
		"none": {nil, true}, "zeros": {make([]float32, 256), true}, "many zeros": {make([]float32, 1000), true},
		"one": {[]float32{-2}, false}, "huge": {huge, false}, "tiny": {tiny, false},
	} {
		got := reduce(c.v)
		if (got == nil) != c.none {
			t.Errorf("%s: got %v, want none: %t", name, got, c.none)
			continue
		}
		if got != nil && (len(got) != embed.Dim || math.Abs(dot(got, got)-1) > 1e-5) {
			t.Errorf("%s: %d numbers of squared length %g", name, len(got), dot(got, got))
		}
	}
}

// FuzzRead reads answers that anybody may send.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		`{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[0,0]}],"usage":{"total_tokens":3}}`,
		`{"data":[{"embedding":"AACAPwAAAEA="},{"embedding":"AACAPwAAAEA="}]}`,
		`{"data":[{"embedding":"AADAfw=="},{"embedding":"AACAfw=="}]}`, // NaN and infinity
		`{"data":[{"index":1e9,"embedding":[1e39]},{"index":-1,"embedding":null}]}`,
		`{"data":[null,null],"usage":null}`, `[]`, `{"data":{}}`, `{"usage":{"total_tokens":-5}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		m := &Model{}
		vectors, tokens, err := m.read(body, 2)
		if err != nil {
			return
		}
		if len(vectors) != 2 || tokens < 0 {
			t.Fatalf("%q: got %d vectors and %d tokens", body, len(vectors), tokens)
		}
		for _, v := range vectors {
			if v != nil && (len(v) != embed.Dim || math.Abs(dot(v, v)-1) > 1e-3) {
				t.Errorf("%q: %d numbers of squared length %g", body, len(v), dot(v, v))
			}
		}
	})
}

func BenchmarkReduce(b *testing.B) {
	v := make([]float32, 1536)
	for i := range v {
		v[i] = float32(i % 11)
	}
	for b.Loop() {
		reduce(v)
	}
}
