package transfer

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"iter"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
)

// member is one stream of a file: the file itself, or what a zip holds.
type member struct {
	name string // "" for the file itself
	mark string // tells its content apart without reading it, "" where only reading does
	open func() (io.Reader, error)
}

// Methods of packing (APPNOTE.TXT, 4.4.5).
const (
	zipStore   = 0
	zipDeflate = 8
	zipZstd    = 93
)

// zipMembers lists an archive by its directory. An archive whose directory is
// missing, because it is cut off, is an error; scanZip reads it.
func zipMembers(r io.ReaderAt, size int64) ([]member, error) {
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nothing is written by these names
		return nil, err
	}
	z.RegisterDecompressor(zipDeflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(r) })
	z.RegisterDecompressor(zipZstd, func(r io.Reader) io.ReadCloser {
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return io.NopCloser(failing{err})
		}
		return d.IOReadCloser()
	})
	var members []member
	for _, f := range z.File {
		if ignoredMember(f.Name) {
			continue
		}
		members = append(members, member{name: refName(f.Name), mark: fmt.Sprintf("%08x %d", f.CRC32, f.UncompressedSize64),
			open: func() (io.Reader, error) { return f.Open() }})
	}
	return members, nil
}

// ignoredMember tells that a member is a folder or hidden.
func ignoredMember(name string) bool {
	return strings.HasSuffix(name, "/") || strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(name[strings.LastIndexByte(name, '/')+1:], ".")
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// scanZip reads an archive from its beginning, without its directory: from a
// pipe, or as far as a cut-off one goes. A member is read to its end before the
// next is asked for.
func scanZip(r *bufio.Reader) iter.Seq2[member, error] {
	return func(yield func(member, error) bool) {
		for {
			head, err := r.Peek(4)
			if err != nil {
				yield(member{}, damage(io.ErrUnexpectedEOF))
				return
			}
			switch string(head) {
			case "PK\x01\x02", "PK\x05\x06": // the directory: all members were seen
				io.Copy(io.Discard, r) // so that who writes the pipe can end
				return
			case "PK\x03\x04":
			default:
				yield(member{}, damage(errors.New("no archive member begins here")))
				return
			}
			m, body, err := localMember(r)
			if err != nil {
				yield(member{}, damage(err))
				return
			}
			if !ignoredMember(m.name) && !yield(m, nil) {
				return
			}
			if _, err := io.Copy(io.Discard, body); err != nil {
				yield(member{}, damage(err))
				return
			}
		}
	}
}

// localMember reads a member's own header (APPNOTE.TXT, 4.3.7) and gives its
// unpacked content.
func localMember(r *bufio.Reader) (member, io.Reader, error) {
	var h [30]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return member{}, nil, io.ErrUnexpectedEOF
	}
	le := binary.LittleEndian
	flags, method := le.Uint16(h[6:]), le.Uint16(h[8:])
	name := make([]byte, le.Uint16(h[26:]))
	if _, err := io.ReadFull(r, name); err != nil {
		return member{}, nil, io.ErrUnexpectedEOF
	}
	if _, err := r.Discard(int(le.Uint16(h[28:]))); err != nil {
		return member{}, nil, io.ErrUnexpectedEOF
	}
	const encrypted, trailing = 1, 8
	s := &scanned{zip: r, crc: crc32.NewIEEE(), want: le.Uint32(h[14:]), trailing: flags&trailing != 0}
	size := int64(le.Uint32(h[18:]))
	switch {
	case flags&encrypted != 0:
		return member{}, nil, fmt.Errorf("member %s is encrypted", refName(string(name)))
	case method == zipDeflate:
		s.body = flate.NewReader(r) // ends by itself and takes not a byte more
	case method == zipStore && !s.trailing && size < 1<<32-1:
		s.body = &exactly{r: r, left: size}
	default:
		return member{}, nil, fmt.Errorf("member %s is packed in a way (%d) that needs the archive's directory", refName(string(name)), method)
	}
	return member{name: refName(string(name)), open: func() (io.Reader, error) { return s, nil }}, s, nil
}

// scanned is a member's content, checked at its end.
type scanned struct {
	zip      *bufio.Reader
	body     io.Reader
	crc      hash.Hash32
	want     uint32
	trailing bool // the sum follows the content
	err      error
}

func (s *scanned) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.body.Read(p)
	s.crc.Write(p[:n])
	if errors.Is(err, io.EOF) {
		err = s.finish()
	}
	s.err = err
	return n, err
}

// finish reads the sum that may follow, with or without its signature, and
// compares.
func (s *scanned) finish() error {
	if s.trailing {
		head, err := s.zip.Peek(4)
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		if string(head) == "PK\x07\x08" {
			s.zip.Discard(4)
		}
		var d [12]byte
		if _, err := io.ReadFull(s.zip, d[:]); err != nil {
			return io.ErrUnexpectedEOF
		}
		s.want = binary.LittleEndian.Uint32(d[:])
	}
	if s.crc.Sum32() != s.want {
		return zip.ErrChecksum
	}
	return io.EOF
}

// exactly reads a known number of bytes; fewer are an error.
type exactly struct {
	r    io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.r.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	if errors.Is(err, io.EOF) && e.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
