package segment

import (
	"fmt"
	"sync"

	"broadsheet/internal/lib/mmap"
)

// Reader reads a segment. It may be used by several goroutines; Close only when
// none uses it, or anything it gave, any more.
type Reader struct {
	m    *mmap.Map
	file *image
	docs int
	info Info
	w    *[256]float32
	post section

	dict func() (*dict, error)
	keys func() (*keys, error)
	ords struct {
		sync.Mutex
		columns map[string]*OrdinalColumn
	}
	codes, rows section
	scales      section // of version 1, whose rows have none
}

// Open opens the segment at path. Errors match ErrCorrupt, ErrVersion, or are
// those of the file.
func Open(path string) (*Reader, error) {
	m, file, err := load(path)
	if err != nil {
		return nil, err
	}
	r, err := newReader(file)
	if err != nil {
		_ = m.Close() // what is wrong with the segment matters more
		return nil, err
	}
	r.m = m
	return r, nil
}

func newReader(file *image) (*Reader, error) {
	r := &Reader{file: file, docs: file.docs}
	meta, err := file.whole(file.section("meta"))
	if err != nil {
		return nil, err
	}
	if r.info, err = decodeMeta(file, meta); err != nil {
		return nil, err
	}
	r.w = r.info.Weights.Table()
	r.post = file.section("post")
	if err := r.openVectors(); err != nil {
		return nil, err
	}
	r.dict = sync.OnceValues(func() (*dict, error) { return openDict(file, r.post.size, r.info.Terms) })
	r.keys = sync.OnceValues(func() (*keys, error) { return openKeys(file) })
	r.ords.columns = map[string]*OrdinalColumn{}
	return r, nil
}

// openVectors finds the sections of vectors, which are empty where there are none.
func (r *Reader) openVectors() error {
	row, scale := int64(rowSize), int64(0)
	r.codes, r.rows = r.file.section("vec.code"), r.file.section("vec.row")
	if r.file.version == 1 {
		row, scale = Dim, 4
		r.rows, r.scales = r.file.section("vec.int8"), r.file.section("vec.scale")
	}
	n := int64(r.docs)
	if r.info.Vectors == 0 {
		n = 0
	}
	if r.codes.size != n*codeSize || r.rows.size != n*row || r.scales.size != n*scale {
		return r.file.damage("vectors do not fit %d documents", r.docs)
	}
	return nil
}

// Close gives the memory back; nothing that the Reader gave may be used any more.
func (r *Reader) Close() error {
	if r.m == nil {
		return nil
	}
	return r.m.Close()
}

// Err is the first damage that was met by any use of the Reader, or nil.
func (r *Reader) Err() error {
	if p := r.file.first.Load(); p != nil {
		return *p
	}
	return nil
}

// Info says what is in the segment.
func (r *Reader) Info() Info { return r.info }

// Docs is the number of documents, which are numbered from 0.
func (r *Reader) Docs() int { return r.docs }

// AvgNorm is the mean of the column "norm" that the impacts were computed with.
func (r *Reader) AvgNorm() float64 { return r.info.AvgNorm }

// K1 is BM25's k1 as the segment was made with.
func (r *Reader) K1() float64 { return r.info.K1 }

// B is BM25's b as the segment was made with.
func (r *Reader) B() float64 { return r.info.B }

// WeightTable gives the weighted frequency of each code.
func (r *Reader) WeightTable() *[256]float32 { return r.w }

func (r *Reader) dictionary() (*dict, error) { return r.dict() }

// openDict reads the index of the dictionary.
func openDict(file *image, post int64, terms int) (*dict, error) {
	d := &dict{file: file, blocks: file.section("dict"), post: post, docs: file.docs, terms: terms}
	blocks := (terms + dictBlock - 1) / dictBlock
	prefix, err := file.array(file.section("dict.prefix"), 8, blocks)
	if err != nil {
		return nil, err
	}
	start, err := file.array(file.section("dict.start"), 4, blocks)
	if err != nil {
		return nil, err
	}
	d.prefix, d.start = mmap.Uint64s(prefix), mmap.Uint32s(start)
	return d, nil
}

// column gives the bytes of a column, nil where there is none.
func (r *Reader) column(name string, elem int) ([]byte, error) {
	s := r.file.section("col." + name)
	if s.off == 0 {
		return nil, nil
	}
	if int(s.elem) != elem && s.elem > 0 && s.elem <= 4 {
		return nil, fmt.Errorf("column %s has %d bits, not %d", name, 8*s.elem, 8*elem)
	}
	return r.file.array(s, elem, r.docs)
}

// U8 gives a column of bytes: a number a document. A column that the segment has
// not is nil; to ask for one by a wrong width is an error.
func (r *Reader) U8(name string) ([]uint8, error) { return r.column(name, 1) }

// U16 gives a column of 16 bits; see U8.
func (r *Reader) U16(name string) ([]uint16, error) {
	b, err := r.column(name, 2)
	return mmap.Uint16s(b), err
}

// U32 gives a column of 32 bits; see U8.
func (r *Reader) U32(name string) ([]uint32, error) {
	b, err := r.column(name, 4)
	return mmap.Uint32s(b), err
}
