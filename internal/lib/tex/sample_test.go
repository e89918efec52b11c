package tex

import (
	"bufio"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"sort"
	"testing"

	"github.com/klauspost/compress/zstd"
)

var (
	full  = flag.Bool("full", false, "read all papers of the sample, not every 20th")
	worst = flag.Int("worst", 0, "print so many of the commonest reasons for showing source")
)

// samplePapers calls f with the title and the abstract of the papers of the arXiv sample.
func samplePapers(t testing.TB, step int, f func(title, abstract string)) {
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" {
		t.Skip("TESTDATA_DIR is not set: conversion of the arXiv sample's formulas is not measured")
	}
	file, err := os.Open(filepath.Join(dir, "arxiv-sample.jsonl.zst"))
	if err != nil {
		t.Skipf("no arXiv sample, conversion of its formulas is not measured: %v", err)
	}
	defer file.Close()
	z, err := zstd.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for n := 0; lines.Scan(); n++ {
		if n%step != 0 {
			continue
		}
		var p struct{ Title, Abstract string }
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		f(p.Title, p.Abstract)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// mathSpy counts formulas and the reasons why some do not convert.
type mathSpy struct {
	htmlSink
	formulas int
	partial  int
	reasons  map[string][]string
	seen     func(src string, display bool)
}

func (s *mathSpy) math(src string, display bool) {
	s.formulas++
	if s.seen != nil {
		s.seen(src, display)
	}
	_, unknown, err := parseFormula(src, display)
	switch {
	case err != nil:
		s.reasons[err.Error()] = append(s.reasons[err.Error()], src)
	case unknown > 0:
		s.partial++
	}
}

func TestSampleConverts(t *testing.T) {
	// Papers come with their macros in clumps, so that a twentieth of them (99.41 %) strays from the whole (99.51 %).
	step, want := 20, 99.3
	if *full {
		step, want = 1, 99.5
	}
	spy := &mathSpy{reasons: map[string][]string{}}
	papers := 0
	samplePapers(t, step, func(title, abstract string) {
		papers++
		scanText(title, spy)
		scanText(abstract, spy)
		spy.b.Reset()
	})
	var reasons []string
	failed := 0
	for r, all := range spy.reasons {
		reasons = append(reasons, r)
		failed += len(all)
	}
	rate := func(n int) float64 { return 100 * (1 - float64(n)/float64(spy.formulas)) }
	blind := len(spy.reasons["only unknown commands"])
	t.Logf("%d papers, %d formulas: %d shown as source (%d of only unknown commands, %d broken TeX): %.3f %% convert; %d of these show an unknown command by name: %.3f %% convert wholly",
		papers, spy.formulas, failed, blind, failed-blind, rate(failed), spy.partial, rate(failed+spy.partial))
	if rate(failed) < want {
		t.Errorf("%.3f %% of formulas convert, want %.1f %%", rate(failed), want)
	}
	sort.Slice(reasons, func(i, j int) bool { return len(spy.reasons[reasons[i]]) > len(spy.reasons[reasons[j]]) })
	for _, r := range reasons[:min(*worst, len(reasons))] {
		t.Logf("%5d %s   %.160q", len(spy.reasons[r]), r, spy.reasons[r][0])
	}
}
