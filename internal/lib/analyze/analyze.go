// Package analyze turns text into the terms of the index: one definition for
// documents and queries.
//
// A term is lower-case, folded (NFKC, without diacritics, æ as ae, ß as ss, a
// Greek letter as its name) and, where it is a word of letters, the English
// Snowball stem. TeX is read as what it shows: \alpha, α and alpha are one
// term, Erd\H{o}s is erdos, $SO(3)$ is SO(3), commands that only arrange are
// nothing. Scripts without blanks between words become pairs of characters.
//
// A compound is what holds together without blanks: "GPT-4", "k-means++",
// "SO(3)", "Qwen2.5-VL", "ΛCDM". Its parts stand at positions of their own,
// one after the other, and the joined form ("gpt4", "kmean", "so3") stands at
// the position of the first part. So "gpt 4", "gpt-4" and "gpt4" find each
// other, phrases work, and no form is an exception. Between two digits the
// joined form keeps a hyphen: 10^{-5} is "10-5" and not 105. Numbers keep
// their points: "3.1", "2503.02130".
//
// Guarantees: terms are valid UTF-8, begin with a byte above 0x20 and are at
// most [MaxTerm] bytes; positions never descend; offsets lie within the text,
// at borders of characters; time and memory are linear in the text whatever it
// is, valid UTF-8 or not. After warming up, [Analyzer.Document] allocates
// nothing but what a word that it has not seen lately costs.
package analyze

// Version names this definition. An index keeps it; one with another version
// is rebuilt, because its terms would not be those that queries ask for.
const Version = "1"

// MaxTerm is how long a term can be, in bytes; longer ones are cut.
const MaxTerm = 64

// Token is a term at its place.
type Token struct {
	Term string
	// Pos counts the words and parts of compounds before it, stop words too.
	Pos uint32
	// Start and End bound the token in the text, in bytes.
	Start, End int
	// Span is how many positions it stands for: more than 1 for the joined
	// form of a compound.
	Span uint16
	Kind Kind
	// Weight is what share of a whole word it should count in a ranking; only
	// Query sets it. The forms of one compound share its weight, so that a
	// compound does not count three times.
	Weight float32
}

// Kind is a set of properties of a token.
type Kind uint8

// Properties of tokens.
const (
	// Stop marks words that are too common to be looked for by themselves.
	Stop Kind = 1 << iota
	// Part marks a part of a compound.
	Part
	// Joined marks a compound as one word. It is also Alt.
	Joined
	// Alt marks a further form at the position of another token that is the
	// more exact. A phrase is the tokens that are not Alt.
	Alt
)

// Has tells whether k has any of the properties.
func (k Kind) Has(any Kind) bool { return k&any != 0 }

// Analyzer turns text into tokens. It is not safe for concurrent use: it
// remembers the words it has seen. Making one is cheap.
type Analyzer struct {
	short shortCache
	long  longCache
	atoms splitter
}

// New makes an Analyzer for queries and pages. It grows to some 15 MB on large
// amounts of text.
func New() *Analyzer { return &Analyzer{short: shortCache{most: fewSlots}} }

// NewBulk makes one for building an index: it remembers four times as many
// words and grows to some 50 MB.
func NewBulk() *Analyzer { return &Analyzer{short: shortCache{most: manySlots}} }

// Document calls emit with every token of text, in order of Pos, the exact
// form first where several share one. It returns the number of positions.
func (a *Analyzer) Document(text string, emit func(Token)) uint32 {
	pos := uint32(0)
	for i := 0; i < len(text); {
		var start, end int
		start, end, i = nextChunk(text, i)
		if start == end {
			continue
		}
		var e *entry
		if end-start <= shortKey {
			k := keyOf(text, start, end)
			s := a.short.get(k)
			if s != nil && s.term != "" {
				emit(Token{Term: s.term, Pos: pos, Start: start, End: start + int(s.end), Span: 1, Kind: s.kind})
				pos++
				continue
			}
			if s != nil {
				e = s.entry
			} else {
				e = a.atoms.analyze(text[start:end])
				a.short.put(k, e)
			}
		} else {
			e = a.entry(text[start:end])
		}
		for j := range e.tokens {
			t := &e.tokens[j]
			emit(Token{Term: t.term, Pos: pos + uint32(t.pos), Start: start + int(t.start), End: start + int(t.end), Span: t.span, Kind: t.kind})
		}
		pos += uint32(e.positions)
	}
	return pos
}

// entry analyses a long chunk, or remembers it.
func (a *Analyzer) entry(chunk string) *entry {
	e := a.long.get(chunk)
	if e == nil {
		e = a.atoms.analyze(chunk)
		a.long.put(chunk, e)
	}
	return e
}
