package transfer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"broadsheet/internal/store"
)

// records reads a stream record by record. A record is good until the next is
// asked for; over tells that it is the beginning of one that is too long.
type records interface {
	next() (rec []byte, over bool, err error)
}

// lines reads a record a line. Blank lines are records too, empty ones, so
// that records are counted as lines.
type lines struct {
	r    *bufio.Reader
	most int
	long []byte // a line longer than r's buffer
}

func (l *lines) next() ([]byte, bool, error) {
	line, err := l.r.ReadSlice('\n')
	over := false
	if errors.Is(err, bufio.ErrBufferFull) {
		l.long = l.long[:0]
		for errors.Is(err, bufio.ErrBufferFull) {
			if len(l.long)+len(line) > l.most {
				over = true
				l.long = append(l.long, line...)[:min(len(l.long)+len(line), store.MaxRejectBody)]
			} else if !over {
				l.long = append(l.long, line...)
			}
			line, err = l.r.ReadSlice('\n')
		}
		if !over {
			l.long = append(l.long, line...)
		}
		line = l.long
	}
	switch {
	case err == nil:
		return bytes.TrimRight(line, "\r\n"), over || len(line) > l.most+1, nil
	case !errors.Is(err, io.EOF):
		return nil, false, err // half a line is none
	case len(line) == 0:
		return nil, false, io.EOF
	case over || json.Valid(line):
		return line, over, nil
	}
	return nil, false, io.ErrUnexpectedEOF // the last line has no end and is no JSON
}

// elements reads the elements of a JSON array.
type elements struct {
	dec   *json.Decoder
	limit *ration
	begun bool
}

func newElements(r io.Reader, most int) *elements {
	limit := &ration{r: r, most: most}
	return &elements{dec: json.NewDecoder(limit), limit: limit}
}

func (e *elements) next() ([]byte, bool, error) {
	e.limit.n = 0
	if !e.begun {
		t, err := e.dec.Token()
		if err != nil {
			return nil, false, broken(err)
		}
		if t != json.Delim('[') {
			return nil, false, damage(errors.New("a JSON array was expected"))
		}
		e.begun = true
	}
	if !e.dec.More() {
		if _, err := e.dec.Token(); err != nil { // the closing bracket, or the reason why there is none
			return nil, false, broken(err)
		}
		if _, err := e.dec.Token(); !errors.Is(err, io.EOF) {
			return nil, false, damage(errors.New("something follows the array"))
		}
		return nil, false, io.EOF
	}
	var raw json.RawMessage
	if err := e.dec.Decode(&raw); err != nil {
		return nil, false, broken(err)
	}
	return raw, false, nil
}

// broken marks what ends an array early: after a mistake nobody can say where
// the next element begins.
func broken(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return damage(err)
}

// ration fails when one record takes more than it may.
type ration struct {
	r    io.Reader
	most int
	n    int
}

func (r *ration) Read(p []byte) (int, error) {
	if r.n > r.most+peekSize {
		return 0, fmt.Errorf("an element is longer than %d bytes", r.most)
	}
	n, err := r.r.Read(p)
	r.n += n
	return n, err
}
