package search

import (
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/segment"
	"broadsheet/internal/search/index"

	"github.com/google/go-cmp/cmp"
)

// TestDocument shows what is made of a paper, term by term.
func TestDocument(t *testing.T) {
	p := broadsheet.Paper{
		ID: "2606.00001", Title: "The Maps of GPT-4", TLDR: "Maps fold.", Abstract: "We fold the maps.",
		Authors:    []broadsheet.Author{{Name: "Ada Person", Key: "person_a"}, {Name: "Bo Li", Key: "li_b"}},
		Categories: []string{"cs.LG", "hep-th"}, Keywords: []string{"Origami  Maps"},
		Organizations: []broadsheet.Organization{{Key: "lab", Name: "The Lab"}},
		Note:          "9 pages", JournalRef: "J. Maps 1",
		Links:         []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://example.org/code"}},
		Features:      []broadsheet.Feature{{Day: "2026-06-02"}},
		PublishedAt:   time.Date(1800, 1, 1, 1, 0, 30, 0, time.UTC),
		ImportedVotes: 7, Comments: 1,
	}
	x := openIndex(t, t.TempDir())
	d := newDocuments(segment.Options{Weights: segment.DefaultWeights, Model: "toy"}, toy{"toy"}, func(c string) string { return map[string]string{"cs.LG": "Machine Learning"}[c] })
	d.add(&p, 12345, nil)
	if err := x.Apply(t.Context(), index.Batch{Builders: []*segment.Builder{d.builder}}); err != nil {
		t.Fatal(err)
	}
	got, path := dumpOf(t, x)["2606.00001"], filepath.Join("testdata", "document.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

func TestMinutes(t *testing.T) {
	for _, c := range []struct {
		t    time.Time
		want uint32
	}{
		{time.Time{}, 0},
		{time.Date(1665, 3, 6, 0, 0, 0, 0, time.UTC), 1},
		{time.Date(1800, 1, 1, 0, 1, 59, 0, time.UTC), 1},
		{time.Date(1800, 1, 2, 0, 0, 0, 0, time.UTC), 1440},
		{time.Date(1969, 12, 31, 23, 59, 30, 0, time.UTC), 89411039},
		{time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), 119082240},
		{time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC), math.MaxUint32},
	} {
		if got := Minutes(c.t); got != c.want {
			t.Errorf("Minutes(%v) = %d, want %d", c.t, got, c.want)
		}
	}
	if got := TimeOf(Minutes(time.Date(2026, 6, 1, 12, 34, 56, 0, time.UTC))); got != time.Date(2026, 6, 1, 12, 34, 0, 0, time.UTC) {
		t.Errorf("got %v", got)
	}
	if !TimeOf(0).IsZero() {
		t.Error("an unknown time is known")
	}
}

func TestPopularity(t *testing.T) {
	got := []uint8{}
	for _, n := range []int{-5, 0, 1, 2, 3, 4, 10, 11, 100, 101, 120, 1000, math.MaxInt32} {
		got = append(got, Popularity(n, 0))
	}
	if diff := cmp.Diff([]uint8{0, 0, 1, 5, 7, 9, 14, 14, 27, 27, 28, 40, 124}, got); diff != "" {
		t.Errorf("buckets (-want +got):\n%s", diff)
	}
	if Popularity(1, 2) != Popularity(5, 0) {
		t.Error("a comment is not two votes")
	}
}
