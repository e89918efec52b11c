package segment

// vectors merges the vectors of the right model.
func (m *merge) vectors(w *fileWriter) error {
	some, err := m.someVector()
	if !some || err != nil {
		return err
	}
	zero := make([]byte, codeSize)
	w.begin("vec.code", 1)
	var codes []byte
	of := -1 // the part whose codes they are
	err = m.each(func(i int, p *mergePart, d uint32) error {
		if !p.vectors {
			w.write(zero)
			return nil
		}
		if i != of {
			if codes, err = p.Codes(); err != nil {
				return err
			}
			of = i
		}
		w.write(codes[int(d)*codeSize : int(d+1)*codeSize])
		return nil
	})
	if err != nil {
		return err
	}
	none := appendRow(nil, make([]byte, Dim), 0)
	var rows rowScan
	w.begin("vec.row", 0)
	return m.each(func(_ int, p *mergePart, d uint32) error {
		if !p.vectors {
			w.write(none)
			return nil
		}
		if rows.r != p.Reader {
			rows = rowScan{r: p.Reader, buf: rows.buf}
		}
		row, scale, err := rows.row(d)
		if err != nil {
			return err
		}
		if scale != 0 {
			m.info.Vectors++
		}
		w.write(row)
		return nil
	})
}

// someVector says whether a live document has a vector. If not, there are no
// sections of them, as a Builder does.
func (m *merge) someVector() (bool, error) {
	for _, p := range m.parts {
		if !p.vectors {
			continue
		}
		rows := rowScan{r: p.Reader}
		for d := range p.docs {
			if !p.has(d) {
				continue
			}
			if _, scale, err := rows.row(uint32(d)); scale != 0 || err != nil {
				return err == nil, err
			}
		}
	}
	return false, nil
}
