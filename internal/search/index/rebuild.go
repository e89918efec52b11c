package index

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Writer is that of the generation that is searched. Ask again after Swap.
func (x *Index) Writer() *Writer {
	x.mu.Lock()
	defer x.mu.Unlock()
	return &Writer{x.serving}
}

// WantDamage is what Want says where segments are set aside.
const WantDamage = "damage"

// Want tells why the index has to be rebuilt, or "".
func (x *Index) Want() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	m := &x.serving.manifest
	switch {
	case len(m.Damaged) > 0:
		return WantDamage
	case m.Setup.Analyzer != x.opt.Setup.Analyzer:
		return "another analyzer"
	case m.Setup.Model != x.opt.Setup.Model:
		return "another model"
	case m.Setup != x.opt.Setup:
		return "other weights"
	case x.asked != "":
		return x.asked
	case x.next != nil:
		return "a rebuild that did not end"
	}
	return ""
}

// Ask makes Want tell why until the next Swap.
func (x *Index) Ask(why string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.asked = why
}

// UseModel makes the next generation one with vectors of another model.
func (x *Index) UseModel(name string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.opt.Setup.Model = name
}

// Rebuild gives the writer of the next generation, a new one or the one that an
// earlier rebuild did not end. Fill it from its Cursor on and then Swap. A next
// generation that has met damage, or is for another setup, begins anew.
func (x *Index) Rebuild(ctx context.Context) (*Writer, error) {
	x.mu.Lock()
	next := x.next
	n := x.serving.number + 1
	x.mu.Unlock()
	if next != nil {
		next.writing.Lock()
		sound := len(next.manifest.Damaged) == 0 && !next.retired && next.manifest.Setup == x.Setup()
		next.writing.Unlock()
		if sound {
			return &Writer{next}, nil
		}
		if err := x.Abandon(); err != nil {
			return nil, err
		}
		n = next.number + 1
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// What is there under that name is not ours.
	if err := x.disk.removeAll(filepath.Join(x.dir, generationName(n))); err != nil {
		return nil, diskError("remove an old generation", err)
	}
	g, err := x.create(n)
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	x.next = g
	x.mu.Unlock()
	clearRequest(x.disk, x.dir) // the generation's folder says it from now on
	return &Writer{g}, nil
}

// Abandon drops the generation that is being rebuilt, if there is one.
func (x *Index) Abandon() error {
	x.mu.Lock()
	next := x.next
	x.next = nil
	x.mu.Unlock()
	if next == nil {
		return nil
	}
	next.close()
	if err := x.disk.removeAll(next.dir); err != nil {
		return diskError("remove "+next.dir, err)
	}
	return nil
}

// Swap puts a rebuilt generation in the place of the one that is searched, which
// is removed once nobody reads it. ErrReplaced where the rebuilt one met damage:
// Rebuild begins anew then.
func (x *Index) Swap(ctx context.Context, w *Writer) error {
	if err := w.Finish(ctx); err != nil {
		return err
	}
	x.mu.Lock()
	ok := x.next == w.gen && len(w.gen.manifest.Damaged) == 0 && w.gen.manifest.Setup == x.opt.Setup
	x.mu.Unlock()
	if !ok {
		return fmt.Errorf("swap: %w", ErrReplaced)
	}
	if err := x.writeCurrent(w.gen.number); err != nil {
		return err
	}
	x.replace(w.gen)
	x.log.Info("the rebuilt index is searched now", "generation", w.gen.number)
	return nil
}

// replace makes g the generation that is searched.
func (x *Index) replace(g *generation) {
	x.mu.Lock()
	old := x.serving
	x.serving, x.asked = g, ""
	if x.next == g {
		x.next = nil
	}
	x.mu.Unlock()
	old.close()
	x.removeWhenUnused(old)
}

// Reset empties the index: what is in it is of another database, or of a feed
// that was set back.
func (x *Index) Reset(ctx context.Context) error {
	if err := x.Abandon(); err != nil {
		return err
	}
	w, err := x.Rebuild(ctx)
	if err != nil {
		return err
	}
	if err := x.writeCurrent(w.gen.number); err != nil {
		return err
	}
	x.replace(w.gen)
	return nil
}

// Finish notes that this generation holds everything up to the feed's end.
func (w *Writer) Finish(context.Context) error {
	g := w.gen
	g.writing.Lock()
	defer g.writing.Unlock()
	if g.retired {
		return ErrReplaced
	}
	if g.manifest.Complete {
		return nil
	}
	m := g.manifest.clone()
	m.Complete = true
	return g.commit(m, g.state.view.Segments)
}

// removeWhenUnused removes a generation's folder, at once or with its last
// snapshot.
func (x *Index) removeWhenUnused(g *generation) {
	x.mu.Lock()
	g.remove = true
	unused := len(g.open) == 0
	x.mu.Unlock()
	if unused {
		g.removeFolder()
	}
}

// removeFolder removes what a retired generation left. What cannot be removed is
// by the next Open.
func (g *generation) removeFolder() {
	if err := g.index.disk.removeAll(g.dir); err != nil {
		g.index.log.Warn("an old generation of the index stays for now", "error", err)
	}
}

// requestName is the file by which another process asks for a rebuild.
const requestName = "REQUEST"

// Request asks the process that has the index in dir open, now or next, to
// rebuild it.
func Request(dir, why string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return diskError("make the folder "+dir, err)
	}
	path := filepath.Join(dir, requestName)
	if err := new(disk).write(path, []byte(why+"\n")); err != nil {
		return diskError("write "+path, err)
	}
	return nil
}

// Requested tells whether a rebuild is asked for.
func Requested(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, requestName))
	return err == nil
}

func clearRequest(d *disk, dir string) { d.remove(filepath.Join(dir, requestName)) }
