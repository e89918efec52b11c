package index

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"broadsheet"
)

// TestView reads beside the process that writes: it sees what was written,
// changes nothing, takes no lock, and keeps what a snapshot holds.
func TestView(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenView(filepath.Join(dir, "none"), nil); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("no index: got %v, want NotFound", err)
	}
	x := open(t, dir)
	apply(t, x, "1", "a gulls\nb terns\n")
	v, err := OpenView(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Now()
	v.now = func() time.Time { return clock }
	has := func(s *Snapshot, key string) bool { _, _, ok := s.Find(key); return ok }
	first := v.Snapshot()
	if !has(first, "a") || !has(first, "b") || first.Live != 2 || first.Cursor != "1" {
		t.Errorf("got %d papers at %q, want a and b at 1", first.Live, first.Cursor)
	}

	apply(t, x, "2", "c skuas\n")
	if err := x.Writer().Compact(t.Context()); err != nil { // removes the segment that first reads
		t.Fatal(err)
	}
	if s := v.Snapshot(); has(s, "c") {
		t.Error("a look at the disk for every snapshot")
	} else {
		s.Release()
	}
	clock = clock.Add(viewEvery)
	second := v.Snapshot()
	if !has(second, "c") || second.Live != 3 || second.Cursor != "2" {
		t.Errorf("after a second: got %d papers at %q, want c, too", second.Live, second.Cursor)
	}
	if !has(first, "a") || has(first, "c") {
		t.Error("a snapshot changed")
	}
	first.Release()
	second.Release()

	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	x = open(t, dir) // the view holds no lock
	defer x.Close()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(viewEvery)
	gone := v.Snapshot()
	if !has(gone, "c") {
		t.Error("a folder that was removed cannot be read to the end")
	}
	gone.Release()
	if err := v.Close(); err != nil {
		t.Error(err)
	}
}
