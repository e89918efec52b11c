package index

import (
	"fmt"
	"testing"
)

func TestKeys(t *testing.T) {
	k := newKeys()
	const n = 300_000 // several layers
	for i := range n {
		k.add(fmt.Appendf(nil, "%05d.%05d", i/7, i))
	}
	wrong := 0
	for i := range n {
		if !k.has(fmt.Appendf(nil, "%05d.%05d", i/7, i)) {
			t.Fatalf("key %d was added and is not there", i)
		}
		if k.has(fmt.Appendf(nil, "x%05d.%05d", i/7, i)) {
			wrong++
		}
	}
	if len(k.layers) < 3 || wrong > n/50 {
		t.Errorf("%d layers, %d of %d other keys taken for there; want 3 layers or more and at most a fiftieth", len(k.layers), wrong, n)
	}
}

// TestManyDocumentsReplace: the filter hides no document that is to be replaced,
// of before it was made and of after.
func TestManyDocumentsReplace(t *testing.T) {
	x := open(t, t.TempDir())
	text := func(from, to int, word string) (s string) {
		for i := from; i < to; i++ {
			s += fmt.Sprintf("k%d %s\n", i, word)
		}
		return s
	}
	apply(t, x, "1", text(0, 700, "one"))
	apply(t, x, "2", text(600, 1800, "two"))
	apply(t, x, "3", text(500, 650, "three"))
	apply(t, x, "4", text(1700, 3000, "four"))
	same(t, x, text(0, 500, "one")+text(500, 650, "three")+text(650, 1700, "two")+text(1700, 3000, "four"))
}

func BenchmarkKeysHas(b *testing.B) {
	k := newKeys()
	for i := range 3_000_000 {
		k.add(fmt.Appendf(nil, "%05d.%05d", i/7, i))
	}
	key := []byte("2503.02130")
	for b.Loop() {
		k.has(key)
	}
}
