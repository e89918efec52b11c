package index

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/durable"
)

var errNoSpace error = syscall.ENOSPC

// disk is how the index changes its folder. Before every step it asks before,
// where there is one: tests let the power fail there.
type disk struct {
	before func(op, path string) error
}

func (d *disk) step(op, path string) error {
	if d.before == nil {
		return nil
	}
	return d.before(op, path)
}

// write puts data into a file so that it is there whole or not at all, also
// after a power cut.
func (d *disk) write(path string, data []byte) (err error) {
	temp := path + tempSuffix
	defer func() {
		if err != nil {
			os.Remove(temp)
		}
	}()
	if err := d.step("create", temp); err != nil {
		return err
	}
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := d.step("write", temp); err != nil {
		f.Write(data[:len(data)/2]) // what a power cut may leave
		f.Close()
		return err
	}
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	if err := d.step("sync", temp); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := d.rename(temp, path); err != nil {
		return err
	}
	return d.syncDir(filepath.Dir(path))
}

func (d *disk) rename(from, to string) error {
	if err := d.step("rename", to); err != nil {
		return err
	}
	return os.Rename(from, to)
}

func (d *disk) syncDir(dir string) error {
	if err := d.step("sync folder", dir); err != nil {
		return err
	}
	return durable.SyncDir(dir)
}

// remove removes a file; one that is not there is no error.
func (d *disk) remove(path string) error {
	if err := d.step("remove", path); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (d *disk) removeAll(path string) error {
	if err := d.step("remove", path); err != nil {
		return err
	}
	return os.RemoveAll(path)
}

const (
	lockName   = "LOCK"
	tempSuffix = ".tmp"
	badSuffix  = ".bad"
)

// How often, and how far apart, the lock is tried while others look at it.
const (
	lockTries = 200
	lockPause = time.Millisecond
)

// lock takes the lock that only one process can have. It ends with the process,
// however that ends. Who only looks whether somebody has it (see locked) holds it
// for a moment, which is no reason to give up: a shared lock is to be had beside
// such, and not beside one who writes.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, diskError("open "+path, err)
	}
	fd := int(f.Fd())
	for range lockTries {
		if err = syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) || syscall.Flock(fd, syscall.LOCK_SH|syscall.LOCK_NB) != nil {
			break
		}
		_ = syscall.Flock(fd, syscall.LOCK_UN)
		time.Sleep(lockPause)
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, &broadsheet.Error{Kind: broadsheet.Conflict, Field: "index", Text: "another process has the index in " + filepath.Dir(path) + " open",
			Fix: "end it, or give this one a folder of its own with --data-dir"}
	}
	return nil, diskError("lock "+path, err)
}

// relock takes the lock anew where somebody removed the folder: a lock on a file
// that is gone keeps nobody out.
func (x *Index) relock() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	path := filepath.Join(x.dir, lockName)
	have, herr := x.lock.Stat()
	there, terr := os.Stat(path)
	if herr == nil && terr == nil && os.SameFile(have, there) {
		return nil
	}
	f, err := lock(path)
	if err != nil {
		return err
	}
	x.lock.Close()
	x.lock = f
	return nil
}
