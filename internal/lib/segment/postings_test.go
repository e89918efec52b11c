package segment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sparse builds a segment of n documents in which term i is in every 1/p[i]th.
func sparse(t testing.TB, n int, p []float64) (*Reader, [][]uint32) {
	t.Helper()
	rng := rand.New(rand.NewPCG(8, uint64(n)))
	b := NewBuilder(testOptions)
	lists := make([][]uint32, len(p))
	for d := range n {
		b.Begin(fmt.Sprint(d))
		for i := range p {
			if rng.Float64() >= p[i] {
				continue
			}
			lists[i] = append(lists[i], uint32(d))
			if i%2 == 1 {
				b.Tag(fmt.Sprintf("\x01%d", i))
				continue
			}
			for range 1 + rng.IntN(3) {
				b.Term(rng.IntN(NumFields), fmt.Sprint(i), uint32(rng.IntN(600)))
			}
		}
		b.Column("norm", uint32(rng.IntN(400)))
	}
	path := filepath.Join(t.TempDir(), "a.seg")
	if _, err := b.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	return open(t, path), lists
}

func sparseTerm(i int) string {
	if i%2 == 1 {
		return fmt.Sprintf("\x01%d", i)
	}
	return fmt.Sprint(i)
}

// TestAdvance moves cursors at random over lists of all densities, against a
// sorted slice.
func TestAdvance(t *testing.T) {
	const n = 60_000
	r, lists := sparse(t, n, []float64{1, 1, 0.5, 0.3, 0.1, 0.03, 0.01, 0.003, 0.002, 0.0003, 0.0001, 0.0001})
	rng := rand.New(rand.NewPCG(9, 9))
	var p Postings
	for i, list := range lists {
		e, ok, err := r.Lookup(sparseTerm(i))
		if !ok || err != nil || int(e.DF) != len(list) {
			t.Fatalf("list %d: %+v, %v, %v; want %d documents", i, e, ok, err, len(list))
		}
		for round := range 300 {
			p.Reset(r, e)
			at, target := -1, uint32(0) // at: index of the present posting
			stride := 1 + rng.IntN(n/(1+round%50))
			for range 60 {
				switch rng.IntN(5) {
				case 0:
					at = min(at+1, len(list))
					if got, want := p.Next(), docAt(list, at); got != want {
						t.Fatalf("list %d: Next() = %d, want %d", i, got, want)
					}
				case 1, 2:
					target += uint32(rng.IntN(stride))
					at = max(at, sort.Search(len(list), func(k int) bool { return list[k] >= target }))
					if got, want := p.Advance(target), docAt(list, at); got != want || p.Doc() != want {
						t.Fatalf("list %d: Advance(%d) = %d, Doc() = %d, want %d", i, target, got, p.Doc(), want)
					}
				case 3:
					shallow := target + uint32(rng.IntN(stride)) // now and then less than before
					last, _ := p.ShallowAdvance(shallow)
					k := sort.Search(len(list), func(k int) bool { return list[k] >= shallow })
					if at >= 0 {
						k = max(k, at/BlockSize*BlockSize)
					}
					want := docAt(list, min(k/BlockSize*BlockSize+BlockSize, len(list))-1)
					if k >= len(list) {
						want = NoDoc
					}
					if last != want {
						t.Fatalf("list %d: ShallowAdvance(%d) = %d, want %d", i, shallow, last, want)
					}
				case 4:
					if at < 0 || at >= len(list) {
						continue
					}
					docs, _ := p.Block()
					from := at / BlockSize * BlockSize
					if want := list[from:min(from+BlockSize, len(list))]; !slices.Equal(docs, want) || p.Index() != at%BlockSize {
						t.Fatalf("list %d: Block() = %v at %d, want %v at %d", i, docs, p.Index(), want, at%BlockSize)
					}
				}
				if at >= len(list) {
					break
				}
			}
			if p.Err() != nil {
				t.Fatalf("list %d: %v", i, p.Err())
			}
		}
		checkAdvanceBlock(t, r, e, list, rng)
	}
}

func docAt(list []uint32, i int) uint32 {
	if i >= len(list) {
		return NoDoc
	}
	return list[i]
}

func checkAdvanceBlock(t *testing.T, r *Reader, e Entry, list []uint32, rng *rand.Rand) {
	t.Helper()
	p := r.Postings(e)
	for target := uint32(0); ; target += uint32(rng.IntN(3000)) {
		k := sort.Search(len(list), func(k int) bool { return list[k] >= target })
		ok := p.AdvanceBlock(target)
		if ok != (k < len(list)) {
			t.Fatalf("AdvanceBlock(%d) = %v, want %v", target, ok, !ok)
		}
		if !ok {
			return
		}
		docs, _ := p.Block()
		if from := k / BlockSize * BlockSize; docs[0] != list[from] {
			t.Fatalf("AdvanceBlock(%d) goes to %d, want %d", target, docs[0], list[from])
		}
	}
}

