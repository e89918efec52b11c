package segment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// TestMergeIsRebuild compares a merge, byte by byte, with a segment built of the
// same documents.
func TestMergeIsRebuild(t *testing.T) {
	for _, tt := range []struct {
		name  string
		parts []int
		dead  float64
	}{
		{"none", nil, 0},
		{"empty", []int{0, 0}, 0},
		{"one", []int{300}, 0},
		{"one with dead", []int{700}, 0.3},
		{"two", []int{130, 500}, 0},
		{"many", []int{1, 300, 0, 17, 128, 600, 2, 127}, 0},
		{"many with dead", []int{1, 300, 0, 17, 128, 600, 2, 127}, 0.2},
		{"few live", []int{500, 500, 40}, 0.99},
		{"all dead", []int{100, 30}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(2, uint64(len(tt.parts))))
			total := 0
			for _, n := range tt.parts {
				total += n
			}
			all := randomDocs(rng, total)
			var parts []Part
			var alive []document
			for _, n := range tt.parts {
				docs := all[:n]
				all = all[n:]
				part := Part{Reader: open(t, build(t, docs))}
				if tt.dead > 0 {
					part.Live = make([]uint64, (n+63)/64)
				}
				for i, d := range docs {
					if rng.Float64() >= tt.dead {
						alive = append(alive, d)
						if tt.dead > 0 {
							part.Live[i/64] |= 1 << (i % 64)
						}
					}
				}
				if tt.dead > 0 && n%64 != 0 {
					part.Live[n/64] |= 1 << 63 // beyond the last document
				}
				parts = append(parts, part)
			}
			path := filepath.Join(t.TempDir(), "merged.seg")
			info, err := Merge(t.Context(), path, parts, testOptions)
			if err != nil {
				t.Fatalf("Merge: %v", err)
			}
			r := open(t, path)
			checkAll(t, r, alive)
			if err := r.Verify(t.Context(), nil); err != nil {
				t.Errorf("Verify: %v", err)
			}
			if fmt.Sprint(info) != fmt.Sprint(r.Info()) {
				t.Errorf("Merge gives %+v, Open %+v", info, r.Info())
			}
			got, want := read(t, path), read(t, build(t, alive))
			if !bytes.Equal(got, want) {
				t.Errorf("merge of %d bytes is not the rebuild of %d", len(got), len(want))
			}
		})
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestMergeCancelled leaves nothing behind, whenever it is.
func TestMergeCancelled(t *testing.T) {
	docs := randomDocs(rand.New(rand.NewPCG(3, 3)), 3000)
	part := Part{Reader: open(t, build(t, docs))}
	for after := range 6 {
		ctx := &countdown{Context: t.Context(), left: after}
		path := filepath.Join(t.TempDir(), "merged.seg")
		if _, err := Merge(ctx, path, []Part{part, part}, testOptions); !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d looks at the context: %v, want %v", after, err, context.Canceled)
		}
		if left, _ := filepath.Glob(filepath.Dir(path) + "/*"); len(left) > 0 {
			t.Errorf("after %d looks at the context there is %v", after, left)
		}
	}
}

// countdown is a context that ends when it was looked at some times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestMergeModel leaves out vectors of another model.
func TestMergeModel(t *testing.T) {
	docs := randomDocs(rand.New(rand.NewPCG(4, 4)), 50)
	part := Part{Reader: open(t, build(t, docs))}
	o := testOptions
	o.Model = "another/2"
	path := filepath.Join(t.TempDir(), "merged.seg")
	info, err := Merge(t.Context(), path, []Part{part}, o)
	if err != nil || info.Vectors != 0 || info.Model != o.Model {
		t.Fatalf("Merge to another model: %+v, %v", info, err)
	}
	for i := range docs {
		docs[i].scale, docs[i].int8s, docs[i].code = 0, nil, nil
	}
	checkAll(t, open(t, path), docs)
}

// TestMergeCorrupt damages a part: the merge must give the error, and nothing
// else, or, where the damage is in what it does not need, be right.
func TestMergeCorrupt(t *testing.T) {
	b := NewBuilder(testOptions)
	b.to.shift = minChunkShift
	for _, d := range randomDocs(rand.New(rand.NewPCG(22, 22)), 200) {
		d.addTo(b)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "a.seg")
	if _, err := b.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	data := read(t, path)
	path = filepath.Join(dir, "merged.seg")
	other := open(t, build(t, randomDocs(rand.New(rand.NewPCG(23, 23)), 20)))
	merge := func() error {
		r, err := onBytes(data, false)
		if err != nil {
			return err
		}
		_, err = Merge(t.Context(), path, []Part{{Reader: other}, {Reader: r}}, testOptions)
		return err
	}
	if err := merge(); err != nil {
		t.Fatal(err)
	}
	want := read(t, path)
	whole, err := onBytes(data, false)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(24, 24))
	for _, s := range whole.file.toc {
		unharmed := 0
		for range 20 {
			undo := damage(rng, data, s.off+rng.Int64N(s.size))
			if undo == nil {
				continue
			}
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			err := merge()
			switch left, _ := filepath.Glob(path + "*"); {
			case err == nil && bytes.Equal(read(t, path), want):
				unharmed++
			case !errors.Is(err, ErrCorrupt):
				t.Errorf("damage in %s: merge gives %v and other bytes", s.name, err)
			case len(left) > 0:
				t.Errorf("damage in %s: there is %v", s.name, left)
			}
			undo()
		}
		needless := s.name == "key.bucket" || s.name == "key.doc" || s.name == "key.tag"
		if unharmed > 10 && !needless {
			t.Errorf("damage in %s was passed over %d times", s.name, unharmed)
		}
	}
}
