package static

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew; train/reference.py must then agree")

// golden is what the built-in model makes of a text. The vector is whole: a
// build on another processor must give the same bits.
type golden struct {
	Text   string   `json:"text"`
	Pieces []uint16 `json:"pieces"`
	Vector []uint32 `json:"vector"` // bits of float32
}

var goldenTexts = []string{
	"Attention-based neural networks for machine translation",
	"Boundary layer transition on a flat plate at hypersonic speed",
	"What is known about the spread of infectious diseases on networks?",
	`On the $L^2$-norm of Poincar\'e series and G{\"o}del's theorem`,
	"Superconductingish microrheologically unheard-of-words GPT4x",
	"model model model model, and a model of models",
	"Ground state energy of the two-dimensional Hubbard model\nWe compute the ground state energy by quantum Monte Carlo.",
	"ℓ₂ regularisation, α-helix, naïve Bayes",
}

func TestGolden(t *testing.T) {
	m, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	var got []golden
	for _, text := range goldenTexts {
		g := golden{Text: text, Pieces: m.Pieces(nil, text)}
		var v [Dim]float32
		if !m.Vector(v[:], text) {
			t.Errorf("%q has no vector", text)
		}
		for _, x := range v {
			g.Vector = append(g.Vector, math.Float32bits(x))
		}
		got = append(got, g)
	}
	const path = "testdata/golden.json"
	if *update {
		data, err := json.Marshal(got)
		if err == nil {
			err = os.WriteFile(path, append(data, '\n'), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want []golden
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("vectors differ (-want +got):\n%s", diff)
	}
}

// TestMeaning keeps the model honest in the coarse: what a reader would call
// alike is closer than what he would not.
func TestMeaning(t *testing.T) {
	m, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	vector := func(text string) (v [Dim]float32) {
		if !m.Vector(v[:], text) {
			t.Fatalf("%q has no vector", text)
		}
		return v
	}
	cosine := func(a, b string) (s float32) {
		x, y := vector(a), vector(b)
		for i := range x {
			s += x[i] * y[i]
		}
		return s
	}
	for _, tc := range []struct{ query, near, far string }{
		{"spread of epidemics", "infectious disease transmission", "convergence of gradient descent"},
		{"automatic translation of text", "neural machine translation", "galaxy formation"},
		{"drag of aeroplane wings", "aerodynamics of airfoils", "number theory of primes"},
		{"finding documents", "information retrieval search engine", "superconductivity in cuprates"},
		{"neural networks", "neural network", "random walks"},
	} {
		if near, far := cosine(tc.query, tc.near), cosine(tc.query, tc.far); near <= far+0.1 {
			t.Errorf("%q: %.2f to %q, %.2f to %q", tc.query, near, tc.near, far, tc.far)
		}
	}
}
