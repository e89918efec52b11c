// Package corpus reads the papers that the built-in model is trained and
// measured on, and says which of them training never sees.
package corpus

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Part is what a paper is used for.
type Part uint8

// The parts: one paper in forty-six is Held; papers of a few categories are
// Foreign: left out of the runs that settings are chosen by, so that these are
// also measured on fields that the model never saw, and trained on in the last
// run only.
const (
	Train Part = iota
	Held
	Foreign
)

// Paper is one record of the snapshot.
type Paper struct {
	ID, Title, Abstract, Category string
	Authors                       []string // "last, first" in lower case
	Part                          Part
}

type record struct {
	ID         string     `json:"id"`
	Title      string     `json:"title"`
	Abstract   string     `json:"abstract"`
	Categories string     `json:"categories"`
	Authors    [][]string `json:"authors_parsed"`
}

// Read reads the snapshot (zstd, one JSON object a line), leaving out records
// without an abstract of 200 bytes and titles that came before.
func Read(path string) (papers []Paper, err error) {
	f, err := os.Open(path) // #nosec G304 -- the operator names the file
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := zstd.NewReader(f)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	return parse(z)
}

func parse(r io.Reader) ([]Paper, error) {
	var papers []Paper
	seen := map[string]bool{}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<20), 1<<24)
	for n := 1; lines.Scan(); n++ {
		var rec record
		if err := json.Unmarshal(lines.Bytes(), &rec); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		title := strings.Join(strings.Fields(rec.Title), " ")
		key := strings.ToLower(title)
		if len(rec.Abstract) < 200 || seen[key] {
			continue
		}
		seen[key] = true
		p := Paper{ID: rec.ID, Title: title, Abstract: strings.Join(strings.Fields(rec.Abstract), " ")}
		p.Category, _, _ = strings.Cut(rec.Categories, " ")
		for _, a := range rec.Authors {
			if len(a) > 1 && a[0] != "" && a[1] != "" {
				p.Authors = append(p.Authors, strings.ToLower(a[0]+", "+a[1]))
			}
		}
		p.Part = part(p.ID, p.Category)
		papers = append(papers, p)
	}
	return papers, lines.Err()
}

func part(id, category string) Part {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // never fails
	switch {
	case h.Sum64()%46 == 0:
		return Held
	case strings.HasPrefix(category, "q-bio") || category == "physics.flu-dyn" || category == "cs.DL" || category == "cs.IR":
		return Foreign
	}
	return Train
}

// Sentences cuts an abstract after full stops that a capital follows. It errs
// now and then ("et al. In"), which does no harm here.
func Sentences(text string) []string {
	var out []string
	from := 0
	for i := 0; i+2 < len(text); i++ {
		if (text[i] == '.' || text[i] == '?' || text[i] == '!') && text[i+1] == ' ' && (text[i+2] >= 'A' && text[i+2] <= 'Z' || text[i+2] == '$') && i-from > 30 {
			out = append(out, text[from:i+1])
			from = i + 2
		}
	}
	return append(out, text[from:])
}

// Related gives, for every paper, others that share at least two authors with
// it (at most limit, chosen by number).
func Related(papers []Paper, limit int) [][]int {
	by := map[string][]int{}
	for i, p := range papers {
		if len(p.Authors) > 12 {
			continue // collaborations write about everything
		}
		for _, a := range p.Authors {
			by[a] = append(by[a], i)
		}
	}
	out := make([][]int, len(papers))
	for i, p := range papers {
		if len(p.Authors) < 2 || len(p.Authors) > 12 {
			continue
		}
		shared := map[int]int{}
		for _, a := range p.Authors {
			if len(by[a]) > 60 {
				continue // a name that many bear
			}
			for _, j := range by[a] {
				if j != i {
					shared[j]++
				}
			}
		}
		for _, j := range slices.Sorted(maps.Keys(shared)) {
			if shared[j] >= 2 && len(out[i]) < limit {
				out[i] = append(out[i], j)
			}
		}
	}
	return out
}
