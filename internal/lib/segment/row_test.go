package segment

import (
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// TestRowReadsTheFile reads the vector of a file that was cut since it was opened:
// an error, where a load from the map would be a fault.
func TestRowReadsTheFile(t *testing.T) {
	docs := randomDocs(rand.New(rand.NewPCG(28, 28)), 3000)
	path := build(t, docs)
	r := open(t, path)
	if err := os.Truncate(path, r.rows.off+10*rowSize); err != nil {
		t.Fatal(err)
	}
	var buf Row
	if got, scale, err := r.Int8(1, &buf); !slices.Equal(got, docs[1].int8s) || scale != docs[1].scale || err != nil {
		t.Errorf("Int8(1) before the cut = %v, %v, %v, want %v, %v", got, scale, err, docs[1].int8s, docs[1].scale)
	}
	if got, _, err := r.Int8(2999, &buf); got != nil || !errors.Is(err, ErrCorrupt) {
		t.Errorf("Int8(2999) behind the cut = %v, %v, want %v", got, err, ErrCorrupt)
	}
	if !errors.Is(r.Err(), ErrCorrupt) {
		t.Errorf("Err() = %v, want %v", r.Err(), ErrCorrupt)
	}
}

// TestRowAllocatesNothing also reads of a file of the first version.
func TestRowAllocatesNothing(t *testing.T) {
	var buf Row
	for _, name := range []string{"testdata/v1-vectors.seg", "testdata/v2-vectors.seg"} {
		r := open(t, name)
		if got := testing.AllocsPerRun(100, func() {
			if v, _, err := r.Int8(2, &buf); v == nil || err != nil {
				t.Fatal(v, err)
			}
		}); got != 0 {
			t.Errorf("%s: Int8 allocates %v times, want 0", name, got)
		}
	}
}

func BenchmarkInt8(b *testing.B) {
	r := open(b, build(b, randomDocs(rand.New(rand.NewPCG(29, 29)), 5000)))
	var buf Row
	for i := uint32(0); b.Loop(); i += 7919 {
		if _, _, err := r.Int8(i%5000, &buf); err != nil {
			b.Fatal(err)
		}
	}
}
