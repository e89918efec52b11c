package trial

import (
	"context"
	"math"
	"testing"

	"broadsheet"
	"broadsheet/internal/judge"

	"github.com/google/go-cmp/cmp"
)

var docs = []judge.Doc{
	{ID: "bee", Title: "Bees", Text: "Honey bees dance to tell where flowers are."},
	{ID: "ant", Title: "", Text: "Ants follow trails."},
	{ID: "empty"},
	{ID: "sun", Title: "The sun", Text: "A star near us, around which flowers turn."},
}

func TestTrial(t *testing.T) {
	dir := t.TempDir()
	tr, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var last int64
	if err := tr.Fill(context.Background(), NewDocs(docs), 0, func(n int64) { last = n }); err != nil {
		t.Fatal(err)
	}
	if last != int64(len(docs)) {
		t.Errorf("progress ended at %d, want %d", last, len(docs))
	}
	got := func(tr *Trial, text string) (ids []string) {
		found, err := tr.Searcher(broadsheet.ModeLexical).Search(context.Background(), text, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range found {
			ids = append(ids, s.ID)
		}
		return ids
	}
	// Signs of the query language are plain text here.
	for text, want := range map[string][]string{
		"dancing bees":       {"bee"},
		"-flowers title:sun": {"sun", "bee"},
		"flowers bees":       {"bee", "sun"},
		"comets":             nil,
	} {
		if d := cmp.Diff(want, got(tr, text)); d != "" {
			t.Errorf("search for %q (-want +got):\n%s", text, d)
		}
	}
	if err := tr.Close(); err != nil {
		t.Fatal(err)
	}
	if tr, err = Open(dir); err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if d := cmp.Diff([]string{"bee"}, got(tr, "dance")); d != "" {
		t.Errorf("after opening again (-want +got):\n%s", d)
	}
}

func TestFalling(t *testing.T) {
	for _, scores := range [][]float64{{2, 1}, {2, 2, 2, 1}, {1.00000001, 1}, {0, 0}, {0.5, 0.7, 0.6}} {
		var in []judge.Scored
		for i, s := range scores {
			in = append(in, judge.Scored{ID: string(rune('a' + i)), Score: s})
		}
		for i, s := range falling(in) {
			if i > 0 && float32(s.Score) >= float32(in[i-1].Score) {
				t.Errorf("falling of %v: score %d, %v, is not below %v", scores, i, s.Score, in[i-1].Score)
			}
			if math.Abs(s.Score-min(scores[i], scores[0])) > 0.21 {
				t.Errorf("falling of %v: score %d moved to %v", scores, i, s.Score)
			}
		}
	}
}

func TestTerms(t *testing.T) {
	got := Terms()("The GPT-4 models of the $\\alpha$-decay")
	want := []string{"gpt", "4", "model", "alpha", "decay"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestFeed(t *testing.T) {
	f, ctx := feed{NewDocs(docs)}, context.Background()
	var ids []string
	cursor := ""
	for range 10 {
		changes, err := f.Changes(ctx, cursor, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			ids, cursor = append(ids, c.PaperID), c.Cursor
		}
	}
	if d := cmp.Diff([]string{"bee", "ant", "empty", "sun"}, ids); d != "" {
		t.Errorf("changes (-want +got):\n%s", d)
	}
	if n, err := f.Lag(ctx, "1"); n != 3 || err != nil {
		t.Errorf("Lag(1) = %d, %v, want 3", n, err)
	}
	papers, err := f.Papers(ctx, []string{"sun", "none"})
	if err != nil || len(papers) != 1 || papers[0].Title != "The sun" {
		t.Errorf("Papers = %v, %v, want the sun alone", papers, err)
	}
}
