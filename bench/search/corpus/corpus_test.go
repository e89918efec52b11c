package corpus

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"broadsheet"

	"github.com/google/go-cmp/cmp"
)

// madeUp is a sample of made-up papers: two fields, words that only one has.
func madeUp(t *testing.T) *Sample {
	t.Helper()
	var b strings.Builder
	for i := range 2 * smallField {
		word := strings.Map(func(r rune) rune { return r - '0' + 'k' }, fmt.Sprintf("%04d", i))
		topic, cat := "bees", "q-bio.PE"
		if i%2 == 0 {
			topic, cat = "comets", "astro-ph.EP"
		}
		fmt.Fprintf(&b, `{"title": "Observation number %s of %s", "categories": "%s", "authors_parsed": [["Name%d", "A.", ""]],
			"abstract": "We report the %dth observation of %s in the field. A rare uniq%s occurs in only one of them. It is the end of the summary %d."}`,
			word, topic, cat, i, i, topic, word, i)
		b.WriteString("\n")
	}
	s, err := Read(strings.NewReader(strings.ReplaceAll(b.String(), ",\n\t\t\t", ", ")), 0)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPaper(t *testing.T) {
	c := New(madeUp(t), 3000, 7)
	again := New(madeUp(t), 3000, 7)
	seen, ids := map[string]int{}, map[string]bool{}
	last := broadsheet.Paper{}
	for i := range c.Papers {
		var p, q broadsheet.Paper
		c.Paper(i, &p)
		again.Paper(i, &q)
		if d := cmp.Diff(p, q); d != "" {
			t.Fatalf("paper %d is not the same twice:\n%s", i, d)
		}
		text := p.Title + "\n" + p.Abstract
		if before, ok := seen[text]; ok {
			t.Errorf("papers %d and %d are the same: %s", before, i, text)
		}
		seen[text] = i
		if ids[p.ID] {
			t.Errorf("paper %d has id %s again", i, p.ID)
		}
		ids[p.ID] = true
		if _, _, ok := broadsheet.ParseArxivID(p.ID); !ok {
			t.Errorf("paper %d has id %q, which is none of arXiv's", i, p.ID)
		}
		if n, ok := c.Number(p.ID); !ok || n != i {
			t.Errorf("Number(%q) = %d, %v, want %d", p.ID, n, ok, i)
		}
		if p.PublishedAt.Before(last.PublishedAt) {
			t.Errorf("paper %d is of %v, after one of %v", i, p.PublishedAt, last.PublishedAt)
		}
		if bees := strings.Contains(text, "bees"); bees != (p.Categories[0] == "q-bio.PE") || bees == strings.Contains(text, "comets") {
			t.Errorf("paper %d of %v mixes fields: %s", i, p.Categories, text)
		}
		last = p
	}
}

func TestQueries(t *testing.T) {
	c := New(madeUp(t), 500, 7)
	got := c.Queries(20, 1)
	count := map[Class]int{}
	for _, q := range got {
		count[q.Class]++
		if len(q.Words) == 0 || q.Text == "" || (q.Category != "") != (q.Class == ClassFilter) {
			t.Errorf("query %+v", q)
		}
	}
	for _, class := range Classes {
		if count[class] != 20 {
			t.Errorf("%d queries of class %s, want 20", count[class], class)
		}
	}
	if d := cmp.Diff(got, c.Queries(20, 1)); d != "" {
		t.Errorf("queries are not the same twice:\n%s", d)
	}
}

// TestHeaps grows part of the sample eightfold and holds the growth of its
// vocabulary against that within the sample: V ~ n^beta.
func TestHeaps(t *testing.T) {
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" {
		t.Skip("TESTDATA_DIR is not set")
	}
	s, err := Open(filepath.Join(dir, "arxiv-sample.jsonl.zst"), 16000)
	if err != nil {
		t.Fatal(err)
	}
	n := s.Len()
	real := map[string]bool{}
	var eighth int
	for i, p := range s.order {
		if i == n/8 {
			eighth = len(real)
		}
		collect(real, s.of(s.papers[p].title))
		for _, x := range s.papers[p].sentences {
			collect(real, s.of(x))
		}
	}
	want := math.Log(float64(len(real))/float64(eighth)) / math.Log(8)

	grown := map[string]bool{}
	c := New(s, 8*n, 1)
	var first int
	for i := range c.Papers {
		if i == n {
			first = len(grown)
		}
		var p broadsheet.Paper
		c.Paper(i, &p)
		collect(grown, p.Title)
		collect(grown, p.Abstract)
	}
	got := math.Log(float64(len(grown))/float64(first)) / math.Log(8)
	t.Logf("%d papers: beta %.3f in the sample, %.3f in what grows from it; %d and %d words", n, want, got, len(real), len(grown))
	if math.Abs(got-want) > 0.1 {
		t.Errorf("vocabulary grows with the power %.3f, that of the sample with %.3f", got, want)
	}
}

func collect(into map[string]bool, text string) {
	eachWord(text, func(word string, _, _ int) { into[strings.ToLower(word)] = true })
}
