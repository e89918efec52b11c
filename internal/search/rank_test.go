package search

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
)

// TestRanks shows what real queries find in a small library. Whoever changes
// the ranking reads the difference.
func TestRanks(t *testing.T) {
	w := newWorld(t, library(t), spread{segments: 2})
	var out bytes.Buffer
	for _, line := range lines(t, "queries.txt") {
		mode, text, _ := strings.Cut(line, " | ")
		q := parse(text)
		q.Mode = broadsheet.Mode(mode)
		got, err := w.Search(context.Background(), q)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		more := ""
		if got.AtLeast {
			more = "+"
		}
		fmt.Fprintf(&out, "%s: %s (%d%s)\n", mode, text, got.Total, more)
		if got.Corrected != "" {
			fmt.Fprintf(&out, "  instead: %s\n", got.Corrected)
		}
		for _, h := range got.Hits[:min(5, len(got.Hits))] {
			p, _ := w.Papers(context.Background(), []string{h.ID})
			fmt.Fprintf(&out, "  %.3f %s %s\n", h.Score, h.ID, p[0].Title)
		}
	}
	golden := filepath.Join("testdata", "rank", "ranks.golden")
	if *update {
		if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("ranks differ (-want +got; -update writes them anew):\n%s", diff)
	}
}

func lines(t testing.TB, name string) (out []string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "rank", name))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}

func library(t testing.TB) (papers []broadsheet.Paper) {
	t.Helper()
	for _, line := range lines(t, "papers.txt") {
		f := strings.Split(line, " | ")
		if len(f) != 7 {
			t.Fatalf("paper %q has %d fields, want 7", line, len(f))
		}
		p := broadsheet.Paper{ID: f[0], Categories: strings.Fields(f[3]), Title: f[5], Abstract: f[6]}
		p.PublishedAt, _ = time.Parse(time.DateOnly, f[1])
		p.Votes, _ = strconv.Atoi(f[2])
		for name := range strings.SplitSeq(f[4], ", ") {
			p.Authors = append(p.Authors, broadsheet.Author{Name: name, Key: strings.ToLower(strings.ReplaceAll(name, " ", "-"))})
		}
		papers = append(papers, p)
	}
	return papers
}

// parse reads the little of the query language that rank tests need.
func parse(text string) broadsheet.Query {
	q := broadsheet.Query{Raw: text}
	if phrase, ok := strings.CutPrefix(text, `"`); ok {
		q.Require = [][]broadsheet.Term{{{Text: strings.TrimSuffix(phrase, `"`), Phrase: true}}}
		return q
	}
	for w := range strings.FieldsSeq(text) {
		field, rest, ok := strings.Cut(w, ":")
		switch {
		case ok:
			q.Require = append(q.Require, []broadsheet.Term{{Text: rest, Field: broadsheet.Field(field)}})
		case w[0] == '-':
			q.Exclude = append(q.Exclude, broadsheet.Term{Text: w[1:]})
		default:
			q.Words = append(q.Words, broadsheet.Term{Text: strings.TrimSuffix(w, "*"), Prefix: strings.HasSuffix(w, "*")})
		}
	}
	return q
}
