package segment

import (
	"context"
	"fmt"
)

// Verify checks every byte against its checksum, then walks every structure: that
// terms ascend, that lists have the postings that the dictionary says, within their
// impacts and with positions, that keys are found. progress, where not nil, is told
// now and then how many of the sections' bytes have had their checksum compared.
//
// Checksums are compared anew, also of bytes that were found good before.
func (r *Reader) Verify(ctx context.Context, progress func(done, total int64)) error {
	f := r.file
	for off := int64(0); off < f.end; off += 1 << f.shift {
		if err := f.checkChunk(off >> f.shift); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if progress != nil {
			progress(min(off+1<<f.shift, f.end), f.end)
		}
	}
	for _, walk := range []func(context.Context) error{r.verifyColumns, r.verifyKeys, r.verifyTerms} {
		if err := walk(ctx); err != nil {
			return err
		}
	}
	return r.Err()
}

func (r *Reader) verifyColumns(ctx context.Context) error {
	norms, err := r.U16("norm")
	if err != nil {
		return err
	}
	if len(norms) != r.docs {
		return r.file.damage("no column of norms")
	}
	sum := uint64(0)
	for _, n := range norms {
		sum += uint64(n)
	}
	if sum != r.info.NormSum {
		return r.file.damage("norms add up to %d, not %d", sum, r.info.NormSum)
	}
	for _, name := range r.columnNames() {
		if _, err := r.column(name, int(widthOfColumn(name))); err != nil {
			return err
		}
	}
	var buf []uint32
	for _, name := range r.ordinalNames() {
		c, err := r.Ordinals(name)
		if err != nil {
			return err
		}
		for d := range r.docs {
			buf = c.Of(uint32(d), buf[:0])
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return r.verifyVectors()
}

func (r *Reader) verifyVectors() error {
	n := 0
	if r.info.Vectors > 0 {
		rows := rowScan{r: r}
		for d := range r.docs {
			_, scale, err := rows.row(uint32(d))
			if err != nil {
				return err
			}
			if scale != 0 {
				n++
			}
		}
	}
	if n != r.info.Vectors {
		return r.file.damage("%d vectors, not %d", n, r.info.Vectors)
	}
	return nil
}

func (r *Reader) verifyKeys(ctx context.Context) error {
	var buf []byte
	for d := range r.docs {
		var err error
		if buf, err = r.AppendKey(buf[:0], uint32(d)); err != nil {
			return err
		}
		k, err := r.keys()
		if err != nil {
			return err
		}
		if at, ok, err := k.find(buf); err != nil {
			return err
		} else if !ok || at < uint32(d) {
			return r.file.damage("key of document %d is not found", d)
		}
		if d&0xfff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

func (r *Reader) verifyTerms(ctx context.Context) error {
	norms, err := r.U16("norm")
	if err != nil {
		return err
	}
	score := newScorer(r.info.Options, norms, r.info.AvgNorm)
	it := r.Terms("")
	var p Postings
	var prev, buf = "", []uint32(nil)
	terms, postings := 0, uint64(0)
	for it.Next() {
		term := string(it.Term())
		if terms > 0 && term <= prev {
			return r.file.damage("term %q after %q", term, prev)
		}
		prev = term
		p.Reset(r, it.Entry())
		if buf, err = p.verify(score, buf); err != nil {
			return fmt.Errorf("term %q: %w", term, err)
		}
		terms++
		postings += uint64(it.Entry().DF)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if err := it.Err(); err != nil {
		return err
	}
	if terms != r.info.Terms || postings != r.info.Postings {
		return r.file.damage("%d terms and %d postings, not %d and %d", terms, postings, r.info.Terms, r.info.Postings)
	}
	return nil
}

// verify reads a list from its beginning.
func (p *Postings) verify(score *scorer, buf []uint32) ([]uint32, error) {
	n := 0
	for p.NextBlock() {
		docs, codes := p.Block()
		n += len(docs)
		last, impact := p.ShallowAdvance(docs[0])
		if last != docs[len(docs)-1] {
			p.corrupt("last document")
			break
		}
		if p.e.Tag {
			continue
		}
		if impact > p.e.Impact || score.impact(docs, codes) > impact {
			p.corrupt("impact")
			break
		}
		for i := range docs {
			buf = p.PositionsAt(i, buf[:0])
			if run := p.posNext / runSize; p.posNext%runSize == 0 && run < p.runs && p.posAt != p.runAt[run] {
				p.corrupt("lengths of runs")
			}
		}
		if p.err == nil && p.posAt != p.posEnd {
			p.corrupt("bytes after positions")
		}
	}
	if p.err == nil && n != int(p.e.DF) {
		p.corrupt("number of postings")
	}
	return buf, p.err
}
