package vec

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"broadsheet/internal/lib/mmap"
)

// TestSearchFault cuts a file of codes that is being searched: an error, with any
// kernel and any number of workers.
func TestSearchFault(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no mmap here")
	}
	const docs = 3 * workerDocs
	path := filepath.Join(t.TempDir(), "codes")
	if err := os.WriteFile(path, make([]byte, docs*CodeSize), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := mmap.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := os.Truncate(path, docs*CodeSize/2); err != nil {
		t.Fatal(err)
	}
	var q Query
	q.Set(unit(random(1)))
	each(t, func(t *testing.T) {
		for _, workers := range []int{1, 3} {
			err := mmap.Guard(func() { q.Candidates([]Part{{Codes: m.Data()}}, 10, workers) })
			if !errors.Is(err, mmap.ErrFault) {
				t.Errorf("%d workers: got error %v, want ErrFault", workers, err)
			}
		}
	})
}
