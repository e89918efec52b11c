package search

import (
	"context"
	"testing"

	"broadsheet"
)

// TestCorrect mistypes words.
func TestCorrect(t *testing.T) {
	w := newWorld(t, library(t), spread{segments: 2})
	tests := []struct {
		text, want string
		exact      bool
	}{
		{text: "atention", want: "attention"},
		{text: "attetnion heads", want: "attention heads"},
		{text: "ttaention", want: ""}, // two mistakes, one of them in the first letter
		{text: "tatention", want: "attention"},
		{text: "Neural netwroks", want: "Neural networks"},
		{text: "retreival of documents", want: "retrieval of documents"},
		{text: "languge modles", want: "language models"},
		{text: "languge modles", exact: true},
		{text: "attention", want: ""},
		{text: "xylophone", want: ""},
		{text: "gpt5", want: ""},
		{text: "abc", want: ""},
	}
	for _, tt := range tests {
		q := parse(tt.text)
		q.Exact = tt.exact
		got, err := w.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if got.Corrected != tt.want {
			t.Errorf("%q: corrected to %q, want %q", tt.text, got.Corrected, tt.want)
		}
		if got.Corrected != "" && len(got.Hits) == 0 {
			t.Errorf("%q: nothing found for %q", tt.text, got.Corrected)
		}
	}
	// A word in quotation marks is meant.
	got, err := w.Search(context.Background(), broadsheet.Query{Raw: `"atention"`, Require: [][]broadsheet.Term{{{Text: "atention", Phrase: true}}}})
	if err != nil || got.Corrected != "" || len(got.Hits) > 0 {
		t.Errorf("quoted: got %d hits for %q, error %v, want none", len(got.Hits), got.Corrected, err)
	}
}

// plainDistance is optimal string alignment by its definition.
func plainDistance(a, b string) int {
	if len(a) == 0 || len(b) == 0 {
		return len(a) + len(b)
	}
	cost := 1
	if a[0] == b[0] {
		cost = 0
	}
	d := min(plainDistance(a[1:], b)+1, plainDistance(a, b[1:])+1, plainDistance(a[1:], b[1:])+cost)
	if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] {
		d = min(d, plainDistance(a[2:], b[2:])+1)
	}
	return d
}

// TestSpeller walks a dictionary with skips and compares with the definition.
func TestSpeller(t *testing.T) {
	var words []string
	var grow func(w string)
	grow = func(w string) {
		words = append(words, w)
		if len(w) < 6 {
			grow(w + "a")
			grow(w + "b")
		}
	}
	grow("")
	for _, word := range []string{"ab", "abba", "bbaba", "aaaaa"} {
		for edits := 1; edits <= 2; edits++ {
			s := newSpeller(word, edits)
			for i := 0; i < len(words); i++ {
				d, dead := s.distance([]byte(words[i]))
				if want := plainDistance(word, words[i]); min(want, edits+1) != d {
					t.Fatalf("%q to %q: got %d, want %d", word, words[i], d, want)
				}
				if dead == 0 {
					continue
				}
				prefix := words[i][:dead]
				for i+1 < len(words) && len(words[i+1]) > dead && words[i+1][:dead] == prefix {
					if i++; plainDistance(word, words[i]) <= edits {
						t.Fatalf("%q: %q is skipped with %q", word, words[i], prefix)
					}
				}
			}
		}
	}
}
