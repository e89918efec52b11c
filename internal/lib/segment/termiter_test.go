package segment

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
)

// oddTerms are terms that are alike, binary, and long.
func oddTerms(rng *rand.Rand, n int) []string {
	set := map[string]bool{"a": true, "\xff\xff": true, "\xff": true, strings.Repeat("z", MaxTerm): true}
	for len(set) < n {
		b := []byte{byte(0x20 + rng.IntN(3))}
		if rng.IntN(3) == 0 {
			b = append(b, "commonprefix"...)
		}
		for range rng.IntN(6) {
			b = append(b, "\x00ab\xff"[rng.IntN(4)])
		}
		for range rng.IntN(2) * rng.IntN(230) {
			b = append(b, 'x')
		}
		set[string(b[:min(len(b), MaxTerm)])] = true
	}
	var terms []string
	for t := range set {
		terms = append(terms, t)
	}
	slices.Sort(terms)
	return terms
}

// TestTermIter seeks at random, forwards and backwards, against a sorted slice.
func TestTermIter(t *testing.T) {
	for _, n := range []int{4, 16, 17, 900} {
		rng := rand.New(rand.NewPCG(20, uint64(n)))
		terms := oddTerms(rng, n)
		b := NewBuilder(Options{})
		b.Begin("k")
		for _, term := range terms {
			b.Term(0, term, 1)
		}
		path := filepath.Join(t.TempDir(), "a.seg")
		if _, err := b.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		r := open(t, path)
		it := r.Terms("")
		next, prev, exact := 0, "", true // the term to come, the one given before
		given := false                   // by the latest call
		for range 20_000 {
			switch rng.IntN(4) {
			case 0:
				target := terms[rng.IntN(len(terms))]
				target = target[:rng.IntN(len(target)+1)] + strings.Repeat("a", rng.IntN(2))
				to := sort.SearchStrings(terms, target)
				exact = exact && (to > next || to == next && given)
				next = to
				it.Seek([]byte(target))
				given = false
			case 1:
				if !given {
					continue
				}
				given = false
				k := rng.IntN(len(prev) + 1)
				it.SkipPrefix(k)
				next = sort.Search(len(terms), func(i int) bool { return terms[i] > prev && !strings.HasPrefix(terms[i], prev[:k]) })
			default:
				ok := it.Next()
				if ok != (next < len(terms)) || it.Err() != nil {
					t.Fatalf("Next() = %v at %d of %d, %v", ok, next, len(terms), it.Err())
				}
				if !ok {
					it.Seek(nil)
					next, prev, exact, given = 0, "", false, false
					continue
				}
				if string(it.Term()) != terms[next] {
					t.Fatalf("Next() gives %q, want %q", it.Term(), terms[next])
				}
				if e, ok, err := r.Lookup(terms[next]); !ok || err != nil || e != it.Entry() {
					t.Fatalf("Lookup(%q) = %v, %v, %v; want %v", terms[next], e, ok, err, it.Entry())
				}
				want := common([]byte(prev), it.Term())
				if got := it.Shared(); prev != "" && (got > want || exact && got != want) {
					t.Fatalf("%q after %q: Shared() = %d, want %d", it.Term(), prev, got, want)
				}
				prev, exact, given = terms[next], true, true
				next++
			}
		}
		for range 2000 { // and terms that are not there
			term := oddTerms(rng, 5)[rng.IntN(5)] + "q"
			if _, ok, err := r.Lookup(term); ok != slices.Contains(terms, term) || err != nil {
				t.Fatalf("Lookup(%q) = %v, %v", term, ok, err)
			}
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	r := open(b, buildSample(b, benchDocs, benchDocs)[0])
	var terms []string
	it := r.Terms("")
	for i := 0; it.Next(); i++ {
		if i%97 == 0 {
			terms = append(terms, string(it.Term()))
		}
	}
	rand.New(rand.NewPCG(21, 21)).Shuffle(len(terms), func(i, j int) { terms[i], terms[j] = terms[j], terms[i] })
	i := 0
	b.Run("term", func(b *testing.B) {
		for b.Loop() {
			if _, ok, err := r.Lookup(terms[i%len(terms)]); !ok || err != nil {
				b.Fatal(ok, err)
			}
			i++
		}
	})
	b.Run("next", func(b *testing.B) {
		it := r.Terms("")
		for b.Loop() {
			if !it.Next() {
				it = r.Terms("")
			}
		}
	})
	b.Run("key", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := r.Find(sample.docs[i*7919%benchDocs].key); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
	b.Run("no key", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := r.Find(terms[i%len(terms)]); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
}
