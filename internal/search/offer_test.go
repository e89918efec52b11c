package search

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
)

// TestOffer types what is probably meant otherwise, though some paper has it, and
// conditions that nothing meets.
func TestOffer(t *testing.T) {
	var papers []broadsheet.Paper
	for i := range 300 {
		p := broadsheet.Paper{ID: fmt.Sprintf("2606.%05d", i), Title: "Attention for speech", Categories: []string{"hep-th", "cs.LG"}}
		if i%100 == 0 {
			p.Abstract = "A word on curvature."
		}
		if i < 5 {
			p.Authors = []broadsheet.Author{{Name: "Aaron Courville", Key: "aaron-courville"}}
		}
		papers = append(papers, p)
	}
	papers[7].Title = "Speach"
	w := newWorld(t, papers, spread{segments: 2, blind: true})
	lack := func(text string, f broadsheet.Field) broadsheet.Term { return broadsheet.Term{Text: text, Field: f} }
	name := func(text string) broadsheet.Term {
		return broadsheet.Term{Text: text, Field: broadsheet.FieldAuthor, Phrase: true}
	}
	for _, tt := range []struct {
		text      string
		suggested string
		lacking   []broadsheet.Term
		notes     []string
	}{
		{text: "speach", suggested: "speech"},
		{text: "Speach and attention", suggested: "Speech and attention"},
		{text: "speech"},
		{text: "title:atention", suggested: "title:attention", lacking: []broadsheet.Term{lack("atention", "title")}},
		{text: "+atention speech", suggested: "+attention speech", lacking: []broadsheet.Term{lack("atention", "")}},
		{text: "title:curvature", lacking: []broadsheet.Term{lack("curvature", "title")}},
		{text: "title:curvature OR title:attention"},
		{text: `title:"atention for speech"`, suggested: `title:"attention for speech"`, lacking: []broadsheet.Term{lack("atention", "title")}},
		{text: "author:Courvile", suggested: "author:Courville", lacking: []broadsheet.Term{lack("Courvile", "author")}},
		{text: `author:"Aron Courville"`, suggested: `author:"Aaron Courville"`, lacking: []broadsheet.Term{name("Aron Courville")}},
		{text: `author:"Aaron Curvile"`, lacking: []broadsheet.Term{lack("Curvile", "author")}},
		{text: `author:"Courville Nobody"`, lacking: []broadsheet.Term{lack("Nobody", "author")}},
		{text: "cat:hep", notes: []string{"cat:hep no paper here is in such a category: there is hep-th"}},
		{text: "id:2606.00001,2606.09999", notes: []string{"id:2606.09999 this paper is not here"}},
	} {
		got, err := w.Search(t.Context(), broadsheet.ParseQuery(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		if got.Suggested != tt.suggested {
			t.Errorf("%s: suggested %q, want %q", tt.text, got.Suggested, tt.suggested)
		}
		if diff := cmp.Diff(tt.lacking, got.Lacking); diff != "" {
			t.Errorf("%s: lacking (-want +got):\n%s", tt.text, diff)
		}
		var notes []string
		for _, n := range got.Query.Ignored {
			notes = append(notes, n.Text+" "+n.Why)
		}
		if diff := cmp.Diff(tt.notes, notes); diff != "" {
			t.Errorf("%s: notes (-want +got):\n%s", tt.text, diff)
		}
		q := broadsheet.ParseQuery(tt.text)
		q.Exact = true
		if got, err := w.Search(t.Context(), q); err != nil || got.Suggested != "" || got.Lacking != nil {
			t.Errorf("%s, exact: suggested %q, lacking %v, error %v, want nothing", tt.text, got.Suggested, got.Lacking, err)
		}
	}
}

// TestSuggestNoSlip: a word is not gone on with to what is likely a misspelling.
func TestSuggestNoSlip(t *testing.T) {
	papers := []broadsheet.Paper{{ID: "2606.00001", Abstract: "By tranform or by tranquil."}}
	for i := range 300 {
		papers = append(papers, broadsheet.Paper{ID: fmt.Sprintf("2607.%05d", i), Title: "A transform"})
	}
	w := newWorld(t, papers, spread{segments: 1, blind: true})
	for text, want := range map[string][]broadsheet.Suggestion{"tranf": nil, "tranq": {{Kind: "query", Text: "tranquil"}}} {
		got, err := w.Suggest(t.Context(), text, 10)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: error %v (-want +got):\n%s", text, err, diff)
		}
	}
}

// TestPutFor replaces words that stand by themselves.
func TestPutFor(t *testing.T) {
	for _, tt := range []struct{ text, old, word, want string }{
		{"at attention", "at", "an", "an attention"},
		{"attention at", "at", "an", "attention an"},
		{"title:Atention", "Atention", "attention", "title:Attention"},
		{"éat", "at", "an", "éat"},
		{"at", "at", "", "at"},
	} {
		if got := putFor(tt.text, tt.old, tt.word); got != tt.want {
			t.Errorf("%q for %q in %q: got %q, want %q", tt.word, tt.old, tt.text, got, tt.want)
		}
	}
	for _, tt := range []struct{ text, key, want string }{
		{`author:"Aron Courville" x`, "aron-courville", "Aron Courville"},
		{"author:aron-courville", "aron-courville", "aron-courville"},
		{`author:"José Núñez"`, "josé-núñez", "José Núñez"},
		{"nobody", "aron-courville", ""},
	} {
		if got := nameIn(tt.text, tt.key); got != tt.want {
			t.Errorf("%s in %q: got %q, want %q", tt.key, tt.text, got, tt.want)
		}
	}
}
