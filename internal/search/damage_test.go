package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/lib/segment"
	"broadsheet/internal/search/index"
)

// TestDamage turns bytes of a segment, at one place at a time, and asks. Either
// the answers are those of the whole index, or they say that they are incomplete
// and are those of the segments that are left, as if it had never been.
func TestDamage(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 2))
	papers := randomPapers(r, 400, 60)
	w := newWorld(t, papers, spread{segments: 4})
	left := newWorld(t, papers[100:], spread{segments: 3})
	var queries []broadsheet.Query
	for range 12 {
		q := randomQuery(r, 60)
		q.Mode, q.Facets, q.Explain = broadsheet.ModeHybrid, true, true
		queries = append(queries, q)
	}
	answers := func(w *world) (out []*broadsheet.Results) {
		for _, q := range queries {
			got, err := w.Search(context.Background(), q)
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
			got.Took = 0
			out = append(out, got)
		}
		return out
	}
	whole, others := answers(w), answers(left)
	for _, o := range others {
		o.Incomplete = true
	}
	w.index.Close()
	files, err := filepath.Glob(filepath.Join(w.dir, "*", "*.seg"))
	if err != nil || len(files) != 4 {
		t.Fatalf("got segments %v, error %v, want four", files, err)
	}
	slices.Sort(files)
	sound, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	met := 0
	for range 60 {
		at := r.IntN(len(sound))
		copied := filepath.Join(t.TempDir(), "index")
		if err := os.CopyFS(copied, os.DirFS(w.dir)); err != nil {
			t.Fatal(err)
		}
		turned := slices.Clone(sound)
		turned[at] ^= byte(1 + r.IntN(255))
		path, _ := filepath.Rel(w.dir, files[0])
		if err := os.WriteFile(filepath.Join(copied, path), turned, 0o600); err != nil {
			t.Fatal(err)
		}
		if w.index, err = index.Open(copied, index.Options{}); err != nil {
			t.Fatal(err)
		}
		w.open(spread{})
		for i, got := range answers(w) {
			want := whole[i]
			if got.Incomplete {
				want = others[i]
				met++
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("byte %d turned: %+v (-want +got):\n%s", at, queries[i], diff)
			}
		}
		w.index.Close()
	}
	if met == 0 {
		t.Error("no query met damage")
	}
}

// TestDamagedPositionsByDate turns a byte in every chunk of a segment whose words
// are too frequent to look into every match: what is met on reading positions may
// not pass for a paper without the phrase.
func TestDamagedPositionsByDate(t *testing.T) {
	papers := make([]broadsheet.Paper, 25_000)
	for i := range papers {
		papers[i] = broadsheet.Paper{ID: fmt.Sprint("p", i), Title: strings.Repeat("alpha beta ", 8), PublishedAt: today.Add(time.Duration(i-len(papers)) * time.Minute)}
	}
	w := newWorld(t, papers, spread{segments: 1, blind: true})
	q := broadsheet.Query{Require: [][]broadsheet.Term{{{Text: "alpha beta", Phrase: true}}}, Sort: broadsheet.SortDate, Exact: true, Limit: 3}
	ids := func() (out []string, incomplete bool) {
		got, err := w.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range got.Hits {
			out = append(out, h.ID)
		}
		return out, got.Incomplete
	}
	want, _ := ids()
	if len(want) != 3 {
		t.Fatalf("got %v, want three papers", want)
	}
	w.index.Close()
	files, err := filepath.Glob(filepath.Join(w.dir, "*", "*.seg"))
	if err != nil || len(files) != 1 {
		t.Fatalf("got segments %v, error %v, want one", files, err)
	}
	sound, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	path, _ := filepath.Rel(w.dir, files[0])
	for at := 1 << 15; at < len(sound); at += 1 << 16 {
		turned := slices.Clone(sound)
		turned[at] ^= 0xff
		copied := filepath.Join(t.TempDir(), "index")
		if err := os.CopyFS(copied, os.DirFS(w.dir)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(copied, path), turned, 0o600); err != nil {
			t.Fatal(err)
		}
		if w.index, err = index.Open(copied, index.Options{}); err != nil {
			t.Fatal(err)
		}
		w.open(spread{blind: true})
		got, incomplete := ids()
		w.index.Close()

		if !incomplete && !slices.Equal(got, want) {
			t.Errorf("byte %d of %d turned, and nothing said: got %v, want %v", at, len(sound), got, want)
		}
	}
}

// TestLost loses a segment while it is read.
func TestLost(t *testing.T) {
	papers := randomPapers(rand.New(rand.NewPCG(21, 2)), 400, 60)
	w, left := newWorld(t, papers, spread{segments: 4}), newWorld(t, papers[100:], spread{segments: 3})
	q := broadsheet.Query{Words: []broadsheet.Term{{Text: word(0)}, {Text: word(4)}}, Explain: true, Facets: true}
	ask := func(w *world, lose bool) (got *broadsheet.Results) {
		first := true
		err := w.withView(context.Background(), func(v *view) (err error) {
			s := &search{e: w.Engine, view: v, q: q, q0: q}
			if _, err := validate(&s.q); err != nil {
				return err
			}
			if got, err = s.answer(context.Background()); err == nil && lose && first {
				first = false
				i := slices.IndexFunc(v.parts, func(p *part) bool { _, ok, _ := p.Find(papers[0].ID); return ok })
				return v.guard(v.parts[i], func() error { return segment.ErrCorrupt })
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := ask(left, false)
	want.Incomplete = true
	if diff := cmp.Diff(want, ask(w, true)); diff != "" {
		t.Errorf("with a segment lost (-want +got):\n%s", diff)
	}
}

// TestFault leaves a scan in the middle of a window, as the fault of a page that
// cannot be read does: what it had in hand may not show in a later answer.
func TestFault(t *testing.T) {
	w := newWorld(t, randomPapers(rand.New(rand.NewPCG(27, 2)), 600, 40), spread{segments: 1})
	q := broadsheet.Query{Words: []broadsheet.Term{{Text: word(0)}, {Text: word(1)}, {Text: word(2)}}, Mode: broadsheet.ModeLexical, Limit: 50}
	want, err := w.Search(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 { // whatever the pool hands out
		s := scans.Get().(*scan)
		for i := range s.acc {
			s.acc[i] = uint32(i) << 16 // any value that reorders
		}
		s.seen[0], s.busy = 0xffff, true
		new(binder).release(s)
		got, err := w.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		got.Took, want.Took = 0, 0
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("after a fault (-want +got):\n%s", diff)
		}
	}
}
