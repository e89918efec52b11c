// Package index keeps many segments as one index in a folder.
//
// # In the folder
//
//	LOCK                       held by the one process that writes
//	CURRENT                    which generation is searched
//	REQUEST                    somebody asked for a rebuild; see Request
//	g000001/                   a generation: everything built from one replay of the change feed
//	  MANIFEST-00000042        what belongs to it; the one before is kept, too
//	  000007.seg               a segment (package segment)
//	  000007-00000042.del      which of its documents are gone, as of that manifest
//	  000003.seg.bad           a damaged segment, the last one, for whoever wants to look
//
// CURRENT and manifests are a line "broadsheet index 1 CRC LENGTH" (CRC-32C in
// hexadecimal, length in bytes of what follows) and JSON. Every file is written
// under another name, synced, renamed, and its folder synced.
//
// # What it guarantees
//
// A batch (documents that replace those with the same keys, keys to delete, and
// the cursor of the change feed up to which all this goes) is in whole or not at
// all, because one manifest, renamed into place, says so. When Apply returns it
// outlives a power cut. After a crash the index is that of the newest whole
// manifest; the feed is read again from its cursor, which changes nothing that
// was there. Files that no manifest names are removed at open.
//
// A Snapshot does not change, and its files stay until it is released.
//
// Merging goes on beside everything else: eight segments of a tier
// become one, and segments with many dead documents are written anew. Documents
// that are deleted meanwhile are carried over. What is merged gives the same
// answers as what is built at once.
//
// A segment that is missing, cut or fails a check is set aside and no more
// searched: Snapshot.Damaged says so, and Want asks for a rebuild. Rebuild fills
// the next generation beside the one that is searched, and Swap puts it in its
// place. The same way leads to another analyzer, model or format.
package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"broadsheet"
	"broadsheet/internal/lib/metric"
	"broadsheet/internal/lib/segment"
)

// Setup is what the documents of a generation were made with. Where it differs
// from what the program has now, the generation is rebuilt.
type Setup struct {
	Analyzer string          `json:"analyzer"` // version of the analyzer
	Model    string          `json:"model"`    // of the vectors, "" for none
	Weights  segment.Weights `json:"weights"`
	K1       float64         `json:"k1"`
	B        float64         `json:"b"`
	// Source names the database. An index of another one is not searched.
	Source string `json:"source,omitempty"`
}

// options are those of the segments.
func (s Setup) options() segment.Options {
	return segment.Options{Weights: s.Weights, K1: s.K1, B: s.B, Model: s.Model, Analyzer: s.Analyzer}
}

// Options adjusts Open.
type Options struct {
	Setup   Setup
	Log     *slog.Logger // nil: silent
	Metrics *metric.Set  // nil: none

	disk disk // tests let its steps fail
}

// Index is an open index. It is safe for concurrent use.
type Index struct {
	dir  string
	opt  Options
	log  *slog.Logger
	disk *disk
	lock *os.File

	mu      sync.Mutex // guards what follows, and all counts of references
	serving *generation
	next    *generation // being rebuilt; nil: none
	closed  bool
	asked   string // why somebody asked for a rebuild; "" for nobody did

	wake    chan struct{} // there may be something to merge
	reports chan report   // segments that failed while they were read
	counts  struct{ merges, damaged atomic.Int64 }
	metrics struct {
		merges *metric.Histogram
		aside  *metric.Counter
	}
}

