package segment

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"broadsheet/internal/lib/checksum"
)

// brokenDisk notes what is asked of a disk and lets one step fail.
type brokenDisk struct {
	osDisk
	steps []string
	fail  int // the step that fails; -1: none
}

var errDisk = errors.New("disk is broken")

func (d *brokenDisk) step(name string) error {
	d.steps = append(d.steps, name)
	if len(d.steps)-1 == d.fail {
		return errDisk
	}
	return nil
}

func (d *brokenDisk) create(path string) (syncer, error) {
	if err := d.step("create " + filepath.Base(path)); err != nil {
		return nil, err
	}
	f, err := d.osDisk.create(path)
	return &brokenFile{f, d}, err
}

func (d *brokenDisk) rename(from, to string) error {
	if err := d.step("rename " + filepath.Base(from) + " " + filepath.Base(to)); err != nil {
		return err
	}
	return d.osDisk.rename(from, to)
}

func (d *brokenDisk) syncDir(dir string) error {
	if err := d.step("sync folder"); err != nil {
		return err
	}
	return d.osDisk.syncDir(dir)
}

type brokenFile struct {
	syncer
	d *brokenDisk
}

func (f *brokenFile) Write(p []byte) (int, error) {
	if n := len(f.d.steps); n == 0 || f.d.steps[n-1] != "write" || n-1 == f.d.fail {
		if err := f.d.step("write"); err != nil {
			return 0, err
		}
	}
	return f.syncer.Write(p)
}

func (f *brokenFile) Sync() error {
	if err := f.d.step("sync"); err != nil {
		return err
	}
	return f.syncer.Sync()
}

func (f *brokenFile) Close() error {
	err := f.syncer.Close()
	if e := f.d.step("close"); e != nil {
		err = e
	}
	return err
}

// TestWriteSteps lets each step of writing fail, and makes sure of their order.
func TestWriteSteps(t *testing.T) {
	docs := randomDocs(rand.New(rand.NewPCG(16, 16)), 50)
	want := []string{"create a.seg.tmp", "write", "sync", "close", "rename a.seg.tmp a.seg", "sync folder"}
	for fail := -1; fail < len(want); fail++ {
		path := filepath.Join(t.TempDir(), "a.seg")
		d := &brokenDisk{fail: fail}
		b := NewBuilder(testOptions)
		b.to.disk = d
		for _, doc := range docs {
			doc.addTo(b)
		}
		_, err := b.WriteFile(path)
		if fail < 0 {
			if diff := cmp.Diff(want, d.steps); diff != "" || err != nil {
				t.Fatalf("steps (-want +got):\n%s%v", diff, err)
			}
			checkAll(t, open(t, path), docs)
			continue
		}
		if !errors.Is(err, errDisk) {
			t.Errorf("%s fails: WriteFile gives %v, want %v", want[fail], err, errDisk)
		}
		left, _ := filepath.Glob(filepath.Dir(path) + "/*")
		if renamed := fail == len(want)-1; renamed != slices.Contains(left, path) || len(left) > 1 {
			t.Errorf("%s fails: there is %v", want[fail], left)
		}
	}
}

// TestLeftover writes where a killed program left half a file.
func TestLeftover(t *testing.T) {
	docs := randomDocs(rand.New(rand.NewPCG(17, 17)), 20)
	data := read(t, build(t, docs))
	path := filepath.Join(t.TempDir(), "a.seg")
	if err := os.WriteFile(path+TempSuffix, append(data, data...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Open of what was not finished: %v, want %v", err, os.ErrNotExist)
	}
	b := NewBuilder(testOptions)
	for range 2 { // the second time onto a segment, with a Builder used before
		b.Reset()
		for _, d := range docs {
			d.addTo(b)
		}
		info, err := b.WriteFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, path); !bytes.Equal(got, data) || info.Size != int64(len(data)) {
			t.Errorf("%d bytes, %d by Info; want the same %d again", len(got), info.Size, len(data))
		}
		if diff := cmp.Diff(open(t, path).Info(), info); diff != "" {
			t.Errorf("Info of Open and WriteFile (-open +write):\n%s", diff)
		}
	}
}

