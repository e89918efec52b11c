package judge

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var near = cmpopts.EquateApprox(0, 1e-9)

// ranked gives documents falling scores, so that they stay in this order.
func ranked(ids ...string) (out []Scored) {
	for i, id := range ids {
		out = append(out, Scored{id, float64(1000 - i)})
	}
	return out
}

// The values are worked out by hand from the definitions; lg(n) is log2.
func TestOf(t *testing.T) {
	lg := math.Log2
	for _, tt := range []struct {
		name   string
		ranked []Scored
		judged map[string]int
		want   Scores
	}{
		{"one of one, first", ranked("a"), map[string]int{"a": 1}, Scores{1, 1, 1, 1, 0.1}},
		{"one of one, third", ranked("x", "y", "a"), map[string]int{"a": 1}, Scores{1 / lg(4), 1. / 3, 1, 1. / 3, 0.1}},
		{"two of three, second and fourth", ranked("x", "a", "y", "b"), map[string]int{"a": 1, "b": 1, "c": 1}, Scores{
			NDCG10: (1/lg(3) + 1/lg(5)) / (1 + 1/lg(3) + 1/lg(4)), MAP: (1./2 + 2./4) / 3, Recall100: 2. / 3, MRR: 1. / 2, P10: 0.2}},
		{"gain is linear, not 2^score-1", ranked("a", "b"), map[string]int{"a": 1, "b": 3}, Scores{
			NDCG10: (1 + 3/lg(3)) / (3 + 1/lg(3)), MAP: 1, Recall100: 1, MRR: 1, P10: 0.2}},
		{"scores of 0 and below are not relevant", ranked("n", "z", "a"), map[string]int{"n": -2, "z": 0, "a": 2}, Scores{
			NDCG10: (2 / lg(4)) / 2, MAP: 1. / 3, Recall100: 1, MRR: 1. / 3, P10: 0.1}},
		{"nothing found", nil, map[string]int{"a": 1}, Scores{}},
		{"nothing relevant", ranked("a"), map[string]int{"a": 0}, Scores{}},
		{"ties by id, falling", []Scored{{"a", 1}, {"c", 1}, {"b", 1}}, map[string]int{"a": 1}, Scores{1 / lg(4), 1. / 3, 1, 1. / 3, 0.1}},
		{"a tie of 32-bit floats is a tie", []Scored{{"a", 1.00000001}, {"b", 1}}, map[string]int{"a": 1}, Scores{1 / lg(3), 1. / 2, 1, 1. / 2, 0.1}},
		{"the order given counts for nothing", []Scored{{"x", 1}, {"a", 2}}, map[string]int{"a": 1}, Scores{1, 1, 1, 1, 0.1}},
		{"found twice counts once", []Scored{{"a", 2}, {"a", 1}, {"b", 0.5}}, map[string]int{"a": 1, "b": 1}, Scores{1, 1, 1, 1, 0.2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, Of(tt.ranked, tt.judged), near); d != "" {
				t.Errorf("Of(%v, %v) (-want +got):\n%s", tt.ranked, tt.judged, d)
			}
		})
	}
}

// Eleven relevant documents: the ideal has ten. The 101st place is too late
// for recall@100 and counts for average precision.
func TestOfDepths(t *testing.T) {
	judged := map[string]int{"late": 1}
	var ids []string
	for i := range 100 {
		id := string(rune('A'+i/26)) + string(rune('a'+i%26))
		ids = append(ids, id)
		if i < 10 {
			judged[id] = 1
		}
	}
	got := Of(ranked(append(ids, "late")...), judged)
	want := Scores{NDCG10: 1, MAP: (10 + 11./101) / 11, Recall100: 10. / 11, MRR: 1, P10: 1}
	if d := cmp.Diff(want, got, near); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestPairedP(t *testing.T) {
	zeros := func(n int) []float64 { return make([]float64, n) }
	ones := func(n int) []float64 {
		out := zeros(n)
		for i := range out {
			out[i] = 1
		}
		return out
	}
	for _, tt := range []struct {
		name string
		a, b []float64
		want float64
	}{
		{"alike", []float64{0.3, 0.4}, []float64{0.3, 0.4}, 1},
		// Of the 2^5 choices of signs, two give a sum of 5 or -5.
		{"five times better", ones(5), zeros(5), 2. / 32},
		// +1 +1 -1: sums of 1 or more in size are all but none: 3 and 1 are all there is.
		{"two of three", []float64{1, 1, 0}, []float64{0, 0, 1}, 1},
		// 3 of 4: sums of 2 or more in size: 4, -4 once each, 2, -2 four times each.
		{"three of four", []float64{1, 1, 1, 0}, []float64{0, 0, 0, 1}, 10. / 16},
		{"equal queries say nothing", append(ones(5), 7), append(zeros(5), 7), 2. / 32},
	} {
		if got := PairedP(tt.a, tt.b); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%s: PairedP(%v, %v) = %v, want %v", tt.name, tt.a, tt.b, got, tt.want)
		}
		if got := PairedP(tt.b, tt.a); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%s: PairedP(%v, %v) = %v, want %v: it is two-sided", tt.name, tt.b, tt.a, got, tt.want)
		}
	}
	// By drawing: 100 queries of which 60 are won. The binomial tail, both
	// sides, is 0.0569 (60 or more, or 40 or fewer, of 100 fair coins).
	a, b := make([]float64, 100), make([]float64, 100)
	for i := range a {
		if i < 60 {
			a[i] = 1
		} else {
			b[i] = 1
		}
	}
	got := PairedP(a, b)
	if math.Abs(got-0.0569) > 0.003 {
		t.Errorf("60 of 100: %v, want 0.0569", got)
	}
	if again := PairedP(a, b); again != got {
		t.Errorf("60 of 100 again: %v, want the same as before, %v", again, got)
	}
}