// Open opens the index in dir for writing, makes one where there is none, and
// repairs what a crash left. Conflict where another process has it open.
func Open(dir string, o Options) (*Index, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Setup.Weights == (segment.Weights{}) {
		o.Setup.Weights = segment.DefaultWeights
	}
	if o.Setup.K1 == 0 && o.Setup.B == 0 {
		o.Setup.K1, o.Setup.B = segment.DefaultK1, segment.DefaultB
	}
	x := &Index{dir: dir, opt: o, log: o.Log, disk: &o.disk, wake: make(chan struct{}, 1), reports: make(chan report, 64)}
	x.metrics.merges = o.Metrics.Histogram(metric.Desc{Package: "search", What: "merge", Unit: "seconds", Help: "What merging segments took."}, metric.Times)
	x.metrics.aside = o.Metrics.Counter(metric.Desc{Package: "search", What: "set_aside", Unit: "total", Help: "Damaged segments set aside."})
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, diskError("make the folder "+dir, err)
	}
	var err error
	if x.lock, err = lock(filepath.Join(dir, lockName)); err != nil {
		return nil, err
	}
	if err := x.open(); err != nil {
		x.lock.Close()
		return nil, err
	}
	return x, nil
}

// open finds the generation that is searched and the one being rebuilt.
func (x *Index) open() error {
	found, err := generations(x.dir)
	if err != nil {
		return diskError("read the folder "+x.dir, err)
	}
	current, ok := readCurrent(x.dir)
	if !ok || !found.has(current) {
		if len(found) > 0 {
			x.log.Warn("the index does not say which generation is searched; taking the newest whole one")
		}
		current = found.best(x.dir)
	}
	if current > 0 {
		g, err := x.openGeneration(current)
		switch {
		case err != nil && !errors.Is(err, errLost):
			return err
		case err != nil:
			x.log.Error("the index is lost and is rebuilt", "generation", current, "error", err)
		case g.manifest.Setup.Source != x.opt.Setup.Source:
			x.log.Warn("the index is of another database and is rebuilt")
			g.close()
		case g.manifest.empty() && g.manifest.Setup != x.opt.Setup:
			g.close() // nothing worth keeping until the next is built
		default:
			x.serving = g
		}
	}
	if x.serving == nil {
		if x.serving, err = x.create(found.last() + 1); err != nil {
			return err
		}
		if err := x.writeCurrent(x.serving.number); err != nil {
			x.serving.close()
			return err
		}
	}
	for _, n := range found {
		if n == x.serving.number {
			continue
		}
		if n > x.serving.number && x.next == nil {
			if g, err := x.openGeneration(n); err == nil && g.manifest.Setup == x.opt.Setup && len(g.manifest.Damaged) == 0 {
				x.next = g
				continue
			} else if err == nil {
				g.close()
			}
		}
		if err := x.disk.removeAll(filepath.Join(x.dir, generationName(n))); err != nil {
			x.log.Warn("an old generation of the index stays for now", "error", err)
		}
	}
	return nil
}

// Close ends the index. Nothing else of it may run any more; snapshots that are
// not released stay usable.
func (x *Index) Close() error {
	x.mu.Lock()
	if x.closed {
		x.mu.Unlock()
		return nil
	}
	x.closed = true
	both := []*generation{x.serving, x.next}
	x.mu.Unlock()
	for _, g := range both {
		if g != nil {
			g.close()
		}
	}
	return x.lock.Close()
}

// Apply puts a batch into the generation that is searched; see Writer.Apply.
func (x *Index) Apply(ctx context.Context, b Batch) error { return x.Writer().Apply(ctx, b) }

// Dir is the folder.
func (x *Index) Dir() string { return x.dir }

// Setup is what new documents are made with.
func (x *Index) Setup() Setup {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.opt.Setup
}

// diskError says what could not be done with a file, and what helps.
func diskError(doing string, err error) error {
	e := &broadsheet.Error{Kind: broadsheet.Unavailable, Field: "index", Text: "cannot " + doing, Err: err,
		Fix: "look at the disk that data_dir is on"}
	switch {
	case errors.Is(err, errNoSpace):
		e.Text, e.Fix = fmt.Sprintf("the disk is full: cannot %s", doing), "make room on the disk that data_dir is on"
	case errors.Is(err, os.ErrPermission):
		e.Fix = "give this user the right to write data_dir"
	}
	return e
}
