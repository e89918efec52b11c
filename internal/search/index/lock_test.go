package index

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"broadsheet"
)

// TestLookingKeepsNobodyOut: who looks whether an index is in use does not make
// it look so to whoever opens it.
func TestLookingKeepsNobodyOut(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, lockName)
	open(t, dir).Close()
	var stop atomic.Bool
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for !stop.Load() {
				locked(path)
			}
		})
	}
	for range 2000 {
		f, err := lock(path)
		if err != nil {
			t.Errorf("with nobody but lookers: %v", err)
			break
		}
		if _, err := lock(path); broadsheet.KindOf(err) != broadsheet.Conflict {
			t.Errorf("with a writer: got %v, want Conflict", err)
		}
		if !locked(path) {
			t.Error("held, and said to be free")
		}
		f.Close()
	}
	stop.Store(true)
	all.Wait()
}
