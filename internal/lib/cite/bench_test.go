package cite_test

import (
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/lib/cite"
)

// hundred is the longest list that is given at once.
func hundred() []broadsheet.Paper {
	p := papers()[0]
	p.Abstract = strings.Repeat("Tea cools, and nobody says how fast: $T \\propto t^{-1/2}$ holds for cups. ", 18)
	list := make([]broadsheet.Paper, 100)
	for i := range list {
		list[i] = p
	}
	return list
}

func BenchmarkBibTeX(b *testing.B) {
	list := hundred()
	b.ReportAllocs()
	for b.Loop() {
		cite.BibTeX(list)
	}
}

func BenchmarkRIS(b *testing.B) {
	list := hundred()
	b.ReportAllocs()
	for b.Loop() {
		cite.RIS(list)
	}
}

func BenchmarkCSL(b *testing.B) {
	list := hundred()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cite.CSL(list); err != nil {
			b.Fatal(err)
		}
	}
}
