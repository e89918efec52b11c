package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

func TestStretches(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if got, err := s.Stretches(t.Context()); err != nil || len(got) != 0 {
			t.Fatalf("without papers: %v, %v, want none", got, err)
		}
		day := time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
		var papers []broadsheet.Paper
		for i := range 3 {
			papers = append(papers, broadsheet.Paper{ID: fmt.Sprintf("2606.0000%d", i+1), Title: "A", PublishedAt: day})
		}
		papers[1].UpdatedAt = day.AddDate(0, 0, 1)
		if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Stretches(t.Context()); err != nil || !cmp.Equal(got, []int{1}) {
			t.Errorf("stretches: %v, %v, want 1", got, err)
		}
		got, err := s.Stretch(t.Context(), 1)
		want := []store.Mark{{ID: "2606.00001", At: day}, {ID: "2606.00002", At: day.AddDate(0, 0, 1)}, {ID: "2606.00003", At: day}}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("stretch 1: %v (-want +got):\n%s", err, diff)
		}
		if got, err := s.Stretch(t.Context(), 2); err != nil || len(got) != 0 {
			t.Errorf("stretch 2: %v, %v, want none", got, err)
		}
	})
}
