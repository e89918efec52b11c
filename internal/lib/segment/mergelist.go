package segment

import "bytes"

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
		switch {
		case !ok:
		case p.to == nil:
			ok = list.addBlock(docs, codes, b, p.from)
		default:
			ok = p.gatherLive(list, docs, codes, b)
		}
		if !ok {
			p.posts.corrupt("positions")
		}
	}
	return p.posts.Err()
}

// gatherLive adds those postings of a block whose documents live. It is false where
// positions make no sense.
func (p *mergePart) gatherLive(list *listWriter, docs []uint32, codes, pos []byte) bool {
	for i, d := range docs {
		n := skipPositions(pos, codes[i])
		if n < 0 {
			return false
		}
		if p.has(int(d)) {
			list.add(p.number(d), codes[i])
			list.pos = append(list.pos, pos[:n]...)
		}
		pos = pos[n:]
	}
	return true
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
