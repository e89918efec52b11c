package search

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
)

// TestSuggest types a little and looks at what is offered.
func TestSuggest(t *testing.T) {
	papers := library(t)
	papers[15].Organizations = []broadsheet.Organization{{Key: "word-lab", Name: "Word Lab"}}
	w := newWorld(t, papers, spread{segments: 3})
	w.o.Category = func(c string) string { return map[string]string{"cs.IR": "Information Retrieval"}[c] }
	for range askedShown {
		if _, err := w.Search(context.Background(), broadsheet.Query{Raw: "Black  holes", Words: []broadsheet.Term{{Text: "black"}}}); err != nil {
			t.Fatal(err)
		}
	}
	w.Search(context.Background(), broadsheet.Query{Raw: "black magic", Words: []broadsheet.Term{{Text: "black"}}})
	tests := []struct {
		text string
		want []string
	}{
		{"", nil},
		{"c", []string{"category cs", "category cs.LG", "category cs.CL"}},
		{"cs.i", []string{"category cs.IR Information Retrieval"}},
		{"information", []string{"category cs.IR Information Retrieval"}},
		{"word", []string{"organization word-lab Word Lab", "paper p20 Vectors of words", "paper p15 Retrieval by meaning and by word"}},
		{"okaf", []string{"author mira-okafor Mira Okafor"}},
		{"ada v", []string{"author ada-vassos Ada Vassos"}},
		{"vassos ad", []string{"author ada-vassos Ada Vassos"}},
		{"language mod", []string{"paper p19 Language models plan well with a search", "paper p18 Language models plan badly"}},
		{"black", []string{"paper p13 Black rings", "paper p11 Entropy of black holes from strings", "paper p12 Black hole mergers heard by detectors", "query black holes"}},
		{"zzzz", nil},
		{"???", nil},
	}
	for _, tt := range tests {
		got, err := w.Suggest(context.Background(), tt.text, 10)
		if err != nil {
			t.Fatal(err)
		}
		var shown []string
		for _, s := range got {
			line := s.Kind
			if s.Key != "" {
				line += " " + s.Key
			}
			if s.Text != s.Key {
				line += " " + s.Text
			}
			shown = append(shown, line)
		}
		if diff := cmp.Diff(tt.want, shown); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
}

// TestAsked keeps few and shows only what many asked.
func TestAsked(t *testing.T) {
	var a asked
	a.init()
	for range 2 {
		a.note("graph neural networks")
	}
	if got := a.match("graph", 5); len(got) > 0 {
		t.Errorf("asked twice: got %q, want nothing", got)
	}
	a.note(" Graph neural  networks")
	if diff := cmp.Diff([]string{"graph neural networks"}, a.match("Graph", 5)); diff != "" {
		t.Errorf("asked three times (-want +got):\n%s", diff)
	}
	for range 8 {
		a.note("graph neural networks")
	}
	for i := range 3 * askedMost {
		a.note(fmt.Sprint("query ", i))
	}
	if len(a.count) > askedMost+1 {
		t.Errorf("got %d queries counted, want at most %d", len(a.count), askedMost+1)
	}
	for _, secret := range []string{"ada@example.org", "", "ab"} {
		for range 5 {
			a.note(secret)
		}
		if got := a.match(secret[:len(secret)/2], 5); len(got) > 0 && secret != "" {
			t.Errorf("%q is shown: %q", secret, got)
		}
	}
}
