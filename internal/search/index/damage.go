package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"broadsheet/internal/lib/mmap"
	"broadsheet/internal/lib/segment"
)

// report is a segment that failed while somebody read it.
type report struct {
	seg *Segment
	err error
}

// Guard calls f, which reads segments, and turns the fault of a mapped file that
// was cut or whose disk fails into an error. Put it around a query.
func Guard(f func() error) error {
	var err error
	if fault := mmap.Guard(func() { err = f() }); fault != nil {
		return fault
	}
	return err
}

// IsDamage tells whether an error says that a segment is damaged, rather than
// that something else went wrong.
func IsDamage(err error) bool {
	return errors.Is(err, segment.ErrCorrupt) || errors.Is(err, mmap.ErrFault) || errors.Is(err, errDamaged) ||
		errors.Is(err, segment.ErrVersion) || errors.Is(err, fs.ErrNotExist)
}

// isDiskTrouble tells errors at open that may pass (no rights, too many files)
// from those that say something about the file.
func isDiskTrouble(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM)
}

// Report tells the index that a segment failed while it was read. It is set
// aside soon; until then the caller answers without it. Errors that are no
// damage (a cancelled context) are ignored. It never waits.
func (s *Segment) Report(err error) {
	if !IsDamage(err) {
		return
	}
	select {
	case s.gen.index.reports <- report{s, err}:
	default: // whoever reads it next reports it again
	}
}

// damage is what a manifest says of a segment set aside for err.
func (s *Segment) damage(err error) *Damage {
	return &Damage{File: s.entry.File, Docs: s.entry.Docs, Reason: err.Error(), At: time.Now().UTC().Truncate(time.Second)}
}

// setAside goes on without damaged segments.
func (g *generation) setAside(bad []Damage) error {
	g.writing.Lock()
	defer g.writing.Unlock()
	return g.setAsideLocked(bad)
}

func (g *generation) setAsideLocked(bad []Damage) error {
	if g.retired {
		return ErrReplaced
	}
	x := g.index
	m := g.manifest.clone()
	isBad := func(s *Segment) bool {
		return slices.ContainsFunc(bad, func(d Damage) bool { return d.File == s.entry.File })
	}
	fresh := 0
	for _, d := range bad {
		// At open the manifest still names it; afterwards the state does.
		if slices.ContainsFunc(m.Segments, func(e entry) bool { return e.File == d.File }) {
			m.Damaged = append(m.Damaged, d)
			fresh++
			x.log.Error("a segment of the index is damaged and set aside; the index is rebuilt beside", "segment", generationName(g.number)+"/"+d.File,
				"documents", d.Docs, "reason", d.Reason)
		}
	}
	if fresh == 0 {
		return nil // somebody was faster
	}
	keep := slices.DeleteFunc(slices.Clone(g.state.view.Segments), isBad)
	if err := g.commitKeeping(m, keep, bad); err != nil {
		return fmt.Errorf("set a damaged segment aside: %w", err)
	}
	x.counts.damaged.Add(int64(fresh))
	x.metrics.aside.Add(float64(fresh))
	x.poke()
	return nil
}

// commitKeeping commits and gives the files of damaged segments another name
// before they can be swept away.
func (g *generation) commitKeeping(m manifest, keep []*Segment, bad []Damage) error {
	for _, d := range bad {
		path := filepath.Join(g.dir, d.File)
		if _, err := os.Stat(path); err != nil {
			continue // it is missing: that is the damage
		}
		// Before the commit: a crash in between finds the segment missing, which
		// is damage again and ends the same way.
		if err := g.index.disk.rename(path, path+badSuffix); err != nil {
			g.index.log.Warn("a damaged segment is not kept", "file", path, "error", err)
		}
	}
	return g.commit(m, keep)
}

// inspect looks whether the files are still there and as long as they were.
func (g *generation) inspect() (bad []Damage) {
	x := g.index
	x.mu.Lock()
	s := g.state.snapshot()
	x.mu.Unlock()
	defer s.Release()
	for _, seg := range s.Segments {
		info, err := os.Stat(filepath.Join(g.dir, seg.entry.File))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			bad = append(bad, *seg.damage(errors.New("the file was removed")))
		case err == nil && info.Size() != seg.entry.Bytes:
			bad = append(bad, *seg.damage(fmt.Errorf("the file has %d bytes, want %d", info.Size(), seg.entry.Bytes)))
		}
	}
	return bad
}

// heed sets aside what was reported and what is missing. What cannot be now it
// gives back with the error: the others are set aside all the same.
func (x *Index) heed(ctx context.Context, look bool, reported ...report) (left []report, err error) {
	for more := true; more; {
		select {
		case r := <-x.reports:
			reported = append(reported, r)
		default:
			more = false
		}
	}
	aside := func(g *generation, bad ...Damage) bool {
		if ctx.Err() != nil {
			return false
		}
		e := g.setAside(bad)
		if e == nil || errors.Is(e, ErrReplaced) {
			return true
		}
		err = errors.Join(err, e)
		return false
	}
	seen := map[*Segment]bool{} // a segment is reported by every search that met it
	for _, r := range reported {
		if !seen[r.seg] && !aside(r.seg.gen, *r.seg.damage(r.err)) {
			left = append(left, r)
		}
		seen[r.seg] = true
	}
	if look {
		for _, g := range x.both() {
			if bad := g.inspect(); len(bad) > 0 {
				aside(g, bad...) // they are looked for again
			} else if g.writing.TryLock() {
				g.sweep() // what a snapshot let go of while somebody wrote
				g.writing.Unlock()
			}
		}
	}
	return left, errors.Join(err, ctx.Err())
}

// both are the generations there are.
func (x *Index) both() []*generation {
	x.mu.Lock()
	defer x.mu.Unlock()
	out := []*generation{x.serving}
	if x.next != nil {
		out = append(out, x.next)
	}
	return out
}
