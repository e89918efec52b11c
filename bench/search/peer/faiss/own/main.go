// Command own measures the vector part of search: the share of the exact ten
// nearest that it finds, and its time. The vectors are those that the built-in
// model gives to a grown corpus and to queries of it.
//
//	go run ./bench/search/peer/faiss/own -sample FILE -papers 1000000 [-write FOLDER | -read FOLDER]
//
// With -write the same vectors go to FOLDER/vectors.f32 and FOLDER/queries.f32, 256
// little-endian float32 each, for faiss.cc beside this, to be run on the same
// machine:
//
//	c++ -O3 -march=native -std=c++17 -fopenmp bench/search/peer/faiss/faiss.cc -o faiss -lfaiss -llapack -lblas
//	./faiss FOLDER/vectors.f32 FOLDER/queries.f32
//
// With -read they come from there, and may have been made by anything.
//
// Exact means float32 vectors. The times are of one goroutine, one query after the
// other, with 1,024 candidates where nothing else is said.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/bench/search/corpus"
	"broadsheet/internal/embed/static"
	"broadsheet/internal/lib/vec"
)

const k = 10

type options struct {
	sample          string
	papers, queries int
	write, read     string
}

func main() {
	var o options
	flag.StringVar(&o.sample, "sample", "../shared/data/arxiv-sample.jsonl.zst", "arXiv metadata that the corpus is grown from")
	flag.IntVar(&o.papers, "papers", 1_000_000, "size of the corpus")
	flag.IntVar(&o.queries, "queries", 20, "queries of each class")
	flag.StringVar(&o.write, "write", "", "folder for the vectors, for others to read")
	flag.StringVar(&o.read, "read", "", "folder with vectors, instead of a corpus")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "own:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	open := fromCorpus
	if o.read != "" {
		open = fromFiles
	}
	b, err := open(o)
	if err != nil {
		return err
	}
	if o.write != "" {
		if err := b.save(o.write); err != nil {
			return err
		}
	}
	if err := b.fill(); err != nil {
		return err
	}
	b.report()
	return nil
}

type bench struct {
	papers  int
	paper   func(i int, v []float32) error // the vector of a paper, zeros for none
	queries [][]float32
	out     io.WriteCloser // where the papers' vectors go besides, or nil

	part  vec.Part
	truth [][]vec.Hit // the exact nearest of each query, best first
}

func fromCorpus(o options) (*bench, error) {
	s, err := corpus.Open(o.sample, 0)
	if err != nil {
		return nil, err
	}
	model, err := static.Load()
	if err != nil {
		return nil, err
	}
	c := corpus.New(s, o.papers, 1)
	b := &bench{papers: o.papers, paper: func(i int, v []float32) error {
		var p broadsheet.Paper
		c.Paper(i, &p)
		if !model.Vector(v, p.Title+"\n"+p.Abstract) {
			clear(v)
		}
		return nil
	}}
	for _, q := range c.Queries(o.queries, 1) {
		v := make([]float32, vec.Dim)
		if q.Class != corpus.ClassFilter && model.Vector(v, q.Text) {
			b.queries = append(b.queries, v)
		}
	}
	return b, nil
}

// fill takes the papers' vectors block by block and compares each with every query
// while it is at hand: 3 million float vectors would not fit beside the rest.
func (b *bench) fill() (err error) {
	if b.out != nil {
		defer func() { err = errors.Join(err, b.out.Close()) }()
	}
	b.part = vec.Part{Codes: make([]byte, b.papers*vec.CodeSize), Rows: make([]int8, b.papers*vec.Dim), Scales: make([]float32, b.papers)}
	b.truth = make([][]vec.Hit, len(b.queries))
	block := make([][]float32, 16<<10)
	for i := range block {
		block[i] = make([]float32, vec.Dim)
	}
	for base := 0; base < b.papers; base += len(block) {
		now := block[:min(len(block), b.papers-base)]
		errs := make([]error, len(now))
		share(len(now), func(i int) {
			errs[i] = b.paper(base+i, now[i])
			b.keep(base+i, now[i])
		})
		if err := errors.Join(errs...); err != nil {
			return err
		}
		share(len(b.queries), func(q int) {
			for i, v := range now {
				b.truth[q] = better(b.truth[q], vec.Hit{Doc: uint32(base + i), Score: dot(b.queries[q], v)})
			}
		})
		if b.out != nil {
			if err := write(b.out, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bench) keep(doc int, v []float32) {
	b.part.Scales[doc] = vec.Quantize(b.part.Rows[doc*vec.Dim:][:vec.Dim], v)
	var code vec.Code
	vec.Encode(&code, v)
	code.Append(b.part.Codes[:doc*vec.CodeSize])
}

// share calls f with 0 to n-1 on all cores.
func share(n int, f func(i int)) {
	var all sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		all.Go(func() {
			for i := w; i < n; i += workers {
				f(i)
			}
		})
	}
	all.Wait()
}

// better keeps the k hits of the greatest score, of equal ones the first.
func better(top []vec.Hit, h vec.Hit) []vec.Hit {
	if len(top) == k && h.Score <= top[k-1].Score {
		return top
	}
	i := len(top)
	for i > 0 && top[i-1].Score < h.Score {
		i--
	}
	top = slices.Insert(top, i, h)
	return top[:min(k, len(top))]
}

func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	for i := 0; i < vec.Dim; i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	return s0 + s1 + s2 + s3
}

// report prints recall and time as a table in Markdown.
func (b *bench) report() {
	fmt.Printf("%d papers, %d queries, kernels %s\n\n", len(b.part.Scales), len(b.queries), vec.Kernel())
	fmt.Print("| candidates | among them, by Hamming | by weights | recall@10 | median ms |\n|---:|---:|---:|---:|---:|\n")
	parts := []vec.Part{b.part}
	for _, n := range []int{128, 256, 512, 1024, 2048, 4096} {
		var among, plain, found int
		var times []time.Duration
		for i, v := range b.queries {
			var q vec.Query
			q.Set(v)
			var code vec.Code
			vec.Encode(&code, v)
			among += b.among(i, q.Candidates(parts, n, 1))
			plain += b.among(i, vec.Nearest(b.part.Codes, &code, nil, n, nil))
			start := time.Now()
			hits := q.Search(parts, vec.Options{K: k, Candidates: n})
			times = append(times, time.Since(start))
			for _, h := range hits {
				found += b.isTrue(i, h.Doc)
			}
		}
		slices.Sort(times)
		of := float64(k * len(b.queries))
		fmt.Printf("| %d | %.4f | %.4f | %.4f | %.2f |\n", n, float64(plain)/of, float64(among)/of, float64(found)/of,
			times[len(times)/2].Seconds()*1e3)
	}
}

func (b *bench) among(query int, near []vec.Candidate) (n int) {
	for _, c := range near {
		n += b.isTrue(query, c.Doc)
	}
	return n
}

func (b *bench) isTrue(query int, doc uint32) int {
	if slices.ContainsFunc(b.truth[query], func(h vec.Hit) bool { return h.Doc == doc }) {
		return 1
	}
	return 0
}
