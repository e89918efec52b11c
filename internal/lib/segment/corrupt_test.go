package segment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// truth is what a segment says, in a form that is quick to compare with.
type truth struct {
	terms   []string
	entries []Entry
	lists   [][]posting
	keys    []string
	cats    [][]uint32
	names   []string
	norm    []uint16
	time    []uint32
	flags   []uint8
	codes   []byte
	rows    [][]int8
	scales  []float32
}

func truthOf(t testing.TB, r *Reader) *truth {
	t.Helper()
	tr := new(truth)
	it := r.Terms("")
	for it.Next() {
		list, err := readList(r, it.Entry())
		if err != nil {
			t.Fatal(err)
		}
		tr.terms = append(tr.terms, string(it.Term()))
		tr.entries = append(tr.entries, it.Entry())
		tr.lists = append(tr.lists, list)
	}
	cat, err := r.Ordinals("cat")
	if err != nil {
		t.Fatal(err)
	}
	tr.names = cat.Names
	for d := range uint32(r.Docs()) {
		key, err := r.Key(d)
		row, scale, err2 := r.Int8(d, new(Row))
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		tr.keys = append(tr.keys, key)
		tr.cats = append(tr.cats, cat.Of(d, nil))
		tr.rows = append(tr.rows, slices.Clone(row))
		tr.scales = append(tr.scales, scale)
	}
	norm, err1 := r.U16("norm")
	time, err2 := r.U32("time")
	flags, err3 := r.U8("flags")
	codes, err4 := r.Codes()
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	tr.norm, tr.time, tr.flags, tr.codes = slices.Clone(norm), slices.Clone(time), slices.Clone(flags), slices.Clone(codes)
	return tr
}

// walk reads everything and gives the first answer that is neither right nor an
// error of kind ErrCorrupt. damaged says whether there was such an error.
func (tr *truth) walk(r *Reader) (damaged bool, wrong error) {
	w := &walker{truth: tr, r: r}
	w.terms()
	w.lists()
	w.columns()
	w.documents()
	if err := r.Err(); err != nil {
		w.damaged = true
	} else if w.damaged && w.wrong == nil {
		w.wrong = errors.New("Reader.Err does not know of the damage")
	}
	return w.damaged, w.wrong
}

type walker struct {
	*truth
	r       *Reader
	damaged bool
	wrong   error
	pos     []uint32
	posts   Postings
	row     Row
}

// answer takes an answer: right says whether it is, err stood beside it.
func (w *walker) answer(right bool, err error, what string, args ...any) {
	switch {
	case err != nil:
		w.damaged = true
		if !errors.Is(err, ErrCorrupt) && w.wrong == nil {
			w.wrong = err
		}
	case !right && w.wrong == nil:
		w.wrong = fmt.Errorf("wrong answer: "+what, args...)
	}
}

func (w *walker) terms() {
	it, i := w.r.Terms(""), 0
	for ; it.Next(); i++ {
		ok := i < len(w.truth.terms) && string(it.Term()) == w.truth.terms[i] && it.Entry() == w.entries[i]
		w.answer(ok, nil, "term %d: %q", i, it.Term())
	}
	w.answer(i == len(w.truth.terms), it.Err(), "%d terms", i)
}

func (w *walker) lists() {
	for i, term := range w.truth.terms {
		e, ok, err := w.r.Lookup(term)
		if w.answer(ok && e == w.entries[i], err, "Lookup(%q) = %+v, %v", term, e, ok); err != nil || !ok {
			continue
		}
		p := &w.posts
		p.Reset(w.r, e)
		want := w.truth.lists[i]
		n := 0
		for d := p.Next(); d != NoDoc && n < len(want); d = p.Next() {
			right := d == want[n].Doc && p.Code() == want[n].Code
			if !e.Tag {
				w.pos = p.Positions(w.pos[:0])
				right = right && (slices.Equal(w.pos, want[n].Positions) || p.Err() != nil)
			}
			w.answer(right, nil, "posting %d of %q", n, term)
			n++
		}
		w.answer(n == len(want) && p.Doc() == NoDoc, p.Err(), "%q has %d postings", term, n)
		p.Reset(w.r, e)
		if last := want[len(want)-1].Doc; p.Err() == nil {
			got := p.Advance(last)
			w.answer(got == last, p.Err(), "Advance(%d) = %d in %q", last, got, term)
		}
	}
}

