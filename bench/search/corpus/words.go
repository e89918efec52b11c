package corpus

import "math/rand/v2"

// How the forms of the rarest words grow: with the heaps-th power of the size,
// times growth. Both are fitted to the sample; see corpus_test.go.
const (
	growth = 1.0
	heaps  = 0.85
)

// syllables tell the forms of a word apart. They go inside it, before what a
// stemmer may take off.
var syllables = []string{
	"ra", "ne", "to", "li", "ku", "mo", "sa", "ve", "di", "po", "gu", "ta", "ri", "ze", "fo", "la", "bi", "che", "no", "du",
	"mer", "tal", "von", "sil", "kan", "pro", "gen", "lux", "dor", "fin",
}

// words puts a text together, giving the rarest words the form of their time.
type words struct {
	random   *rand.Rand
	sample   *Sample
	variants float64
	out      []byte
}

// text is what was put together; the next text begins.
func (w *words) text() string {
	s := string(w.out)
	w.out = w.out[:0]
	return s
}

func (w *words) sentence(p piece) {
	if len(w.out) > 0 {
		w.out = append(w.out, ' ')
	}
	w.part(p, 0, int(p.end-p.at))
}

// part adds bytes from to to of a piece.
func (w *words) part(p piece, from, to int) {
	text := w.sample.text[p.at:p.end]
	at := from
	for _, r := range p.rare {
		if int(r.from) < from || int(r.to) > to {
			continue
		}
		w.out = append(w.out, text[at:r.from]...)
		w.form(text[r.from:r.to])
		at = int(r.to)
	}
	w.out = append(w.out, text[at:to]...)
}

// form adds a word in one of the forms that it has by now. The square makes
// early ones more frequent, as old words are.
func (w *words) form(word []byte) {
	x := w.random.Float64()
	n := int(x * x * w.variants)
	if n == 0 {
		w.out = append(w.out, word...)
		return
	}
	at := (len(word) + 1) / 2
	w.out = append(w.out, word[:at]...)
	for ; n > 0; n /= len(syllables) {
		w.out = append(w.out, syllables[n%len(syllables)]...)
	}
	w.out = append(w.out, word[at:]...)
}
