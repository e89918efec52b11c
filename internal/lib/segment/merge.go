package segment

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/bits"
)

// Part is a segment to be merged. Live has a bit for each document, document d in
// bit d%64 of word d/64; nil means that all live.
type Part struct {
	Reader *Reader
	Live   []uint64
}

// Merge writes the live documents of the parts, in their order, as one segment:
// the same bytes as a Builder makes of these documents. Vectors of another model
// than o.Model are left out, and Weights, K1 and B of the parts are not regarded,
// except that norms stay what they are. Parts must not be closed meanwhile.
//
// It holds in memory some 20 bytes a document, the new dictionary (as large as in
// the file) and one posting list at a time with its positions; everything else
// streams. When ctx ends, it removes what it wrote and gives ctx's error.
func Merge(ctx context.Context, path string, parts []Part, o Options) (Info, error) {
	return usual.merge(ctx, path, parts, o)
}

func (t target) merge(ctx context.Context, path string, parts []Part, o Options) (Info, error) {
	m := &merge{ctx: ctx, info: Info{Options: o.withDefaults()}}
	for _, p := range parts {
		if err := m.join(p); err != nil {
			return Info{}, err
		}
	}
	size, toc, err := t.create(path, m.info.Docs, m.write)
	if err != nil {
		return Info{}, err
	}
	m.info.Size, m.info.Sections = size, sectionsOf(toc)
	return m.info, nil
}

// merge is parts becoming one segment.
type merge struct {
	ctx   context.Context
	info  Info
	parts []*mergePart
	ticks int
}

// mergePart is a part and where its documents go.
type mergePart struct {
	*Reader
	from    uint32 // new number of its first live document
	live    int
	to      []uint32 // new numbers, NoDoc for the dead; nil: all live
	vectors bool     // of the right model

	it    *TermIter
	posts Postings
	skip  bool // it is at its end
}

// has says whether document d of the part lives.
func (p *mergePart) has(d int) bool { return p.to == nil || p.to[d] != NoDoc }

func (m *merge) join(part Part) error {
	r := part.Reader
	p := &mergePart{Reader: r, from: uint32(m.info.Docs), live: r.docs}
	p.vectors = r.info.Model == m.info.Model && r.info.Vectors > 0
	if part.Live != nil {
		if len(part.Live) < (r.docs+63)/64 {
			return fmt.Errorf("merge: %d words tell which of %d documents live", len(part.Live), r.docs)
		}
		p.live = countLive(part.Live, r.docs)
	}
	if m.info.Docs+p.live > MaxDocs {
		return fmt.Errorf("merge: %d documents and more: %w", MaxDocs, ErrTooLarge)
	}
	if p.live < r.docs {
		p.to = make([]uint32, r.docs)
		next := p.from
		for d := range p.to {
			p.to[d] = NoDoc
			if part.Live[d>>6]>>(d&63)&1 != 0 {
				p.to[d] = next
				next++
			}
		}
	}
	m.info.Docs += p.live
	m.parts = append(m.parts, p)
	return nil
}

// countLive counts the bits of the first n documents.
func countLive(live []uint64, n int) int {
	sum := 0
	for i := range n / 64 {
		sum += bits.OnesCount64(live[i])
	}
	if n%64 != 0 {
		sum += bits.OnesCount64(live[n/64] & (1<<(n%64) - 1))
	}
	return sum
}

// tick asks once in a while whether to go on; work is about what was done since,
// in postings or documents.
func (m *merge) tick(work int) error {
	if m.ticks += work; m.ticks < 1<<14 {
		return nil
	}
	m.ticks = 0
	return m.ctx.Err()
}

func (m *merge) write(w *fileWriter) error {
	if err := m.ctx.Err(); err != nil {
		return err
	}
	norms, err := m.columns(w)
	if err != nil {
		return err
	}
	for _, step := range []func(*fileWriter) error{m.keys, m.ordinals, m.vectors} {
		if err := step(w); err != nil {
			return err
		}
	}
	if err := m.postings(w, newScorer(m.info.Options, norms, m.info.AvgNorm)); err != nil {
		return err
	}
	writeMeta(w, m.info)
	return nil
}

