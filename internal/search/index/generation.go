package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

var errLost = errors.New("no manifest can be read")

// ErrReplaced is the kind of errors of a Writer whose generation is not there any
// more: another took its place, or it was given up.
var ErrReplaced = errors.New("this generation of the index was replaced")

// generation is everything built from one replay of the change feed, in a
// folder of its own.
type generation struct {
	index  *Index
	number int
	dir    string
	ctx    context.Context // ends with the generation: merges stop
	cancel context.CancelFunc

	// writing is held by whoever makes the next state. Under it and Index.mu
	// state, manifest and before change; either is enough to read them.
	writing  sync.Mutex
	state    *state
	manifest manifest
	before   manifest        // the one before it in the folder
	keys     *keys           // which it has had; nil: not worth knowing
	retired  bool            // no more is written
	remove   bool            // the folder goes with the last snapshot; under Index.mu
	merging  map[string]bool // segments that a merge reads; under Index.mu
	inflight map[string]bool // prefixes of files that are being made; under Index.mu
	nextFile uint64          // under Index.mu
	open     map[string]int  // open segments' files, and how many states have them; under Index.mu
}

func (x *Index) newGeneration(n int) *generation {
	g := &generation{index: x, number: n, dir: filepath.Join(x.dir, generationName(n)), merging: map[string]bool{}, inflight: map[string]bool{}, open: map[string]int{}}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	return g
}

// create makes an empty generation.
func (x *Index) create(n int) (*generation, error) {
	g := x.newGeneration(n)
	if err := os.MkdirAll(g.dir, 0o750); err != nil {
		return nil, diskError("make the folder "+g.dir, err)
	}
	if err := x.relock(); err != nil {
		return nil, err
	}
	if err := x.disk.syncDir(x.dir); err != nil {
		return nil, diskError("make the folder "+g.dir, err)
	}
	g.nextFile = 1
	if err := g.commit(manifest{Setup: x.Setup()}, nil); err != nil {
		return nil, err
	}
	return g, nil
}

// openGeneration opens a generation as its newest whole manifest has it. The
// error is errLost's kind where none can be read. Segments that cannot be used
// are set aside.
func (x *Index) openGeneration(n int) (*generation, error) {
	g := x.newGeneration(n)
	newest, before, spoilt, err := readManifests(g.dir)
	if err != nil {
		if errors.Is(err, errLost) || errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w", generationName(n), errors.Join(errLost, err))
		}
		return nil, diskError("read the folder "+g.dir, err)
	}
	for _, name := range spoilt {
		x.log.Error("a manifest of the index cannot be read; the one before holds", "file", filepath.Join(generationName(n), name))
	}
	g.manifest, g.before = newest, before
	g.nextFile = max(newest.NextFile, 1)
	var parts []*Segment
	var bad []Damage
	for _, e := range newest.Segments {
		s, err := g.openSegment(e)
		if err != nil {
			if isDiskTrouble(err) {
				closeAll(parts)
				return nil, diskError("open "+filepath.Join(g.dir, e.File), err)
			}
			bad = append(bad, Damage{File: e.File, Docs: e.Docs, Reason: err.Error(), At: time.Now().UTC().Truncate(time.Second)})
			continue
		}
		parts = append(parts, s)
	}
	x.mu.Lock()
	g.state = newState(g, &g.manifest, parts)
	x.mu.Unlock()
	if len(bad) > 0 {
		if err := g.setAside(bad); err != nil {
			g.close()
			return nil, err
		}
	}
	g.sweep()
	return g, nil
}

func closeAll(parts []*Segment) {
	for _, s := range parts {
		s.Reader.Close()
	}
}

// reserve gives the name of a new segment, which sweep leaves alone until done
// is called.
func (g *generation) reserve() (name string, done func()) {
	x := g.index
	x.mu.Lock()
	defer x.mu.Unlock()
	name = segmentName(g.nextFile)
	g.nextFile++
	prefix := name[:len(name)-len(".seg")]
	g.inflight[prefix] = true
	return name, func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		delete(g.inflight, prefix)
	}
}

