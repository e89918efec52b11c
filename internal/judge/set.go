package judge

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"broadsheet"
)

// Doc is a document of a set.
type Doc struct {
	ID, Title, Text string
}

// Query is a question of a set, in plain words.
type Query struct {
	ID, Text string
}

// Set is a collection of documents with judged queries.
type Set struct {
	Name    string // the folder's
	Docs    []Doc
	Queries []Query                   // judged ones, in the file's order
	Judged  map[string]map[string]int // query id to document id to score
	// Notes say what was left out or does not fit, a sentence each.
	Notes []string
}

// Find gives the folders of sets: dir itself where it is one, otherwise those
// right below it, sorted.
func Find(dir string) ([]string, error) {
	if isSet(dir) {
		return []string{dir}, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, broadsheet.InvalidField(dir, "it cannot be read: "+reason(err), "name a folder with corpus.jsonl, queries.jsonl and qrels/")
	}
	var out []string
	for _, e := range entries {
		if sub := filepath.Join(dir, e.Name()); isSet(sub) {
			out = append(out, sub)
		}
	}
	if len(out) == 0 {
		return nil, broadsheet.InvalidField(dir, "neither it nor a folder in it has a corpus.jsonl",
			"name a folder in BEIR's layout: corpus.jsonl, queries.jsonl and qrels/")
	}
	return out, nil
}

func isSet(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, "corpus.jsonl"))
	return err == nil && !info.IsDir()
}

// Read reads the set in a folder, with the judgements of one split or, where
// split is "", of all. An error names the file and the line.
func Read(dir, split string) (*Set, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s := &Set{Name: filepath.Base(abs)}
	if err := s.readDocs(filepath.Join(dir, "corpus.jsonl")); err != nil {
		return nil, err
	}
	j, err := readJudgements(filepath.Join(dir, "qrels"), split)
	if err != nil {
		return nil, err
	}
	all, err := readQueries(filepath.Join(dir, "queries.jsonl"))
	if err != nil {
		return nil, err
	}
	return s, s.join(all, j)
}

// join keeps the queries that count and notes what does not fit together.
func (s *Set) join(all []placed[Query], j *judgements) error {
	s.Judged = map[string]map[string]int{}
	known := make(map[string]bool, len(s.Docs))
	for _, d := range s.Docs {
		known[d.ID] = true
	}
	hopeless, missing := 0, map[string]bool{}
	for _, q := range all {
		judged, ok := j.scores[q.value.ID]
		if !ok {
			continue
		}
		delete(j.scores, q.value.ID)
		relevant := false
		for doc, score := range judged {
			relevant = relevant || score > 0
			if !known[doc] {
				missing[doc] = true
			}
		}
		if !relevant {
			hopeless++
			continue
		}
		if blank(q.value.Text) {
			return broadsheet.InvalidField(q.place, fmt.Sprintf("query %q is judged and has no text", q.value.ID),
				`give it a "text", or take its judgements out of qrels/`)
		}
		s.Queries = append(s.Queries, q.value)
		s.Judged[q.value.ID] = judged
	}
	s.note(hopeless, "judged queries have no relevant document and are left out")
	s.note(len(missing), "judged documents are not in corpus.jsonl and count as not found%s", example(missing))
	s.note(len(j.scores), "judged queries are not in queries.jsonl and are left out%s", example(j.scores))
	s.note(j.repeated, "judgements stand there twice, with equal scores")
	if len(s.Queries) == 0 {
		return broadsheet.InvalidField(j.source, "no query of queries.jsonl has a relevant document",
			"check that the ids in qrels/ are those of queries.jsonl, and that some scores are above 0")
	}
	return nil
}

func (s *Set) note(n int, what string, args ...any) {
	if n > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("%d "+what, append([]any{n}, args...)...))
	}
}

// example names the first few of what a note counts.
func example[V any](m map[string]V) string {
	ids := make([]string, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	if len(ids) > 3 {
		return fmt.Sprintf(" (%q, …)", ids[:3])
	}
	return fmt.Sprintf(" (%q)", ids)
}
