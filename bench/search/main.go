// Command search measures search on a grown corpus: Broadsheet's own against
// the bars, and other engines with the same papers and queries in the same run.
// It prints tables in Markdown; scripts/bench.sh says how it is called.
//
// The corpus has realistic term statistics (see bench/search/corpus), queries
// come from its titles, keywords and common words, and each time is that of one
// query alone on one core. What is built is removed afterwards.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"broadsheet/bench/search/corpus"
	"broadsheet/bench/search/peer"
)

type options struct {
	sample     string
	papers     int
	peerPapers int
	queries    int
	peers      string
	seconds    float64 // a class
	dir        string
	seed       uint64

	serve string // an index to serve, in a process of its own
	write string // "papers" or "queries": print them and do nothing else
}

func main() {
	var o options
	flag.StringVar(&o.sample, "sample", "../shared/data/arxiv-sample.jsonl.zst", "arXiv metadata that the corpus is grown from")
	flag.IntVar(&o.papers, "papers", 3_000_000, "size of the corpus; 0 leaves Broadsheet out")
	flag.IntVar(&o.peerPapers, "peer-papers", 300_000, "size for the peers; 0 leaves them out")
	flag.IntVar(&o.queries, "queries", 1000, "queries of each class")
	flag.StringVar(&o.peers, "peers", "own,fts5,xapian,bleve,postgres", "what is measured at the peers' size")
	flag.Float64Var(&o.seconds, "seconds", 20, "most time for one class of queries of a peer")
	flag.StringVar(&o.dir, "dir", os.TempDir(), "where indexes are built")
	flag.Uint64Var(&o.seed, "seed", 1, "of the corpus and the queries")
	flag.StringVar(&o.serve, "serve", "", "internal: measure the index in this folder")
	flag.StringVar(&o.write, "write", "", "print the papers or the queries of the corpus, as peers get them")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench/search:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	if o.serve != "" {
		return serve(ctx, o)
	}
	say("reading the sample")
	sample, err := corpus.Open(o.sample, 0)
	if err != nil {
		return err
	}
	switch o.write {
	case "":
	case "papers":
		return peer.WritePapers(os.Stdout, corpus.New(sample, o.papers, o.seed), o.papers)
	case "queries":
		return peer.WriteQueries(os.Stdout, corpus.New(sample, o.papers, o.seed).Queries(o.queries, o.seed))
	default:
		return fmt.Errorf("-write %s: what is it? papers or queries", o.write)
	}
	if o.dir, err = os.MkdirTemp(o.dir, "broadsheet-bench-search."); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	if o.papers > 0 {
		if err := measureOwn(ctx, o, corpus.New(sample, o.papers, o.seed)); err != nil {
			return err
		}
	}
	if o.peerPapers > 0 {
		return measurePeers(ctx, o, corpus.New(sample, o.peerPapers, o.seed))
	}
	return nil
}

// writeQueries puts the queries of a corpus where processes find them.
func writeQueries(o options, c *corpus.Corpus) (path string, err error) {
	path = filepath.Join(o.dir, fmt.Sprintf("queries-%d.tsv", c.Papers))
	return path, replace(path, func(w io.Writer) error { return peer.WriteQueries(w, c.Queries(o.queries, o.seed)) })
}

func replace(path string, write func(io.Writer) error) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return write(f)
}

var begin = time.Now()

// say tells whoever waits what goes on.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%5.0f s  %s\n", time.Since(begin).Seconds(), fmt.Sprintf(format, args...))
}

// row prints a row of a table.
func row(cells ...string) { fmt.Println("| " + strings.Join(cells, " | ") + " |") }

// micros is a time in milliseconds with three digits that count.
func micros(us int) string {
	ms := float64(us) / 1000
	switch {
	case ms >= 100:
		return fmt.Sprintf("%.0f", ms)
	case ms >= 10:
		return fmt.Sprintf("%.1f", ms)
	}
	return fmt.Sprintf("%.2f", ms)
}
