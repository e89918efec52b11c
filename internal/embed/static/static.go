// Package static is the semantic model that is built in: it turns a text into
// a vector of 256 numbers and length 1 whose cosine with another's says how
// alike the two are in meaning, from a table of word pieces and nothing else.
//
// A text is read word by word (lower case, no accents, TeX commands as words
// or skipped, grammar words left out). A word has a row of its own, or else
// those of its longest known parts; two neighbouring pieces may add the row of
// their phrase ("neural network"). The vector is the sum of the rows, whose
// lengths are the learned weights, at length 1. A piece counts at most twice
// (the file's cap): on held-out papers that was better than counting all, both
// alone and beside BM25. Training is in train/.
//
// Guarantees: the same text gives the same bits on every machine; a Model is
// safe for concurrent use; Vector allocates nothing and its cost is bounded
// (4,096 pieces count, the rest of a longer text is not read).
//
// The file (little-endian): 64 bytes of header: magic "BRDSTAT1", then as
// uint32 version 1, 256, rows, entries, phrases, cap, and the CRC-32C of all
// else; at 36 the name, padded with zeros. Then 256 bytes a row (value+128), one byte a row with its scale (0: 1, 1: 1/2,
// 2: 1/4, 3: 1/8), 4 bytes a phrase (two rows; the phrases' own rows are the
// last ones), and the entries: row (uint16, 65535 for words that say nothing),
// length (one byte, 128 added for inner parts of words), bytes.
package static

// Dim is the number of dimensions.
const Dim = 256

// Model is a table of pieces.
type Model struct {
	name    string
	limit   int // how often one piece counts
	rows    []byte
	shifts  []byte
	words   wordTable
	parts   wordTable
	phrases pairTable
}

// Name is the model's name with its version, such as "builtin-1". Vectors of
// models with different names must not be compared.
func (m *Model) Name() string { return m.name }

// Rows is how many rows the table has, and how many of them, the last ones,
// are phrases.
func (m *Model) Rows() (rows, phrases int) {
	for _, r := range m.phrases.rows {
		if r != none {
			phrases++
		}
	}
	return len(m.shifts), phrases
}

// Vector writes the vector of text to dst[:256]. It reports false, and leaves
// dst alone, where the text has no word that the model knows anything of. A
// document's text is its title, a line end and its abstract.
func (m *Model) Vector(dst []float32, text string) bool {
	_ = dst[Dim-1]
	p := pool{m: m}
	m.pool(&p, text)
	return p.unit(dst)
}

func (m *Model) pool(p *pool, text string) {
	sc := scanner{s: text}
	last := uint16(none)
	var parts [maxWord]uint16
	for p.total < maxPiece && sc.next() {
		w := sc.word[:sc.n]
		row, ok := m.words.find(w, hashWord(w))
		if ok {
			if row != none {
				m.push(p, last, row)
				last = row
			}
			continue
		}
		for _, row := range parts[:m.split(&parts, w)] {
			m.push(p, last, row)
			last = row
		}
	}
}

func (m *Model) push(p *pool, last, row uint16) {
	p.add(row)
	if last == none {
		return
	}
	if phrase := m.phrases.find(uint32(last)<<16 | uint32(row)); phrase != none {
		p.add(phrase)
	}
}
