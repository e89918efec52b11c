package transfer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"broadsheet"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// The first bytes of what is packed. Names are not asked: a .json may well be
// packed and a .gz may not.
var (
	magicGzip = []byte{0x1f, 0x8b}
	magicZstd = []byte{0x28, 0xb5, 0x2f, 0xfd}
	magicZip  = []byte{'P', 'K', 3, 4}
	emptyZip  = []byte{'P', 'K', 5, 6}
)

const (
	peekSize = 64 << 10
	// maxWindow is what zstd's own program unpacks without being asked twice.
	maxWindow = 128 << 20
	maxLayers = 3 // of packing around one stream
)

// unpack gives what r holds behind up to three layers of gzip and zstd. close
// frees what the layers hold.
func unpack(r io.Reader) (plain *bufio.Reader, close func(), err error) {
	var closers []func()
	close = func() {
		for _, c := range closers {
			c()
		}
	}
	br, ok := r.(*bufio.Reader)
	if !ok || br.Size() < peekSize {
		br = bufio.NewReaderSize(r, peekSize)
	}
	for range maxLayers {
		head, err := br.Peek(4)
		if err != nil && !errors.Is(err, io.EOF) {
			return br, close, nil // the reader of records meets the error, with a place
		}
		switch {
		case bytes.HasPrefix(head, magicGzip):
			z, err := gzip.NewReader(br)
			if err != nil {
				return br, close, damage(err)
			}
			br = bufio.NewReaderSize(z, peekSize)
		case bytes.HasPrefix(head, magicZstd):
			// One goroutine: what was unpacked before the damage is handed out.
			z, err := zstd.NewReader(br, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
			if err != nil {
				return br, close, damage(err)
			}
			closers = append(closers, z.Close)
			br = bufio.NewReaderSize(z, peekSize)
		default:
			return br, close, nil
		}
	}
	return br, close, nil
}

// errDamaged marks what is wrong with a file itself.
type errDamaged struct{ err error }

func (e errDamaged) Error() string { return e.err.Error() }
func (e errDamaged) Unwrap() error { return e.err }

func damage(err error) error { return errDamaged{err} }

// damagedError tells a person where a file is damaged.
func damagedError(name, place string, offset int64, err error) error {
	text := fmt.Sprintf("%s is damaged at byte %d", name, offset)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		text = fmt.Sprintf("%s is cut off at byte %d", name, offset)
	}
	return &broadsheet.Error{Kind: broadsheet.Invalid, Field: "file", Text: text + ", after " + place + "; what stood before it went in",
		Fix: "get the file again and repeat the import", Err: err}
}
