package vec

import (
	"cmp"
	"math/bits"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// empty takes nil for an empty slice.
var empty = cmpopts.EquateEmpty()

// nearestSlow is what candidates promises, by sorting everything.
func nearestSlow(p *planes, parts []Part, k int) []Candidate {
	var all []Candidate
	for i := range parts {
		from, to := parts[i].bounds()
		for doc := from; doc < to; doc++ {
			if parts[i].Live == nil || parts[i].Live[doc/64]>>(doc%64)&1 == 1 {
				all = append(all, Candidate{uint32(doc), uint16(i), uint16(distance(parts[i].Codes[doc*CodeSize:], p))})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Candidate) int { return cmp.Compare(a.Distance, b.Distance) })
	all = all[:min(max(k, 0), len(all))]
	slices.SortFunc(all, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Doc, b.Doc))
	})
	return all
}

// liveKinds are sets of n documents: all, none, few, most, one block.
func liveKinds(n int) map[string][]uint64 {
	r := random(uint64(n) + 77)
	kinds := map[string][]uint64{"nil": nil, "all": {}, "none": {}, "few": {}, "half": {}, "one block": {}}
	for kind, words := range kinds {
		if kind == "nil" {
			continue
		}
		for g := range (n + 63) / 64 {
			var word uint64
			switch {
			case kind == "all" || kind == "one block" && g/blockGroups == 1:
				word = ^uint64(0) // also the bits past the end
			case kind == "few" && r.IntN(5) == 0:
				word = 1 << r.IntN(64)
			case kind == "half":
				word = r.Uint64()
			}
			words = append(words, word)
		}
		kinds[kind] = words
	}
	return kinds
}

func TestCandidates(t *testing.T) {
	sizes := []int{0, 1, 63, 64, 65, 1023, 1024, 1025, 3000}
	all := part(3, sizes[len(sizes)-1])
	var q Query
	q.Set(unit(random(8)))
	each(t, func(t *testing.T) {
		for _, n := range sizes {
			for kind, live := range liveKinds(n) {
				p := Part{Codes: all.Codes[:n*CodeSize], Live: live}
				for _, k := range []int{-1, 0, 1, 64, 1000, 8192} {
					got := q.Candidates([]Part{p}, k, 1)
					want := nearestSlow(&q.planes, []Part{p}, k)
					if diff := gocmp.Diff(want, got, empty); diff != "" {
						t.Fatalf("%d documents, live %s, k %d (-want +got):\n%s", n, kind, k, diff)
					}
				}
			}
		}
	})
}

// TestRanges cuts the documents anywhere and into parts.
func TestRanges(t *testing.T) {
	p := part(4, 3000)
	var q Query
	q.Set(unit(random(8)))
	each(t, func(t *testing.T) {
		r := random(11)
		for range 50 {
			parts := []Part{p, p, p}
			for i := range parts {
				parts[i].From = uint32(r.IntN(3000))
				parts[i].To = uint32(r.IntN(4000))
				parts[i].Live = liveKinds(3000)[[]string{"nil", "few", "half"}[r.IntN(3)]]
			}
			k := r.IntN(300)
			if diff := gocmp.Diff(nearestSlow(&q.planes, parts, k), q.Candidates(parts, k, 1), empty); diff != "" {
				t.Fatalf("%d..%d, %d..%d, %d..%d, k %d (-want +got):\n%s", parts[0].From, parts[0].To, parts[1].From,
					parts[1].To, parts[2].From, parts[2].To, k, diff)
			}
		}
	})
}

// TestFalling shows documents in falling and in rising order of distance, and all
// at the same: what the selector keeps must stay bounded, and right.
func TestFalling(t *testing.T) {
	for name, distance := range map[string]func(i int) int{
		"falling":  func(i int) int { return MaxDistance - i*MaxDistance/12_000 },
		"rising":   func(i int) int { return i * MaxDistance / 12_000 },
		"same":     func(int) int { return 100 },
		"greatest": func(int) int { return MaxDistance },
		"saw":      func(i int) int { return i * 31 % (MaxDistance + 1) },
	} {
		for _, k := range []int{1, 10, 5000} {
			s := newSelector(&planes{}, k, nil)
			var all []Candidate
			for i := range 12_000 {
				c := Candidate{Doc: uint32(i), Distance: uint16(distance(i))}
				all = append(all, c)
				s.add(c)
				if len(s.list) > 3*k+1024 {
					t.Fatalf("%s: %d kept for k %d", name, len(s.list), k)
				}
			}
			slices.SortStableFunc(all, func(a, b Candidate) int { return cmp.Compare(a.Distance, b.Distance) })
			want := all[:k]
			slices.SortFunc(want, func(a, b Candidate) int { return cmp.Compare(a.Doc, b.Doc) })
			if diff := gocmp.Diff(want, s.finish()); diff != "" {
				t.Errorf("%s, k %d (-want +got):\n%s", name, k, diff)
			}
		}
	}
}

