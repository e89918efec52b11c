package kill_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/search/index"
	"broadsheet/internal/store"
)

// TestKilledRebuild kills rebuilds of the index, again and again, until one gets
// through. What is in it then has to be what an undisturbed rebuild makes,
// document by document and term by term.
func TestKilledRebuild(t *testing.T) {
	rnd := random(t, 11)
	whole := newPlace(t)
	whole.must(t, "import", snapshot(t, 25_000), days(t, 30))
	begin := time.Now()
	whole.must(t, "index", "rebuild")
	took := time.Since(begin)
	want := whole.indexed(t)

	n, round := 0, 0
	for ; n < *kills; round++ {
		os.RemoveAll(whole.indexDir())
		for finished := false; !finished; {
			if n == *kills {
				whole.must(t, "index", "rebuild")
				break
			}
			finished = whole.killedAt(t, whole.indexMoment(t, rnd, took), "index", "rebuild")
			if !finished {
				n++
				whole.sound(t)
			}
		}
		sameDump(t, "rebuild after kills", whole.indexed(t), want)
	}
	t.Logf("%d kills over %d indexes; an undisturbed rebuild took %v; %d papers, all equal", n, round, took.Round(time.Millisecond), len(want))
}

// TestKilledWhileFollowing kills the server while papers come, change and go and
// the index follows and merges. In the end it has to be what a rebuild makes.
func TestKilledWhileFollowing(t *testing.T) {
	rnd := random(t, 12)
	p := newPlace(t, "BROADSHEET_LISTEN="+freeAddress(t), "BROADSHEET_HARVEST_ENABLED=false")
	p.must(t, "import", snapshot(t, 3000))
	for n := range *kills {
		cmd, wait := p.start(t, "serve")
		ctx, cancel := context.WithCancel(t.Context())
		written := make(chan error, 1)
		go func() { written <- p.change(ctx, rand.New(rand.NewPCG(*seed, uint64(100+n)))) }()
		<-p.indexMoment(t, rnd, 3*time.Second)
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		wait()
		cancel()
		if err := <-written; err != nil {
			t.Fatal(err)
		}
		p.sound(t)
	}
	cmd, wait := p.start(t, "serve")
	p.caughtUp(t)
	syscall.Kill(cmd.Process.Pid, syscall.SIGINT)
	if r := wait(); !r.well() {
		t.Fatalf("serve after kills: %s", r)
	}
	if r, err := index.Inspect(p.indexDir()); err != nil || len(r.Damaged) > 0 {
		t.Fatalf("after kills: %+v, %v", r, err)
	}
	got := p.indexed(t)
	p.must(t, "index", "rebuild")
	sameDump(t, "the index that followed", got, p.indexed(t))
	t.Logf("%d kills; %d papers, all equal", *kills, len(got))
}

func (p *place) indexDir() string { return filepath.Join(p.dir, "var", "index") }

// change writes, changes and deletes papers until ctx ends.
func (p *place) change(ctx context.Context, rnd *rand.Rand) error {
	s, err := store.Open(ctx, "sqlite:"+p.database(), store.Options{})
	if err != nil {
		if ctx.Err() != nil { // the server was killed at once
			return nil
		}
		return err
	}
	defer s.Close()
	for ctx.Err() == nil {
		var papers []broadsheet.Paper
		for range 1 + rnd.IntN(40) {
			i := rnd.IntN(4000)
			papers = append(papers, broadsheet.Paper{ID: fmt.Sprintf("2606.%05d", i), Origin: broadsheet.OriginCatalog,
				Title: fmt.Sprintf("Map %d folded %d times", i, rnd.IntN(100)), Abstract: strings.Repeat("We fold maps. ", rnd.IntN(9)),
				Categories: []string{"cs.LG"}, ImportedVotes: rnd.IntN(50)})
		}
		_, err := s.Put(ctx, store.Batch{Papers: papers})
		if err == nil && rnd.IntN(3) == 0 {
			err = s.Delete(ctx, []string{fmt.Sprintf("2606.%05d", rnd.IntN(4000))})
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(rnd.IntN(60)) * time.Millisecond): // papers do not come all at once
		}
	}
	return nil
}

// indexMoment is a random moment within a span, or when the index's files have
// changed some times: then a batch or a merge is being written.
func (p *place) indexMoment(t *testing.T, rnd *rand.Rand, within time.Duration) <-chan struct{} {
	if rnd.IntN(2) == 0 {
		return after(time.Duration(rnd.Int64N(int64(within))))
	}
	moment := make(chan struct{})
	changes, more := 1+rnd.IntN(12), time.Duration(rnd.IntN(4000))*time.Microsecond
	go func() {
		defer close(moment)
		deadline := time.Now().Add(within)
		for last := ""; changes > 0 && time.Now().Before(deadline) && t.Context().Err() == nil; time.Sleep(200 * time.Microsecond) { // polls another process
			if now := listing(p.indexDir()); now != last {
				last = now
				changes--
			}
		}
		time.Sleep(more)
	}()
	return moment
}

// listing is the names of all files below a folder.
func listing(dir string) string {
	var b strings.Builder
	filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			b.WriteString(path)
		}
		return nil
	})
	return b.String()
}

// sound wants nothing damaged in the index, if there is one already.
func (p *place) sound(t *testing.T) {
	t.Helper()
	problems, err := index.Verify(t.Context(), p.indexDir(), nil)
	if broadsheet.KindOf(err) == broadsheet.NotFound || errors.Is(err, fs.ErrNotExist) {
		return
	}
	for _, problem := range problems {
		// Killed between the making of a generation and that of CURRENT.
		if problem.File != "CURRENT" && !strings.HasPrefix(problem.File, "g000001/MANIFEST") {
			t.Fatalf("-seed=%d: after a kill: %+v", *seed, problems)
		}
	}
	if err != nil {
		t.Fatalf("-seed=%d: after a kill: %v", *seed, err)
	}
}

// caughtUp waits until the index has followed.
func (p *place) caughtUp(t *testing.T) {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+p.database(), store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) { // polls another process; nothing to wait on
		r, err := index.Inspect(p.indexDir())
		if err == nil && r.Complete {
			if n, err := s.Lag(t.Context(), r.Cursor); err == nil && n == 0 {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("the index has not followed within a minute: %+v, %v", r, err)
		}
	}
}

// indexed is what the index holds, document by document.
func (p *place) indexed(t *testing.T) map[string]string {
	t.Helper()
	r, err := index.Inspect(p.indexDir())
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(p.indexDir(), index.Options{Setup: r.Setup})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	s := x.Snapshot()
	defer s.Release()
	if s.Incomplete() {
		t.Fatalf("the index is incomplete: %+v", s.Damaged)
	}
	out, err := index.Dump(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sameDump(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%s: -seed=%d: %d papers, want %d", what, *seed, len(got), len(want))
	}
	for key, w := range want {
		if g := got[key]; g != w {
			t.Fatalf("%s: -seed=%d: paper %s:\ngot  %.1500s\nwant %.1500s", what, *seed, key, g, w)
		}
	}
}
