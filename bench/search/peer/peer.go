// Package peer is how other search engines are measured: each is a program of
// its own that gets the same papers and the same queries, and says how long
// each query took. So nothing of them is linked into Broadsheet, a crash of one
// ends nothing else, and memory is its own.
//
// A peer is called as
//
//	PROGRAM FOLDER QUERIES SECONDS < PAPERS
//
// It builds its index in the empty FOLDER, asks every query on one thread for
// the best 20, at most SECONDS a class, and prints an [Answer] as JSON. Papers
// and queries are lines of cells with tabs between, without head lines:
//
//	id  title  abstract  authors, "; " between  categories, blank between  2026-07-01
//	class  text  words, blank between  category or nothing  day or nothing
//
// The words of the classes all and phrase are all wanted, of the others any.
// The class filter is left out. A few queries of each class go before, unmeasured.
package peer

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/bench/search/corpus"
)

// Answer is what a peer prints.
type Answer struct {
	Name         string           `json:"name"` // with its version
	Papers       int              `json:"papers"`
	BuildSeconds float64          `json:"buildSeconds"`
	Bytes        int64            `json:"bytes"` // of the index on disk
	Note         string           `json:"note,omitempty"`
	Runs         map[string][]int `json:"runs"` // class to microseconds of each query
	// Hits are how many results each class had in all: a check that the peer
	// searched for what it was asked.
	Hits map[string]int `json:"hits"`
}

// Warm is how many queries of a class go before the measured ones.
const Warm = 20

// WritePapers writes papers 0 to n-1 of a corpus for a peer.
func WritePapers(w io.Writer, c *corpus.Corpus, n int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	for i := range n {
		var p broadsheet.Paper
		c.Paper(i, &p)
		names := make([]string, len(p.Authors))
		for i, a := range p.Authors {
			names[i] = a.Name
		}
		_, err := fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", p.ID, cell(p.Title), cell(p.Abstract), cell(strings.Join(names, "; ")),
			strings.Join(p.Categories, " "), p.PublishedAt.Format(time.DateOnly))
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

// WriteQueries writes queries for a peer.
func WriteQueries(w io.Writer, all []corpus.Query) error {
	out := bufio.NewWriter(w)
	for _, q := range all {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", q.Class, q.Text, strings.Join(q.Words, " "), q.Category, q.From)
	}
	return out.Flush()
}

// ReadQueries reads what WriteQueries wrote.
func ReadQueries(r io.Reader) (all []corpus.Query, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		if len(f) != 5 {
			return nil, fmt.Errorf("a query has %d cells, want 5: %q", len(f), lines.Text())
		}
		all = append(all, corpus.Query{Class: corpus.Class(f[0]), Text: f[1], Words: strings.Fields(f[2]), Category: f[3], From: broadsheet.Day(f[4])})
	}
	return all, lines.Err()
}

func cell(s string) string { return strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace(s) }

// Run asks queries class by class, for at most so long a class, and keeps how
// long each took. Ask gives the number of results.
func Run(queries []corpus.Query, most time.Duration, ask func(corpus.Query) (int, error)) (runs map[string][]int, hits map[string]int, err error) {
	runs, hits = map[string][]int{}, map[string]int{}
	began, warm := map[corpus.Class]time.Time{}, map[corpus.Class]int{}
	for _, q := range queries {
		if q.Class == corpus.ClassFilter {
			continue
		}
		if warm[q.Class] < Warm {
			warm[q.Class]++
			if _, err := ask(q); err != nil {
				return nil, nil, fmt.Errorf("%s query %q: %w", q.Class, q.Text, err)
			}
			began[q.Class] = time.Now()
			continue
		}
		if time.Since(began[q.Class]) > most {
			continue
		}
		t := time.Now()
		n, err := ask(q)
		if err != nil {
			return nil, nil, fmt.Errorf("%s query %q: %w", q.Class, q.Text, err)
		}
		runs[string(q.Class)] = append(runs[string(q.Class)], int(time.Since(t).Microseconds()))
		hits[string(q.Class)] += n
	}
	return runs, hits, nil
}

// Quantile is the value below which a share of the values lie; 0 of none.
func Quantile(values []int, share float64) int {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}
