package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"broadsheet"
	"broadsheet/internal/lib/segment"
)

// Report describes the index in a folder, read beside the process that may have
// it open.
type Report struct {
	Generation int
	Complete   bool // once held everything that there was
	Cursor     string
	Setup      Setup
	Docs       int // with those that are gone
	Dead       int
	Bytes      int64 // of segments and deletes
	Segments   []SegmentReport
	Damaged    []Damage
	Problems   []Problem   // that a look at names and sizes shows
	Next       *Rebuilding // nil: none is being built
	Requested  bool        // a rebuild is asked for
	Open       bool        // a process has it open for writing
}

// SegmentReport is a segment of a Report.
type SegmentReport struct {
	File  string `json:"file"`
	Docs  int    `json:"docs"`
	Dead  int    `json:"dead"`
	Bytes int64  `json:"bytes"`
}

// Problem is something wrong with a file.
type Problem struct {
	File   string `json:"file"` // within the folder
	Reason string `json:"reason"`
}

// Inspect looks at the index in dir and changes nothing. NotFound where there is
// none.
func Inspect(dir string) (*Report, error) {
	for try := 0; ; try++ {
		r, err := inspect(dir)
		if errors.Is(err, fs.ErrNotExist) && try < 5 {
			continue // a generation took another's place between two looks
		}
		return r, err
	}
}

func inspect(dir string) (*Report, error) {
	found, err := generations(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(found) == 0 {
		return nil, &broadsheet.Error{Kind: broadsheet.NotFound, Field: "index", Text: "there is no index in " + dir,
			Fix: "`broadsheet serve` and `broadsheet index rebuild` make one"}
	}
	if err != nil {
		return nil, diskError("read the folder "+dir, err)
	}
	r := &Report{Requested: Requested(dir), Open: locked(filepath.Join(dir, lockName))}
	n, ok := readCurrent(dir)
	if !ok || !found.has(n) {
		r.Problems = append(r.Problems, Problem{currentName, "it does not say which generation is searched"})
		n = found.best(dir)
	}
	r.Generation = n
	m, _, spoilt, err := readManifests(filepath.Join(dir, generationName(n)))
	for _, name := range spoilt {
		r.Problems = append(r.Problems, Problem{filepath.Join(generationName(n), name), errDamaged.Error()})
	}
	if errors.Is(err, errLost) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	r.describe(dir, &m)
	if next := found.last(); next > n {
		if m, _, _, err := readManifests(filepath.Join(dir, generationName(next))); err == nil {
			r.Next = &Rebuilding{Generation: next, Live: m.docs() - m.dead(), Bytes: m.bytes(), Cursor: m.Cursor}
		}
	}
	return r, nil
}

func (r *Report) describe(dir string, m *manifest) {
	r.Complete, r.Cursor, r.Setup, r.Damaged = m.Complete, m.Cursor, m.Setup, m.Damaged
	r.Docs, r.Dead, r.Bytes = m.docs(), m.dead(), m.bytes()
	r.Segments = []SegmentReport{}
	for _, e := range m.Segments {
		name := filepath.Join(generationName(r.Generation), e.File)
		r.Segments = append(r.Segments, SegmentReport{name, e.Docs, e.Dead, e.Bytes})
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil {
			r.Problems = append(r.Problems, Problem{name, "the file is missing"})
		} else if info.Size() != e.Bytes {
			r.Problems = append(r.Problems, Problem{name, fmt.Sprintf("it has %d bytes, want %d", info.Size(), e.Bytes)})
		}
	}
}

func (m *manifest) docs() (n int) {
	for _, e := range m.Segments {
		n += e.Docs
	}
	return n
}

func (m *manifest) dead() (n int) {
	for _, e := range m.Segments {
		n += e.Dead
	}
	return n
}

// locked tells whether a process holds the lock.
func locked(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close() // with the lock, where it was free
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

// Verify reads every byte of the index in dir, also beside the process that has
// it open, and tells what is wrong. Progress, where not nil, is told the bytes
// that are done and all.
func Verify(ctx context.Context, dir string, progress func(done, total int64)) ([]Problem, error) {
	r, err := Inspect(dir)
	if err != nil {
		return nil, err
	}
	problems := r.Problems
	for _, d := range r.Damaged {
		problems = append(problems, Problem{filepath.Join(generationName(r.Generation), d.File), d.Reason + " (set aside)"})
	}
	m, _, _, err := readManifests(filepath.Join(dir, generationName(r.Generation)))
	if err != nil {
		return problems, nil // told above
	}
	v := verification{dir: filepath.Join(dir, generationName(r.Generation)), generation: generationName(r.Generation), total: m.bytes(), progress: progress}
	for _, e := range m.Segments {
		if err := v.segment(ctx, e); err != nil {
			return problems, err
		}
	}
	for _, p := range v.problems { // that Inspect has not told already
		if !told(problems, p.File) {
			problems = append(problems, p)
		}
	}
	return problems, nil
}

func told(problems []Problem, file string) bool {
	for _, p := range problems {
		if p.File == file {
			return true
		}
	}
	return false
}

type verification struct {
	dir, generation string
	done, total     int64
	progress        func(done, total int64)
	problems        []Problem
}

func (v *verification) segment(ctx context.Context, e entry) error {
	defer func() { v.done += e.Bytes }()
	file := e.File
	err := Guard(func() error {
		r, err := segment.Open(filepath.Join(v.dir, e.File))
		if err != nil {
			return err
		}
		defer r.Close()
		err = r.Verify(ctx, func(done, _ int64) {
			if v.progress != nil {
				v.progress(v.done+done, v.total)
			}
		})
		if err == nil && r.Docs() != e.Docs {
			err = fmt.Errorf("it has %d documents, the manifest says %d", r.Docs(), e.Docs)
		}
		if err == nil && e.Deletes != "" {
			file = e.Deletes
			_, err = readDeletes(filepath.Join(v.dir, e.Deletes), e.Docs, e.Dead)
		}
		return err
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, fs.ErrNotExist) && v.replaced(e):
		return nil
	case isDiskTrouble(err):
		return diskError("read "+filepath.Join(v.dir, file), err)
	case err != nil:
		reason := strings.TrimPrefix(err.Error(), filepath.Join(v.dir, file)+": ")
		v.problems = append(v.problems, Problem{filepath.Join(v.generation, file), reason})
	}
	return nil
}

// replaced tells that a file is not there because it is not needed any more: the
// running process has merged it, or written its deletes anew.
func (v *verification) replaced(e entry) bool {
	m, _, _, err := readManifests(v.dir)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	for _, now := range m.Segments {
		if now.File == e.File && now.Deletes == e.Deletes {
			return false
		}
	}
	return true
}
