package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
)

// TestSimilar looks for papers like some.
func TestSimilar(t *testing.T) {
	papers := library(t)
	twin := papers[0]
	twin.ID, twin.Title = "p01b", "Attention is enough."
	papers = append(papers, twin)
	w := newWorld(t, papers, spread{segments: 3})
	blind := newWorld(t, papers, spread{segments: 1, blind: true})
	tests := []struct {
		name string
		ids  []string
		want []string // among the first three
	}{
		{"one", []string{"p23"}, []string{"p24"}},
		{"several", []string{"p11", "p13"}, []string{"p12"}},
		{"one that is not here among them", []string{"p15", "nobody"}, []string{"p20"}},
		{"the same twice", []string{"p18", "p18"}, []string{"p19"}},
	}
	for _, tt := range tests {
		for name, w := range map[string]*world{"": w, "without vectors: ": blind} {
			got, err := w.Similar(context.Background(), tt.ids, 3)
			if err != nil {
				t.Errorf("%s%s: %v", name, tt.name, err)
			}
			for i, h := range got {
				if slices.Contains(tt.ids, h.ID) {
					t.Errorf("%s%s: %s is like itself", name, tt.name, h.ID)
				}
				if i > 0 && h.Score > got[i-1].Score {
					t.Errorf("%s%s: %v after %v", name, tt.name, h.Score, got[i-1].Score)
				}
			}
			for _, want := range tt.want {
				if !slices.ContainsFunc(got, func(h broadsheet.Hit) bool { return h.ID == want }) {
					t.Errorf("%s%s: got %v, want %s among them", name, tt.name, got, want)
				}
			}
		}
	}
	if _, err := w.Similar(context.Background(), []string{"nobody"}, 3); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("like nobody: got error %v, want NotFound", err)
	}
	same, err := w.Duplicates(context.Background(), "p01")
	if diff := cmp.Diff([]string{"p01b"}, same); diff != "" || err != nil {
		t.Errorf("duplicates of p01, error %v (-want +got):\n%s", err, diff)
	}
	if same, err := w.Duplicates(context.Background(), "p18"); len(same) > 0 || err != nil {
		t.Errorf("duplicates of p18: got %v, error %v, want none", same, err)
	}
}

// TestTellingIsBounded: papers with very many words cost no more than some, and
// nobody waits for what is not wanted any more.
func TestTellingIsBounded(t *testing.T) {
	w := newWorld(t, library(t), spread{segments: 1})
	counts := map[string]float64{"black": 3, "hole": 2}
	for i := range 50_000 {
		counts[fmt.Sprintf("nonsense%d", i)] = 1
	}
	if got := mostCounted(counts, likeLooked); len(got) != likeLooked || got[0] != "black" || got[1] != "hole" {
		t.Errorf("%d words are looked up, first %q; want %d, first black and hole", len(got), got[:2], likeLooked)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.withView(t.Context(), func(v *view) error {
		return (&planner{plan: plan{}, view: v}).telling(ctx, counts)
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got error %v, want context.Canceled", err)
	}
}
