package segment

import (
	"slices"
	"strings"

	"broadsheet/internal/lib/mmap"
)

const (
	keyBlock    = 16 // keys that share an offset
	keysABucket = 8  // on average, in the hash table
)

// hashKey is FNV-1a of 64 bits and the mixing steps that end MurmurHash3: the
// upper half picks the bucket, the lowest byte is the tag.
func hashKey(key []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range key {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

func bucketsOf(docs int) int { return docs/keysABucket + 1 }

func bucketOf(h uint64, buckets int) int { return int(h >> 32 * uint64(buckets) >> 32) }

// keyWriter writes keys by number, then numbers by key.
type keyWriter struct {
	starts []uint32
	hashes []uint64
	size   uint64
}

// begin begins the section that add writes to.
func (k *keyWriter) begin(w *fileWriter) { w.begin("key.data", 0) }

func (k *keyWriter) add(w *fileWriter, key []byte) error {
	if len(k.hashes)%keyBlock == 0 {
		k.starts = append(k.starts, uint32(k.size))
	}
	k.hashes = append(k.hashes, hashKey(key))
	w.write([]byte{byte(len(key))})
	w.write(key)
	if k.size += uint64(1 + len(key)); k.size > 1<<32-1 {
		return ErrTooLarge
	}
	return nil
}

// finish writes the other sections. Buckets hold their documents in ascending
// order, so that the table is the same however it came about.
func (k *keyWriter) finish(w *fileWriter) {
	w.begin("key.start", 4)
	for _, s := range k.starts {
		w.u32(s)
	}
	n := bucketsOf(len(k.hashes))
	at := make([]uint32, n+1)
	for _, h := range k.hashes {
		at[bucketOf(h, n)+1]++
	}
	for i := range n {
		at[i+1] += at[i]
	}
	w.begin("key.bucket", 4)
	for _, a := range at {
		w.u32(a)
	}
	docs, tags := make([]uint32, len(k.hashes)), make([]byte, len(k.hashes))
	for d, h := range k.hashes {
		b := bucketOf(h, n)
		docs[at[b]], tags[at[b]] = uint32(d), byte(h)
		at[b]++
	}
	w.begin("key.doc", 4)
	for _, d := range docs {
		w.u32(d)
	}
	w.begin("key.tag", 1)
	w.write(tags)
}

// keys are the keys that are read.
type keys struct {
	file      *image
	data      section
	start     []uint32
	bucket    section
	doc, tag  section
	docs, num int // documents, buckets
}

func openKeys(file *image) (*keys, error) {
	n := file.docs
	k := &keys{file: file, data: file.section("key.data"), bucket: file.section("key.bucket"),
		doc: file.section("key.doc"), tag: file.section("key.tag"), docs: n, num: bucketsOf(n)}
	start, err := file.array(file.section("key.start"), 4, (n+keyBlock-1)/keyBlock)
	if err != nil {
		return nil, err
	}
	k.start = mmap.Uint32s(start)
	if k.bucket.size != 4*int64(k.num+1) || k.doc.size != 4*int64(n) || k.tag.size != int64(n) {
		return nil, file.damage("keys do not fit %d documents", n)
	}
	return k, nil
}

// key gives the key of a document, as it lies in the file.
func (k *keys) key(doc uint32) ([]byte, error) {
	block := int(doc) / keyBlock
	from, to := int64(k.start[block]), k.data.size
	if block+1 < len(k.start) {
		to = int64(k.start[block+1])
	}
	b, err := k.file.view(k.data, from, to-from)
	if err != nil {
		return nil, err
	}
	for range doc % keyBlock {
		if len(b) == 0 || int(b[0]) >= len(b) {
			return nil, k.file.damage("key of document %d", doc)
		}
		b = b[1+int(b[0]):]
	}
	if len(b) == 0 || int(b[0]) >= len(b) {
		return nil, k.file.damage("key of document %d", doc)
	}
	return b[1 : 1+int(b[0])], nil
}

// find gives the last document that has the key.
func (k *keys) find(key []byte) (doc uint32, ok bool, err error) {
	h := hashKey(key)
	b, err := k.file.view(k.bucket, 4*int64(bucketOf(h, k.num)), 8)
	if err != nil {
		return 0, false, err
	}
	from, to := int64(le.Uint32(b)), int64(le.Uint32(b[4:]))
	tags, err := k.file.view(k.tag, from, to-from)
	if err != nil {
		return 0, false, err
	}
	for i, t := range slices.Backward(tags) {
		if t != byte(h) {
			continue
		}
		d, err := k.file.view(k.doc, 4*(from+int64(i)), 4)
		if err != nil {
			return 0, false, err
		}
		doc := le.Uint32(d)
		if doc >= uint32(k.docs) {
			return 0, false, k.file.damage("hash table of keys")
		}
		have, err := k.key(doc)
		if err != nil {
			return 0, false, err
		}
		if string(have) == string(key) {
			return doc, true, nil
		}
	}
	return 0, false, nil
}

// Key gives the key of a document, which must be below Docs.
func (r *Reader) Key(doc uint32) (string, error) {
	k, err := r.keys()
	if err != nil {
		return "", err
	}
	b, err := k.key(doc)
	return string(b), err
}

// AppendKey appends the key of a document to dst.
func (r *Reader) AppendKey(dst []byte, doc uint32) ([]byte, error) {
	k, err := r.keys()
	if err != nil {
		return dst, err
	}
	b, err := k.key(doc)
	return append(dst, b...), err
}

// Find gives the document with a key, the last where several have it.
func (r *Reader) Find(key string) (doc uint32, ok bool, err error) {
	k, err := r.keys()
	if err != nil {
		return 0, false, err
	}
	var buf [MaxTerm]byte
	if len(key) > len(buf) {
		return 0, false, nil
	}
	return k.find(buf[:copy(buf[:], key)])
}

// cutString cuts a string to n bytes.
func cutString(s string, n int) string {
	if len(s) > n {
		return strings.Clone(s[:n])
	}
	return s
}