func TestNearest(t *testing.T) {
	p := part(5, 2000)
	var c Code
	Encode(&c, unit(random(2)))
	each(t, func(t *testing.T) {
		for kind, live := range liveKinds(2000) {
			got := Nearest(p.Codes, &c, live, 50, make([]Candidate, 3, 1000))
			want := nearestSlow(hamming(c), []Part{{Codes: p.Codes, Live: live}}, 50)
			if diff := gocmp.Diff(want, got, empty); diff != "" {
				t.Errorf("live %s (-want +got):\n%s", kind, diff)
			}
			for _, n := range got {
				code, d := CodeAt(p.Codes, n.Doc), 0
				for i := range c {
					d += bits.OnesCount64(code[i] ^ c[i])
				}
				if d != int(n.Distance) {
					t.Fatalf("document %d: distance %d, want %d", n.Doc, n.Distance, d)
				}
			}
		}
	})
}

// TestSearch wants the same hits from every kernel and any number of workers, with
// so many candidates that they are the exact ones, and none without a vector.
func TestSearch(t *testing.T) {
	a, b := noise(6, 160_000), part(7, 70)
	a.Scales[99], b.Scales[3] = 0, 0
	var q Query
	q.Set(unit(random(12)))
	var want []Hit
	each(t, func(t *testing.T) {
		for _, workers := range []int{0, 1, 2, 3} {
			got := q.Search([]Part{a, {}, b}, Options{K: 100, Candidates: 5000, Workers: workers})
			if want == nil {
				want = got
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%d workers (-want +got):\n%s", workers, diff)
			}
		}
	})
	for _, p := range []Part{b, {Codes: a.Codes[:1000*CodeSize], Rows: a.Rows[:1000*Dim], Scales: a.Scales[:1000]}} {
		got := q.Search([]Part{p}, Options{K: 20, Candidates: 1000})
		if diff := gocmp.Diff(exact(&q, p, 20), got); diff != "" {
			t.Errorf("against every row (-want +got):\n%s", diff)
		}
	}
}

// exact ranks all documents by their rows, with arithmetic of its own.
func exact(q *Query, p Part, k int) []Hit {
	var hits []Hit
	for doc, scale := range p.Scales {
		var sum int64
		for d, x := range p.Rows[doc*Dim:][:Dim] {
			sum += int64(x) * int64(q.row[d])
		}
		if scale != 0 {
			hits = append(hits, Hit{Doc: uint32(doc), Score: float32(float64(sum) * float64(scale) * float64(q.scale))})
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return hits[:k]
}

// TestRecall makes sure that the weights of a query reach the scan: among as many
// candidates there must be more of the exact ten than by plain Hamming distance.
func TestRecall(t *testing.T) {
	p := part(21, 5_000)
	const queries, k, near = 20, 10, 200
	r := random(22)
	weighted, plain := 0, 0
	for range queries {
		v := make([]float32, Dim)
		Dequantize(v, p.Rows[r.IntN(5_000)*Dim:][:Dim], 0.001)
		for d, x := range unit(r) {
			v[d] += x * 0.1
		}
		var q Query
		q.Set(v)
		in := map[uint32]int{}
		for _, c := range q.Candidates([]Part{p}, near, 1) {
			in[c.Doc] |= 1
		}
		for _, c := range Nearest(p.Codes, &q.planes.sign, nil, near, nil) {
			in[c.Doc] |= 2
		}
		for _, h := range exact(&q, p, k) {
			weighted += in[h.Doc] & 1
			plain += in[h.Doc] >> 1
		}
	}
	t.Logf("of %d: %d by weights, %d by Hamming distance", queries*k, weighted, plain)
	if weighted < 160 || weighted < plain+15 {
		t.Errorf("of %d among %d candidates: %d by weights, %d by Hamming distance", queries*k, near, weighted, plain)
	}
}

func TestSearchScores(t *testing.T) {
	v := unit(random(13))
	p := Part{Codes: make([]byte, CodeSize), Rows: make([]int8, Dim), Scales: make([]float32, 1)}
	p.Scales[0] = Quantize(p.Rows, v)
	var q Query
	q.Set(v)
	hits := q.Search([]Part{p}, Options{K: 1})
	if len(hits) != 1 || hits[0].Score < 0.999 || hits[0].Score > 1.001 {
		t.Errorf("a vector with itself: got %v, want a score of 1", hits)
	}
}

func TestSearchPanics(t *testing.T) {
	p := part(15, 100)
	var q Query
	q.Set(unit(random(12)))
	for name, bad := range map[string]Part{
		"rows":   {Codes: p.Codes, Rows: p.Rows[1:], Scales: p.Scales},
		"scales": {Codes: p.Codes, Rows: p.Rows, Scales: p.Scales[1:]},
		"live":   {Codes: p.Codes, Rows: p.Rows, Scales: p.Scales, Live: []uint64{1}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s too short: no panic", name)
				}
			}()
			_ = q.Search([]Part{bad}, Options{K: 1})
		}()
	}
}

// TestBest orders every kind of number.
func TestBest(t *testing.T) {
	nan := float32(0)
	nan /= nan
	scores := []float32{-1, 0, nan, 2, -0.5, 2, 1e-40, -1e-40, 0}
	var hits []Hit
	for i, s := range scores {
		hits = append(hits, Hit{Doc: uint32(i), Score: s})
	}
	var got []uint32
	for _, h := range best(hits, 20) {
		got = append(got, h.Doc)
	}
	if diff := gocmp.Diff([]uint32{3, 5, 6, 1, 8, 7, 4, 0, 2}, got); diff != "" {
		t.Errorf("of %v (-want +got):\n%s", scores, diff)
	}
}
