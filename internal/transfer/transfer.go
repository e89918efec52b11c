// Package transfer moves papers in and out in bulk: imports of files that
// others publish or recorded, the full export of Broadsheet's own data, and
// the copy from one database to another.
//
// What an import guarantees: what was stored is stored together with the place
// in the file up to which it goes, so that an import that was killed at any
// moment goes on from there when it is run again. A file that was imported to
// its end is known again by its beginning, end, size and time of modification,
// whatever its name, and not read again; modified at another time, it is read
// again. Importing anything twice changes nothing. A record that cannot be read is kept aside with the place
// where it stood and the reason, and everything else goes in; of a damaged
// archive goes in what was readable. Memory does not grow with the file.
//
// Times come from the records, never from the clock: history is not new, and
// two runs give the same database. So a record kept aside bears no date.
package transfer

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"

	"broadsheet"
	"broadsheet/internal/store"
)

// Layout names how the records of a file are written.
type Layout string

// Layouts that Options.As may hold.
const (
	// ArxivSnapshot is arXiv's metadata snapshot: one JSON object a line
	// (kaggle.com/datasets/Cornell-University/arxiv).
	ArxivSnapshot Layout = "arxiv-snapshot"
	// DailyPapers is a day's answer of a Daily Papers API, a JSON array. The
	// day is in the file's name (2024-05-27.json), else in the entries.
	DailyPapers Layout = "daily-papers"
	// Own is what Export writes.
	Own Layout = "broadsheet"
)

// RejectSource is the Source of the records that imports keep aside.
const RejectSource = "import"

// Options adjusts Import.
type Options struct {
	As       Layout    // "": each file's layout is recognised by its content
	Again    bool      // import also what was imported before
	Stdin    io.Reader // what the path "-" reads; nil: there is none
	Progress Progress  // nil: nobody looks

	Batch   int // papers in a transaction, about; 0 is 5000
	MaxLine int // longest record in bytes, a longer one is kept aside; 0 is 16 MiB
	Workers int // goroutines that read records; 0 is one less than processors, from 1 to 4
}

func (o Options) withDefaults() (Options, error) {
	if o.Batch <= 0 {
		o.Batch = 5000
	}
	if o.MaxLine <= 0 {
		o.MaxLine = 16 << 20
	}
	if o.Workers <= 0 {
		o.Workers = min(max(runtime.GOMAXPROCS(0)-1, 1), 4)
	}
	switch o.As {
	case "", ArxivSnapshot, DailyPapers, Own:
		return o, nil
	}
	return o, broadsheet.InvalidField("as", "there is no layout "+quote(string(o.As)), "use arxiv-snapshot, daily-papers or broadsheet")
}

// Progress is told how far an import, export or copy has come. It is called
// from one goroutine at a time and holds up the work.
type Progress func(Event)

// Event says how far it is.
type Event struct {
	Input    string // the file that is read
	Index    int    // its number, from 1
	Inputs   int    // how many there are
	Done     int64  // bytes read of all files, as they are stored; papers for an export or copy
	Total    int64  // of how many; 0 where nobody knows
	Papers   int    // stored
	Rejected int    // kept aside
}

// Report says what an import did.
type Report struct {
	Inputs  []Input // in the order in which they were read
	Earlier Stored  // of all inputs
	Count           // of all inputs
}

// Input is what came of one file.
type Input struct {
	Name    string   // as named, or its path in the folder named
	Layout  Layout   // "" where it was not recognised
	Before  bool     // it was imported before and not read again
	Earlier Stored   // what earlier runs, interrupted or complete, had stored of it
	Passed  []string // what was passed over and why: files in a folder or archive that are no layout's
	Err     error    // what stopped it, nil where it was read to its end
	Count            // what this run did
}

// Stored counts records that went in and records that were kept aside.
type Stored struct {
	Papers   int `json:"papers"`
	Rejected int `json:"rejected"`
}

// Count counts records.
type Count struct {
	Stored
	Inserted  int `json:"inserted"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	// Subscriptions are those that were added; nothing is sent until somebody says so.
	Subscriptions int `json:"subscriptions,omitempty"`
	// Rows of what people did that were added, and such as refer to what is not here.
	Rows     int `json:"rows,omitempty"`
	RowsLeft int `json:"rowsLeft,omitempty"`
}

func (c *Count) add(o Count) {
	c.Papers += o.Papers
	c.Inserted += o.Inserted
	c.Updated += o.Updated
	c.Unchanged += o.Unchanged
	c.Rejected += o.Rejected
	c.Subscriptions += o.Subscriptions
	c.Rows += o.Rows
	c.RowsLeft += o.RowsLeft
}

// Check tells what of paths and opt would stop an import before it has read
// anything: a layout that there is not, a file that cannot be opened. It reads
// no records and needs no store.
func Check(paths []string, opt Options) error {
	opt, err := opt.withDefaults()
	if err != nil {
		return err
	}
	files, err := expand(paths, opt)
	if err != nil {
		return err
	}
	for _, f := range files {
		if info, err := os.Stat(f.path); err != nil || !info.Mode().IsRegular() {
			continue // a pipe can be opened only once
		}
		r, err := os.Open(f.path)
		if err != nil {
			return cannotRead(f.path, err)
		}
		r.Close()
	}
	return nil
}

// Import stores what the paths hold: files, plain or packed by gzip, zstd or
// zip, folders with everything in them, "-" for standard input. What ails one
// file does not stop the others; the error holds all of it, and the report
// tells file by file. Records kept aside are no error. A failing store or a
// cancelled ctx ends the import at once.
func Import(ctx context.Context, s *store.Store, paths []string, opt Options) (Report, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return Report{}, err
	}
	files, err := expand(paths, opt)
	if err != nil {
		return Report{}, err
	}
	var rep Report
	var errs []error
	im := &importer{store: s, opt: opt, inputs: len(files)}
	for _, f := range files {
		im.total += f.size
		im.pipe = im.pipe || f.path == "-"
	}
	for i, f := range files {
		im.index = i + 1
		in, err := im.file(ctx, f)
		rep.Inputs = append(rep.Inputs, in)
		rep.add(in.Count)
		rep.Earlier.Papers += in.Earlier.Papers
		rep.Earlier.Rejected += in.Earlier.Rejected
		im.before = Stored{rep.Papers + rep.Earlier.Papers, rep.Rejected + rep.Earlier.Rejected}
		if err != nil { // of the store or ctx: nothing more can go in
			return rep, errors.Join(append(errs, err)...)
		}
		if in.Err != nil {
			errs = append(errs, in.Err)
		}
	}
	return rep, errors.Join(errs...)
}