func (w *walker) columns() {
	norm, err := w.r.U16("norm")
	w.answer(slices.Equal(norm, w.norm), err, "norms")
	time, err := w.r.U32("time")
	w.answer(slices.Equal(time, w.time), err, "times")
	flags, err := w.r.U8("flags")
	w.answer(slices.Equal(flags, w.flags), err, "flags")
	codes, err := w.r.Codes()
	w.answer(slices.Equal(codes, w.codes), err, "codes")
	cat, err := w.r.Ordinals("cat")
	if w.answer(err != nil || slices.Equal(cat.Names, w.names), err, "names"); err != nil {
		return
	}
	for d := range w.cats {
		w.pos = cat.Of(uint32(d), w.pos[:0])
		w.answer(slices.Equal(w.pos, w.cats[d]), w.r.Err(), "ordinals of %d", d)
	}
}

func (w *walker) documents() {
	for d := range uint32(len(w.keys)) {
		key, err := w.r.Key(d)
		w.answer(key == w.keys[d], err, "Key(%d) = %q", d, key)
		doc, ok, err := w.r.Find(w.keys[d])
		w.answer(ok && doc == d, err, "Find(%q) = %d, %v", w.keys[d], doc, ok)
		row, scale, err := w.r.Int8(d, &w.row)
		w.answer(scale == w.scales[d] && slices.Equal(row, w.rows[d]), err, "Int8(%d)", d)
	}
}

// onBytes opens a segment that is in memory.
func onBytes(data []byte, blind bool) (*Reader, error) {
	file, err := parse("memory", data, bytes.NewReader(data), blind)
	if err != nil {
		return nil, err
	}
	return newReader(file)
}

// damage changes some bytes from a place on and gives a function that puts them
// back, nil where nothing changed.
func damage(rng *rand.Rand, data []byte, from int64) (undo func()) {
	run := data[from:min(from+int64(1+rng.IntN(40)), int64(len(data)))]
	old := slices.Clone(run)
	switch rng.IntN(4) {
	case 0:
		run[0] ^= 1 << rng.IntN(8)
	case 1:
		clear(run)
	case 2:
		for i := range run {
			run[i] = 0xff
		}
	case 3:
		for i := range run {
			run[i] = byte(rng.Uint32())
		}
	}
	if slices.Equal(old, run) {
		return nil
	}
	return func() { copy(run, old) }
}

// damagePlaces is how many places of each section are damaged. The race detector
// makes reading slow, and finds nothing here.
const damagePlaces = 500

// TestCorrupt damages each section, and what is between them, in many places. The
// damage must be found at opening, on reading, or at the latest by Verify, and
// until then every answer must be right. Then it lets the checksums through: what
// is behind them may be wrong then, but must not crash.
func TestCorrupt(t *testing.T) {
	b := NewBuilder(testOptions)
	b.to.shift = minChunkShift // so that few bytes are many chunks, and most are checked late
	for _, d := range randomDocs(rand.New(rand.NewPCG(11, 11)), 200) {
		d.addTo(b)
	}
	path := filepath.Join(t.TempDir(), "a.seg")
	if _, err := b.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	data := read(t, path)
	whole, err := onBytes(data, false)
	if err != nil {
		t.Fatal(err)
	}
	tr := truthOf(t, whole)
	if damaged, wrong := tr.walk(whole); damaged || wrong != nil {
		t.Fatalf("undamaged: %v, %v", damaged, wrong)
	}
	sections := whole.file.toc
	end := whole.file.end
	sections = append(sections, section{name: "header", off: 0, size: headerSize},
		section{name: "checksums", off: end, size: int64(len(whole.file.sums))},
		section{name: "contents", off: end + int64(len(whole.file.sums)), size: int64(len(data)) - footerSize - end - int64(len(whole.file.sums))},
		section{name: "footer", off: int64(len(data)) - footerSize, size: footerSize})
	for i, s := range sections[:len(sections)-5] { // and one byte of padding
		if pad := sections[i+1].off - s.off - s.size; pad > 0 {
			sections = append(sections, section{name: s.name + " and after", off: s.off + s.size, size: pad})
		}
	}
	for _, s := range sections {
		t.Run(s.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(12, uint64(s.off)))
			late, places := 0, damagePlaces
			if testing.Short() || raceEnabled {
				places /= 10
			}
			if strings.HasSuffix(s.name, "after") { // a few bytes of padding
				places /= 20
			}
			for k := range places {
				from := s.off + rng.Int64N(s.size)
				undo := damage(rng, data, from)
				if undo == nil {
					continue
				}
				if found := checkDamage(t, tr, data); !found {
					late++
				}
				if k%5 == 0 {
					checkBlind(t, tr, data)
				}
				if undo(); t.Failed() {
					t.Fatalf("damage at %d", from)
				}
			}
			t.Logf("%d of %d found by Verify alone", late, places)
		})
	}
}

