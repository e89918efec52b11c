package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/segment"
	"broadsheet/internal/search/index"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// toy is a model that knows the lengths of words.
type toy struct{ name string }

func (m toy) Name() string { return m.name }

func (m toy) Vector(dst []float32, text string) bool {
	words := strings.Fields(text)
	if len(words) == 0 {
		return false
	}
	clear(dst)
	dst[(len(words)+len(words[0]))%segment.Dim] = 1
	return true
}

var toySetup = index.Setup{Analyzer: DocumentVersion, Model: "toy", Source: "test"}

func openIndex(t testing.TB, dir string) *index.Index {
	t.Helper()
	x, err := index.Open(dir, index.Options{Setup: toySetup})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func indexerOf(x *index.Index, s Source) *Indexer {
	return NewIndexer(IndexerOptions{Index: x, Source: s, Embedder: toy{"toy"}, Category: func(c string) string { return "name of " + c }})
}

// catchUp takes in all that there is, which may not all be readable at once.
func catchUp(t testing.TB, x *index.Index, s *store.Store) {
	t.Helper()
	storetest.Settle(t, s)
	if err := indexerOf(x, s).CatchUp(t.Context(), x.Writer()); err != nil {
		t.Fatal(err)
	}
}

func dumpOf(t testing.TB, x *index.Index) map[string]string {
	t.Helper()
	s := x.Snapshot()
	defer s.Release()
	out, err := index.Dump(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sameAsBuilt wants the index to have what one has that is built at once.
func sameAsBuilt(t testing.TB, x *index.Index, s *store.Store) {
	t.Helper()
	fresh := openIndex(t, t.TempDir())
	catchUp(t, fresh, s)
	if diff := cmp.Diff(dumpOf(t, fresh), dumpOf(t, x)); diff != "" {
		t.Fatalf("not as built at once (-want +got):\n%s", diff)
	}
}

func put(t testing.TB, s *store.Store, papers ...broadsheet.Paper) {
	t.Helper()
	if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
		t.Fatal(err)
	}
}

func paperNo(i int) broadsheet.Paper {
	return broadsheet.Paper{
		ID: fmt.Sprintf("2606.%05d", i), Origin: broadsheet.OriginCatalog, Title: fmt.Sprintf("On map number %d", i),
		Abstract: "We fold maps.", Authors: []broadsheet.Author{{Name: "Ada Person"}}, Categories: []string{"cs.LG"},
		PublishedAt: time.Date(2026, 6, 1, 0, i, 0, 0, time.UTC),
	}
}

func TestIndexerFollows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := openIndex(t, t.TempDir())
		for i := range 30 {
			put(t, s, paperNo(i))
		}
		catchUp(t, x, s)
		if got := x.Stats(); got.Live != 30 || !got.Complete {
			t.Fatalf("got %+v, want 30 papers, complete", got)
		}
		changed := paperNo(3)
		changed.Title = "Another title"
		changed.Links = []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://example.org/c"}}
		put(t, s, changed)
		if err := s.Delete(t.Context(), []string{"2606.00004"}); err != nil {
			t.Fatal(err)
		}
		catchUp(t, x, s)
		got := dumpOf(t, x)
		if len(got) != 29 || !strings.Contains(got["2606.00003"], `"anoth"`) || !strings.Contains(got["2606.00003"], "flags 1") {
			t.Errorf("got %d papers, and of the changed one\n%s", len(got), got["2606.00003"])
		}
		sameAsBuilt(t, x, s)
		if lag, err := s.Lag(t.Context(), x.Writer().Cursor()); lag != 0 || err != nil {
			t.Errorf("lag %d (%v), want 0", lag, err)
		}
	})
}

