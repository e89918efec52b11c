package static

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func wordsOf(text string) []string {
	var out []string
	Words(text, func(w []byte) { out = append(out, string(w)) })
	return out
}

func TestWords(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"case and hyphens", "Low-Rank Adaptation (LoRA)", "low rank adaptation lora"},
		{"numbers stay with letters", "GPT4, 8-bit; 3D", "gpt4 8 bit 3d"},
		{"accents", "Poincaré Erdős Łojasiewicz naïve", "poincare erdos lojasiewicz naive"},
		{"combining accents", "Poincare\u0301", "poincare"},
		{"TeX accents", `Poincar\'e G{\"o}del Erd\H{o}s Sch\"odinger \v{C}ech \'{E}tale`, "poincare godel erdos schodinger cech etale"},
		{"TeX letters", `Bj\o rn \L{}ojasiewicz`, "bjorn lojasiewicz"},
		{"TeX words", `$\alpha$-helix in $\mathbb{R}^n$, \emph{very} $\beta_{ij}$`, "alpha helix in r n very beta ij"},
		{"a command ends a word", `$O(n\log n)$`, "o n log n"},
		{"Greek", "α-helix, TGFβ, µm", "alpha helix tgf beta mu m"},
		{"ligatures, raised and other forms", "ﬁne x² ℓ ＡＢ 𝐱", "fine x2 l ab x"},
		{"possessive", "Newton's law, dogs' days, it's", "newton law dogs days it"},
		{"entities", "a &lt;b&gt; c & d", "a b c d"},
		{"other scripts", "Теорема 定理", "теорема 定理"},
		{"invisible", "soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"},
		{"nothing", " \t.,;!$ \\", ""},
		{"broken UTF-8", "a\xffb", "a b"},
		{"long", strings.Repeat("x", 100), strings.Repeat("x", maxWord)},
	} {
		if diff := cmp.Diff(tc.want, strings.Join(wordsOf(tc.in), " ")); diff != "" {
			t.Errorf("%s: words of %q (-want +got):\n%s", tc.name, tc.in, diff)
		}
	}
}

// small makes a model of a few words whose rows are easy to add up.
func small(t testing.TB) *Model {
	t.Helper()
	entries := []Entry{
		{"the", false, Silent}, {"neural", false, 0}, {"network", false, 1}, {"networks", false, 1}, {"micro", false, 2},
		{"scope", true, 3}, {"s", true, 4}, {"8", false, 5},
	}
	rows := make([]byte, 7*Dim)
	for i := range rows {
		rows[i] = 128
	}
	for r := range 7 {
		rows[r*Dim+r] = 128 + 8
	}
	data, err := Encode(Contents{"small-1", 2, rows, []byte{0, 0, 0, 1, 3, 0, 0}, [][2]uint16{{0, 1}}, entries})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPieces(t *testing.T) {
	m := small(t)
	for _, tc := range []struct {
		in   string
		want []uint16
	}{
		{"The neural networks", []uint16{0, 1}},
		{"microscopes", []uint16{2, 3}}, // of the end "s", no row is known for one letter
		{"microscope8network", []uint16{2, 3, 5, 1}},
		{"unknown 1234", nil},
	} {
		if diff := cmp.Diff(tc.want, m.Pieces(nil, tc.in)); diff != "" {
			t.Errorf("pieces of %q (-want +got):\n%s", tc.in, diff)
		}
	}
}

func TestVector(t *testing.T) {
	m := small(t)
	for _, tc := range []struct {
		in   string
		want []float64 // before it is made length 1
	}{
		{"neural", []float64{1}},
		{"neural network", []float64{1, 1, 0, 0, 0, 0, 1}}, // the phrase adds its own
		{"network of the neural", []float64{1, 1}},
		{"microscope", []float64{0, 0, 1, 0.5}},
		{strings.Repeat("network ", 1000) + "8", []float64{0, 2, 0, 0, 0, 1}}, // a piece counts twice at most
	} {
		var got [Dim]float32
		if !m.Vector(got[:], tc.in) {
			t.Errorf("%q has no vector", tc.in)
			continue
		}
		var length float64
		for _, x := range tc.want {
			length += x * x
		}
		want := [Dim]float32{}
		for i, x := range tc.want {
			want[i] = float32(x / math.Sqrt(length))
		}
		if diff := cmp.Diff(want[:8], got[:8]); diff != "" {
			t.Errorf("vector of %.40q (-want +got):\n%s", tc.in, diff)
		}
	}
	for _, in := range []string{"", "the", "unknown", "定理", "\xff\xfe"} {
		got := [Dim]float32{7}
		if m.Vector(got[:], in) || got[0] != 7 {
			t.Errorf("%q has a vector, or the destination was touched", in)
		}
	}
}

func TestVectorIsBoundedAndAllocatesNothing(t *testing.T) {
	m := small(t)
	dst := make([]float32, Dim)
	long := strings.Repeat("neural network 8 microscope ", 200)
	if n := testing.AllocsPerRun(20, func() { m.Vector(dst, long) }); n != 0 {
		t.Errorf("Vector allocates %v times", n)
	}
	huge := strings.Repeat("network ", maxPiece+10) + strings.Repeat("8 ", 10*maxPiece)
	m.Vector(dst, huge)
	if dst[5] != 0 {
		t.Errorf("pieces beyond the first %d count", maxPiece)
	}
}

func TestDecodeRefuses(t *testing.T) {
	data, err := Encode(Contents{"x-1", 1, make([]byte, 2*Dim), []byte{0, 1}, nil, []Entry{{"a", false, 0}, {"b", false, 1}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(data); err != nil {
		t.Fatalf("a whole model: %v", err)
	}
	for i := range data {
		bad := append([]byte(nil), data...)
		bad[i] ^= 0x41
		if _, err := Decode(bad); err == nil {
			t.Errorf("byte %d flipped: no error", i)
		}
	}
	for n := range data {
		if _, err := Decode(data[:n]); err == nil {
			t.Errorf("cut to %d bytes: no error", n)
		}
	}
}

func FuzzVector(f *testing.F) {
	for _, s := range []string{"neural network", `G{\"o}del $\alpha_{1}$ \`, "\xff&lt", "'s{}\\'", "α\u0301\u200b²"} {
		f.Add(s)
	}
	m := small(f)
	f.Fuzz(func(t *testing.T, s string) {
		var a, b [Dim]float32
		ok := m.Vector(a[:], s)
		if ok != m.Vector(b[:], s) || a != b {
			t.Errorf("%q: two answers", s)
		}
		if len(m.Pieces(nil, s)) == 0 && ok {
			t.Errorf("%q: a vector of nothing", s)
		}
		for _, w := range wordsOf(s) {
			if len(w) == 0 || len(w) > maxWord {
				t.Errorf("%q: a word of %d bytes", s, len(w))
			}
		}
	})
}