// TestImpacts makes sure that no posting scores above the bounds of its block and
// its term, neither by the segment's average nor, with the factor that the design
// names, by another.
func TestImpacts(t *testing.T) {
	r, lists := sparse(t, 20_000, []float64{1, 0, 0.2, 0, 0.02, 0, 0.004})
	norms, err := r.U16("norm")
	if err != nil {
		t.Fatal(err)
	}
	w := r.WeightTable()
	for i := range lists {
		if i%2 == 1 {
			continue
		}
		e, _, _ := r.Lookup(sparseTerm(i))
		for _, avg := range []float64{r.AvgNorm(), r.AvgNorm() * 1.7, r.AvgNorm() / 3} {
			stretch := max(1, avg/r.AvgNorm())
			tight := 0
			p := r.Postings(e)
			for p.NextBlock() {
				docs, codes := p.Block()
				_, impact := p.ShallowAdvance(docs[0])
				most := float32(0)
				for k, d := range docs {
					K := float32(r.K1() * (1 - r.B() + r.B()*float64(norms[d])/avg))
					most = max(most, w[codes[k]]/(w[codes[k]]+K))
				}
				bound := float32(float64(impact) / 255 * stretch)
				if most > bound || impact > e.Impact {
					t.Fatalf("list %d, average %v: factor %v above %v, impact %d of %d", i, avg, most, bound, impact, e.Impact)
				}
				if avg == r.AvgNorm() && most > float32(impact-1)/255 {
					tight++
				}
			}
			if blocks := (int(e.DF) + BlockSize - 1) / BlockSize; avg == r.AvgNorm() && tight < blocks {
				t.Errorf("list %d: only %d of %d impacts are as low as can be", i, tight, blocks)
			}
		}
	}
}

// TestCursorAllocatesNothing also goes over lists of both shapes with one cursor.
func TestCursorAllocatesNothing(t *testing.T) {
	r, _ := sparse(t, 10_000, []float64{0.7, 0.3, 0.001, 0.001})
	var p Postings
	buf := make([]uint32, 0, 1000)
	terms := []string{sparseTerm(0), sparseTerm(1), sparseTerm(2), sparseTerm(3)}
	got := testing.AllocsPerRun(10, func() {
		for _, term := range terms {
			e, ok, err := r.Lookup(term)
			if !ok || err != nil {
				t.Fatal(ok, err)
			}
			p.Reset(r, e)
			for d := p.Next(); d != NoDoc; d = p.Advance(d + 20) {
				buf = p.Positions(buf[:0])
				p.ShallowAdvance(d + 100)
			}
		}
	})
	if got != 0 {
		t.Errorf("a query allocates %v times, want 0", got)
	}
}

// TestPositionsAt reads positions out of order, of files of every version.
func TestPositionsAt(t *testing.T) {
	r, _ := sparse(t, 3000, []float64{0.9})
	checkPositionsAt(t, r, "0")
	checkPositionsAt(t, open(t, lengthy(t)), "word")
	for _, name := range fixtures {
		if strings.Contains(name, "words") {
			for _, term := range []string{"frequent", "every", "far", "étale"} {
				checkPositionsAt(t, open(t, name), term)
			}
		}
	}
}

// lengthy builds a segment of a term whose runs of positions have lengths of one to
// three bytes.
func lengthy(t testing.TB) string {
	var docs []document
	for i := range 3 * BlockSize {
		d := document{key: fmt.Sprint(i), words: []word{{Abstract, "word", AbstractBase + uint32(i)}}}
		if i%90 == 7 {
			for k := range uint32(6 * i) {
				d.words = append(d.words, word{Other, "word", OtherBase + k*3})
			}
		}
		docs = append(docs, d)
	}
	return build(t, docs)
}

func checkPositionsAt(t *testing.T, r *Reader, term string) {
	t.Helper()
	e, _, _ := r.Lookup(term)
	want, err := readList(r, e)
	if err != nil || len(want) == 0 {
		t.Fatal(len(want), err)
	}
	p := r.Postings(e)
	rng := rand.New(rand.NewPCG(10, 10))
	for n := 0; p.NextBlock(); n += BlockSize {
		docs, _ := p.Block()
		for range 300 {
			i := rng.IntN(len(docs))
			if diff := cmp.Diff(want[n+i].Positions, p.PositionsAt(i, nil)); diff != "" {
				t.Fatalf("%q: PositionsAt(%d) (-want +got):\n%s", term, i, diff)
			}
		}
		if got := p.PositionsAt(len(docs), nil); got != nil {
			t.Fatalf("PositionsAt(%d) = %v", len(docs), got)
		}
	}
	if p.Err() != nil {
		t.Fatalf("%q: %v", term, p.Err())
	}
}