// commit makes m the newest manifest, with parts as its segments, and that the
// state that is searched. The caller holds writing, where others know the
// generation. After an error everything is as before, and parts that are new are
// still the caller's to close.
func (g *generation) commit(m manifest, parts []*Segment) error {
	x := g.index
	m.Number = g.manifest.Number + 1
	m.Segments = make([]entry, len(parts))
	for i, s := range parts {
		m.Segments[i] = s.entry
	}
	x.mu.Lock()
	m.NextFile = g.nextFile
	x.mu.Unlock()
	path := filepath.Join(g.dir, manifestName(m.Number))
	err := x.disk.write(path, encode(&m))
	if errors.Is(err, os.ErrNotExist) && os.MkdirAll(g.dir, 0o750) == nil {
		err = x.disk.write(path, encode(&m)) // somebody has removed the whole folder
	}
	if err != nil {
		// It may be there under its name, unsynced: no manifest may name files
		// that are about to be removed.
		if rerr := x.disk.remove(path); rerr != nil {
			x.log.Warn("a manifest that did not come about stays for now", "file", path, "error", rerr)
		}
		return diskError("write "+path, err)
	}
	x.mu.Lock()
	old := g.state
	g.before, g.manifest = g.manifest, m
	g.state = newState(g, &g.manifest, parts)
	var free []*Segment
	if old != nil {
		free = old.release()
	}
	x.mu.Unlock()
	closeAll(free)
	g.sweep()
	return nil
}

// sweep removes the files that nobody needs: not the two newest manifests, not
// a snapshot, not who is making them. The caller holds writing.
func (g *generation) sweep() {
	x := g.index
	entries, err := os.ReadDir(g.dir)
	if err != nil {
		return // the next one will
	}
	x.mu.Lock()
	need := map[string]bool{manifestName(g.manifest.Number): true, manifestName(g.before.Number): true}
	g.manifest.files(need)
	g.before.files(need)
	for name := range g.open {
		need[name] = true
	}
	var remove, bad []string
	for _, e := range entries {
		name := e.Name()
		prefix, _, _ := strings.Cut(strings.ReplaceAll(name, "-", "."), ".")
		switch {
		case filepath.Ext(name) == badSuffix:
			bad = append(bad, name)
		case need[name] || g.inflight[prefix]:
		default:
			remove = append(remove, name)
		}
	}
	x.mu.Unlock()
	if len(bad) > 1 { // of those the newest is kept
		slices.SortFunc(bad, func(a, b string) int { return modified(g.dir, a).Compare(modified(g.dir, b)) })
		remove = append(remove, bad[:len(bad)-1]...)
	}
	// Manifests first: none may name files that are gone.
	slices.SortStableFunc(remove, func(a, b string) int { return rank(a) - rank(b) })
	for _, name := range remove {
		if err := x.disk.remove(filepath.Join(g.dir, name)); err != nil {
			x.log.Warn("a file of the index that nobody needs stays for now", "file", filepath.Join(g.dir, name), "error", err)
			if strings.HasPrefix(name, manifestPrefix) {
				return
			}
		}
	}
}

// rank puts manifests before other files.
func rank(name string) int {
	if strings.HasPrefix(name, manifestPrefix) {
		return 0
	}
	return 1
}

func modified(dir, name string) time.Time {
	info, err := os.Stat(filepath.Join(dir, name))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// close lets go of a generation whose files stay.
func (g *generation) close() {
	g.cancel()
	g.writing.Lock()
	defer g.writing.Unlock()
	g.index.mu.Lock()
	g.retired = true
	free := g.state.release()
	g.state = newState(g, &manifest{Setup: g.manifest.Setup, Cursor: g.manifest.Cursor}, nil) // for whoever asks late
	g.index.mu.Unlock()
	closeAll(free)
}