// TestNothingNewIsNotIndexed: what changes nothing that a search sees makes no
// new document, a vote among many as little as a paper harvested again.
func TestNothingNewIsNotIndexed(t *testing.T) {
	s := storetest.Open(t)
	x := openIndex(t, t.TempDir())
	p := paperNo(1)
	p.ImportedVotes = 100
	put(t, s, p, paperNo(2))
	catchUp(t, x, s)
	for _, c := range []struct {
		name   string
		change func(*broadsheet.Paper)
		want   bool // a new document
	}{
		{"a few votes", func(p *broadsheet.Paper) { p.ImportedVotes = 101 }, false},
		{"a license", func(p *broadsheet.Paper) { p.License = "cc0" }, false},
		{"a day's list", func(p *broadsheet.Paper) { p.Features = []broadsheet.Feature{{Day: "2026-06-02"}} }, false},
		{"many votes", func(p *broadsheet.Paper) { p.ImportedVotes = 300 }, true},
		{"code", func(p *broadsheet.Paper) {
			p.Links = []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://example.org/c"}}
		}, true},
	} {
		newest := func() string {
			snap := x.Snapshot()
			defer snap.Release()
			return snap.Segments[len(snap.Segments)-1].File()
		}
		before, file := x.Writer().Cursor(), newest()
		c.change(&p)
		put(t, s, p)
		catchUp(t, x, s)
		if got := newest() != file; got != c.want || x.Writer().Cursor() == before {
			t.Errorf("%s: a new document: %v, want %v; cursor %s was %s", c.name, got, c.want, x.Writer().Cursor(), before)
		}
	}
	sameAsBuilt(t, x, s)
}

// TestPapersThatBecomeOne: two ids turn out to be of one paper, which then is
// found once.
func TestPapersThatBecomeOne(t *testing.T) {
	s := storetest.Open(t)
	x := openIndex(t, t.TempDir())
	a, b := paperNo(1), paperNo(2)
	b.ID, b.IDs = "doi:10.1/x", []broadsheet.SourceID{{Scheme: "doi", Value: "10.1/x"}}
	put(t, s, a)
	put(t, s, b)
	catchUp(t, x, s)
	a.IDs = []broadsheet.SourceID{{Scheme: "arxiv", Value: a.ID}, {Scheme: "doi", Value: "10.1/x"}}
	put(t, s, a)
	catchUp(t, x, s)
	sameAsBuilt(t, x, s)
}

// TestRandomLife changes a store at random, follows it now and then, merges, and
// compares with an index built at once.
func TestRandomLife(t *testing.T) {
	s := storetest.Open(t)
	x := openIndex(t, t.TempDir())
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		var papers []broadsheet.Paper
		for range rnd.IntN(12) {
			p := paperNo(rnd.IntN(60))
			p.Title = fmt.Sprintf("Title %d of many", rnd.IntN(1000))
			p.ImportedVotes = rnd.IntN(5)
			papers = append(papers, p)
		}
		put(t, s, papers...)
		if rnd.IntN(3) == 0 {
			if err := s.Delete(t.Context(), []string{paperNo(rnd.IntN(60)).ID}); err != nil {
				t.Fatal(err)
			}
		}
		if rnd.IntN(2) == 0 {
			catchUp(t, x, s)
		}
		if rnd.IntN(4) == 0 {
			if err := x.Maintain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	catchUp(t, x, s)
	sameAsBuilt(t, x, s)
}

// running lets an indexer run until the test ends.
func running(t *testing.T, x *index.Index, s *store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { x.Run(ctx) })
	all.Go(func() { indexerOf(x, s).Run(ctx) })
	all.Go(func() { s.Watch(ctx, 500*time.Millisecond) })
	t.Cleanup(func() { cancel(); all.Wait() })
}

// await looks until ok, and says how long it took.
func await(t *testing.T, what string, ok func() bool) time.Duration {
	t.Helper()
	begin := time.Now()
	for !ok() {
		if time.Since(begin) > 30*time.Second {
			t.Fatalf("%s: not within 30 s", what)
		}
		time.Sleep(2 * time.Millisecond) // polls what runs on the real clock; nothing tells
	}
	return time.Since(begin)
}

