package segment

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"os"
	"path/filepath"

	"broadsheet/internal/lib/checksum"
	"broadsheet/internal/lib/durable"
)

// The frame of a file: header, sections, checksums of the chunks, table of
// contents, footer.
const (
	version    = 2 // that is written
	oldest     = 1 // that is read
	magic      = "bsheetSG"
	headerSize = 64
	footerSize = 64
	align      = 64

	// Chunks are of 64 KiB: the first look at a list costs some 5 us, and the
	// checksums take one byte of 16,000. Readers take what the file says.
	chunkShift    = 16
	minChunkShift = 8
	maxChunkShift = 24
)

var le = binary.LittleEndian

// section is an entry of the table of contents. elem is the width of its numbers
// in bytes, 0 where it is not an array.
type section struct {
	name      string
	elem      byte
	off, size int64
}

// disk is what writing a file needs of the file system. It is an argument so that
// tests see the order of syncs and let them fail.
type disk interface {
	create(path string) (syncer, error)
	rename(from, to string) error
	remove(path string) error
	syncDir(dir string) error
}

type syncer interface {
	io.Writer
	Sync() error
	Close() error
}

// osDisk is the disk of the operating system.
type osDisk struct{}

func (osDisk) create(path string) (syncer, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
}
func (osDisk) rename(from, to string) error { return os.Rename(from, to) }
func (osDisk) remove(path string) error     { return os.Remove(path) }
func (osDisk) syncDir(dir string) error     { return durable.SyncDir(dir) }

// target is where and how segments are written: other than usual only in tests.
type target struct {
	disk  disk
	shift uint // chunks are of 1<<shift bytes
}

var usual = target{osDisk{}, chunkShift}

// create writes a segment's file at path: fill gives the sections. Nothing of the
// name path is touched before all of it is on the disk.
func (t target) create(path string, docs int, fill func(*fileWriter) error) (size int64, sections []section, err error) {
	d, temp := t.disk, path+TempSuffix
	f, err := d.create(temp)
	if err != nil {
		return 0, nil, err
	}
	defer func() {
		if err != nil {
			_ = d.remove(temp) // the first error is what counts
		}
	}()
	w := newFileWriter(f, t.shift)
	err = fill(w)
	if err == nil {
		err = w.finish(docs)
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return 0, nil, fmt.Errorf("write %s: %w", temp, err)
	}
	if err = d.rename(temp, path); err != nil {
		return 0, nil, err
	}
	if err = d.syncDir(filepath.Dir(path)); err != nil {
		return 0, nil, fmt.Errorf("sync folder of %s: %w", path, err)
	}
	return w.off, w.toc, nil
}

// fileWriter writes the frame around sections and the checksum of each chunk. The
// first error stays and makes what follows do nothing.
type fileWriter struct {
	w    *bufio.Writer
	off  int64
	mask int64  // of an offset within its chunk
	crc  uint32 // of the present chunk so far
	sums []byte
	toc  []section
	err  error
	num  [8]byte
}

func newFileWriter(f io.Writer, shift uint) *fileWriter {
	w := &fileWriter{w: bufio.NewWriterSize(f, 1<<18), mask: 1<<shift - 1}
	header := make([]byte, headerSize)
	copy(header, magic)
	le.PutUint32(header[8:], version)
	le.PutUint32(header[12:], checksum.Of(header[:12]))
	w.write(header)
	return w
}

// Write implements io.Writer, into the present section.
func (w *fileWriter) Write(p []byte) (int, error) {
	w.write(p)
	return len(p), w.err
}

func (w *fileWriter) write(p []byte) {
	for len(p) > 0 && w.err == nil {
		n := min(len(p), int(w.mask+1-w.off&w.mask))
		w.crc = checksum.Update(w.crc, p[:n])
		_, w.err = w.w.Write(p[:n])
		w.off += int64(n)
		p = p[n:]
		if w.off&w.mask == 0 {
			w.endChunk()
		}
	}
}

func (w *fileWriter) endChunk() {
	w.sums = le.AppendUint32(w.sums, w.crc)
	w.crc = 0
}

func (w *fileWriter) u16(v uint16) { le.PutUint16(w.num[:], v); w.write(w.num[:2]) }
func (w *fileWriter) u32(v uint32) { le.PutUint32(w.num[:], v); w.write(w.num[:4]) }
func (w *fileWriter) u64(v uint64) { le.PutUint64(w.num[:], v); w.write(w.num[:8]) }

// number writes the low bytes of v, as many as elem says.
func (w *fileWriter) number(elem byte, v uint32) {
	le.PutUint32(w.num[:], v)
	w.write(w.num[:elem])
}

// begin begins a section, which ends where the next begins.
func (w *fileWriter) begin(name string, elem byte) {
	w.end()
	w.pad()
	w.toc = append(w.toc, section{name: name, elem: elem, off: w.off})
}

func (w *fileWriter) end() {
	if n := len(w.toc); n > 0 {
		w.toc[n-1].size = w.off - w.toc[n-1].off
	}
}

func (w *fileWriter) pad() {
	var zero [align]byte
	w.write(zero[:-w.off&(align-1)])
}

// finish writes what comes after the sections.
func (w *fileWriter) finish(docs int) error {
	w.end()
	w.pad()
	sumsOff := w.off
	if w.off&w.mask != 0 {
		w.endChunk()
	}
	sums, toc := w.sums, encodeTOC(w.toc)
	footer := make([]byte, footerSize)
	le.PutUint64(footer[0:], uint64(sumsOff))
	le.PutUint64(footer[8:], uint64(sumsOff+int64(len(sums))))
	le.PutUint32(footer[16:], uint32(len(toc)))
	le.PutUint32(footer[20:], checksum.Of(sums))
	le.PutUint32(footer[24:], checksum.Of(toc))
	le.PutUint32(footer[28:], uint32(docs))
	le.PutUint64(footer[32:], uint64(sumsOff+int64(len(sums)+len(toc)+footerSize)))
	le.PutUint32(footer[40:], version)
	le.PutUint32(footer[44:], uint32(bits.Len64(uint64(w.mask))))
	le.PutUint32(footer[48:], checksum.Of(footer[:48]))
	copy(footer[56:], magic)
	for _, part := range [][]byte{sums, toc, footer} {
		w.write(part)
	}
	if w.err != nil {
		return w.err
	}
	return w.w.Flush()
}

func encodeTOC(sections []section) []byte {
	b := le.AppendUint32(nil, uint32(len(sections)))
	for _, s := range sections {
		b = append(b, byte(len(s.name)))
		b = append(b, s.name...)
		b = append(b, s.elem)
		b = le.AppendUint64(b, uint64(s.off))
		b = le.AppendUint64(b, uint64(s.size))
	}
	return b
}
