package app_test

import (
	"context"
	"testing"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// finder finds the same papers whatever is asked.
type finder struct{ ids []string }

func (f finder) hits() (out []broadsheet.Hit) {
	for _, id := range f.ids {
		out = append(out, broadsheet.Hit{ID: id})
	}
	return out
}

func (f finder) Search(context.Context, broadsheet.Query) (*broadsheet.Results, error) {
	return &broadsheet.Results{Hits: f.hits()}, nil
}

func (f finder) Similar(context.Context, []string, int) ([]broadsheet.Hit, error) {
	return f.hits(), nil
}

func (f finder) Duplicates(context.Context, string) ([]string, error) { return f.ids, nil }

func (f finder) Suggest(context.Context, string, int) ([]broadsheet.Suggestion, error) {
	return nil, nil
}

// TestSearchFindsAnOldID: until the index has caught up it may know a paper by
// an identity that is another's now. Hits and papers stay in step.
func TestSearchFindsAnOldID(t *testing.T) {
	s := storetest.Open(t)
	one, two := paper("2606.00001", "2026-06-29", 1), paper("2606.00002", "2026-06-29", 1)
	one.IDs = []broadsheet.SourceID{{Scheme: "doi", Value: "10.1000/one"}}
	if _, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{one, two}}); err != nil {
		t.Fatal(err)
	}
	doi := "doi:10.1000/one"
	if p, err := s.Papers(t.Context(), []string{doi}); err != nil || len(p) != 1 || p[0].ID != one.ID {
		t.Fatalf("got %v, %v for %s, want %s", p, err, doi, one.ID)
	}
	a, err := app.New(app.Options{Store: s, Finder: finder{[]string{doi, two.ID, one.ID, "2606.09999"}}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := a.Search(t.Context(), app.Search{Text: "paper", Exact: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Hits) != 2 || len(f.Papers) != 2 || f.Hits[0].ID != two.ID || f.Papers[0].ID != two.ID || f.Papers[1].ID != f.Hits[1].ID {
		t.Errorf("got hits %v of %d papers, want %s and %s of the same", f.Hits, len(f.Papers), two.ID, one.ID)
	}
}