// TestNewPaperIsSearchableSoon measures how long a paper takes into the index
// that this process stores, and one that another does.
func TestNewPaperIsSearchableSoon(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	s, other := storetest.OpenDSN(t, dsn), storetest.OpenDSN(t, dsn)
	x := openIndex(t, t.TempDir())
	for i := range 100 {
		put(t, s, paperNo(i))
	}
	running(t, x, s)
	await(t, "the first papers", func() bool { return x.Stats().Live == 100 })
	var slowest time.Duration
	for i, from := range []*store.Store{s, other, s, other} {
		put(t, from, paperNo(100+i))
		took := await(t, "a new paper", func() bool { return x.Stats().Live == 101+i })
		t.Logf("searchable after %v", took.Round(time.Millisecond))
		slowest = max(slowest, took)
	}
	if slowest > 2*time.Second {
		t.Errorf("a new paper took %v, want at most 2 s", slowest)
	}
}

// TestDamageHealsItself: a segment that goes while the index is in use is
// noticed and its papers are back soon; until then the others are found and it
// is said that some are missing.
func TestDamageHealsItself(t *testing.T) {
	s := storetest.Open(t)
	dir := t.TempDir()
	x := openIndex(t, dir)
	put(t, s, paperNo(1), paperNo(2))
	catchUp(t, x, s)
	put(t, s, paperNo(3))
	catchUp(t, x, s)
	if err := os.Remove(filepath.Join(dir, "g000001", "000001.seg")); err != nil {
		t.Fatal(err)
	}
	if err := x.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if snap := x.Snapshot(); snap.Live != 1 || !snap.Incomplete() {
		t.Errorf("%d live, incomplete %v; want 1, true", snap.Live, snap.Incomplete())
	}
	running(t, x, s)
	await(t, "healing", func() bool { st := x.Stats(); return st.Live == 3 && st.Generation == 2 })
	if snap := x.Snapshot(); snap.Incomplete() {
		t.Error("healed, and still said to be incomplete")
	}
	sameAsBuilt(t, x, s)
	put(t, s, paperNo(4)) // and it goes on
	await(t, "a new paper", func() bool { return x.Stats().Live == 4 })
}

// TestRestsBetweenRebuilds: a failing disk is not all that the machine is for,
// and who asks need not wait.
func TestRestsBetweenRebuilds(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	var r rebuilds
	var rests []time.Duration
	for range 12 {
		begin := now
		for !r.due(index.WantDamage, now) {
			if !r.due("asked for", now) {
				t.Fatal("who asks has to wait")
			}
			now = now.Add(time.Minute)
		}
		rests = append(rests, now.Sub(begin))
		r.done(now)
	}
	if rests[0] != 0 || rests[1] != leastRest || rests[2] != 2*leastRest || rests[11] != mostRest || r.due("", now) {
		t.Errorf("rests %v", rests)
	}
	now = now.Add(quiet + time.Minute)
	r.done(now)
	if now = now.Add(leastRest); !r.due(index.WantDamage, now) {
		t.Error("after a quiet day the rest is not short again")
	}
}

// TestTheFolderGoesWhileOpen: a careless hand costs time, no restart.
func TestTheFolderGoesWhileOpen(t *testing.T) {
	s := storetest.Open(t)
	dir := filepath.Join(t.TempDir(), "index")
	x := openIndex(t, dir)
	put(t, s, paperNo(1), paperNo(2))
	running(t, x, s)
	await(t, "the first papers", func() bool { return x.Stats().Live == 2 })
	// Files that come while it goes make a removal fail: then once more.
	await(t, "the folder going", func() bool { return os.RemoveAll(dir) == nil })
	await(t, "healing", func() bool { st := x.Stats(); return st.Live == 2 && st.Generation >= 2 })
	put(t, s, paperNo(3))
	await(t, "a new paper", func() bool { return x.Stats().Live == 3 })
	if other, err := index.Open(dir, index.Options{Setup: toySetup}); broadsheet.KindOf(err) != broadsheet.Conflict {
		t.Errorf("another process opens the index too: %v, %v", other, err)
	}
	sameAsBuilt(t, x, s)
	if problems, err := index.Verify(t.Context(), dir, nil); err != nil || len(problems) > 0 {
		t.Errorf("afterwards: %v, %v", problems, err)
	}
}

