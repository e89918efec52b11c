package index

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"broadsheet/internal/lib/segment"
)

// two makes an index of two segments, a and b in the first, c in the second.
func two(t *testing.T, dir string) *Index {
	t.Helper()
	x := open(t, dir)
	apply(t, x, "1", "a one\nb two\n")
	apply(t, x, "2", "c three\n", "b")
	return x
}

const first, second = "g000001/000001.seg", "g000001/000002.seg"

func cut(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()/2); err != nil {
		t.Fatal(err)
	}
}

// flip changes a byte.
func flip(t *testing.T, path string, at int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b [1]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 0x40
	if _, err := f.WriteAt(b[:], at); err != nil {
		t.Fatal(err)
	}
}

func glob(t *testing.T, dir, pattern string) string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(all) == 0 {
		t.Fatalf("no %s (%v)", pattern, err)
	}
	return all[len(all)-1]
}

// TestDamageAtOpen: what is damaged is set aside, the rest is searched, a rebuild
// is wanted, and after it all is well.
func TestDamageAtOpen(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(dir string)
		want   string // of the documents; "all" is both
		bad    bool   // counted as damage
	}{
		{"a segment is missing", func(dir string) { os.Remove(filepath.Join(dir, first)) }, "c three\n", true},
		{"a segment is cut", func(dir string) { cut(t, filepath.Join(dir, first)) }, "c three\n", true},
		{"a segment is empty", func(dir string) { os.Truncate(filepath.Join(dir, second), 0) }, "a one\n", true},
		{"a segment is another", func(dir string) {
			data, _ := os.ReadFile(filepath.Join(dir, second))
			os.WriteFile(filepath.Join(dir, first), data, 0o600)
		}, "c three\n", true},
		{"deletes are spoilt", func(dir string) { flip(t, glob(t, dir, "g000001/*.del"), 17) }, "c three\n", true},
		{"deletes are missing", func(dir string) { os.Remove(glob(t, dir, "g000001/*.del")) }, "c three\n", true},
		{"everything is missing", func(dir string) { os.RemoveAll(filepath.Join(dir, "g000001")) }, "", false},
		{"the newest manifest is spoilt", func(dir string) { flip(t, glob(t, dir, "g000001/MANIFEST-*"), 50) }, "a one\nb two\n", false},
		{"both manifests are spoilt", func(dir string) {
			for _, p := range []string{"g000001/MANIFEST-*2", "g000001/MANIFEST-*3"} {
				flip(t, glob(t, dir, p), 50)
			}
		}, "", false},
		{"CURRENT is spoilt", func(dir string) { flip(t, filepath.Join(dir, currentName), 20) }, "a one\nc three\n", false},
		{"CURRENT is missing", func(dir string) { os.Remove(filepath.Join(dir, currentName)) }, "a one\nc three\n", false},
		{"CURRENT names nothing", func(dir string) { os.WriteFile(filepath.Join(dir, currentName), encode(current{9}), 0o600) }, "a one\nc three\n", false},
		{"CURRENT is a folder's", func(dir string) { os.WriteFile(filepath.Join(dir, currentName), nil, 0o600) }, "a one\nc three\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			two(t, dir).Close()
			c.damage(dir)
			problems, err := Verify(t.Context(), dir, nil)
			if err == nil && len(problems) == 0 {
				t.Error("verify finds nothing")
			}
			x := open(t, dir)
			same(t, x, c.want)
			s := x.Snapshot()
			if (len(s.Damaged) > 0) != c.bad || (x.Want() == "damage") != c.bad || !s.Incomplete() {
				t.Errorf("damaged %v, wanted %q; want %v", s.Damaged, x.Want(), c.bad)
			}
			s.Release()
			w, err := x.Rebuild(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Apply(t.Context(), Batch{Cursor: "2", Builders: []*segment.Builder{builder("a one\nc three\n")}}); err != nil {
				t.Fatal(err)
			}
			if err := x.Swap(t.Context(), w); err != nil {
				t.Fatal(err)
			}
			same(t, x, "a one\nc three\n")
			if s := x.Snapshot(); len(s.Damaged) > 0 || s.Incomplete() || x.Want() != "" {
				t.Errorf("after the rebuild: %v, wanted %q", s.Damaged, x.Want())
			}
		})
	}
}

// TestDamageWhileOpen: the index notices by itself what happens to its files.
func TestDamageWhileOpen(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(dir string)
	}{
		{"removed", func(dir string) { os.Remove(filepath.Join(dir, first)) }},
		{"cut", func(dir string) { cut(t, filepath.Join(dir, first)) }},
		{"grown", func(dir string) {
			os.WriteFile(filepath.Join(dir, first)+"x", nil, 0o600)
			grow(t, filepath.Join(dir, first))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			x := two(t, dir)
			c.damage(dir)
			if err := x.Maintain(t.Context()); err != nil {
				t.Fatal(err)
			}
			same(t, x, "c three\n")
			if x.Want() != "damage" || x.Stats().SetAside != 1 {
				t.Errorf("wanted %q, %d set aside", x.Want(), x.Stats().SetAside)
			}
			x.Close()
			x = open(t, dir) // and it is not forgotten
			if x.Want() != "damage" {
				t.Errorf("after reopening: wanted %q", x.Want())
			}
		})
	}
}

