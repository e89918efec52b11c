package index

import (
	"math/bits"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzManifest: whatever the bytes are, they are refused or read, and what is
// read is written as the same.
func FuzzManifest(f *testing.F) {
	f.Add(encode(&manifest{}))
	f.Add(encode(&manifest{Number: 7, Setup: setup, Cursor: "0.12", NextFile: 4, Segments: []entry{{File: "000001.seg", Docs: 3, Bytes: 900, Deletes: "000001-00000007.del", Dead: 1}},
		Damaged: []Damage{{File: "000002.seg", Docs: 5, Reason: "the file was removed"}}}))
	f.Add([]byte("broadsheet index 1 00000000 0\n"))
	f.Add([]byte("broadsheet index 2 00000000 0\n"))
	f.Add([]byte("broadsheet index 1 ffffffff -1\n"))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m, again manifest
		if decode(data, &m) != nil {
			return
		}
		if err := decode(encode(&m), &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Error(diff)
		}
	})
}

// FuzzDeletes: bits that are read are as many as was said, and none beyond the
// last document.
func FuzzDeletes(f *testing.F) {
	f.Add(encodeDeletes([]uint64{5}, 3, 1), 3, 1)
	f.Add(encodeDeletes(allLive(64), 64, 0), 64, 0)
	f.Add(encodeDeletes(allLive(100), 100, 0), 100, 0)
	f.Add(encodeDeletes(allLive(100), 100, 0), 99, 0)
	f.Add(encodeDeletes(nil, 0, 0), 0, 0)
	f.Add([]byte(nil), -1, 5)
	f.Fuzz(func(t *testing.T, data []byte, docs, dead int) {
		live, err := decodeDeletes(data, docs, dead)
		if err != nil {
			return
		}
		n := 0
		for _, w := range live {
			n += bits.OnesCount64(w)
		}
		if n != docs-dead || len(live) != (docs+63)/64 {
			t.Errorf("%d of %d live in %d words, %d dead", n, docs, len(live), dead)
		}
	})
}
