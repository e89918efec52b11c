package index

import "hash/maphash"

// keys tells which keys a generation has never had: a Bloom filter (CACM 13(7),
// 1970) that grows by layers. While many new papers come in nearly all of them
// are looked up in every segment in vain; at 3 million papers in 40 segments
// that would be a quarter of the work.
type keys struct {
	seed   maphash.Seed
	layers []layer
}

// layer is a filter of fixed size: 12 bits and 6 probes a key, which errs once
// in 300 when it is full.
type layer struct {
	bits []uint64 // a power of two
	room int      // keys that may still be added
}

const (
	keyBits   = 12
	keyProbes = 6
	firstKeys = 1 << 16
)

func newKeys() *keys { return &keys{seed: maphash.MakeSeed()} }

// has is false where the key was never added.
func (k *keys) has(key []byte) bool {
	h := maphash.Bytes(k.seed, key)
	for i := range k.layers {
		if k.layers[i].has(h) {
			return true
		}
	}
	return false
}

func (k *keys) add(key []byte) {
	last := len(k.layers) - 1
	if last < 0 || k.layers[last].room == 0 {
		n := firstKeys << len(k.layers)
		words := 1
		for words*64 < n*keyBits {
			words *= 2
		}
		k.layers = append(k.layers, layer{make([]uint64, words), n})
		last++
	}
	l := &k.layers[last]
	l.room--
	l.each(maphash.Bytes(k.seed, key), func(word, bit uint64) bool { l.bits[word] |= bit; return true })
}

func (l *layer) has(h uint64) bool {
	return l.each(h, func(word, bit uint64) bool { return l.bits[word]&bit != 0 })
}

// each gives the places of a hash until f is false, and tells whether it never
// was (Kirsch and Mitzenmacher 2006: two hashes make as many as are needed).
func (l *layer) each(h uint64, f func(word, bit uint64) bool) bool {
	step := h>>32 | 1
	mask := uint64(len(l.bits))*64 - 1
	for range keyProbes {
		at := h & mask
		if !f(at/64, 1<<(at%64)) {
			return false
		}
		h += step * 0x9E3779B97F4A7C15
	}
	return true
}

// manyKeys is from how many new documents on the filter is worth making.
const manyKeys = 1000

// learn makes the filter where there are many documents to come. It gives the
// damage that it met.
func (g *generation) learn(staged []*Staged) *Damage {
	n := 0
	for _, s := range staged {
		n += s.info.Docs
	}
	if g.keys != nil || n < manyKeys {
		return nil
	}
	made := newKeys()
	for _, s := range g.state.view.Segments {
		err := Guard(func() (err error) {
			var key []byte
			for doc := range uint32(s.entry.Docs) {
				if key, err = s.AppendKey(key[:0], doc); err != nil {
					return err
				}
				made.add(key)
			}
			return nil
		})
		if err != nil {
			return s.damage(err)
		}
	}
	g.keys = made
	return nil
}
