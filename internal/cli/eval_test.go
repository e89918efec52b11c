package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// judgedSet writes a set of three documents and gives its folder.
func judgedSet(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	for file, text := range map[string]string{
		"corpus.jsonl": `{"_id": "bee", "title": "Bees", "text": "Honey bees dance to tell where flowers are."}
{"_id": "ant", "title": "Ants", "text": "Ants follow trails."}
{"_id": "sun", "title": "The sun", "text": "A star near us, around which flowers turn."}
`,
		"queries.jsonl":   `{"_id": "q1", "text": "where do bees dance?"}` + "\n" + `{"_id": "q2", "text": "flowers"}` + "\n" + `{"_id": "q3", "text": "unjudged"}` + "\n",
		"qrels/test.tsv":  "query-id\tcorpus-id\tscore\nq1\tbee\t2\nq2\tsun\t1\n",
		"qrels/train.tsv": "query-id\tcorpus-id\tscore\nq2\tbee\t1\n",
	} {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestEvalJSON(t *testing.T) {
	dir, runs := judgedSet(t, "small"), t.TempDir()
	out, errs, code := runCLI("eval", "--json", "--mode", "reference,lexical", "--write-runs", runs, dir)
	if code != ExitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	var got []map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	perfect := func(mode string) map[string]any {
		return map[string]any{"set": "small", "mode": mode, "queries": 2., "ndcg@10": 1., "map": 1., "recall@100": 1., "mrr": 1., "p@10": 0.15}
	}
	reference, lexical := perfect("reference"), perfect("lexical")
	reference["gainOverLexical"], reference["pOverLexical"] = 0., 1.
	lexical["gain"], lexical["p"] = 0., 1.
	if d := cmp.Diff([]map[string]any{reference, lexical}, got, cmpopts.EquateApprox(0, 1e-9)); d != "" {
		t.Errorf("eval --json (-want +got):\n%s", d)
	}

	// What was written is judged the same.
	again, errs, code := runCLI("eval", "--json", "--run", filepath.Join(runs, "small.lexical.run"), dir)
	if code != ExitOK || !strings.Contains(again, `"ndcg@10": 1,`) || !strings.Contains(again, `"mode": "small.lexical"`) {
		t.Errorf("eval --run: exit code %d, %s%s", code, again, errs)
	}
}

func TestEvalTable(t *testing.T) {
	dir := filepath.Dir(judgedSet(t, "small"))
	if err := os.CopyFS(filepath.Join(dir, "other"), os.DirFS(filepath.Join(dir, "small"))); err != nil {
		t.Fatal(err)
	}
	out, errs, code := runCLI("eval", "--mode", "reference,lexical", "--split", "test", dir)
	if code != ExitOK || errs != "" {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != 7 { // head, two modes of two sets and of their mean
		t.Errorf("%d lines, want 7:\n%s", len(lines), out)
	}
	for _, l := range lines {
		if len(l) > 100 {
			t.Errorf("a line of %d columns, want 100 at most: %s", len(l), l)
		}
	}
}

func TestEvalErrors(t *testing.T) {
	dir := judgedSet(t, "small")
	broken := judgedSet(t, "broken")
	if err := os.WriteFile(filepath.Join(broken, "corpus.jsonl"), []byte("{\"_id\": \"1\"}\n{\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"eval"}, `expected "<dir> ..."`},
		{[]string{"eval", filepath.Join(dir, "none")}, "it cannot be read: no such file or directory"},
		{[]string{"eval", filepath.Join(dir, "qrels")}, "neither it nor a folder in it has a corpus.jsonl"},
		{[]string{"eval", broken}, "corpus.jsonl:2: it is not a JSON object"},
		{[]string{"eval", "--split", "dev", dir}, "there are: test, train"},
		{[]string{"eval", "--mode", "magic", dir}, `there is no mode "magic"`},
		{[]string{"eval", "--run", "none.run", dir}, "none.run: it cannot be read"},
		{[]string{"eval", "--run", "none.run", "--mode", "lexical", dir}, "leave out --mode"},
		{[]string{"eval", "--run", "none.run", dir, broken}, "a run belongs to one set"},
	} {
		out, errs, code := runCLI(tt.args...)
		if code != ExitUsage || !strings.Contains(errs, tt.want) || out != "" {
			t.Errorf("%q: exit code %d, want %d; stdout %q, want none; stderr %q, want %q in it", tt.args, code, ExitUsage, out, errs, tt.want)
		}
	}
}
