package index

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"os"
	"slices"

	"broadsheet/internal/lib/checksum"
)

// A file of deletes is little-endian: 8 bytes "BSDEL01\n", documents u32, dead
// u32, a bit for each document (1: it lives) in words of 64, and the CRC-32C u32
// of all that.
const deletesMagic = "BSDEL01\n"

func encodeDeletes(live []uint64, docs, dead int) []byte {
	out := make([]byte, 0, len(deletesMagic)+8+8*len(live)+4)
	out = append(out, deletesMagic...)
	out = binary.LittleEndian.AppendUint32(out, uint32(docs))
	out = binary.LittleEndian.AppendUint32(out, uint32(dead))
	for _, w := range live {
		out = binary.LittleEndian.AppendUint64(out, w)
	}
	return binary.LittleEndian.AppendUint32(out, checksum.Of(out))
}

// decodeDeletes reads the bits of a segment of docs documents, dead of which
// are gone.
func decodeDeletes(data []byte, docs, dead int) ([]uint64, error) {
	words := (docs + 63) / 64
	size := len(deletesMagic) + 8 + 8*words + 4
	if len(data) != size || string(data[:len(deletesMagic)]) != deletesMagic {
		return nil, fmt.Errorf("%d bytes are no deletes of %d documents: %w", len(data), docs, errDamaged)
	}
	if binary.LittleEndian.Uint32(data[size-4:]) != checksum.Of(data[:size-4]) {
		return nil, errDamaged
	}
	head := data[len(deletesMagic):]
	if int(binary.LittleEndian.Uint32(head)) != docs || int(binary.LittleEndian.Uint32(head[4:])) != dead {
		return nil, fmt.Errorf("they are those of another segment: %w", errDamaged)
	}
	live := make([]uint64, words)
	n := 0
	for i := range live {
		live[i] = binary.LittleEndian.Uint64(head[8+8*i:])
		n += bits.OnesCount64(live[i])
	}
	if n != docs-dead || docs%64 != 0 && live[words-1]>>(docs%64) != 0 {
		return nil, fmt.Errorf("%d of %d documents live, want %d: %w", n, docs, docs-dead, errDamaged)
	}
	return live, nil
}

func readDeletes(path string, docs, dead int) ([]uint64, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return decodeDeletes(data, docs, dead)
}

// alive tells whether a document's bit is set; without bits all live.
func alive(live []uint64, doc uint32) bool {
	return live == nil || live[doc/64]&(1<<(doc%64)) != 0
}

// allLive is the bits of n documents.
func allLive(n int) []uint64 {
	live := make([]uint64, (n+63)/64)
	for i := range live {
		live[i] = ^uint64(0)
	}
	if n%64 != 0 {
		live[len(live)-1] = 1<<(n%64) - 1
	}
	return live
}

// draft is a segment whose deletes are being changed.
type draft struct {
	*Segment
	changed bool
}

// kill takes a document away, if it is there.
func (d *draft) kill(doc uint32) {
	if !alive(d.Live, doc) {
		return
	}
	if !d.changed {
		part := *d.Segment
		d.Segment, d.changed = &part, true
		if d.Live == nil {
			d.Live = allLive(d.entry.Docs)
		} else {
			d.Live = slices.Clone(d.Live)
		}
	}
	d.Live[doc/64] &^= 1 << (doc % 64)
	d.entry.Dead++
}
