package segment

import "math"

// vectors merges the vectors of the right model.
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

// scale gives the scale of a document's vector.
func (r *Reader) scale(d uint32) (float32, error) {
	b, err := r.file.view(r.scales, 4*int64(d), 4)
	if err != nil {
		return 0, err
	}
	return math.Float32frombits(le.Uint32(b)), nil
}