func TestRebuildOnRequest(t *testing.T) {
	s := storetest.Open(t)
	dir := t.TempDir()
	x := openIndex(t, dir)
	put(t, s, paperNo(1), paperNo(2))
	running(t, x, s)
	await(t, "the first papers", func() bool { return x.Stats().Live == 2 })
	if err := index.Request(dir, "test"); err != nil {
		t.Fatal(err)
	}
	await(t, "the rebuild", func() bool { st := x.Stats(); return st.Live == 2 && st.Generation == 2 })
	if index.Requested(dir) {
		t.Error("the request is still there")
	}
}

// TestAnOlderCopyOfTheDatabase: the index notices that it is ahead.
func TestAnOlderCopyOfTheDatabase(t *testing.T) {
	s, older := storetest.Open(t), storetest.Open(t)
	x := openIndex(t, t.TempDir())
	put(t, s, paperNo(1), paperNo(2), paperNo(3))
	catchUp(t, x, s)
	put(t, older, paperNo(1))
	running(t, x, older)
	await(t, "beginning anew", func() bool { return x.Stats().Live == 1 })
	sameAsBuilt(t, x, older)
}

// TestAnotherModel: while the index is rebuilt for another model, new papers are
// found by their words.
func TestAnotherModel(t *testing.T) {
	s := storetest.Open(t)
	dir := t.TempDir()
	x := openIndex(t, dir)
	put(t, s, paperNo(1))
	catchUp(t, x, s)
	x.Close()
	next := toySetup
	next.Model = "toy-2"
	x, err := index.Open(dir, index.Options{Setup: next})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	in := NewIndexer(IndexerOptions{Index: x, Source: s, Embedder: toy{"toy-2"}})
	put(t, s, paperNo(2))
	if err := in.CatchUp(t.Context(), x.Writer()); err != nil {
		t.Fatal(err)
	}
	if got := dumpOf(t, x); len(got) != 2 || !strings.Contains(got["2606.00002"], "vector [] 0") {
		t.Errorf("before the rebuild: %d papers; the new one\n%s", len(got), got["2606.00002"])
	}
	if err := in.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	snap := x.Snapshot()
	defer snap.Release()
	if got := dumpOf(t, x); snap.Setup.Model != "toy-2" || strings.Contains(got["2606.00002"], "vector [] 0") {
		t.Errorf("after the rebuild: model %s; the new paper\n%s", snap.Setup.Model, got["2606.00002"])
	}
}

// remembered is a source of vectors.
type remembered map[string]store.Vector

func (r remembered) Vectors(_ context.Context, model string, ids []string) (map[string]store.Vector, error) {
	if model != "remote" {
		return nil, fmt.Errorf("asked for vectors of %q", model)
	}
	return r, nil
}

func TestVectorsOfAModelElsewhere(t *testing.T) {
	s := storetest.Open(t)
	setup := toySetup
	setup.Model = "remote"
	x, err := index.Open(t.TempDir(), index.Options{Setup: setup})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	have := remembered{}
	in := NewIndexer(IndexerOptions{Index: x, Source: s, Embedder: toy{"toy"}, Vectors: have})
	put(t, s, paperNo(1))
	if err := in.CatchUp(t.Context(), x.Writer()); err != nil {
		t.Fatal(err)
	}
	if got := dumpOf(t, x)["2606.00001"]; !strings.Contains(got, "vector [] 0") {
		t.Errorf("without a vector: %s", got)
	}
	values := make([]int8, segment.Dim)
	values[7] = 127
	have["2606.00001"] = store.Vector{Hash: store.VectorHash{1}, Scale: 1. / 127, Values: values}
	p := paperNo(1)
	p.License = "something that only makes a change row"
	put(t, s, p)
	if err := in.CatchUp(t.Context(), x.Writer()); err != nil {
		t.Fatal(err)
	}
	if got := dumpOf(t, x)["2606.00001"]; !strings.Contains(got, "vector [0 0 0 0 0 0 0 127 0") {
		t.Errorf("with a vector: %s", got)
	}
}
