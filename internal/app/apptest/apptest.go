// Package apptest gives tests of surfaces the use cases over a store, with the
// real search engine behind them: by words, since what a model finds near
// changes with the model.
package apptest

import (
	"testing"
	"time"

	"broadsheet/internal/app"
	"broadsheet/internal/search"
	"broadsheet/internal/search/index"
	"broadsheet/internal/store"
)

// New gives the use cases at the time now. Searches find what is in the store
// now; call it again after storing more.
func New(t testing.TB, s *store.Store, now time.Time) *app.App {
	t.Helper()
	clock := func() time.Time { return now }
	a, err := app.New(app.Options{Store: s, Finder: Engine(t, s, now), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Engine searches what is in a store now, through an index of its own.
func Engine(t testing.TB, s *store.Store, now time.Time) *search.Engine {
	t.Helper()
	x, err := index.Open(t.TempDir(), index.Options{Setup: index.Setup{Analyzer: search.DocumentVersion, Source: "test"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	if err := search.NewIndexer(search.IndexerOptions{Index: x, Source: s, Category: app.CategoryName}).CatchUp(t.Context(), x.Writer()); err != nil {
		t.Fatal(err)
	}
	return search.New(search.Options{Index: x, Papers: s, Now: func() time.Time { return now }})
}
