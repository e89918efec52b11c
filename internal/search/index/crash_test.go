package index

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"broadsheet"
	"broadsheet/internal/lib/segment"
)

var errPower = errors.New("the power failed")

// failing lets the nth step and all after it fail.
type failing struct{ left int }

func (f *failing) before(string, string) error {
	if f.left--; f.left < 0 {
		return errPower
	}
	return nil
}

// script is a life of an index: batches, merges, a rebuild. It gives the texts
// that may be found afterwards: that of the last batch that was acknowledged, and
// that of the one that was under way.
func script(t *testing.T, dir string, power *failing) (may []string, cursors []string, ended bool) {
	t.Helper()
	m, cursor := model{}, ""
	may, cursors = []string{""}, []string{""}
	x, err := Open(dir, Options{Setup: setup, disk: disk{before: power.before}})
	if err != nil {
		return may, cursors, false
	}
	defer x.Close() // lets go of memory and the lock; writes nothing
	rnd := rand.New(rand.NewPCG(7, 7))
	put := func(w *Writer, b Batch) error { return w.Apply(t.Context(), b) }
	for i := range 10 {
		text, deletes := m.step(rnd, 20)
		cursor = fmt.Sprint(i + 1)
		may, cursors = append(may[len(may)-1:], m.text()), append(cursors[len(cursors)-1:], cursor)
		if err := put(x.Writer(), Batch{Cursor: cursor, Deletes: deletes, Builders: []*segment.Builder{builder(text)}}); err != nil {
			return may, cursors, false
		}
		may, cursors = may[1:], cursors[1:]
		if i == 8 {
			if err := x.Maintain(t.Context()); err != nil {
				return may, cursors, false
			}
		}
	}
	w, err := x.Rebuild(t.Context())
	if err != nil {
		return may, cursors, false
	}
	if err := put(w, Batch{Cursor: cursor, Builders: []*segment.Builder{builder(m.text())}}); err != nil {
		return may, cursors, false
	}
	if err := x.Swap(t.Context(), w); err != nil {
		return may, cursors, false
	}
	return may, cursors, true
}

// TestPowerFailsAtEveryStep lets the power fail before every step on the disk in
// turn. Reopened, the index has the last acknowledged batch or the one under
// way, whole, and goes on.
func TestPowerFailsAtEveryStep(t *testing.T) {
	const lanes = 8 // side by side: they wait for the disk
	for lane := range lanes {
		t.Run(fmt.Sprint(lane), func(t *testing.T) {
			t.Parallel()
			dumps := map[string]map[string]string{}
			n := lane
			for ; !powerFails(t, n, dumps); n += lanes {
			}
			if n < 120 {
				t.Errorf("only %d steps: they are not all asked", n)
			}
		})
	}
}

// powerFails lets the power fail before step n and tells whether there is none.
func powerFails(t *testing.T, n int, dumps map[string]map[string]string) (ended bool) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "index")
	may, cursors, ended := script(t, dir, &failing{left: n})
	x, err := Open(dir, Options{Setup: setup})
	if err != nil {
		t.Fatalf("step %d: reopen: %v", n, err)
	}
	defer x.Close()
	got := dump(t, x)
	if !slices.ContainsFunc(may, func(text string) bool {
		if dumps[text] == nil {
			whole := open(t, t.TempDir())
			apply(t, whole, "1", text)
			dumps[text] = dump(t, whole)
		}
		return equal(got, dumps[text]) && x.Writer().Cursor() == cursors[slices.Index(may, text)]
	}) {
		t.Fatalf("step %d: %d documents at cursor %s, which is neither of %v", n, len(got), x.Writer().Cursor(), cursors)
	}
	if st := x.Stats(); len(st.Damaged) > 0 {
		t.Fatalf("step %d: damage after a crash: %+v", n, st.Damaged)
	}
	tidy(t, x)
	apply(t, x, "more", "more and more\n")
	return ended
}

func equal(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// tidy wants no file that nobody needs.
func tidy(t *testing.T, x *Index) {
	t.Helper()
	for _, g := range x.both() {
		need := map[string]bool{}
		g.manifest.files(need)
		g.before.files(need)
		entries, err := os.ReadDir(g.dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if name := e.Name(); !need[name] && filepath.Ext(name) != "" {
				t.Errorf("%s is there, and nobody needs it", filepath.Join(g.dir, name))
			}
		}
	}
}

// TestADiskThatIsFullForAWhile lets single steps fail: the batch is refused with
// an error that says what to do, nothing of it is there, and it goes in later.
func TestADiskThatIsFullForAWhile(t *testing.T) {
	dir := t.TempDir()
	fail := -1
	x, err := Open(dir, Options{Setup: setup, disk: disk{before: func(op, _ string) error {
		if op == "remove" { // works on a full disk
			return nil
		}
		if fail--; fail == -1 {
			return syscall.ENOSPC
		}
		return nil
	}}})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	fail = -2
	apply(t, x, "1", "a one\nb two\nc three\n")
	for step := 0; ; step++ {
		before := dump(t, x)
		fail = step
		err := x.Apply(t.Context(), Batch{Cursor: "2", Deletes: []string{"b"}, Builders: []*segment.Builder{builder("a more\nd four\n")}})
		done := fail >= 0
		fail = -2
		if done {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		var be *broadsheet.Error
		if !errors.As(err, &be) || be.Kind != broadsheet.Unavailable || be.Fix != "make room on the disk that data_dir is on" {
			t.Fatalf("step %d: got %v, want Unavailable and what to do", step, err)
		}
		if !equal(before, dump(t, x)) || x.Writer().Cursor() != "1" {
			t.Fatalf("step %d: something of the refused batch is there", step)
		}
		tidy(t, x)
	}
	same(t, x, "a more\nc three\nd four\n")
}
