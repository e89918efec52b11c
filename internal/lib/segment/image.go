package segment

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"broadsheet/internal/lib/checksum"
	"broadsheet/internal/lib/mmap"
)

// image is the bytes of a file and which of its chunks were found good.
type image struct {
	data    []byte
	from    io.ReaderAt // the same bytes, without their staying in memory
	path    string
	version uint32
	docs    int
	end     int64 // of the sections, where the checksums begin
	shift   uint  // chunks are of 1<<shift bytes
	sums    []byte
	toc     []section
	good    []atomic.Uint32 // a bit a chunk
	first   atomic.Pointer[error]
	// blind takes all checksums for right, so that tests reach what is behind.
	blind bool
}

// damage makes and remembers an error of kind ErrCorrupt.
func (f *image) damage(format string, args ...any) error {
	err := fmt.Errorf("%s: %s: %w", f.path, fmt.Sprintf(format, args...), ErrCorrupt)
	f.first.CompareAndSwap(nil, &err)
	return err
}

// matches says whether the checksum of b is the one that stands at the beginning of
// want.
func (f *image) matches(b, want []byte) bool { return checksum.Of(b) == le.Uint32(want) || f.blind }

// parse reads the frame of a file.
func parse(path string, data []byte, from io.ReaderAt, blind bool) (*image, error) {
	f := &image{data: data, from: from, path: path, blind: blind}
	if len(data) < headerSize+footerSize {
		return nil, f.damage("%d bytes are too few", len(data))
	}
	if string(data[:8]) != magic || !f.matches(data[:12], data[12:]) {
		return nil, f.damage("header")
	}
	if f.version = le.Uint32(data[8:]); f.version < oldest || f.version > version {
		return nil, fmt.Errorf("%s: version %d: %w", path, f.version, ErrVersion)
	}
	foot := data[len(data)-footerSize:]
	if string(foot[56:]) != magic || !f.matches(foot[:48], foot[48:]) || le.Uint32(foot[52:]) != 0 {
		return nil, f.damage("footer")
	}
	sumsOff, tocOff, tocLen := le.Uint64(foot), le.Uint64(foot[8:]), uint64(le.Uint32(foot[16:]))
	size := uint64(len(data))
	f.shift = uint(le.Uint32(foot[44:]))
	if f.shift < minChunkShift || f.shift > maxChunkShift || sumsOff > size {
		return nil, f.damage("footer")
	}
	chunks := (sumsOff + 1<<f.shift - 1) >> f.shift
	switch {
	case le.Uint64(foot[32:]) != size, le.Uint32(foot[40:]) != f.version,
		sumsOff < headerSize, sumsOff%align != 0,
		tocOff != sumsOff+4*chunks, tocOff > size, tocOff+tocLen+footerSize != size:
		return nil, f.damage("footer does not fit the file of %d bytes", size)
	}
	f.docs = int(le.Uint32(foot[28:]))
	if f.docs > MaxDocs {
		return nil, f.damage("%d documents", f.docs)
	}
	f.end, f.sums = int64(sumsOff), data[sumsOff:tocOff]
	toc := data[tocOff : tocOff+tocLen]
	if !f.matches(f.sums, foot[20:]) || !f.matches(toc, foot[24:]) {
		return nil, f.damage("table of contents")
	}
	f.good = make([]atomic.Uint32, (chunks+31)/32)
	if err := f.parseTOC(toc); err != nil {
		return nil, err
	}
	return f, f.check(0, headerSize)
}

func (f *image) parseTOC(b []byte) error {
	bad := func() error { return f.damage("table of contents") }
	if len(b) < 4 {
		return bad()
	}
	n := int(le.Uint32(b))
	b = b[4:]
	end := int64(headerSize)
	for range n {
		if len(b) < 1 || len(b) < 1+int(b[0])+17 {
			return bad()
		}
		name := 1 + int(b[0])
		s := section{name: string(b[1:name])}
		b = b[name:]
		off, size := le.Uint64(b[1:]), le.Uint64(b[9:])
		s.elem = b[0]
		b = b[17:]
		if off > uint64(f.end) || size > uint64(f.end)-off || off%align != 0 || int64(off) < end {
			return bad()
		}
		s.off, s.size = int64(off), int64(size)
		end = s.off + s.size
		f.toc = append(f.toc, s)
	}
	if len(b) != 0 {
		return bad()
	}
	return nil
}

// section finds a section by name. One that is not there is empty.
func (f *image) section(name string) section {
	for _, s := range f.toc {
		if s.name == name {
			return s
		}
	}
	return section{name: name}
}

// check makes sure of the chunks that n bytes from off lie in. The caller has made
// sure that they lie in the sections.
func (f *image) check(off, n int64) error {
	if n <= 0 {
		return nil
	}
	for c, end := off>>f.shift, (off+n-1)>>f.shift; c <= end; c++ {
		if f.good[c>>5].Load()&(1<<(c&31)) == 0 {
			if err := f.checkChunk(c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *image) checkChunk(c int64) error {
	from := c << f.shift
	to := min(from+1<<f.shift, f.end)
	if !f.matches(f.data[from:to], f.sums[4*c:]) {
		return f.damage("checksum of bytes %d to %d (%s)", from, to, f.where(from, to))
	}
	f.good[c>>5].Or(1 << (c & 31))
	return nil
}

// where names the sections in a range, for messages.
func (f *image) where(from, to int64) string {
	names := ""
	for _, s := range f.toc {
		if s.off < to && s.off+s.size > from {
			names += " " + s.name
		}
	}
	if names == "" {
		return "between sections"
	}
	return names[1:]
}

// view gives n checked bytes from off of a section.
func (f *image) view(s section, off, n int64) ([]byte, error) {
	if off < 0 || n < 0 || off > s.size || n > s.size-off {
		return nil, f.damage("%s: bytes %d and %d more of %d", s.name, off, n, s.size)
	}
	if err := f.check(s.off+off, n); err != nil {
		return nil, err
	}
	return f.data[s.off+off : s.off+off+n : s.off+off+n], nil
}

// whole gives all bytes of a section, checked.
func (f *image) whole(s section) ([]byte, error) { return f.view(s, 0, s.size) }

// array gives a section that must hold n numbers of elem bytes.
func (f *image) array(s section, elem, n int) ([]byte, error) {
	if int(s.elem) != elem || s.size != int64(elem)*int64(n) {
		return nil, f.damage("%s: %d bytes of width %d, want %d numbers of width %d", s.name, s.size, s.elem, n, elem)
	}
	return f.whole(s)
}

// load maps the file at path and parses it.
func load(path string) (*mmap.Map, *image, error) {
	m, err := mmap.Open(path)
	if err != nil {
		return nil, nil, err
	}
	f, err := parse(path, m.Data(), m, false)
	if err != nil {
		return nil, nil, errors.Join(err, m.Close())
	}
	return m, f, nil
}
