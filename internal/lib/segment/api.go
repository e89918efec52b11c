package segment

import "context"

// Builder gathers documents and writes them as a segment. It is not safe for
// concurrent use. After Reset it is as new but keeps its memory.
type Builder struct{}

// NewBuilder gives an empty Builder.
func NewBuilder(o Options) *Builder { panic("not yet") }

// Begin starts a document. One with a key that the Builder has already replaces
// the earlier one, which is left out when the file is written.
func (b *Builder) Begin(key string) { panic("not yet") }

// Term adds an occurrence of a term. Fields may come in any order. Left out are
// empty terms, those longer than MaxTerm, those that begin with a byte below
// 0x20, positions above MaxPos, and a position that the term has already.
func (b *Builder) Term(field int, term string, pos uint32) { panic("not yet") }

// TermBytes is Term without the need of a string.
func (b *Builder) TermBytes(field int, term []byte, pos uint32) { panic("not yet") }

// Tag adds a tag: a term that begins with a byte below 0x20.
func (b *Builder) Tag(tag string) { panic("not yet") }

// Column sets a number of the document. Known are "norm" (16 bits), "time" (32),
// "pop" and "flags" (8): every segment has them, 0 where not set. Other names
// have 32 bits. Numbers are cut to the largest. Where "norm" is not set it is
// computed: the title's terms times its weight, and the abstract's terms.
func (b *Builder) Column(name string, v uint32) { panic("not yet") }

// Ordinal adds a value to a facet of the document, such as "cat" or "org". The
// order of values is kept, a second time is not.
func (b *Builder) Ordinal(name, value string) { panic("not yet") }

// Vector sets the document's vector: Dim numbers, of unit length.
func (b *Builder) Vector(v []float32) { panic("not yet") }

// VectorInt8 sets the document's vector as vec.Encode and vec.Quantize made it:
// 32 bytes of signs, Dim numbers, their scale (above 0).
func (b *Builder) VectorInt8(code []byte, q []int8, scale float32) { panic("not yet") }

// Docs is how many documents were begun.
func (b *Builder) Docs() int { panic("not yet") }

// Bytes is about how much memory the documents hold, what WriteFile needs
// besides included, to decide when to write.
func (b *Builder) Bytes() int { panic("not yet") }

// Reset forgets all documents.
func (b *Builder) Reset() { panic("not yet") }

// WriteFile writes the documents as a segment (see the package comment on how).
// The Builder keeps them; Reset it to go on.
func (b *Builder) WriteFile(path string) (Info, error) { panic("not yet") }

// Part is a segment to be merged. Live has a bit for each document, the first
// one lowest; nil means that all live.
type Part struct {
	Reader *Reader
	Live   []uint64
}

// Merge writes the live documents of the parts, in their order, as one segment.
// Vectors of another model than o.Model are left out.
func Merge(ctx context.Context, path string, parts []Part, o Options) (Info, error) {
	panic("not yet")
}

// Reader reads a segment.
type Reader struct{}

// Open opens the segment at path. Errors match ErrCorrupt, ErrVersion, or are
// those of the file.
func Open(path string) (*Reader, error) { panic("not yet") }

// Close gives the memory back; nothing that the Reader gave may be used any more.
func (r *Reader) Close() error { panic("not yet") }

// Err is the first damage that was met by any use of the Reader, or nil.
func (r *Reader) Err() error { panic("not yet") }

// Info says what is in the segment.
func (r *Reader) Info() Info { panic("not yet") }

// Docs is the number of documents, which are numbered from 0.
func (r *Reader) Docs() int { panic("not yet") }

// AvgNorm is the mean of the column "norm" that the impacts were computed with.
func (r *Reader) AvgNorm() float64 { panic("not yet") }

// K1 and B are BM25's, as the segment was made with.
func (r *Reader) K1() float64 { panic("not yet") }

// B is BM25's b; see K1.
func (r *Reader) B() float64 { panic("not yet") }

// WeightTable gives the weighted frequency of each code.
func (r *Reader) WeightTable() *[256]float32 { panic("not yet") }

// Entry is what the dictionary says of a term.
type Entry struct {
	DF     uint32 // documents that have it; never 0
	Impact uint8  // no posting's w/(w+K) is above Impact/255, by the segment's AvgNorm; 0 for tags
	Tag    bool   // its postings have no codes and positions
	off    int64
	size   int64
}

// Lookup finds a term.
func (r *Reader) Lookup(term string) (e Entry, ok bool, err error) { panic("not yet") }

// TermIter goes through the terms in the order of their bytes.
type TermIter struct{}

// Terms gives an iterator before the first term that is not below from.
func (r *Reader) Terms(from string) *TermIter { panic("not yet") }

// Next goes to the next term. It is false at the end and on an error.
func (it *TermIter) Next() bool { panic("not yet") }

// Term is the term, valid until Next or Seek.
func (it *TermIter) Term() []byte { panic("not yet") }

// Shared is how many leading bytes the term has in common with the one that Term
// gave before (0 for the first): rows of a Levenshtein matrix up to there hold.
func (it *TermIter) Shared() int { panic("not yet") }