// TestReplaced leaves out documents whose key came again.
func TestReplaced(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 18))
	docs := randomDocs(rng, 400)
	for i := range docs {
		docs[i].key = fmt.Sprint("key ", rng.IntN(200))
	}
	b := NewBuilder(testOptions)
	for _, d := range docs {
		d.addTo(b)
	}
	var last []document
	for i, d := range docs {
		if !slices.ContainsFunc(docs[i+1:], func(e document) bool { return e.key == d.key }) {
			last = append(last, d)
		}
	}
	if b.Docs() != len(last) {
		t.Errorf("Docs() = %d, want %d", b.Docs(), len(last))
	}
	path := filepath.Join(t.TempDir(), "a.seg")
	if _, err := b.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	checkAll(t, open(t, path), last)
	if !bytes.Equal(read(t, path), read(t, build(t, last))) {
		t.Error("the segment is not that of the last documents alone")
	}
}

// TestOddInput gives a Builder what it leaves out or cuts.
func TestOddInput(t *testing.T) {
	b := NewBuilder(Options{})
	b.Term(0, "before any document", 0)
	b.Tag("\x01before")
	b.Column("time", 1)
	b.Ordinal("cat", "x")
	b.Vector(make([]float32, Dim))
	long := strings.Repeat("k", 300)
	b.Begin(long)
	b.Term(Title, "", 0)
	b.Term(Title, long, 0)
	b.Term(Title, "\x01tag", 0)
	b.Term(Title, "far", MaxPos+1)
	b.Tag("word")
	b.Tag("")
	b.Vector(make([]float32, Dim))
	b.Ordinal("cat", long)
	b.Column("pop", 1000)
	b.Term(Title, "a\x00b", MaxPos)
	b.Begin("")
	path := filepath.Join(t.TempDir(), "a.seg")
	if _, err := b.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	r := open(t, path)
	var terms []string
	for it := r.Terms(""); it.Next(); {
		terms = append(terms, string(it.Term()))
	}
	key, _ := r.Key(0)
	empty, _ := r.Key(1)
	at, found, _ := r.Find("")
	pop, _ := r.U8("pop")
	cat, _ := r.Ordinals("cat")
	none, _ := r.Ordinals("none")
	_, wrongWidth := r.U8("time")
	absent, err := r.U32("absent")
	got := fmt.Sprintf("%q %d %q %d %v %v %d %d %v %v %v %v", terms, len(key), empty, at, found, pop, len(cat.Names[0]),
		none.Of(0, nil), wrongWidth, absent, err, r.Info().Vectors)
	want := `["a\x00b"] 255 "" 1 true [255 0] 255 [] column time has 32 bits, not 8 [] <nil> 0`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if err := r.Verify(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

// TestFull refuses more documents than a segment holds.
func TestFull(t *testing.T) {
	b := NewBuilder(Options{})
	b.Begin("first")
	b.docs = MaxDocs
	b.Begin("one too many")
	if _, err := b.WriteFile(filepath.Join(t.TempDir(), "a.seg")); !errors.Is(err, ErrTooLarge) {
		t.Errorf("WriteFile of %d documents: %v, want %v", MaxDocs+1, err, ErrTooLarge)
	}
	b.Reset()
	b.Begin("again")
	if _, err := b.WriteFile(filepath.Join(t.TempDir(), "a.seg")); err != nil {
		t.Errorf("WriteFile after Reset: %v", err)
	}
}

// TestConcurrent reads a segment that was just opened from many goroutines, so
// that they meet at chunks not yet checked.
func TestConcurrent(t *testing.T) {
	path := build(t, randomDocs(rand.New(rand.NewPCG(19, 19)), 300))
	tr := truthOf(t, open(t, path))
	for range 3 {
		r := open(t, path)
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				if damaged, wrong := tr.walk(r); damaged || wrong != nil {
					t.Errorf("damaged %v, %v", damaged, wrong)
				}
				if err := r.Verify(t.Context(), nil); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
	}
}

// TestVersion tells a newer format from damage.
func TestVersion(t *testing.T) {
	data := read(t, build(t, nil))
	for _, v := range []uint32{0, oldest, version + 1} {
		le.PutUint32(data[8:], v)
		if _, err := onBytes(data, false); !errors.Is(err, ErrCorrupt) {
			t.Errorf("version changed to %d: %v, want %v", v, err, ErrCorrupt)
		}
		want := ErrVersion
		if v == oldest {
			want = ErrCorrupt // the footer says otherwise
		}
		le.PutUint32(data[12:], checksum.Of(data[:12]))
		if _, err := onBytes(data, false); !errors.Is(err, want) {
			t.Errorf("version %d: %v, want %v", v, err, want)
		}
		le.PutUint32(data[12:], 0)
	}
}
