package search

import (
	"context"
	"fmt"
	"strings"
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
	tests := []struct {
		text string
		want []string
	}{
		{"", nil},
		{"c", []string{"category cs", "category cs.LG", "category cs.CL"}},
		{"cs.i", []string{"category cs.IR Information Retrieval"}},
		{"information", []string{"category cs.IR Information Retrieval"}},
		{"word", []string{"organization word-lab Word Lab", "query words", "paper p20 Vectors of words", "paper p15 Retrieval by meaning and by word"}},
		{"cat:cs.i", []string{"category cs.IR Information Retrieval"}},
		{"org:wor", []string{"organization word-lab Word Lab"}},
		{"author:okaf", []string{"author mira-okafor Mira Okafor"}},
		{`author:"ada v`, []string{"author ada-vassos Ada Vassos"}},
		{"author:", nil},
		{"okaf", []string{"author mira-okafor Mira Okafor"}},
		{"ada v", []string{"author ada-vassos Ada Vassos"}},
		{"vassos ad", []string{"author ada-vassos Ada Vassos"}},
		{"language mod", []string{"query language models plan", "paper p19 Language models plan well with a search", "paper p18 Language models plan badly"}},
		{"black", []string{"query black hole", "paper p13 Black rings", "paper p11 Entropy of black holes from strings", "paper p12 Black hole mergers heard by detectors"}},
		{"vis", []string{"query vision", "query visual", "paper p14 Attention in the visual cortex", "paper p03 Vision transformers see texture"}},
		{"Large lang", []string{"query Large language"}},
		{"the entropy of a bla", []string{"query the entropy of a black"}},
		{"black ho", []string{"query black hole", "paper p11 Entropy of black holes from strings", "paper p12 Black hole mergers heard by detectors"}},
		{"the h", []string{"paper p21 The who and the whom of causal graphs", "paper p14 Attention in the visual cortex"}},
		{"dense sup", nil}, // both are words, nowhere side by side
		{`"black ho`, []string{"paper p11 Entropy of black holes from strings", "paper p12 Black hole mergers heard by detectors"}},
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

// TestSuggestOrganizations: a lab late in the alphabet is found among very many,
// in whatever case its key is.
func TestSuggestOrganizations(t *testing.T) {
	var papers []broadsheet.Paper
	for i := range 60 {
		p := broadsheet.Paper{ID: fmt.Sprintf("2606.%05d", i), Title: "A paper"}
		for j := range 100 {
			p.Organizations = append(p.Organizations, broadsheet.Organization{Key: fmt.Sprintf("Lab-%d-%d", i, j), Name: "One of many"})
		}
		papers = append(papers, p)
	}
	papers[3].Organizations = append(papers[3].Organizations, broadsheet.Organization{Key: "Zephyr-Lab", Name: "Zephyr Lab"})
	w := newWorld(t, papers, spread{segments: 1})
	got, err := w.Suggest(t.Context(), "zephyr l", 10)
	want := []broadsheet.Suggestion{{Kind: "organization", Text: "Zephyr Lab", Key: "Zephyr-Lab", Count: 1}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("zephyr l: error %v (-want +got):\n%s", err, diff)
	}
}

// TestNobodyPutsWordsBeforeOthers: whatever is asked how often is suggested to
// nobody.
func TestNobodyPutsWordsBeforeOthers(t *testing.T) {
	w := newWorld(t, library(t), spread{segments: 1})
	for range 100 {
		if _, err := w.Search(t.Context(), broadsheet.ParseQuery("black holes are a hoax of mine")); err != nil {
			t.Fatal(err)
		}
	}
	got, err := w.Suggest(t.Context(), "black holes a", 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range got {
		if strings.Contains(s.Text, "hoax") {
			t.Errorf("black holes a: suggested %+v, which is in no paper", s)
		}
	}
}