// Entry is what the dictionary says of the term.
func (it *TermIter) Entry() Entry { panic("not yet") }

// Seek goes before the first term that is not below term, forwards or backwards:
// the following Next gives it.
func (it *TermIter) Seek(term []byte) { panic("not yet") }

// SkipPrefix goes past every term that begins with the first n bytes of Term.
func (it *TermIter) SkipPrefix(n int) { panic("not yet") }

// Err is what ended the iteration early.
func (it *TermIter) Err() error { panic("not yet") }

// Postings is a cursor over a posting list, in ascending order of documents. It
// works by document (Next, Advance) or by block (NextBlock, AdvanceBlock); the
// two may be mixed. It allocates nothing after its first Reset.
type Postings struct{}

// Postings gives a cursor before the first posting.
func (r *Reader) Postings(e Entry) *Postings { panic("not yet") }

// Reset puts the cursor before the first posting of a list, of any Reader.
func (p *Postings) Reset(r *Reader, e Entry) { panic("not yet") }

// NextBlock goes to the first posting of the next block (the first, after Reset).
// It is false at the end and on an error.
func (p *Postings) NextBlock() bool { panic("not yet") }

// AdvanceBlock goes to the block that has the first document >= doc, if that is
// not the present one, and is false when there is none. Within the block it does
// not move beyond the first posting.
func (p *Postings) AdvanceBlock(doc uint32) bool { panic("not yet") }

// Block gives the whole present block: documents and, except for tags, a code
// each. They are valid until the cursor goes to another block.
func (p *Postings) Block() (docs []uint32, codes []byte) { panic("not yet") }

// Next goes to the next posting and gives its document, NoDoc at the end.
func (p *Postings) Next() uint32 { panic("not yet") }

// Advance goes to the first posting with a document >= doc and gives it, NoDoc
// when there is none. It never goes backwards.
func (p *Postings) Advance(doc uint32) uint32 { panic("not yet") }

// Doc is the document of the present posting: NoDoc after the last one (and
// after an error). Before the first Next, NextBlock or Advance it is undefined.
func (p *Postings) Doc() uint32 { panic("not yet") }

// Code is the code of the present posting, 0 for tags.
func (p *Postings) Code() byte { panic("not yet") }

// Index is the place of the present posting in its block.
func (p *Postings) Index() int { panic("not yet") }

// ShallowAdvance gives the last document and the impact of the block that has the
// first document >= doc, without reading it and without moving the cursor: no
// document from doc to last scores more than impact/255 (see Entry.Impact). It
// gives NoDoc and 0 when there is none. Successive docs must not descend.
func (p *Postings) ShallowAdvance(doc uint32) (last uint32, impact uint8) { panic("not yet") }

// Positions appends the positions of the present posting to dst, ascending.
func (p *Postings) Positions(dst []uint32) []uint32 { panic("not yet") }

// PositionsAt appends the positions of posting i of the present block. Ascending
// i are cheapest.
func (p *Postings) PositionsAt(i int, dst []uint32) []uint32 { panic("not yet") }

// Err is what ended the list early, or nil.
func (p *Postings) Err() error { panic("not yet") }

// U8 gives a column of bytes: a number a document. A column that the segment has
// not is nil; to ask for one by a wrong width is an error.
func (r *Reader) U8(name string) ([]uint8, error) { panic("not yet") }

// U16 gives a column of 16 bits; see U8.
func (r *Reader) U16(name string) ([]uint16, error) { panic("not yet") }

// U32 gives a column of 32 bits; see U8.
func (r *Reader) U32(name string) ([]uint32, error) { panic("not yet") }

// OrdinalColumn has the values of a facet. Names are sorted by bytes; an ordinal
// is an index of Names. The zero OrdinalColumn has no values.
type OrdinalColumn struct {
	Names []string
}

// Of appends the ordinals of a document to dst, in the order they were given.
func (c *OrdinalColumn) Of(doc uint32, dst []uint32) []uint32 { panic("not yet") }

// Ordinals gives a facet's column, the zero one where the segment has none.
func (r *Reader) Ordinals(name string) (*OrdinalColumn, error) { panic("not yet") }

// Key gives the key of a document.
func (r *Reader) Key(doc uint32) (string, error) { panic("not yet") }

// AppendKey appends the key of a document to dst.
func (r *Reader) AppendKey(dst []byte, doc uint32) ([]byte, error) { panic("not yet") }

// Find gives the document with a key.
func (r *Reader) Find(key string) (doc uint32, ok bool, err error) { panic("not yet") }

// Codes gives the sign codes of all documents, 32 bytes each, all 0 where a
// document has no vector. A segment without vectors gives nil.
func (r *Reader) Codes() ([]byte, error) { panic("not yet") }

// Int8 gives a document's vector: Dim numbers, and the scale that they are to be
// multiplied by; nil and 0 where it has none.
func (r *Reader) Int8(doc uint32) ([]int8, float32, error) { panic("not yet") }

// Verify checks every byte against its checksum, then every structure that it can
// walk. progress, where not nil, is told how many of the file's bytes are done.
func (r *Reader) Verify(ctx context.Context, progress func(done, total int64)) error {
	panic("not yet")
}
