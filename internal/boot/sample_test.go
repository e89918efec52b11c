package boot

import (
	"testing"

	"broadsheet"
	"broadsheet/internal/sample"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestSampleGoesIntoAnEmptyStoreOnly(t *testing.T) {
	s := storetest.Open(t)
	for i, want := range []bool{true, false} {
		if got, err := LoadSample(t.Context(), s); err != nil || got != want {
			t.Fatalf("load %d: got %v, %v; want %v", i+1, got, err, want)
		}
	}
	other := storetest.Open(t)
	if _, err := other.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{{ID: "2606.00001", Title: "Of their own"}}}); err != nil {
		t.Fatal(err)
	}
	if got, err := LoadSample(t.Context(), other); err != nil || got {
		t.Errorf("into a store with a paper: got %v, %v; want false", got, err)
	}
}

func TestSampleIsTheEdition(t *testing.T) {
	s := storetest.Open(t)
	if _, err := LoadSample(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	page, err := s.List(t.Context(), broadsheet.List{Kind: broadsheet.ListDay, Key: sample.Day, Sort: broadsheet.SortNew, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	if page.Total != 51 || len(page.Papers) != 51 || !page.Featured {
		t.Fatalf("got %d of %d papers, featured %v; want 51 of 51, featured", len(page.Papers), page.Total, page.Featured)
	}
	want, err := samplePapers(sample.Open())
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range page.Papers {
		w := want[i]
		if p.ID != w.ID || p.Title != w.Title || p.TLDR != w.TLDR || p.AuthorCount != w.AuthorCount || p.CommentCount() != w.ImportedComments ||
			!p.PublishedAt.Equal(w.PublishedAt) || p.Origin != broadsheet.OriginSample {
			t.Errorf("place %d: got %+v, want %+v", i+1, p, w)
		}
		if d := cmp.Diff(w.Organizations, p.Organizations); d != "" {
			t.Errorf("%s: organisations (-want +got):\n%s", p.ID, d)
		}
		if d := cmp.Diff(w.Links, p.Links); d != "" {
			t.Errorf("%s: links (-want +got):\n%s", p.ID, d)
		}
	}
}

func TestSampleGoesWhenPapersComeIn(t *testing.T) {
	s := storetest.Open(t)
	ctx := t.Context()
	if _, err := LoadSample(ctx, s); err != nil {
		t.Fatal(err)
	}
	if gone, err := DropSample(ctx, s); gone || err != nil {
		t.Fatalf("with the sample alone: gone %v, %v", gone, err)
	}
	// A source describes one of the sample's papers, and brings one of its own.
	described := broadsheet.Paper{ID: "2510.21167", Title: "As at the source", Origin: broadsheet.OriginCatalog}
	if _, err := s.Put(ctx, store.Batch{Papers: []broadsheet.Paper{described, {ID: "2606.00001", Title: "Of their own", AnnouncedOn: "2026-06-02"}}}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if gone, err := DropSample(ctx, s); !gone || err != nil {
			t.Fatalf("after papers came in: gone %v, %v", gone, err)
		}
	}
	if day, err := s.LatestDay(ctx, ""); day != "2026-06-02" || err != nil {
		t.Errorf("the newest day is %s, %v", day, err)
	}
	stats, err := s.Stats(ctx)
	if err != nil || stats.Papers != 2 || stats.Features != 0 {
		t.Errorf("got %d papers, %d of them featured, %v; want 2 and 0", stats.Papers, stats.Features, err)
	}
}

// TestSampleGoesWhenOneIsChosen: what a curator puts on today's page is news,
// also where it is a paper of the sample.
func TestSampleGoesWhenOneIsChosen(t *testing.T) {
	s := storetest.Open(t)
	ctx := t.Context()
	if _, err := LoadSample(ctx, s); err != nil {
		t.Fatal(err)
	}
	f := broadsheet.Feature{Day: "2026-07-09", FeaturedAt: broadsheet.Day("2026-07-09").Time(), Submitter: &broadsheet.Person{Key: "carl"}}
	if err := s.FeaturePaper(ctx, "2510.21167", f, broadsheet.Action{Actor: "carl", Act: broadsheet.ActFeature}); err != nil {
		t.Fatal(err)
	}
	if gone, err := DropSample(ctx, s); !gone || err != nil {
		t.Fatalf("after one was chosen: gone %v, %v", gone, err)
	}
	p, err := s.Paper(ctx, "2510.21167")
	if err != nil || len(p.Features) != 1 || p.Features[0].Day != "2026-07-09" {
		t.Errorf("the chosen one has %+v, %v; want its own day alone", p.Features, err)
	}
	if stats, err := s.Stats(ctx); err != nil || stats.Papers != 1 {
		t.Errorf("%d papers are left, %v; want 1", stats.Papers, err)
	}
}
