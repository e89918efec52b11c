package judge

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"broadsheet"

	"github.com/google/go-cmp/cmp"
)

// folder writes files and gives the folder that they are in.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "small")
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	corpus = `{"_id": "1", "title": "Bees", "text": "Bees dance."}
{"_id": "2", "title": "", "text": "Ants do not.", "authors": "A"}
{"_id": "3", "title": "Wasps"}
`
	queries = `{"_id": "q1", "text": "who dances"}
{"_id": "q2", "text": "unjudged"}
{"_id": "q3", "text": "wasps"}
`
	head = "query-id\tcorpus-id\tscore\n"
)

func TestRead(t *testing.T) {
	dir := folder(t, map[string]string{
		"corpus.jsonl": corpus, "queries.jsonl": queries,
		"qrels/test.tsv":  head + "q1\t1\t2\nq1\t2\t0\n",
		"qrels/train.tsv": head + "q3\t3\t1\nq3\t9\t1\nq9\t1\t1\n",
	})
	got, err := Read(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	want := &Set{
		Name:    "small",
		Docs:    []Doc{{"1", "Bees", "Bees dance."}, {"2", "", "Ants do not."}, {"3", "Wasps", ""}},
		Queries: []Query{{"q1", "who dances"}, {"q3", "wasps"}},
		Judged:  map[string]map[string]int{"q1": {"1": 2, "2": 0}, "q3": {"3": 1, "9": 1}},
		Notes: []string{
			`1 judged documents are not in corpus.jsonl and count as not found (["9"])`,
			`1 judged queries are not in queries.jsonl and are left out (["q9"])`,
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Read (-want +got):\n%s", d)
	}
	got, err = Read(dir, "test")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]map[string]int{"q1": {"1": 2, "2": 0}}, got.Judged); d != "" {
		t.Errorf("Read of split test (-want +got):\n%s", d)
	}
}

