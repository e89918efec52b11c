package static

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"broadsheet/internal/lib/checksum"
)

const (
	magic      = "BRDSTAT1"
	headerSize = 64
	nameSize   = 28
	maxRows    = none
	maxCap     = 3
)

// ErrFormat says that bytes are not a model that this program can read.
var ErrFormat = errors.New("not a model of this program's format")

// Entry is one word, or one inner part of a word, and its row.
type Entry struct {
	Text string // at most 40 bytes, folded
	Part bool   // inside a word, never at its beginning
	Row  uint16 // Silent: says nothing
}

// Silent is the row of words that are known to say nothing.
const Silent = none

// Contents is what a model file holds.
type Contents struct {
	Name    string
	Cap     int    // how often one piece counts in a text, 1 to 3
	Rows    []byte // 256 each, value+128
	Shifts  []byte // one a row, 0 to 3: the row counts 2^-shift
	Phrases [][2]uint16
	Entries []Entry
}

// Encode writes a model file. The rows of the phrases are the last ones, in
// the order of the phrases.
func Encode(c Contents) ([]byte, error) {
	rows := len(c.Shifts)
	if len(c.Rows) != rows*Dim || rows > maxRows || len(c.Phrases) > rows || len(c.Name) > nameSize || c.Cap < 1 || c.Cap > maxCap {
		return nil, fmt.Errorf("encode model: %d bytes of rows, %d shifts, %d phrases, name %q, cap %d", len(c.Rows), rows, len(c.Phrases), c.Name, c.Cap)
	}
	out := make([]byte, headerSize, headerSize+len(c.Rows)+rows+4*len(c.Phrases)+12*len(c.Entries))
	out = append(append(out, c.Rows...), c.Shifts...)
	for _, p := range c.Phrases {
		out = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(out, p[0]), p[1])
	}
	for _, e := range c.Entries {
		if len(e.Text) == 0 || len(e.Text) > maxWord {
			return nil, fmt.Errorf("encode model: word %q is empty or too long", e.Text)
		}
		n := byte(len(e.Text))
		if e.Part {
			n |= 0x80
		}
		out = append(binary.LittleEndian.AppendUint16(out, e.Row), n)
		out = append(out, e.Text...)
	}
	copy(out, magic)
	for i, v := range []int{1, Dim, rows, len(c.Entries), len(c.Phrases), c.Cap} {
		binary.LittleEndian.PutUint32(out[8+4*i:], uint32(v)) // #nosec G115 -- counts checked above
	}
	copy(out[36:headerSize], c.Name)
	binary.LittleEndian.PutUint32(out[32:], sumOf(out))
	return out, nil
}

// sumOf is the checksum of everything but itself.
func sumOf(data []byte) uint32 { return checksum.Update(checksum.Of(data[:32]), data[36:]) }

// Decode reads a model file and keeps using its bytes. Anything that is not
// whole gives ErrFormat.
func Decode(data []byte) (*Model, error) {
	if len(data) < headerSize || string(data[:8]) != magic {
		return nil, ErrFormat
	}
	u32 := func(at int) int { return int(binary.LittleEndian.Uint32(data[at:])) }
	version, dim, rows, entries, phrases, limit := u32(8), u32(12), u32(16), u32(20), u32(24), u32(28)
	if version != 1 || dim != Dim || rows > maxRows || phrases > rows || entries > len(data)/4 || limit < 1 || limit > maxCap {
		return nil, fmt.Errorf("%w: version %d, %d dimensions, %d rows, %d words", ErrFormat, version, dim, rows, entries)
	}
	if sumOf(data) != binary.LittleEndian.Uint32(data[32:]) {
		return nil, fmt.Errorf("%w: checksum differs", ErrFormat)
	}
	at := headerSize + rows*Dim
	if at+rows+4*phrases > len(data) {
		return nil, fmt.Errorf("%w: cut short", ErrFormat)
	}
	m := &Model{
		limit: limit,
		name:  strings.TrimRight(string(data[36:headerSize]), "\x00"),
		rows:  data[headerSize:at:at], shifts: data[at : at+rows], phrases: newPairTable(phrases),
		words: newWordTable(entries, data), parts: newWordTable(entries/4, data),
	}
	for _, s := range m.shifts {
		if s >= classes {
			return nil, fmt.Errorf("%w: a row of scale %d", ErrFormat, s)
		}
	}
	at += rows
	for i := range phrases {
		m.phrases.add(binary.LittleEndian.Uint32(data[at+4*i:])<<16|binary.LittleEndian.Uint32(data[at+4*i:])>>16, uint16(rows-phrases+i)) // #nosec G115 -- rows < 65536
	}
	return m, m.decodeEntries(data, at+4*phrases, entries)
}

func (m *Model) decodeEntries(data []byte, at, entries int) error {
	parts := 0
	for range entries {
		if at+3 > len(data) {
			return fmt.Errorf("%w: cut short among the words", ErrFormat)
		}
		row, n := binary.LittleEndian.Uint16(data[at:]), data[at+2]
		part := n&0x80 != 0
		n &= 0x7f
		at += 3
		if n == 0 || n > maxWord || at+int(n) > len(data) || row != none && int(row) >= len(m.shifts) {
			return fmt.Errorf("%w: a word of %d bytes, row %d", ErrFormat, n, row)
		}
		w := data[at : at+int(n)]
		if part {
			if parts++; 2*parts > len(m.parts.slots) {
				return fmt.Errorf("%w: more than a quarter of the entries are parts", ErrFormat)
			}
			m.parts.add(uint32(at), n, hashPart(w), row) // #nosec G115 -- the file is far below 4 GB
		} else {
			m.words.add(uint32(at), n, hashWord(w), row) // #nosec G115 -- as above
		}
		at += int(n)
	}
	if at != len(data) {
		return fmt.Errorf("%w: %d bytes too many", ErrFormat, len(data)-at)
	}
	return nil
}

// Replace gives a copy of a model file with other rows and scales (as they
// stand in the file, one after the other), another name and cap.
func Replace(data, rows []byte, name string, limit int) ([]byte, error) {
	if _, err := Decode(data); err != nil {
		return nil, err
	}
	n := int(binary.LittleEndian.Uint32(data[16:]))
	if len(rows) != n*(Dim+1) || len(name) > nameSize || limit < 1 || limit > maxCap {
		return nil, fmt.Errorf("replace rows: %d bytes for %d rows, name %q, cap %d", len(rows), n, name, limit)
	}
	out := append([]byte(nil), data...)
	copy(out[headerSize:], rows)
	clear(out[36:headerSize])
	copy(out[36:headerSize], name)
	binary.LittleEndian.PutUint32(out[28:], uint32(limit)) // #nosec G115 -- 1 to 3
	binary.LittleEndian.PutUint32(out[32:], sumOf(out))
	return out, nil
}