func grow(t *testing.T, path string) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.WriteString("more")
}

// TestReportedDamage: what a search reports is set aside by Run, and nobody else
// has to wait.
func TestReportedDamage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := open(t, t.TempDir())
		apply(t, x, "1", "a one\nb two\n")
		apply(t, x, "2", "c three\n")
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); x.Run(ctx) }()
		s := x.Snapshot()
		for range 200 { // more than anybody listens to
			s.Segments[0].Report(segment.ErrCorrupt)
		}
		s.Segments[1].Report(context.Canceled) // no damage
		s.Release()
		synctest.Wait()
		same(t, x, "c three\n")
		cancel()
		<-done
	})
}

// TestDamageMetByApply: a batch that meets a damaged segment goes in without it.
func TestDamageMetByApply(t *testing.T) {
	dir := t.TempDir()
	x := two(t, dir)
	if err := os.Truncate(filepath.Join(dir, first), 0); err != nil { // its pages are gone from under the map
		t.Fatal(err)
	}
	apply(t, x, "3", "d four\na new\n")
	same(t, x, "c three\nd four\na new\n")
	if x.Want() != "damage" {
		t.Errorf("wanted %q", x.Want())
	}
}

// TestDamageMetByMerge: the merge finds out which segment it was.
func TestDamageMetByMerge(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir)
	for i := range 8 {
		apply(t, x, "1", strings.Repeat("x", i+1)+" word\n")
	}
	if err := os.Truncate(filepath.Join(dir, "g000001/000003.seg"), 0); err != nil {
		t.Fatal(err)
	}
	if _, _, err := x.mergeOne(t.Context()); err != nil {
		t.Fatal(err)
	}
	if x.Want() != "damage" || x.Stats().Live != 7 {
		t.Errorf("wanted %q, %d live", x.Want(), x.Stats().Live)
	}
	if err := x.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := dump(t, x); len(got) != 7 {
		t.Errorf("%d documents, want 7", len(got))
	}
}

// TestReportsAreHeededWhileMergesRest: where a merge failed, the pause before the
// next keeps nobody from setting aside what is damaged.
func TestReportsAreHeededWhileMergesRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var failed atomic.Int32
		x, done := runs(t, func(op, _ string) error {
			if op == "segment" {
				failed.Add(1)
				return errNoSpace
			}
			return nil
		}, 9)
		synctest.Wait()
		if failed.Load() != 1 {
			t.Fatalf("%d merges were tried, want 1", failed.Load())
		}
		damaged(t, x, 0)
		synctest.Wait()
		if got := x.Stats(); got.Live != 8 || failed.Load() != 1 {
			t.Errorf("%d live after %d merges, want 8 after 1: a damaged segment waits for a merge", got.Live, failed.Load())
		}
		time.Sleep(mergeRetry)
		synctest.Wait()
		if failed.Load() != 2 {
			t.Errorf("%d merges were tried after the pause, want 2", failed.Load())
		}
		done()
	})
}

// TestNoReportIsLost: where one segment cannot be set aside, another is, and that
// one is as soon as it can be.
func TestNoReportIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fails atomic.Int32
		x, done := runs(t, func(op, _ string) error {
			if op == "write" && fails.CompareAndSwap(1, 0) {
				return errNoSpace
			}
			return nil
		}, 3)
		synctest.Wait()
		fails.Store(1)
		damaged(t, x, 0, 1)
		synctest.Wait()
		if got := x.Stats(); got.Live != 1 {
			t.Errorf("%d live, want 1 of 3: after an error the reports are heeded again", got.Live)
		}
		done()
	})
}

// runs makes an index of as many segments of a document, lets its disk fail from
// then on, and runs it until done is called.
func runs(t *testing.T, before func(op, path string) error, segments int) (x *Index, done func()) {
	t.Helper()
	x = open(t, t.TempDir())
	for i := range segments {
		apply(t, x, strconv.Itoa(i), string(rune('a'+i))+" word\n")
	}
	x.disk.before = before
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); x.Run(ctx) }()
	return x, func() { cancel(); <-ended }
}

// damaged says that segments are damaged.
func damaged(t *testing.T, x *Index, segments ...int) {
	t.Helper()
	s := x.Snapshot()
	defer s.Release()
	for _, i := range segments {
		s.Segments[i].Report(segment.ErrCorrupt)
	}
}