// postings merges the dictionaries and, term by term, the lists.
func (m *merge) postings(w *fileWriter, score *scorer) error {
	for _, p := range m.parts {
		p.it = p.Terms("")
		if err := p.step(); err != nil {
			return err
		}
	}
	list := &listWriter{score: score}
	var dict dictWriter
	term := make([]byte, 0, MaxTerm)
	w.begin("post", 0)
	begin := w.off
	for {
		least := m.least()
		if least == nil {
			break
		}
		term = append(term[:0], least.it.Term()...)
		list.reset()
		for _, p := range m.parts {
			if p.skip || !bytes.Equal(p.it.Term(), term) {
				continue
			}
			if err := m.gather(list, p); err != nil {
				return err
			}
			if err := p.step(); err != nil {
				return err
			}
		}
		if err := addList(w, &dict, list, term, term[0] < 0x20, w.off-begin, &m.info); err != nil {
			return err
		}
		if err := m.tick(len(m.parts)); err != nil {
			return err
		}
	}
	dict.write(w)
	return nil
}

// step goes to the part's next term.
func (p *mergePart) step() error {
	p.skip = !p.it.Next()
	return p.it.Err()
}

// least gives a part whose term is first, nil at the end. Parts are few: looking
// at all is faster than keeping a heap.
func (m *merge) least() *mergePart {
	var least *mergePart
	for _, p := range m.parts {
		if !p.skip && (least == nil || bytes.Compare(p.it.Term(), least.it.Term()) < 0) {
			least = p
		}
	}
	return least
}

// gather adds a part's postings of its present term to the list. Positions do not
// depend on numbers of documents and are copied.
func (m *merge) gather(list *listWriter, p *mergePart) error {
	e := p.it.Entry()
	p.posts.Reset(p.Reader, e)
	for p.posts.NextBlock() {
		docs, codes := p.posts.Block()
		if err := m.tick(len(docs)); err != nil {
			return err
		}
		if e.Tag {
			for _, d := range docs {
				if p.has(int(d)) {
					list.add(p.number(d), 0)
				}
			}
			continue
		}
		b, ok := p.posts.rawPositions()
		if ok && p.to == nil {
			if !list.addBlock(docs, codes, b, p.from) {
				p.posts.corrupt("positions")
			}
			continue
		}
		for i, d := range docs {
			if !ok {
				break
			}
			n := skipPositions(b, codes[i])
			if n < 0 {
				ok = p.posts.corrupt("positions")
				break
			}
			if p.has(int(d)) {
				list.add(p.number(d), codes[i])
				list.pos = append(list.pos, b[:n]...)
			}
			b = b[n:]
		}
	}
	return p.posts.Err()
}

// number gives the new number of a live document.
func (p *mergePart) number(d uint32) uint32 {
	if p.to == nil {
		return p.from + d
	}
	return p.to[d]
}

// rawPositions gives the positions of the present block as they lie in the file.
func (p *Postings) rawPositions() ([]byte, bool) {
	if !p.beginPositions() {
		return nil, false
	}
	return p.list[p.posAt:p.posEnd], true
}

func (m *merge) vectors(w *fileWriter) error {
	zero := make([]byte, Dim)
	var codes [][]byte // of each part
	for _, p := range m.parts {
		var c []byte
		var err error
		if p.vectors {
			if c, err = p.Codes(); err != nil {
				return err
			}
			for d := range p.docs {
				if s, err := p.scale(uint32(d)); err != nil {
					return err
				} else if s != 0 && p.has(d) {
					m.info.Vectors++
				}
			}
		}
		codes = append(codes, c)
	}
	if m.info.Vectors == 0 {
		return nil
	}
	w.begin("vec.code", 1)
	err := m.each(func(i int, p *mergePart, d uint32) error {
		if p.vectors {
			w.write(codes[i][int(d)*codeSize : int(d+1)*codeSize])
		} else {
			w.write(zero[:codeSize])
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.begin("vec.int8", 1)
	err = m.each(func(_ int, p *mergePart, d uint32) error {
		row := zero
		if p.vectors {
			b, _, err := p.int8(d)
			if err != nil {
				return err
			}
			if b != nil {
				row = b
			}
		}
		w.write(row)
		return nil
	})
	if err != nil {
		return err
	}
	w.begin("vec.scale", 4)
	return m.each(func(_ int, p *mergePart, d uint32) error {
		var s float32
		if p.vectors {
			var err error
			if s, err = p.scale(d); err != nil {
				return err
			}
		}
		w.u32(math.Float32bits(s))
		return nil
	})
}

// each calls f for every live document in order, with the number of its part.
func (m *merge) each(f func(i int, p *mergePart, d uint32) error) error {
	for i, p := range m.parts {
		for d := range p.docs {
			if !p.has(d) {
				continue
			}
			if err := f(i, p, uint32(d)); err != nil {
				return err
			}
			if err := m.tick(1); err != nil {
				return err
			}
		}
	}
	return nil
}
