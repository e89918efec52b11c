package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"broadsheet/train/corpus"
)

// set is a collection with queries and what is relevant to each.
type set struct {
	name    string
	docs    []string
	queries []query
}

type query struct {
	text     string
	relevant map[int]float64
	own      int // a document that is not to be found, or -1
}

type beirText struct {
	ID    string `json:"_id"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// beir reads a judged set; every file of qrels counts.
func beir(dir string) (set, error) {
	s := set{name: filepath.Base(dir)}
	docs := map[string]int{}
	err := lines(filepath.Join(dir, "corpus.jsonl"), func(line string) error {
		var t beirText
		err := json.Unmarshal([]byte(line), &t)
		docs[t.ID] = len(s.docs)
		s.docs = append(s.docs, t.Title+"\n"+t.Text)
		return err
	})
	if err != nil {
		return s, err
	}
	texts := map[string]string{}
	err = lines(filepath.Join(dir, "queries.jsonl"), func(line string) error {
		var t beirText
		err := json.Unmarshal([]byte(line), &t)
		texts[t.ID] = t.Text
		return err
	})
	if err != nil {
		return s, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "qrels", "*.tsv"))
	if err != nil {
		return s, err
	}
	at := map[string]int{}
	for _, f := range files {
		err := lines(f, func(line string) error {
			cols := strings.Split(line, "\t")
			if len(cols) != 3 || cols[2] == "score" {
				return nil
			}
			score, err := strconv.ParseFloat(cols[2], 64)
			doc, ok := docs[cols[1]]
			if err != nil || !ok || score <= 0 {
				return err
			}
			i, ok := at[cols[0]]
			if !ok {
				i = len(s.queries)
				at[cols[0]] = i
				s.queries = append(s.queries, query{texts[cols[0]], map[int]float64{}, -1})
			}
			s.queries[i].relevant[doc] = score
			return nil
		})
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

func lines(path string, yield func(string) error) (err error) {
	f, err := os.Open(path) // #nosec G304 -- the operator names the folder
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return scan(f, yield)
}

func scan(r io.Reader, yield func(string) error) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 1<<16), 1<<24)
	for sc.Scan() {
		if err := yield(sc.Text()); err != nil {
			return err
		}
	}
	return sc.Err()
}

const taskQueries = 250

// tasks makes sets from papers that training never saw, to be found among
// them and others: titles and first sentences to the rest of the abstract,
// every second word of titles, titles to other papers of the same authors.
func tasks(path string, background int, foreign bool) ([]set, error) {
	papers, err := corpus.Read(path)
	if err != nil {
		return nil, err
	}
	var docs []string
	var held []int
	number := map[int]int{}
	asked := corpus.Held
	if foreign {
		asked = corpus.Foreign
	}
	for i, p := range papers {
		if p.Part != asked && (p.Part != corpus.Train || len(docs)-len(held) >= background || i%5 != 0) {
			continue
		}
		sentences := corpus.Sentences(p.Abstract)
		if len(sentences) >= 3 {
			sentences = sentences[1:]
			if p.Part == asked {
				held = append(held, i)
			}
		}
		number[i] = len(docs)
		docs = append(docs, strings.Join(sentences, " "))
	}
	title, first, few, related := set{name: "title", docs: docs}, set{name: "sentence", docs: docs}, set{name: "few", docs: docs}, set{name: "related", docs: docs}
	others := corpus.Related(papers, 20)
	for _, i := range held {
		p := papers[i]
		own := map[int]float64{number[i]: 1}
		if len(title.queries) < taskQueries {
			title.queries = append(title.queries, query{p.Title, own, -1})
			first.queries = append(first.queries, query{corpus.Sentences(p.Abstract)[0], own, -1})
			few.queries = append(few.queries, query{halfOf(p.Title), own, -1})
		}
		rel := map[int]float64{}
		for _, j := range others[i] {
			if n, ok := number[j]; ok {
				rel[n] = 1
			}
		}
		if len(rel) > 0 && len(related.queries) < taskQueries {
			related.queries = append(related.queries, query{p.Title, rel, number[i]})
		}
	}
	return []set{title, first, few, related}, nil
}

func halfOf(title string) string {
	var out []string
	for i, w := range strings.Fields(title) {
		if i%2 == 1 {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}
