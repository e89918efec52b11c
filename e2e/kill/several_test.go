package kill_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"broadsheet/internal/store"
)

// TestTwoImportsAtOnce lets two processes import at the same time, the same
// file and different ones. Both have to end well, with what one after the
// other gives.
func TestTwoImportsAtOnce(t *testing.T) {
	t.Parallel()
	papers, featured := snapshot(t, 3000), days(t, 12)
	for _, c := range []struct{ name, a, b string }{
		{"the same file", papers, papers},
		{"the same archive", featured, featured},
		{"snapshot and days", papers, featured},
	} {
		t.Run(c.name, func(t *testing.T) {
			whole := newPlace(t)
			whole.must(t, "import", c.a)
			whole.must(t, "import", c.b)
			p := whole.fresh(t)
			_, first := p.start(t, "import", c.a)
			_, second := p.start(t, "import", c.b)
			for _, r := range []result{first(), second()} {
				if !r.well() {
					t.Fatalf("one of two imports at once: %s", r)
				}
			}
			// The file that has a paper first says since when it is there.
			got, want := p.export(t), whole.export(t)
			if c.a != c.b {
				got, want = seenAt.ReplaceAllString(got, ""), seenAt.ReplaceAllString(want, "")
			}
			same(t, "two imports at once", got, want)
		})
	}
}

// TestImportBesideTheServer asks for pages all the while that another process
// imports: every one is answered, and the new papers are seen soon after.
func TestImportBesideTheServer(t *testing.T) {
	p := newPlace(t, "BROADSHEET_LISTEN="+freeAddress(t), "BROADSHEET_HARVEST_ENABLED=false")
	cmd, wait := p.start(t, "serve")
	p.ready(t)
	own := write(t, "own.jsonl", []byte(`{"broadsheet":1,"kind":"header"}
{"kind":"paper","paper":{"id":"2606.99999","origin":30,"title":"The Very Last Paper","categories":["cs.LG"]}}
{"kind":"end","lines":2}
`))
	if problem := p.look("/papers/2606.99999"); !strings.Contains(problem, "404") {
		t.Errorf("before the import: %q, want 404", problem)
	}
	_, importing := p.start(t, "import", snapshot(t, 6000), days(t, 25), own)
	ended := make(chan result)
	go func() { ended <- importing() }()
	pages, slowest := 0, time.Duration(0)
	for r, over := (result{}), false; !over; {
		// No page of the sample edition: it goes as soon as papers come in.
		for _, path := range []string{"/", "/papers/archive", "/categories", "/search?q=last", "/status", "/readyz"} {
			begin := time.Now()
			p.get(t, path)
			slowest, pages = max(slowest, time.Since(begin)), pages+1
		}
		select {
		case r = <-ended:
			over = true
			if !r.well() {
				t.Errorf("import beside the server: %s", r)
			}
		default:
		}
	}
	begin := time.Now()
	for problem := "x"; problem != ""; time.Sleep(20 * time.Millisecond) { // polls another process; nothing to wait on
		if problem = p.look("/papers/2606.99999", "The Very Last Paper"); time.Since(begin) > 20*time.Second {
			t.Fatal(problem)
		}
	}
	t.Logf("%d pages while it was imported, the slowest took %v; the last paper was seen %v after the end", pages, slowest.Round(time.Millisecond), time.Since(begin).Round(time.Millisecond))
	syscall.Kill(cmd.Process.Pid, syscall.SIGINT)
	if r := wait(); r.code != 0 {
		t.Errorf("the server ended with %s", r)
	}
	p.export(t)
}

// TestArchivesCutOff imports archives that break off, as a download does, and
// then whole ones under the same name.
func TestArchivesCutOff(t *testing.T) {
	t.Parallel()
	zst, archive := snapshot(t, 2500), days(t, 9)
	gz := filepath.Join(t.TempDir(), "snapshot.jsonl.gz")
	if err := os.WriteFile(gz, gzipped(t, unpacked(t, zst)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{zst, gz, archive} {
		t.Run(filepath.Ext(path), func(t *testing.T) {
			all, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			whole := newPlace(t)
			whole.must(t, "import", path)
			p := whole.fresh(t)
			file := filepath.Join(p.dir, filepath.Base(path))
			for _, part := range []int{1, 2} { // of three; a longer download each time
				if err := os.WriteFile(file, all[:len(all)*part/3], 0o644); err != nil {
					t.Fatal(err)
				}
				p.fails(t, 1, filepath.Base(path)+" is cut off at byte ", "import", filepath.Base(file))
			}
			if err := os.WriteFile(file, all, 0o644); err != nil {
				t.Fatal(err)
			}
			p.must(t, "import", filepath.Base(file))
			same(t, "after archives cut off", p.export(t), whole.export(t))
		})
	}
}

// TestKilledImportFromAPipe kills an import from standard input half-way and
// repeats it from the beginning: a pipe cannot be gone on with.
func TestKilledImportFromAPipe(t *testing.T) {
	t.Parallel()
	data := unpacked(t, snapshot(t, 9000))
	whole := newPlace(t)
	whole.in = strings.NewReader(string(data))
	whole.must(t, "import", "-")
	p := whole.fresh(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	stored := make(chan struct{})
	go func() {
		defer close(stored)
		w.Write(data[:len(data)*3/4]) // and then nothing more comes, nor an end
		for deadline := time.Now().Add(30 * time.Second); p.papers(t) == 0 && time.Now().Before(deadline); {
			time.Sleep(20 * time.Millisecond) // polls another process; nothing to wait on
		}
	}()
	p.in = r
	if p.killedAt(t, stored, "import", "-") {
		t.Fatal("the import ended before it had read everything")
	}
	if n := p.papers(t); n == 0 || n >= 9000 {
		t.Errorf("killed after %d papers, want some of 9000", n)
	}
	p.in = strings.NewReader(string(data))
	p.must(t, "import", "-")
	same(t, "import from a pipe after kills", p.export(t), whole.export(t))
}

// papers counts what is stored, 0 where there is no database yet.
func (p *place) papers(t *testing.T) int64 {
	s, err := store.Open(t.Context(), "sqlite:"+p.database(), store.Options{ReadOnly: true})
	if err != nil {
		return 0
	}
	defer s.Close()
	st, err := s.Stats(t.Context())
	if err != nil {
		return 0
	}
	return st.Papers
}
