package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// vectorPapers stores n papers, 2606.00001 and on, and gives their ids.
func vectorPapers(ctx context.Context, t *testing.T, s *store.Store, n int) []string {
	t.Helper()
	var b store.Batch
	var ids []string
	for i := range n {
		id := fmt.Sprintf("2606.%05d", i+1)
		ids = append(ids, id)
		b.Papers = append(b.Papers, broadsheet.Paper{ID: id, Title: "Paper " + id, DOI: "10.1/" + id,
			IDs: []broadsheet.SourceID{{Scheme: "doi", Value: "10.1/" + id}}})
	}
	if _, err := s.Put(ctx, b); err != nil {
		t.Fatal(err)
	}
	return ids
}

func vectorOf(id string, fill int8) store.Vector {
	v := store.Vector{PaperID: id, Hash: store.VectorHash{byte(fill), 2}, Scale: 0.5, Values: make([]int8, 256)}
	for i := range v.Values {
		v.Values[i] = fill - int8(i)
	}
	return v
}

// settle waits until all changes can be read: PostgreSQL shows one when no older
// transaction is open, also none of another test's.
func settle(ctx context.Context, t *testing.T, s *store.Store) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		all, err := s.Changes(ctx, "", 1_000_000)
		must(t, err)
		st, err := s.Stats(ctx)
		must(t, err)
		if int64(len(all)) == st.Changes {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d changes can be read", len(all), st.Changes)
		}
	}
}

// kinds reads the feed after a cursor as "kind id" and gives the new cursor.
func kinds(ctx context.Context, t *testing.T, s *store.Store, after string) ([]string, string) {
	t.Helper()
	settle(ctx, t, s)
	changes, err := s.Changes(ctx, after, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range changes {
		out = append(out, string(c.Kind)+" "+c.PaperID)
		after = c.Cursor
	}
	return out, after
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestVectors(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		ids := vectorPapers(ctx, t, s, 3)
		if _, err := s.PutVectors(ctx, "m", []store.Vector{vectorOf(ids[0], 1)}); broadsheet.KindOf(err) != broadsheet.Conflict {
			t.Errorf("vectors of an unknown model: got %v, want Conflict", err)
		}
		must(t, s.UseVectorModel(ctx, "m", noon))
		must(t, s.UseVectorModel(ctx, "other", noon))
		_, cursor := kinds(ctx, t, s, "")
		generation := s.Generation()

		nothing := store.Vector{PaperID: ids[1], Hash: store.VectorHash{9}}
		n, err := s.PutVectors(ctx, "m", []store.Vector{vectorOf(ids[0], 1), nothing, vectorOf("2606.99999", 3), vectorOf("doi:10.1/"+ids[0], 4)})
		if err != nil || n != 2 {
			t.Fatalf("put: got %d, %v; want 2 papers: one is not here, one came twice", n, err)
		}
		if got, _ := kinds(ctx, t, s, cursor); got != nil {
			t.Errorf("changes before the model is ready: got %q, want none", got)
		}
		if s.Generation() != generation {
			t.Error("vectors were news to caches of pages")
		}
		want := map[string]store.Vector{ids[0]: vectorOf(ids[0], 4), "doi:10.1/" + ids[1]: nothing}
		got, err := s.Vectors(ctx, "m", []string{ids[0], "doi:10.1/" + ids[1], ids[2], "2606.99999"})
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("vectors: %v (-want +got):\n%s", err, d)
		}
		for model, want := range map[string]int64{"m": 2, "other": 0, "unknown": 0} {
			if n, err := s.VectorCount(ctx, model); err != nil || n != want {
				t.Errorf("count of %s: got %d, %v; want %d", model, n, err, want)
			}
		}

		must(t, s.SetVectorsReady(ctx, "m", noon))
		must(t, s.SetVectorsReady(ctx, "m", noon.Add(time.Hour))) // the first counts
		_, err = s.PutVectors(ctx, "m", []store.Vector{vectorOf(ids[2], 5)})
		must(t, err)
		_, err = s.PutVectors(ctx, "other", []store.Vector{vectorOf(ids[2], 6)})
		must(t, err)
		if got, _ := kinds(ctx, t, s, cursor); !cmp.Equal(got, []string{"vectors " + ids[2]}) {
			t.Errorf("changes: got %q, want one of %s", got, ids[2])
		}
		if m, err := s.VectorModel(ctx, "m"); err != nil || !m.ReadyAt.Equal(noon) || !m.UsedAt.Equal(noon) {
			t.Errorf("state: got %+v, %v", m, err)
		}

		must(t, s.Delete(ctx, ids[2:]))
		for _, model := range []string{"m", "other"} {
			if got, err := s.Vectors(ctx, model, ids[2:]); err != nil || len(got) != 0 {
				t.Errorf("vectors of a deleted paper: got %v, %v; want none", got, err)
			}
		}
		vectorPapers(ctx, t, s, 3) // its row may come again
		if got, err := s.Vectors(ctx, "other", ids); err != nil || len(got) != 0 {
			t.Errorf("vectors after the paper came again: got %v, %v; want none", got, err)
		}
	})
}

