package transfer_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"broadsheet/internal/store"
	"broadsheet/internal/testkit"
	"broadsheet/internal/transfer"

	"github.com/klauspost/compress/zstd"
)

var kills = flag.Int("kills", 5, "how often the import is killed in TestImportOutlivesKills")

// childEnv makes this test binary an importing process: it holds the file to
// import and, after a blank, the database.
const childEnv = "BROADSHEET_TRANSFER_TEST_CHILD"

func TestMain(m *testing.M) {
	if job := os.Getenv(childEnv); job != "" {
		var path, db string
		if _, err := fmt.Sscan(job, &path, &db); err != nil {
			panic(err)
		}
		if err := importInto(path, db); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func importInto(path, db string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, "sqlite:"+db, store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	if _, _, err := s.Migrate(ctx); err != nil {
		return err
	}
	_, err = transfer.Import(ctx, s, []string{path}, transfer.Options{Batch: 200})
	return err
}

// crashFile is a file of 20,000 papers: the beginning of the real snapshot
// where there is one, else made-up ones; bad lines are strewn in.
func crashFile(t *testing.T) string {
	const papers = 20_000
	path := filepath.Join(t.TempDir(), "papers.jsonl.zst")
	f := must(os.Create(path))
	z := must(zstd.NewWriter(f))
	line := func(i int) []byte { return []byte(snapshotLine(i) + "\n") }
	if dir := os.Getenv("TESTDATA_DIR"); dir != "" {
		sample := must(os.Open(filepath.Join(dir, "arxiv-sample.jsonl.zst")))
		defer sample.Close()
		d := must(zstd.NewReader(sample, zstd.WithDecoderConcurrency(1)))
		defer d.Close()
		r := bufio.NewReaderSize(d, 1<<20)
		line = func(int) []byte { return must(r.ReadBytes('\n')) }
	}
	for i := range papers {
		if i%1000 == 500 {
			fmt.Fprintf(z, "bad line %d\n", i)
		}
		must(z.Write(line(i)))
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestImportOutlivesKills kills an importing process at random moments and
// starts it again, until it has been killed often enough; then it may finish.
// The database is to hold what an unbroken import gives.
func TestImportOutlivesKills(t *testing.T) {
	testkit.NoRace(t)
	path, dir := crashFile(t), t.TempDir()
	start := time.Now()
	if err := importInto(path, filepath.Join(dir, "whole.db")); err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	want := exportOf(t, filepath.Join(dir, "whole.db"))
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 1))
	round, survived := 0, 0
	for killed := 0; killed < *kills; round++ {
		db := filepath.Join(dir, fmt.Sprintf("killed%d.db", round))
		finished := false
		for killed < *kills && !finished {
			// Most kills come early enough for a few in each database.
			finished = child(t, path, db, time.Duration(rnd.Int64N(int64(took/2)+1)))
			if !finished {
				killed++
			}
		}
		if !finished && !child(t, path, db, time.Hour) {
			t.Fatal("the last import did not end well")
		}
		survived++
		if got := exportOf(t, db); got != want {
			t.Fatalf("seed %d: after kills the database differs in %s", seed, differ(want, got))
		}
	}
	t.Logf("%d kills, %d databases, an unbroken import takes %v", *kills, survived, took)
}

// child imports in a process of its own and kills it after a while. It tells
// whether the import ended by itself.
func child(t *testing.T, path, db string, after time.Duration) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+path+" "+db)
	var stderr limited
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	err := cmd.Wait()
	timer.Stop()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		t.Fatalf("the importing process failed: %s", stderr)
	}
	return err == nil
}

type limited []byte

func (l *limited) Write(p []byte) (int, error) {
	*l = append(*l, p...)
	return len(p), nil
}

func exportOf(t *testing.T, db string) string {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return export(t, s)
}