// TestCorruptLists damages lists so long that each of their parts has chunks of its
// own, which nothing else makes sure of.
func TestCorruptLists(t *testing.T) {
	b := NewBuilder(testOptions)
	b.to.shift = minChunkShift
	rng := rand.New(rand.NewPCG(25, 25))
	for d := range 3000 {
		b.Begin(fmt.Sprint(d))
		for i, p := range []float64{1, 0.4, 0.05} {
			if rng.Float64() < p {
				b.Tag(fmt.Sprint("\x01", i))
				for range 1 + rng.IntN(3) {
					b.Term(Abstract, fmt.Sprint(i), AbstractBase+uint32(rng.IntN(500)))
				}
			}
		}
	}
	path := filepath.Join(t.TempDir(), "a.seg")
	if _, err := b.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	data := read(t, path)
	whole, err := onBytes(data, false)
	if err != nil {
		t.Fatal(err)
	}
	tr, post := truthOf(t, whole), whole.post
	places := damagePlaces
	if testing.Short() || raceEnabled {
		places /= 10
	}
	for range places {
		from := post.off + rng.Int64N(post.size)
		undo := damage(rng, data, from)
		if undo == nil {
			continue
		}
		if !checkDamage(t, tr, data) {
			t.Errorf("reading all does not find it")
		}
		if undo(); t.Failed() {
			t.Fatalf("damage at %d of %d", from-post.off, post.size)
		}
	}
}

// checkDamage says whether damage was found without Verify.
func checkDamage(t *testing.T, tr *truth, data []byte) bool {
	r, err := onBytes(data, false)
	if err != nil {
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("Open: %v, want %v", err, ErrCorrupt)
		}
		return true
	}
	damaged, wrong := tr.walk(r)
	if wrong != nil {
		t.Error(wrong)
	}
	if err := r.Verify(context.Background(), nil); !errors.Is(err, ErrCorrupt) {
		t.Errorf("Verify: %v, want %v", err, ErrCorrupt)
	}
	return damaged
}

func checkBlind(t *testing.T, tr *truth, data []byte) {
	if r, err := onBytes(data, true); err == nil {
		tr.walk(r)
		_ = r.Verify(t.Context(), nil)
	}
}

// TestTruncated cuts a segment everywhere near places of interest, and lengthens it.
func TestTruncated(t *testing.T) {
	data := read(t, build(t, randomDocs(rand.New(rand.NewPCG(13, 13)), 200)))
	rng := rand.New(rand.NewPCG(14, 14))
	for k := range 1000 {
		n := rng.IntN(len(data))
		if k < 300 {
			n = len(data) - 1 - k
		}
		if _, err := onBytes(data[:n], false); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("first %d of %d bytes: %v, want %v", n, len(data), err, ErrCorrupt)
		}
		_, _ = onBytes(data[:n], true) // whatever it says, it must not crash
	}
	if _, err := onBytes(append(data, 0), false); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a byte more: %v, want %v", err, ErrCorrupt)
	}
}

// FuzzOpen opens what may be a segment, with checksums taken for right, and walks
// everywhere.
func FuzzOpen(f *testing.F) {
	for _, n := range []int{0, 1, 20} {
		f.Add(read(f, build(f, randomDocs(rand.New(rand.NewPCG(15, uint64(n))), n))))
	}
	for _, name := range fixtures {
		f.Add(read(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := onBytes(data, true)
		if err != nil {
			return
		}
		_ = r.Verify(t.Context(), nil)
		it := r.Terms("m")
		var p Postings
		for n := 0; it.Next() && n < 1000; n++ {
			p.Reset(r, it.Entry())
			for d := uint32(0); d != NoDoc; d = p.Advance(d + 3) {
				p.ShallowAdvance(d + 200)
				p.Positions(nil)
			}
			it.Seek(append(it.Term(), 'a'))
		}
		for d := range min(300, uint32(r.Docs())) {
			key, _ := r.Key(d)
			_, _, _ = r.Find(key)
			_, _, _ = r.Int8(d, new(Row))
		}
		_, _, _ = r.Lookup("all")
	})
}
