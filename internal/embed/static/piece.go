package static

// none is the row of words that say nothing.
const none = 0xFFFF

// Pieces appends the rows of a text to dst in reading order: of each word its
// row, or those of its parts where the word has none. Phrases are not among
// them; see Phrase. It is what training reads.
func (m *Model) Pieces(dst []uint16, text string) []uint16 {
	sc := scanner{s: text}
	var parts [maxWord]uint16
	for sc.next() {
		w := sc.word[:sc.n]
		if row, ok := m.words.find(w, hashWord(w)); ok {
			if row != none {
				dst = append(dst, row)
			}
			continue
		}
		dst = append(dst, parts[:m.split(&parts, w)]...)
	}
	return dst
}

// Phrase gives the row that two neighbouring pieces add to their own.
func (m *Model) Phrase(a, b uint16) (uint16, bool) {
	row := m.phrases.find(uint32(a)<<16 | uint32(b))
	return row, row != none
}

// split finds the rows of a word that is not in the vocabulary: runs of
// letters and of digits apart, each as a word or else by its longest known
// beginning and then the longest known parts of what follows. Numbers that
// are not known say nothing.
func (m *Model) split(parts *[maxWord]uint16, w []byte) int {
	n := 0
	for from := 0; from < len(w); {
		digit := w[from] <= '9'
		to := from + 1
		for to < len(w) && (w[to] <= '9') == digit {
			to++
		}
		run := w[from:to]
		if to-from < len(w) {
			if row, ok := m.words.find(run, hashWord(run)); ok {
				if row != none {
					parts[n] = row
					n++
				}
				from = to
				continue
			}
		}
		if !digit {
			n = m.splitLetters(parts, n, run)
		}
		from = to
	}
	return n
}

// minHead is the least length of a known word that may begin a longer one.
const minHead = 3

func (m *Model) splitLetters(parts *[maxWord]uint16, n int, w []byte) int {
	at := 0
	var hashes [maxWord]uint32
	h := uint32(wordSeed)
	for k, c := range w {
		h = step(h, c)
		hashes[k] = mix(h)
	}
	for k := len(w) - 1; k >= minHead-1; k-- {
		if row, ok := m.words.find(w[:k+1], hashes[k]); ok && row != none {
			parts[n], n, at = row, n+1, k+1
			break
		}
	}
	for at < len(w) {
		h := uint32(partSeed)
		for k := at; k < len(w); k++ {
			h = step(h, w[k])
			hashes[k] = mix(h)
		}
		k := len(w) - 1
		for ; k > at; k-- {
			if row, ok := m.parts.find(w[at:k+1], hashes[k]); ok {
				if row != none {
					parts[n], n = row, n+1
				}
				break
			}
		}
		at = k + 1 // a byte with no part is passed over
	}
	return n
}