// TestSkipPositions passes over positions where reading them ends, and nowhere
// where they are cut.
func TestSkipPositions(t *testing.T) {
	rng := rand.New(rand.NewPCG(27, 27))
	for range 20_000 {
		code := byte(rng.Uint32())
		n, ok := exact(code)
		if !ok || n == 0 {
			n, code = 1+rng.IntN(20), code|1<<7
		}
		pos, at := make([]uint16, n), 0
		for i := range pos {
			at += 1 + rng.IntN([]int{3, 300, 3000}[rng.IntN(3)])
			pos[i] = uint16(at)
		}
		b := appendPositions(nil, code, pos)
		all := append(slices.Clone(b), 0xff, 0xff, 0, 0, 0xff, 0, 0, 0xff, 0)
		for _, b := range [][]byte{b, all[:len(b)+rng.IntN(10)]} {
			_, want := readPositions(b, code, nil)
			if got := skipPositions(b, code); got != want || want != len(appendPositions(nil, code, pos)) {
				t.Fatalf("skipPositions(%v, %#x) = %d, want %d", b, code, got, want)
			}
		}
		if got := skipPositions(b[:len(b)-1], code); got != -1 {
			t.Fatalf("skipPositions(%v, %#x) = %d, want -1", b[:len(b)-1], code, got)
		}
	}
}

// TestSkipRun passes over many postings where passing over each ends, and nowhere
// where the last is cut.
func TestSkipRun(t *testing.T) {
	rng := rand.New(rand.NewPCG(30, 30))
	for range 20_000 {
		codes, b := make([]byte, rng.IntN(2*runSize+1)), []byte(nil)
		for i := range codes {
			n := 1 + rng.IntN(3)
			codes[i] = byte(n)
			if rng.IntN(20) == 0 {
				codes[i] = Code(rng.IntN(5), rng.IntN(20), rng.IntN(2), 1)
			}
			pos := make([]uint16, n)
			for k := range pos {
				pos[k] = uint16(256 + (k+1)*(1+rng.IntN([]int{3, 150, 3000}[min(rng.IntN(100), 2)])))
			}
			slices.Sort(pos)
			b = appendPositions(b, codes[i], slices.Compact(pos)[:1])
			for range n - 1 {
				b = appendSmall(b, uint16(1+rng.IntN([]int{3, 200, 400}[rng.IntN(3)])))
			}
		}
		want := 0
		for _, c := range codes {
			n := skipPositions(b[want:], c)
			if n < 0 {
				want = -1
				break
			}
			want += n
		}
		if got := skipRun(b, codes); got != want {
			t.Fatalf("skipRun(%v, %v) = %d, want %d", b, codes, got, want)
		}
		if want > 0 {
			if got := skipRun(b[:want-1], codes); got != -1 {
				t.Fatalf("skipRun(%v, %v) = %d, want -1", b[:want-1], codes, got)
			}
		}
	}
}

func BenchmarkNextBlock(b *testing.B) {
	const n = 400_000
	density := []float64{0.6, 0.1, 0.03, 0.01, 0.001}
	ps := make([]float64, 0, 2*len(density))
	for _, d := range density {
		ps = append(ps, d, 0)
	}
	r, _ := sparse(b, n, ps)
	for i, d := range density {
		b.Run(fmt.Sprint(d), func(b *testing.B) {
			e, _, _ := r.Lookup(sparseTerm(2 * i))
			p := r.Postings(e)
			sum := uint32(0)
			for b.Loop() {
				if !p.NextBlock() {
					p.Reset(r, e)
					continue
				}
				docs, codes := p.Block()
				sum += docs[0] + uint32(codes[0])
			}
			if sum == math.MaxUint32 {
				b.Log(sum)
			}
		})
		b.Run(fmt.Sprint(d, " advance"), func(b *testing.B) {
			e, _, _ := r.Lookup(sparseTerm(2 * i))
			p := r.Postings(e)
			for d := uint32(0); b.Loop(); d += 1000 {
				if p.Advance(d) == NoDoc {
					p.Reset(r, e)
					d = 0
				}
			}
		})
		b.Run(fmt.Sprint(d, " shallow"), func(b *testing.B) {
			e, _, _ := r.Lookup(sparseTerm(2 * i))
			p := r.Postings(e)
			for d := uint32(0); b.Loop(); d += 1000 {
				if last, _ := p.ShallowAdvance(d); last == NoDoc {
					p.Reset(r, e)
					d = 0
				}
			}
		})
	}
}
