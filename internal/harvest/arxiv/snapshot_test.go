package arxiv_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"broadsheet/internal/harvest/arxiv"
	"broadsheet/internal/lib/clean"
)

// TestAuthorsOfTheSnapshot reads the line of authors of every record of the
// sample and holds the number of names and the last one's family name against
// the names that arXiv divided itself.
func TestAuthorsOfTheSnapshot(t *testing.T) {
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" {
		t.Skip("TESTDATA_DIR is not set: names are not held against the sample")
	}
	if testing.Short() {
		t.Skip("short: 230,000 lines of authors are not read")
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
	in := bufio.NewScanner(z)
	in.Buffer(nil, 16<<20)
	all, same, shown := 0, 0, 0
	for in.Scan() {
		var r struct {
			ID      string     `json:"id"`
			Authors string     `json:"authors"`
			Parsed  [][]string `json:"authors_parsed"`
		}
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all++
		got := arxiv.Authors(r.Authors)
		if len(got) == len(r.Parsed) && (len(got) == 0 || strings.Contains(got[len(got)-1].Name, clean.TeXName(r.Parsed[len(r.Parsed)-1][0]))) {
			same++
		} else if shown++; shown%97 == 1 && shown < 4000 {
			var names []string
			for _, a := range got {
				names = append(names, a.Name)
			}
			t.Logf("%s: %.200q: %d names, arXiv has %d: %.200q", r.ID, r.Authors, len(got), len(r.Parsed), names)
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d records agree, %.2f %%", same, all, 100*float64(same)/float64(all))
	if all < 1000 || same*100 < all*98 {
		t.Errorf("only %d of %d records agree", same, all)
	}
}
