package peer

import (
	"errors"
	"strings"
	"testing"
	"time"

	"broadsheet/bench/search/corpus"

	"github.com/google/go-cmp/cmp"
)

func TestQueriesThereAndBack(t *testing.T) {
	want := []corpus.Query{
		{Class: corpus.ClassQuestion, Text: "how do bees dance", Words: []string{"bees", "dance"}},
		{Class: corpus.ClassFilter, Text: "bees", Words: []string{"bees"}, Category: "q-bio.PE", From: "2020-01-01"},
	}
	var b strings.Builder
	if err := WriteQueries(&b, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadQueries(strings.NewReader(b.String()))
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, d)
	}
	if _, err := ReadQueries(strings.NewReader("all\tbees\n")); err == nil {
		t.Error("a line of two cells gives no error")
	}
}

func TestRun(t *testing.T) {
	var queries []corpus.Query
	for range Warm + 3 {
		queries = append(queries, corpus.Query{Class: corpus.ClassAll}, corpus.Query{Class: corpus.ClassFilter})
	}
	asked := 0
	runs, hits, err := Run(queries, time.Hour, func(corpus.Query) (int, error) { asked++; return 2, nil })
	if err != nil || asked != Warm+3 || len(runs["all"]) != 3 || hits["all"] != 6 || len(runs) != 1 {
		t.Errorf("asked %d, measured %v, hits %v, error %v; want %d, three of all, 6, none", asked, runs, hits, err, Warm+3)
	}
	if runs, _, _ = Run(queries, -1, func(corpus.Query) (int, error) { return 0, nil }); len(runs["all"]) != 0 {
		t.Errorf("measured %v after the time was over", runs)
	}
	if _, _, err = Run(queries, time.Hour, func(corpus.Query) (int, error) { return 0, errors.New("no") }); err == nil {
		t.Error("an error of the engine is lost")
	}
}

func TestQuantile(t *testing.T) {
	for _, tt := range []struct {
		values []int
		share  float64
		want   int
	}{
		{nil, 0.5, 0}, {[]int{7}, 0.99, 7}, {[]int{3, 1, 2}, 0.5, 2}, {[]int{1, 2, 3, 4}, 1, 4},
	} {
		if got := Quantile(tt.values, tt.share); got != tt.want {
			t.Errorf("Quantile(%v, %v) = %d, want %d", tt.values, tt.share, got, tt.want)
		}
	}
}