// After pruning, the one change that is left of a paper may be one of vectors:
// a replay meets every paper, whatever the kind.
func TestPruneChangesWithVectors(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		ids := vectorPapers(ctx, t, s, 3)
		must(t, s.UseVectorModel(ctx, "m", noon))
		must(t, s.SetVectorsReady(ctx, "m", noon))
		_, err := s.PutVectors(ctx, "m", []store.Vector{vectorOf(ids[0], 1), vectorOf(ids[2], 1)})
		must(t, err)
		must(t, s.Delete(ctx, ids[2:]))
		settle(ctx, t, s)
		head, err := s.Head(ctx)
		must(t, err)
		if n, err := s.PruneChanges(ctx, head); err != nil || n != 3 {
			t.Errorf("prune: got %d, %v; want 3", n, err)
		}
		got, _ := kinds(ctx, t, s, "")
		if d := cmp.Diff([]string{"paper " + ids[1], "vectors " + ids[0], "delete " + ids[2]}, got); d != "" {
			t.Errorf("feed (-want +got):\n%s", d)
		}
	})
}

func TestVectorModelIsHeldOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		steps := []struct {
			holder string
			at     time.Duration
			hold   time.Duration
			want   bool
		}{
			{"a", 0, time.Minute, true},
			{"b", 30 * time.Second, time.Minute, false},
			{"a", 50 * time.Second, time.Minute, true},
			{"b", 90 * time.Second, time.Minute, false},
			{"b", 110 * time.Second, time.Minute, true}, // a has not held on
			{"a", 120 * time.Second, time.Minute, false},
			{"b", 121 * time.Second, 0, true}, // given back
			{"a", 121 * time.Second, time.Minute, true},
		}
		for i, step := range steps {
			now := noon.Add(step.at)
			if got, err := s.HoldVectorModel(t.Context(), "m", step.holder, now, now.Add(step.hold)); err != nil || got != step.want {
				t.Errorf("step %d, %s: got %t, %v; want %t", i, step.holder, got, err, step.want)
			}
		}
	})
}

func TestSpendOnVectors(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		must(t, s.UseVectorModel(ctx, "m", noon))
		for i, step := range []struct {
			day    broadsheet.Day
			tokens int64
			want   int64
		}{{"2026-06-01", 10, 10}, {"2026-06-01", 5, 15}, {"2026-06-02", 0, 0}, {"2026-06-02", 7, 7}} {
			if got, err := s.SpendOnVectors(ctx, "m", step.day, step.tokens); err != nil || got != step.want {
				t.Errorf("step %d: got %d, %v; want %d", i, got, err, step.want)
			}
		}
		if m, err := s.VectorModel(ctx, "m"); err != nil || m.SpentOn != "2026-06-02" || m.Spent != 7 {
			t.Errorf("state: got %+v, %v", m, err)
		}
	})
}

func TestPruneVectors(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		ids := vectorPapers(ctx, t, s, 5)
		var vectors []store.Vector
		for i, id := range ids {
			vectors = append(vectors, vectorOf(id, int8(i)))
		}
		for model, used := range map[string]time.Time{"old": noon, "new": noon.AddDate(0, 0, 1)} {
			must(t, s.UseVectorModel(ctx, model, used))
			must(t, s.SetVectorsReady(ctx, model, used))
			_, err := s.PutVectors(ctx, model, vectors)
			must(t, err)
			must(t, s.SetCursor(ctx, "follow/"+store.VectorFollower(model), "0.1"))
		}
		n, err := s.PruneVectors(ctx, noon.Add(time.Minute))
		if err != nil || n != 5 {
			t.Errorf("prune: got %d, %v; want 5", n, err)
		}
		var state []string
		for _, model := range []string{"new", "old"} {
			count, err := s.VectorCount(ctx, model)
			must(t, err)
			m, err := s.VectorModel(ctx, model)
			must(t, err)
			cursor, err := s.Cursor(ctx, "follow/"+store.VectorFollower(model))
			must(t, err)
			state = append(state, fmt.Sprint(model, " ", count, " ready ", !m.ReadyAt.IsZero(), " cursor ", cursor))
		}
		if got, want := strings.Join(state, "; "), "new 5 ready true cursor 0.1; old 0 ready false cursor "; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