func TestReadLayouts(t *testing.T) {
	for name, qrels := range map[string]string{
		"BEIR":            head + "q1\t1\t1\n",
		"without a head":  "q1\t1\t1\n",
		"TREC":            "q1 0 1 1\n",
		"Windows":         "query-id\tcorpus-id\tscore\r\nq1\t1\t1\r\n",
		"byte order mark": "\ufeff" + head + "q1\t1\t1\n",
		"twice the same":  head + "q1\t1\t1\nq1\t1\t1\n",
		"empty lines":     head + "\nq1\t1\t1\n\n",
	} {
		got, err := Read(folder(t, map[string]string{"corpus.jsonl": "\ufeff" + corpus, "queries.jsonl": queries, "qrels/test.tsv": qrels}), "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(map[string]map[string]int{"q1": {"1": 1}}, got.Judged); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestReadErrors(t *testing.T) {
	good := map[string]string{"corpus.jsonl": corpus, "queries.jsonl": queries, "qrels/test.tsv": head + "q1\t1\t1\n"}
	for _, tt := range []struct{ name, file, text, split, want string }{
		{"no corpus", "corpus.jsonl", "-", "", "corpus.jsonl: it cannot be read: no such file or directory"},
		{"no queries", "queries.jsonl", "-", "", "queries.jsonl: it cannot be read"},
		{"no qrels", "qrels/test.tsv", "-", "", "qrels: it cannot be read"},
		{"empty corpus", "corpus.jsonl", "\n", "", "corpus.jsonl: it has no documents"},
		{"empty queries", "queries.jsonl", "", "", "queries.jsonl: it has no queries"},
		{"empty qrels", "qrels/test.tsv", head, "", "qrels: it has no judgements"},
		{"not JSON", "corpus.jsonl", "{\"_id\": \"1\"}\n{oops}\n", "", "corpus.jsonl:2: it is not a JSON object"},
		{"wrong type", "corpus.jsonl", `{"_id": "1", "title": ["x"]}`, "", "corpus.jsonl:1: it is not a JSON object with text in _id, title and text: title is a JSON array"},
		{"id is a number", "corpus.jsonl", `{"_id": 17}`, "", `corpus.jsonl:1: _id is 17, which is not text (put quotes around it: "_id": "17")`},
		{"no id", "queries.jsonl", `{"text": "x"}`, "", "queries.jsonl:1: it has no _id"},
		{"blank in id", "queries.jsonl", `{"_id": "a b", "text": "x"}`, "", `queries.jsonl:1: _id "a b" is empty or has blanks`},
		{"id twice", "corpus.jsonl", "{\"_id\": \"1\"}\n\n{\"_id\": \"1\"}", "", `corpus.jsonl:3: _id "1" stands already at `},
		{"query without text", "queries.jsonl", "{\"_id\": \"q1\", \"text\": \" \"}", "", `queries.jsonl:1: query "q1" is judged and has no text`},
		{"columns", "qrels/test.tsv", head + "q1\t1\n", "", "test.tsv:2: 2 columns"},
		{"score", "qrels/test.tsv", head + "q1\t1\t0.5\n", "", `test.tsv:2: the score "0.5" is not a whole number`},
		{"contradiction", "qrels/test.tsv", head + "q1\t1\t1\nq1\t1\t2\n", "", `test.tsv:3: query "q1" and document "1" have score 2 here and 1 at `},
		{"nothing relevant", "qrels/test.tsv", head + "q1\t1\t0\n", "", "qrels: no query of queries.jsonl has a relevant document"},
		{"other queries", "qrels/test.tsv", head + "x\t1\t1\n", "", "qrels: no query of queries.jsonl has a relevant document"},
		{"no such split", "", "", "dev", `--split: `},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{}
			for name, text := range good {
				files[name] = text
			}
			if tt.text == "-" {
				delete(files, tt.file)
			} else if tt.file != "" {
				files[tt.file] = tt.text
			}
			_, err := Read(folder(t, files), tt.split)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasSuffix(err.Error(), ")") {
				t.Errorf("got error %v, want one with %q and a fix", err, tt.want)
			}
			if broadsheet.KindOf(err) != broadsheet.Invalid {
				t.Errorf("kind %v, want invalid", broadsheet.KindOf(err))
			}
		})
	}
}

func TestFind(t *testing.T) {
	dir := folder(t, map[string]string{"b/corpus.jsonl": "", "a/corpus.jsonl": "", "c/other": ""})
	got, err := Find(dir)
	if d := cmp.Diff([]string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}, got); d != "" || err != nil {
		t.Errorf("Find: error %v (-want +got):\n%s", err, d)
	}
	if _, err := Find(filepath.Join(dir, "c")); err == nil || !strings.Contains(err.Error(), "corpus.jsonl") {
		t.Errorf("Find of a folder without sets: error %v, want one that says what a set is", err)
	}
}

func TestRunThere(t *testing.T) {
	set := &Set{Queries: []Query{{ID: "q1"}, {ID: "q2"}, {ID: "q3"}}}
	run := &Run{Name: "mine", Ranked: map[string][]Scored{"q1": {{"a", 0.1}, {"b", 2.5}}, "q2": {{"a", 1e-7}}}}
	var b strings.Builder
	if err := run.Write(&b, set); err != nil {
		t.Fatal(err)
	}
	want := "q1 Q0 b 1 2.5 mine\nq1 Q0 a 2 0.100000001 mine\nq2 Q0 a 1 1.00000001e-07 mine\n"
	if b.String() != want {
		t.Errorf("Write gave\n%swant\n%s", b.String(), want)
	}
	dir := folder(t, map[string]string{"run": b.String() + "q9 Q0 a 1 1 mine\n"})
	got, err := ReadRun(filepath.Join(dir, "run"))
	if err != nil {
		t.Fatal(err)
	}
	for q, docs := range run.Ranked {
		if d := cmp.Diff(inOrder(docs), got.Ranked[q], cmp.Comparer(func(a, b float64) bool { return float32(a) == float32(b) })); d != "" {
			t.Errorf("ReadRun of what Write wrote, query %s (-want +got):\n%s", q, d)
		}
	}
	notes := []string{
		"1 of 3 judged queries have no results in the run and count as zero",
		"1 queries of the run are not judged and count for nothing",
	}
	if d := cmp.Diff(notes, got.Fit(set)); d != "" {
		t.Errorf("Fit (-want +got):\n%s", d)
	}
}

func TestReadRunErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "it has no results",
		"q1 Q0 a 1 2.5\n":                  "run:1: 5 columns",
		"q1 Q0 a 1 high mine\n":            `run:1: the score "high" is not a number`,
		"q1 Q0 a 1 NaN mine\n":             `run:1: the score "NaN" is not a number`,
		"q1 Q0 a 1 2 m\n\nq1 Q0 a 2 1 m\n": `run:3: query "q1" has document "a" already at `,
	} {
		_, err := ReadRun(filepath.Join(folder(t, map[string]string{"run": text}), "run"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("run %q: error %v, want one with %q", text, err, want)
		}
	}
}

// Three documents, lengths 4, 2 and 3, average 3; "a" is in two of them.
func TestReference(t *testing.T) {
	r := NewReference([]Doc{{"d1", "a a", "b c"}, {"d2", "", "a d"}, {"d3", "e", "f g"}}, strings.Fields)
	got, err := r.Search(context.Background(), "a a b none", 10)
	if err != nil {
		t.Fatal(err)
	}
	// idf(a) = ln(1+1.5/2.5) = 0.470003629, idf(b) = ln(1+2.5/1.5) = 0.980829253.
	// K(d1) = 0.9*(0.6+0.4*4/3) = 1.02, K(d2) = 0.9*(0.6+0.4*2/3) = 0.78.
	want := []Scored{
		{"d1", 2*0.470003629245736*2/3.02 + 0.980829253011726/2.02},
		{"d2", 2 * 0.470003629245736 / 1.78},
	}
	if d := cmp.Diff(want, got, near); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got, _ := r.Search(context.Background(), "a", 1); len(got) != 1 {
		t.Errorf("asked for one, got %v", got)
	}
}

func TestResults(t *testing.T) {
	judged := func(name string, ndcg ...float64) Judged {
		j := Judged{Run: &Run{Name: name}}
		for _, v := range ndcg {
			j.Scores = append(j.Scores, Scores{NDCG10: v})
		}
		return j
	}
	one := Results(&Set{Name: "s", Queries: make([]Query, 2)}, []Judged{judged("base", 0.2, 0.4), judged("new", 0.3, 0.6)}, "base")
	two := Results(&Set{Name: "t", Queries: make([]Query, 1)}, []Judged{judged("base", 0.5), judged("new", 0.4)}, "base")
	want := []Result{
		{Set: "s", Mode: "base", Queries: 2, Scores: Scores{NDCG10: 0.3}, Against: map[string]Comparison{}},
		{Set: "s", Mode: "new", Queries: 2, Scores: Scores{NDCG10: 0.45}, Against: map[string]Comparison{"base": {Gain: 0.5, P: 0.5}}},
	}
	if d := cmp.Diff(want, one, near); d != "" {
		t.Errorf("Results (-want +got):\n%s", d)
	}
	means := Means(append(one, two...))
	want = []Result{
		{Mode: "base", Queries: 3, Scores: Scores{NDCG10: 0.4}, Against: map[string]Comparison{}},
		{Mode: "new", Queries: 3, Scores: Scores{NDCG10: 0.425}, Against: map[string]Comparison{"base": {Gain: (0.5 - 0.2) / 2}}},
	}
	if d := cmp.Diff(want, means, near); d != "" {
		t.Errorf("Means (-want +got):\n%s", d)
	}
}
