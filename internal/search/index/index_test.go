package index

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"broadsheet"
	"broadsheet/internal/lib/segment"

	"github.com/google/go-cmp/cmp"
)

var setup = Setup{Analyzer: "1", Model: "m", Source: "db"}

func open(t testing.TB, dir string) *Index {
	t.Helper()
	x, err := Open(dir, Options{Setup: setup})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

// write makes the documents of text: "key word word …" lines.
func write(b *segment.Builder, text string) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		b.Begin(words[0])
		v := make([]float32, segment.Dim)
		for i, w := range words[1:] {
			b.Term(segment.Abstract, w, segment.AbstractBase+uint32(i))
			v[len(w)*31%segment.Dim] += 0.5
		}
		b.Tag("\x01c" + words[len(words)-1])
		b.Ordinal("cat", words[len(words)-1])
		b.Column("time", uint32(len(line)))
		norm := float32(0)
		for _, x := range v {
			norm += x * x
		}
		if norm > 0 {
			v = make([]float32, segment.Dim)
			v[len(words)] = 1
			b.Vector(v)
		}
	}
}

func builder(text string) *segment.Builder {
	b := segment.NewBuilder(setup.options())
	write(b, text)
	return b
}

func apply(t testing.TB, x *Index, cursor, text string, deletes ...string) {
	t.Helper()
	b := Batch{Cursor: cursor, Deletes: deletes}
	if text != "" {
		b.Builders = append(b.Builders, builder(text))
	}
	if err := x.Apply(t.Context(), b); err != nil {
		t.Fatalf("apply %s: %v", cursor, err)
	}
}

func dump(t testing.TB, x *Index) map[string]string {
	t.Helper()
	s := x.Snapshot()
	defer s.Release()
	out, err := Dump(s)
	if err != nil {
		t.Fatalf("dump: %v", err)
	}
	if len(out) != s.Live {
		t.Errorf("%d documents live, the snapshot says %d", len(out), s.Live)
	}
	return out
}

// same wants the index to have what one has that was built at once of text.
func same(t testing.TB, x *Index, text string) {
	t.Helper()
	whole := open(t, t.TempDir())
	apply(t, whole, "1", text)
	if diff := cmp.Diff(dump(t, whole), dump(t, x)); diff != "" {
		t.Fatalf("not as built at once (-want +got):\n%s", diff)
	}
}

func TestApplyReplacesDeletesAndOutlivesReopening(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir)
	apply(t, x, "1", "a one two\nb three\nc four five\n")
	apply(t, x, "2", "b three again\nd six\n", "c")
	apply(t, x, "3", "", "nothing")
	want := "a one two\nb three again\nd six\n"
	same(t, x, want)
	if got := x.Writer().Cursor(); got != "3" {
		t.Errorf("cursor %q, want 3", got)
	}
	x.Close()
	x = open(t, dir)
	same(t, x, want)
	if got := x.Writer().Cursor(); got != "3" {
		t.Errorf("cursor %q after reopening, want 3", got)
	}
	apply(t, x, "4", "", "a", "b", "d")
	if st := x.Stats(); st.Segments != 0 || st.Live != 0 {
		t.Errorf("%d segments with %d documents, want none", st.Segments, st.Live)
	}
}

func TestBatchOrder(t *testing.T) {
	x := open(t, t.TempDir())
	apply(t, x, "1", "a one\n")
	b := Batch{Cursor: "2", Deletes: []string{"a"}, Builders: []*segment.Builder{builder("a two\nb x\n"), builder("a three\n")}}
	if err := x.Apply(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	same(t, x, "a three\nb x\n")
}

func TestASnapshotDoesNotChangeAndKeepsItsFiles(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir)
	apply(t, x, "1", "a one\nb two\n")
	old := x.Snapshot()
	for i := range 30 {
		apply(t, x, fmt.Sprint(i+2), fmt.Sprintf("a version%d\nn%d new\n", i, i))
	}
	if err := x.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := Dump(old)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || !strings.Contains(got["a"], `"one"`) {
		t.Errorf("the old snapshot has %v", got)
	}
	files := func() int {
		all, _ := filepath.Glob(filepath.Join(dir, "g000001", "*.seg"))
		return len(all)
	}
	before := files()
	old.Release()
	old.Release()
	if after := files(); after >= before {
		t.Errorf("%d segment files before the release, %d after", before, after)
	}
	if n, st := files(), x.Stats(); n != st.Segments {
		t.Errorf("%d segment files, want the %d of the index", n, st.Segments)
	}
}

// model is what an index should hold.
type model map[string]string

func (m model) text() string {
	var b strings.Builder
	for k, v := range m {
		fmt.Fprintf(&b, "%s %s\n", k, v)
	}
	return b.String()
}

