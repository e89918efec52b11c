// Package mmap reads files as memory, and memory as numbers. Outside lib/vec it
// is the only package that touches unsafe memory.
//
// [Open] maps a whole file for reading. Its bytes come from the page cache as
// they are touched, so opening costs the same whatever the size, and the kernel
// may take the memory back at any time. On systems without mmap the file is read
// whole; everything else is the same.
//
// A map is as long as the file was when it was opened; what is appended later is
// not seen, and an empty file is a map of no bytes. The file may be renamed or
// removed while it is mapped. What must not happen is that it shrinks or that its
// disk fails: a load from such a page is a fault (SIGBUS), which ends the program
// unless the load runs inside [Guard], which makes it an error. Files that are
// written once, to another name, and then renamed never shrink; Guard is for the
// disk and the careless hand.
//
// The bytes of a map must not be written to (that is a fault too) and must not be
// used after [Map.Close].
//
// What is touched of a map counts as memory of this process, by 64 KiB around each
// touch. [Map.ReadAt] copies from the file instead: for what is large and of which
// a little is wanted here and there. It waits some microsecond for the kernel where
// a load of a page in memory waits 0.2, and gives an error where that faults.
//
// The views ([Uint16s] and its like) read little-endian numbers. They share the
// bytes where the machine is little-endian and the first byte is aligned, which
// is always so for sections of a map at multiples of 8; elsewhere they copy.
package mmap

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Map is a file in memory. Its methods may be called from several goroutines,
// Close from one, when no other uses the bytes any more.
type Map struct {
	data []byte
	path string
	file *os.File // nil where data is no map but a copy
}

// Advice tells the kernel how the bytes will be read.
type Advice int

// The kinds of Advice.
const (
	Normal     Advice = iota // read ahead a little
	Random                   // do not read ahead
	Sequential               // read ahead far
	WillNeed                 // begin to read all of it now
)

// Open maps the regular file at path for reading. The error of a file that is not
// there matches [os.ErrNotExist].
func Open(path string) (m *Map, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if m == nil || m.file == nil {
			_ = f.Close() // it was read only
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("map %s: not a regular file", path)
	}
	if info.Size() == 0 {
		return &Map{path: path}, nil // mmap refuses a length of 0
	}
	if int64(int(info.Size())) != info.Size() {
		return nil, fmt.Errorf("map %s: %d bytes do not fit the address space", path, info.Size())
	}
	data, err := mapFile(f, int(info.Size()))
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	enter(data)
	m = &Map{data: data, path: path}
	if mapped {
		m.file = f
	}
	return m, nil
}

// Data gives the bytes of the file, to be read only and only until Close.
func (m *Map) Data() []byte { return m.data }

// ReadAt copies bytes of the file from off on into p, as [io.ReaderAt]. It may not be
// called after Close.
func (m *Map) ReadAt(p []byte, off int64) (int, error) {
	if m.file != nil {
		return m.file.ReadAt(p, off)
	}
	if off < 0 {
		return 0, fmt.Errorf("read %s: offset %d", m.path, off)
	}
	n := copy(p, m.data[min(off, int64(len(m.data))):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Path gives the path that the file was opened by.
func (m *Map) Path() string { return m.path }

// Advise tells the kernel how the bytes will be read. It is advice: where it
// cannot be given, or means nothing, nothing happens.
func (m *Map) Advise(a Advice) {
	if len(m.data) > 0 {
		advise(m.data, a)
	}
}

// Resident gives how many bytes of the file are in memory, whoever brought them
// there, rounded up to pages but never above the length. Where the system does
// not tell (it does on Linux), ok is false.
func (m *Map) Resident() (n int, ok bool) {
	if len(m.data) == 0 {
		return 0, true
	}
	return resident(m.data)
}

// Close gives the memory back. Views of it must not be used any more. A second
// Close does nothing.
func (m *Map) Close() error {
	data := m.data
	if len(data) == 0 {
		return nil
	}
	m.data = nil
	leave(data)
	err := unmap(data)
	if m.file != nil {
		err = errors.Join(err, m.file.Close())
	}
	if err != nil {
		return fmt.Errorf("unmap %s: %w", m.path, err)
	}
	return nil
}
