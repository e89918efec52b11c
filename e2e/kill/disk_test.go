package kill_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk is a disk of its own in memory, and a place whose data are on it.
func smallDisk(t *testing.T, p *place, size string) *place {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("left out: only root may mount the small disk that is to fill up")
	}
	dir := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "broadsheet-test", dir).CombinedOutput(); err != nil {
		t.Skipf("left out: the small disk that is to fill up cannot be mounted here: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	})
	q := *p
	q.dir = dir // so var/ is made there, and what commands write
	return &q
}

func (p *place) enlarge(t *testing.T, size string) {
	t.Helper()
	if out, err := exec.Command("mount", "-o", "remount,size="+size, p.dir).CombinedOutput(); err != nil {
		t.Fatalf("enlarge the disk: %s", out)
	}
}

// fill takes what is left of the disk and gives a way to give it back.
func (p *place) fill(t *testing.T) (free func()) {
	t.Helper()
	name := filepath.Join(p.dir, "filler")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(f, zeros{})
	if f.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("fill the disk: %v", err)
	}
	return func() {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

const full = "the disk is full; nothing was stored (free some space and try again)"

// TestImportOntoAFullDisk lets an import run out of space, looks whether what
// it says is of use and the database sound, makes room and runs the same again.
func TestImportOntoAFullDisk(t *testing.T) {
	file := snapshot(t, 8000)
	whole := newPlace(t)
	whole.must(t, "import", file)
	want := whole.export(t)

	p := smallDisk(t, whole, "8m")
	p.fails(t, 1, full, "import", file)
	p.fails(t, 1, full, "import", file)
	if r := p.run(t, "doctor", "--offline", "--full", "--listen", freeAddress(t)); !strings.Contains(r.out, "sound") {
		t.Errorf("on a full disk: %s", r)
	}
	p.fill(t)
	p.fails(t, 1, "no space left", "export", "papers.jsonl")
	p.fails(t, 1, "full", "backup", "papers.db")
	for _, name := range []string{"papers.jsonl", "papers.db"} {
		if _, err := os.Stat(filepath.Join(p.dir, name)); err == nil {
			t.Errorf("half of %s was left", name)
		}
	}
	p.enlarge(t, "2g")
	if r := p.must(t, "import", file); !strings.Contains(r.out, "went on after") {
		t.Errorf("with room again: %s\nwant it to go on", r)
	}
	same(t, "import with room again", p.export(t), want)
}

// TestServeOnAFullDisk fills the disk under a server that is harvesting: it
// goes on to show pages and says what is wrong; with room again the harvest
// goes on where it was.
func TestServeOnAFullDisk(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	s := newSources(t)
	whole := newPlace(t, append(s.environment(), "BROADSHEET_LISTEN="+freeAddress(t), "BROADSHEET_HARVEST_SOURCES=arxiv-oai")...)
	p := smallDisk(t, whole, "40m")

	s.keep()
	asked := s.nth(1)
	cmd, wait := p.start(t, "serve")
	p.ready(t)
	<-asked
	free := p.fill(t)
	s.release()
	says(t, cmd, full)
	for range 20 {
		p.get(t, "/", "Blockwise Flow Matching")
		p.get(t, "/papers/2510.21167", "Blockwise")
		p.get(t, "/readyz")
	}
	p.fails(t, 1, full, "import", snapshot(t, 300))
	p.get(t, "/papers", "Blockwise Flow Matching")
	free()
	says(t, cmd, "msg=harvested") // with nobody's help
	syscall.Kill(cmd.Process.Pid, syscall.SIGINT)
	if r := wait(); r.code != 0 {
		t.Errorf("the server ended with %s", r)
	}

	cmd, wait = whole.start(t, "serve")
	says(t, cmd, "msg=harvested")
	syscall.Kill(cmd.Process.Pid, syscall.SIGINT)
	wait()
	p.enlarge(t, "2g") // or doctor calls it small
	got, _ := settled(t, p.export(t), begin)
	want, _ := settled(t, whole.export(t), begin)
	same(t, "serve with room again", got, want)
}

// TestRightsTakenAwayUnderTheServer makes data folder and database read-only
// while the server runs: pages go on, writers say what is wrong, and all is
// well once the rights are back.
func TestRightsTakenAwayUnderTheServer(t *testing.T) {
	p := newPlace(t, "BROADSHEET_LISTEN="+freeAddress(t), "BROADSHEET_HARVEST_ENABLED=false")
	p.dir = nobodys(t, p)
	file := filepath.Join(p.dir, "papers.jsonl.zst")
	if err := os.Rename(snapshot(t, 300), file); err != nil {
		t.Fatal(err)
	}
	cmd, wait := p.start(t, "serve")
	p.ready(t)
	data := filepath.Join(p.dir, "var")
	rights(t, data, 0o555, 0o444)
	for range 5 {
		p.get(t, "/", "Blockwise Flow Matching")
		p.get(t, "/papers/2510.21167", "Blockwise")
	}
	p.fails(t, 1, "cannot be written", "import", file)
	p.get(t, "/papers", "Blockwise Flow Matching")
	rights(t, data, 0o755, 0o644)
	p.must(t, "import", file)
	syscall.Kill(cmd.Process.Pid, syscall.SIGINT)
	if r := wait(); r.code != 0 {
		t.Errorf("the server ended with %s", r)
	}
	p.export(t)
}

// nobodys is a folder for p, whose commands run as nobody where the test is
// root's.
func nobodys(t *testing.T, p *place) string {
	t.Helper()
	dir, err := os.MkdirTemp(shared, "nobody-*")
	if err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		const nobody = 65534
		p.user = &syscall.Credential{Uid: nobody, Gid: nobody}
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// rights sets those of a folder and of all files in it.
func rights(t *testing.T, dir string, ofDir, ofFiles os.FileMode) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil || len(files) == 0 {
		t.Fatalf("read %s: %d files, %v", dir, len(files), err)
	}
	for _, f := range files {
		if err := os.Chmod(filepath.Join(dir, f.Name()), ofFiles); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, ofDir); err != nil {
		t.Fatal(err)
	}
}
