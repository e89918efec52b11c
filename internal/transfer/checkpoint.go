package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// Two kinds of checkpoints stand among the store's cursors. While a file is
// imported, "import at KEY" says how far; KEY is a hash of how the file begins,
// so that the file is known again when it was moved, renamed, or cut off and
// completed. What stands before the place is hashed too and compared before an
// import goes on there. When it was read to its end, "import done PRINT" takes
// its place; PRINT covers beginning, end and size. They do not tell what stands
// between, so the mark holds when the file was last modified: at another time
// it is read again, which changes nothing where it holds the same.
const (
	atPrefix   = "import at "
	donePrefix = "import done "
)

// position is a place between two records.
type position struct {
	Member int    `json:"member,omitempty"` // of the archive, from 0
	Record int64  `json:"record,omitempty"` // records of the member before the place
	Digest string `json:"digest,omitempty"` // of everything before it
	Bad    bool   `json:"bad,omitempty"`    // a member before it could not be read to its end
}

// checkpoint is what is kept of an interrupted import.
type checkpoint struct {
	position
	Layout Layout `json:"layout,omitempty"`
	Stored Stored `json:"stored"`
	Frame  frame  `json:"frame,omitzero"`
}

// done is what is kept of an import that ran through.
type done struct {
	Layout   Layout `json:"layout,omitempty"`
	Stored   Stored `json:"stored"`
	Modified string `json:"modified,omitempty"` // of the file, as identity has it
}

// identity tells a file by its beginning, its end and when it was modified. It
// is zero for a pipe, whose beginning cannot be read twice.
type identity struct {
	key, print string
	modified   string // RFC 3339 with nanoseconds, UTC
}

// identify reads the beginning and the end of a file. What else decides how
// it is read, the day in its name and the layout forced, is part of it.
func identify(r io.ReaderAt, size int64, modified time.Time, day broadsheet.Day, as Layout) (identity, error) {
	head := make([]byte, min(size, peekSize))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return identity{}, err
	}
	tail := make([]byte, min(size, peekSize))
	if n, err := r.ReadAt(tail, size-int64(len(tail))); n < len(tail) {
		return identity{}, err
	}
	sum := func(parts ...[]byte) string {
		h := sha256.New()
		for _, p := range parts {
			fmt.Fprintf(h, "%d ", len(p))
			h.Write(p)
		}
		return hex.EncodeToString(h.Sum(nil)[:12])
	}
	how := []byte(string(day) + " " + string(as))
	return identity{key: sum(head, how), print: sum(head, tail, how, fmt.Append(nil, size)), modified: modified.UTC().Format(time.RFC3339Nano)}, nil
}

// readMark gives the zero value where there is no mark of that name, or one of
// another version.
func readMark[T checkpoint | done](ctx context.Context, s *store.Store, name string) (T, error) {
	var mark, none T
	value, err := s.Cursor(ctx, name)
	if err != nil || value == "" || json.Unmarshal([]byte(value), &mark) != nil {
		return none, err
	}
	return mark, nil
}

func encodeMark[T checkpoint | done](mark T) string {
	b, err := json.Marshal(mark)
	if err != nil {
		panic("transfer: a mark of plain values cannot be encoded: " + err.Error())
	}
	return string(b)
}

// digest hashes what stands before a place: the marks of the members before,
// and every record of the current one.
type digest struct {
	chain []byte
	h     hash.Hash
}

func newDigest() *digest { return &digest{h: sha256.New()} }

func (d *digest) record(rec []byte) {
	d.h.Write(rec)
	d.h.Write([]byte("\n"))
}

// member ends the current member.
func (d *digest) member(name, mark string) {
	d.chain = fmt.Appendf(d.chain, "%q %q\n", name, mark)
	sum := sha256.Sum256(d.chain)
	d.chain = sum[:]
	d.h.Reset()
	d.h.Write(d.chain)
}

func (d *digest) sum() string { return hex.EncodeToString(d.h.Sum(nil)[:12]) }

// skipBOM passes over a byte order mark.
func skipBOM(r interface {
	Peek(int) ([]byte, error)
	Discard(int) (int, error)
}) {
	if head, _ := r.Peek(len(bom)); bytes.Equal(head, bom) {
		r.Discard(len(bom))
	}
}
