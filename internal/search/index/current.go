package index

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const currentName = "CURRENT"

// current is what the file CURRENT says.
type current struct {
	Generation int `json:"generation"`
}

func (x *Index) writeCurrent(n int) error {
	if err := x.disk.write(filepath.Join(x.dir, currentName), encode(current{n})); err != nil {
		return diskError("write "+filepath.Join(x.dir, currentName), err)
	}
	return nil
}

// readCurrent is the generation that is searched; false where the file does not
// say.
func readCurrent(dir string) (int, bool) {
	data, err := os.ReadFile(filepath.Join(dir, currentName))
	if err != nil {
		return 0, false
	}
	var c current
	if err := decode(data, &c); err != nil || c.Generation < 1 {
		return 0, false
	}
	return c.Generation, true
}

// numbers are generations, ascending.
type numbers []int

func generationName(n int) string { return fmt.Sprintf("g%06d", n) }

// generations are those that have a folder.
func generations(dir string) (numbers, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out numbers
	for _, e := range entries {
		var n int
		if text, ok := strings.CutPrefix(e.Name(), "g"); ok && e.IsDir() {
			if _, err := fmt.Sscanf(text, "%d", &n); err == nil && n > 0 && generationName(n) == e.Name() {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

func (n numbers) has(x int) bool { return slices.Contains(n, x) }

func (n numbers) last() int {
	if len(n) == 0 {
		return 0
	}
	return n[len(n)-1]
}

// best is the newest generation that once was whole, else the newest that can
// be read at all; 0 for none.
func (n numbers) best(dir string) int {
	best := 0
	for _, g := range slices.Backward(n) {
		m, _, _, err := readManifests(filepath.Join(dir, generationName(g)))
		if err != nil {
			continue
		}
		if m.Complete {
			return g
		}
		if best == 0 {
			best = g
		}
	}
	return best
}
