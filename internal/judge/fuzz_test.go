package judge

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzRead gives any bytes as the three files of a set: an answer or an error,
// and an answer has queries with relevant documents.
func FuzzRead(f *testing.F) {
	f.Add(corpus, queries, head+"q1\t1\t1\n")
	f.Add(`{"_id":"1","text":"a"}`, `{"_id":"1","text":"a"}`, "1 0 1 1")
	f.Add("{}", "[]", "\t\t\n")
	f.Fuzz(func(t *testing.T, c, q, j string) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "qrels"), 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"corpus.jsonl": c, "queries.jsonl": q, "qrels/test.tsv": j} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		s, err := Read(dir, "")
		if err != nil {
			return
		}
		if len(s.Queries) == 0 || len(s.Docs) == 0 {
			t.Errorf("a set of %d documents and %d queries without an error", len(s.Docs), len(s.Queries))
		}
		for _, q := range s.Queries {
			if Of([]Scored{{"none", 1}}, s.Judged[q.ID]) != (Scores{}) && s.Judged[q.ID]["none"] == 0 {
				t.Errorf("query %q has measures for an unjudged document", q.ID)
			}
		}
	})
}
