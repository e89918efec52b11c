// Command heldout makes judged sets from papers that the built-in model was
// not trained on, for `broadsheet eval`: whether search by meaning helps where
// nobody tuned it. A query is a part of a paper, and that paper's other part is
// what should be found among tens of thousands.
//
//	go run ./bench/search/heldout -out DIR && broadsheet eval DIR
//
//	title-to-abstract    its title; documents are abstracts
//	sentence-to-rest     its first sentence; documents are the other sentences, with titles
//	sentence-to-body     the same without titles
//	half-title           every second word of its title; documents are abstracts
//
// Documents come from the training data too: to find among what is known well
// is harder, and so it will be on a site.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"broadsheet/train/corpus"
)

type options struct {
	sample, out   string
	docs, queries int
	seed          uint64
}

func main() {
	var o options
	flag.StringVar(&o.sample, "sample", "../shared/data/arxiv-sample.jsonl.zst", "arXiv metadata that the model was trained on a part of")
	flag.StringVar(&o.out, "out", "", "folder to write the sets to")
	flag.IntVar(&o.docs, "docs", 30_000, "documents of each set")
	flag.IntVar(&o.queries, "queries", 500, "queries of each set")
	flag.Uint64Var(&o.seed, "seed", 1, "of what is taken")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "bench/search/heldout:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	if o.out == "" {
		return errors.New("-out names no folder")
	}
	all, err := corpus.Read(o.sample)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(o.seed, 0))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	docs, asked := choose(all, o)
	if len(asked) < o.queries {
		return fmt.Errorf("only %d papers were held out, want %d", len(asked), o.queries)
	}
	for _, task := range tasks {
		if err := task.write(filepath.Join(o.out, task.name), docs, asked); err != nil {
			return err
		}
	}
	return nil
}

// choose takes papers of three sentences or more: those that are asked for,
// all held out, and those around them.
func choose(all []corpus.Paper, o options) (docs, asked []corpus.Paper) {
	for _, p := range all {
		if len(corpus.Sentences(p.Abstract)) < 3 {
			continue
		}
		if p.Part == corpus.Held && len(asked) < o.queries {
			asked = append(asked, p)
			docs = append(docs, p)
		} else if len(docs)-len(asked) < o.docs-o.queries {
			docs = append(docs, p)
		}
	}
	return docs, asked
}

// task makes a query and a document of a paper.
type task struct {
	name  string
	query func(p *corpus.Paper) string
	doc   func(p *corpus.Paper) (title, text string)
}

var tasks = []task{
	{"title-to-abstract", title, abstract},
	{"sentence-to-rest", first, func(p *corpus.Paper) (string, string) { return p.Title, rest(p) }},
	{"sentence-to-body", first, func(p *corpus.Paper) (string, string) { return "", rest(p) }},
	{"half-title", half, abstract},
}

func title(p *corpus.Paper) string              { return p.Title }
func abstract(p *corpus.Paper) (string, string) { return "", p.Abstract }
func first(p *corpus.Paper) string              { return corpus.Sentences(p.Abstract)[0] }
func rest(p *corpus.Paper) string               { return strings.Join(corpus.Sentences(p.Abstract)[1:], " ") }

func half(p *corpus.Paper) string {
	var out []string
	for i, w := range strings.Fields(p.Title) {
		if i%2 == 0 {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

type row struct {
	ID    string  `json:"_id"`
	Title *string `json:"title,omitempty"`
	Text  string  `json:"text"`
}

// write writes a set in BEIR's layout.
func (t task) write(dir string, docs, asked []corpus.Paper) error {
	if err := os.MkdirAll(filepath.Join(dir, "qrels"), 0o755); err != nil {
		return err
	}
	rows := make([]any, 0, len(docs))
	for i := range docs {
		title, text := t.doc(&docs[i])
		rows = append(rows, row{docs[i].ID, &title, text})
	}
	if err := lines(filepath.Join(dir, "corpus.jsonl"), rows); err != nil {
		return err
	}
	rows = rows[:0]
	judged := []any{"query-id\tcorpus-id\tscore"}
	for i := range asked {
		rows = append(rows, row{ID: asked[i].ID, Text: t.query(&asked[i])})
		judged = append(judged, asked[i].ID+"\t"+asked[i].ID+"\t1")
	}
	return errors.Join(lines(filepath.Join(dir, "queries.jsonl"), rows), lines(filepath.Join(dir, "qrels", "test.tsv"), judged))
}

// lines writes text as it is, anything else as JSON, a line each.
func lines(path string, all []any) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, x := range all {
		if s, ok := x.(string); ok {
			_, err = w.WriteString(s + "\n")
		} else {
			err = enc.Encode(x)
		}
		if err != nil {
			return err
		}
	}
	return w.Flush()
}