// step makes a random batch and the model after it.
func (m model) step(rnd *rand.Rand, n int) (text string, deletes []string) {
	var b strings.Builder
	seen := map[string]bool{}
	for range 1 + rnd.IntN(n) {
		k := fmt.Sprintf("k%03d", rnd.IntN(400))
		if seen[k] {
			continue
		}
		seen[k] = true
		if rnd.IntN(5) == 0 {
			deletes = append(deletes, k)
			delete(m, k)
			continue
		}
		m[k] = fmt.Sprintf("w%d w%d w%d c%d", rnd.IntN(50), rnd.IntN(50), rnd.IntN(5), rnd.IntN(3))
		fmt.Fprintf(&b, "%s %s\n", k, m[k])
	}
	return b.String(), deletes
}

// TestMergedEqualsBuiltAtOnce changes an index at random while it is merged, and
// searched, and compares it with one that is built at once.
func TestMergedEqualsBuiltAtOnce(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { x.Run(ctx) })
	for range 2 {
		all.Go(func() {
			for ctx.Err() == nil {
				s := x.Snapshot()
				if _, err := Dump(s); err != nil {
					t.Errorf("while it changes: %v", err)
				}
				s.Release()
			}
		})
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	m := model{}
	for i := range 150 {
		text, deletes := m.step(rnd, 40)
		apply(t, x, fmt.Sprint(i+1), text, deletes...)
	}
	cancel()
	all.Wait()
	if err := x.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, x, m.text())
	if st := x.Stats(); st.Merges == 0 || st.Segments > 40 || st.Docs-st.Live > st.Docs/2 {
		t.Errorf("hardly merged: %+v", st)
	}
	if err := x.Writer().Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st := x.Stats(); st.Segments != 1 {
		t.Errorf("compacted to %d segments", st.Segments)
	}
	same(t, x, m.text())
	x.Close()
	same(t, open(t, dir), m.text())
}

func TestOnlyOneProcessWrites(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	_, err := Open(dir, Options{Setup: setup})
	if broadsheet.KindOf(err) != broadsheet.Conflict || !strings.Contains(fmt.Sprint(err), "--data-dir") {
		t.Errorf("a second opener got %v, want Conflict and what to do", err)
	}
	r, err := Inspect(dir)
	if err != nil || !r.Open {
		t.Errorf("inspect: %+v, %v; want that it is open", r, err)
	}
}

func TestCancelledMerge(t *testing.T) {
	x := open(t, t.TempDir())
	for i := range 8 {
		apply(t, x, fmt.Sprint(i+1), fmt.Sprintf("k%d w\n", i))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := x.mergeOne(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
	all, _ := filepath.Glob(filepath.Join(x.dir, "g000001", "*"))
	if len(all) != 8+2 {
		t.Errorf("got %d files, want 8 segments and 2 manifests: %v", len(all), all)
	}
}

func TestRebuildSwapsAndResumes(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir)
	apply(t, x, "1", "a one\nb two\n")
	w, err := x.Rebuild(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Apply(t.Context(), Batch{Cursor: "half", Builders: []*segment.Builder{builder("a rebuilt\n")}}); err != nil {
		t.Fatal(err)
	}
	x.Close()
	x = open(t, dir)
	same(t, x, "a one\nb two\n")
	if got := x.Want(); got == "" {
		t.Error("a rebuild that did not end is forgotten")
	}
	if w, err = x.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.Cursor() != "half" {
		t.Errorf("it resumes from %q, want half", w.Cursor())
	}
	old := x.Snapshot()
	if err := w.Apply(t.Context(), Batch{Cursor: "end", Builders: []*segment.Builder{builder("b rebuilt\n")}}); err != nil {
		t.Fatal(err)
	}
	if err := x.Swap(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	same(t, x, "a rebuilt\nb rebuilt\n")
	if got, err := Dump(old); err != nil || !strings.Contains(got["a"], `"one"`) {
		t.Errorf("the old snapshot is %v, %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "g000001")); err != nil {
		t.Errorf("the old generation went while it was read: %v", err)
	}
	old.Release()
	if _, err := os.Stat(filepath.Join(dir, "g000001")); err == nil {
		t.Error("the old generation stays")
	}
	if x.Want() != "" {
		t.Errorf("it still wants a rebuild: %s", x.Want())
	}
	x.Close()
	same(t, open(t, dir), "a rebuilt\nb rebuilt\n")
}

func TestAnotherSetupWantsARebuild(t *testing.T) {
	for _, c := range []struct {
		change func(*Setup)
		want   string
		docs   int
	}{
		{func(*Setup) {}, "", 1},
		{func(s *Setup) { s.Analyzer = "2" }, "another analyzer", 1},
		{func(s *Setup) { s.Model = "n" }, "another model", 1},
		{func(s *Setup) { s.K1, s.B = 1.2, 0.7 }, "other weights", 1},
		{func(s *Setup) { s.Source = "other" }, "", 0},
	} {
		dir := t.TempDir()
		x := open(t, dir)
		apply(t, x, "1", "a one\n")
		x.Close()
		other := setup
		c.change(&other)
		x, err := Open(dir, Options{Setup: other})
		if err != nil {
			t.Fatal(err)
		}
		if got, st := x.Want(), x.Stats(); got != c.want || st.Live != c.docs {
			t.Errorf("%+v: want %q and %d documents, got %q and %d", other, c.want, c.docs, got, st.Live)
		}
		x.Close()
	}
}
