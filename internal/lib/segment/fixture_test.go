package segment

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the fixtures anew: only when a version of the format was added")

// fixtures of each version; today's are the last two.
var fixtures = []string{
	"testdata/v1-words.seg", "testdata/v1-vectors.seg",
	"testdata/v2-words.seg", "testdata/v2-vectors.seg",
}

// today says whether a fixture is of the version that is written.
func today(name string) bool {
	return strings.HasPrefix(filepath.Base(name), fmt.Sprintf("v%d-", version))
}

// fixtureDocs are the documents of the fixtures. They must stay as they are.
func fixtureDocs(name string) []document {
	if strings.Contains(name, "vectors") {
		docs := []document{{key: "one"}, {key: "none"}, {key: "two", words: []word{{Title, "vector", 0}}}}
		for i, d := range []int{0, 2} {
			row, code := make([]int8, Dim), make([]byte, codeSize)
			for k := range row {
				row[k] = int8((k*37+i*11)%255 - 127)
				if row[k] > 0 {
					code[k/8] |= 1 << (k % 8)
				}
			}
			docs[d].int8s, docs[d].code, docs[d].scale = row, code, 0.5/float32(1+i)
		}
		return docs
	}
	var docs []document
	for i := range 150 {
		d := document{key: fmt.Sprintf("k%03d", i), tags: []string{"\x01cx"},
			columns: map[string]uint32{"time": uint32(i * 1000), "pop": uint32(i % 7), "flags": uint32(i % 5)},
			facets:  []facetValue{{"cat", fmt.Sprint("c", i%3)}, {"cat", "all"}}}
		for k := range i % 20 {
			d.words = append(d.words, word{Abstract, "frequent", AbstractBase + uint32(7*k)})
		}
		d.words = append(d.words,
			word{Title, "every", uint32(i % 9)}, word{Title, fmt.Sprintf("number%d", i), 3}, word{Abstract, "far", 20_000 + uint32(i)},
			word{Authors, fmt.Sprint("name", i%11), AuthorsBase + 1}, word{Other, "étale", OtherBase})
		if i == 77 {
			d.columns["norm"] = 1234
			d.columns["extra"] = 1 << 31
			d.facets = append(d.facets, facetValue{"org", "Ωmega"})
			d.words = append(d.words, word{Title, strings.Repeat("x", MaxTerm), 5})
		}
		docs = append(docs, d)
	}
	return docs
}

// TestFixtures opens files that the first program to write a version wrote. They
// are kept for as long as the version is to be read.
func TestFixtures(t *testing.T) {
	for _, name := range fixtures {
		t.Run(filepath.Base(name), func(t *testing.T) {
			docs := fixtureDocs(name)
			if *update && today(name) {
				if err := os.WriteFile(name, read(t, build(t, docs)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			r := open(t, name)
			checkAll(t, r, docs)
			if err := r.Verify(t.Context(), nil); err != nil {
				t.Errorf("Verify: %v", err)
			}
			if i := r.Info(); i.Model != "test/1" || i.Analyzer != "7" || i.Weights != DefaultWeights || i.K1 != 0.9 || i.B != 0.4 {
				t.Errorf("Info() = %+v", i)
			}
			if today(name) && !bytes.Equal(read(t, name), read(t, build(t, docs))) {
				t.Errorf("a segment that is written today has other bytes")
			}
		})
	}
}

// TestFixturesMerge merges files of every version: what comes of it is what is
// written today.
func TestFixturesMerge(t *testing.T) {
	for _, name := range fixtures {
		t.Run(filepath.Base(name), func(t *testing.T) {
			docs := fixtureDocs(name)
			live := make([]uint64, (len(docs)+63)/64)
			var alive []document
			for i, d := range docs {
				if i%5 != 1 {
					live[i/64] |= 1 << (i % 64)
					alive = append(alive, d)
				}
			}
			for _, tt := range []struct {
				live []uint64
				want []document
			}{{nil, docs}, {live, alive}} {
				path := filepath.Join(t.TempDir(), "merged.seg")
				if _, err := Merge(t.Context(), path, []Part{{Reader: open(t, name), Live: tt.live}}, testOptions); err != nil {
					t.Fatal(err)
				}
				if got, want := read(t, path), read(t, build(t, tt.want)); !bytes.Equal(got, want) {
					t.Errorf("merge of %d of %d documents, %d bytes, is not the rebuild of %d", len(tt.want), len(docs), len(got), len(want))
				}
			}
		})
	}
}

// TestFixturesDamaged damages files of every version, as TestCorrupt does what is
// written today.
func TestFixturesDamaged(t *testing.T) {
	for _, name := range fixtures {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data := read(t, name)
			tr := truthOf(t, open(t, name))
			rng := rand.New(rand.NewPCG(26, uint64(len(name))))
			for k := range 1000 {
				from := rng.Int64N(int64(len(data)))
				undo := damage(rng, data, from)
				if undo == nil {
					continue
				}
				if k%10 == 0 {
					checkDamage(t, tr, data)
				}
				checkBlind(t, tr, data)
				if undo(); t.Failed() {
					t.Fatalf("damage at %d", from)
				}
			}
		})
	}
}
