package segment

import (
	"context"
	"fmt"
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
