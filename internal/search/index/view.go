package index

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"broadsheet"
)

// View is the index in a folder, for reading beside the process that has it
// open, or beside none. It takes no lock and changes nothing on the disk; what
// the other process writes is seen within viewEvery. It is safe for concurrent
// use.
type View struct {
	dir string
	now func() time.Time

	mu     sync.Mutex
	x      *Index
	looked time.Time
}

// viewEvery is how often a View looks for a newer manifest.
const viewEvery = time.Second

// viewTries is how often a state is read again whose files went meanwhile.
const viewTries = 5

// OpenView opens the index in dir for reading. NotFound where there is none.
func OpenView(dir string, log *slog.Logger) (*View, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	v := &View{dir: dir, now: time.Now, x: &Index{dir: dir, log: log, disk: &disk{}, wake: make(chan struct{}, 1), reports: make(chan report, 64)}}
	for try := 1; ; try++ {
		g, err := v.read()
		if err == nil {
			v.x.serving, v.looked = g, v.now()
			return v, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || try == viewTries {
			return nil, err
		}
	}
}

// Snapshot is the index as it is on the disk. The caller releases it.
func (v *View) Snapshot() *Snapshot {
	v.mu.Lock()
	defer v.mu.Unlock()
	if now := v.now(); now.Sub(v.looked) >= viewEvery {
		v.looked = now
		v.renew()
	}
	return v.x.Snapshot()
}

// renew takes up what was written since. Where that cannot be read now, what is
// open stays: files that are gone can be read while they are open.
func (v *View) renew() {
	n, number, err := v.newest()
	if have := v.x.serving; err != nil || n == have.number && number == have.manifest.Number {
		return
	}
	g, err := v.read()
	if err != nil {
		return
	}
	v.x.mu.Lock()
	old := v.x.serving
	v.x.serving = g
	free := old.state.release()
	v.x.mu.Unlock()
	closeAll(free)
}

// newest says which generation is searched, and its newest manifest.
func (v *View) newest() (n int, number uint64, err error) {
	n, ok := readCurrent(v.dir)
	if !ok {
		return 0, 0, v.none()
	}
	numbers, err := manifestNumbers(filepath.Join(v.dir, generationName(n)))
	if err != nil || len(numbers) == 0 {
		return 0, 0, errors.Join(err, errLost)
	}
	for _, m := range numbers {
		number = max(number, m)
	}
	return n, number, nil
}

// read opens the generation that is searched, segment by segment. Those that
// cannot be used are left out and told; the process that writes sets them aside.
func (v *View) read() (*generation, error) {
	n, ok := readCurrent(v.dir)
	if !ok {
		return nil, v.none()
	}
	g := v.x.newGeneration(n)
	g.retired = true // nothing of it is written or swept
	m, _, _, err := readManifests(g.dir)
	if err != nil {
		return nil, err
	}
	var parts []*Segment
	for _, e := range m.Segments {
		s, err := g.openSegment(e)
		switch {
		case err == nil:
			parts = append(parts, s)
		case errors.Is(err, fs.ErrNotExist) || isDiskTrouble(err):
			closeAll(parts)
			return nil, fmt.Errorf("open %s: %w", filepath.Join(g.dir, e.File), err)
		default:
			m.Damaged = append(m.Damaged, Damage{File: e.File, Docs: e.Docs, Reason: err.Error(), At: v.now().UTC().Truncate(time.Second)})
		}
	}
	v.x.mu.Lock()
	defer v.x.mu.Unlock()
	g.manifest = m
	g.state = newState(g, &g.manifest, parts)
	return g, nil
}

func (v *View) none() error {
	return &broadsheet.Error{Kind: broadsheet.NotFound, Field: "index", Text: "there is no index in " + v.dir,
		Fix: "`broadsheet serve` and `broadsheet index rebuild` make one", Err: os.ErrNotExist}
}

// Close lets go of the files. Snapshots that are not released stay usable.
func (v *View) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.x.serving.close()
	return nil
}
