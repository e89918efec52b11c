package cite_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"broadsheet"
	"broadsheet/internal/lib/cite"
)

// TestSample writes one in fifty papers of a recorded arXiv snapshot, and reads what
// it wrote as strictly as the fuzz test does.
func TestSample(t *testing.T) {
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" || testing.Short() {
		t.Skip("TESTDATA_DIR is not set: the recorded titles and names are not written")
	}
	f, err := os.Open(filepath.Join(dir, "arxiv-sample.jsonl.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	var list []broadsheet.Paper
	whole, names := 0, 0
	check := func() {
		if n := entries(string(cite.BibTeX(list))); n != len(list) {
			t.Errorf("BibTeX from %s on: %d entries, want %d", list[0].ID, n, len(list))
		}
		if n := records(string(cite.RIS(list))); n != len(list) {
			t.Errorf("RIS from %s on: %d records, want %d", list[0].ID, n, len(list))
		}
		csl, err := cite.CSL(list)
		var items []struct{ Author []map[string]string }
		if err != nil || json.Unmarshal(csl, &items) != nil || len(items) != len(list) {
			t.Errorf("CSL-JSON from %s on: %v, %d items, want %d", list[0].ID, err, len(items), len(list))
		}
		for _, item := range items {
			for _, a := range item.Author {
				if names++; a["literal"] != "" {
					whole++
				}
			}
		}
		list = list[:0]
	}
	for n := 0; lines.Scan(); n++ {
		if n%50 != 0 {
			continue
		}
		var r struct{ ID, Title, Abstract, Authors, Categories string }
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			continue
		}
		p := broadsheet.Paper{ID: r.ID, Title: r.Title, Abstract: r.Abstract, Categories: strings.Fields(r.Categories)}
		for name := range strings.SplitSeq(r.Authors, ", ") {
			p.Authors = append(p.Authors, broadsheet.Author{Name: name})
		}
		p.AuthorCount = len(p.Authors)
		if list = append(list, p); len(list) == 1000 {
			check()
		}
	}
	if len(list) > 0 {
		check()
	}
	t.Logf("%d of %d names are kept whole", whole, names)
	if whole*20 > names {
		t.Errorf("%d of %d names are kept whole: too many to be of groups or doubtful", whole, names)
	}
}
