package analyze

// How the forms of a compound share its weight. BM25 with parts and joined form
// at 0.6 each had a mean nDCG@10 of 0.4991 on Cranfield, CISI, CACM and SciFact,
// with parts alone 0.4948, with all forms at 1 0.4937; 0.5 to 0.8 are alike.
const (
	weightPart   = 0.6
	weightJoined = 0.6
	weightAlt    = 0.4
)

// Query gives the tokens of a query, in order of Pos. Beside what Document
// gives, neighbours that others may write as one word are joined too: "gpt 4"
// also as gpt4, "k means" as kmean, "8 bit" as 8bit.
func (a *Analyzer) Query(text string) []Token {
	var out []Token
	a.Document(text, func(t Token) { out = append(out, t) })
	return a.bridge(text, weigh(out))
}

// weigh sets the weights.
func weigh(tokens []Token) []Token {
	for i := range tokens {
		t := &tokens[i]
		switch {
		case t.Kind.Has(Joined):
			t.Weight = weightJoined
		case t.Kind.Has(Alt):
			t.Weight = weightAlt
		case t.Kind.Has(Part):
			t.Weight = weightPart
		default:
			t.Weight = 1
		}
	}
	return tokens
}

// bridge adds the joined forms of neighbours of which one is a number or a
// single letter and between which there is one blank.
func (a *Analyzer) bridge(text string, tokens []Token) []Token {
	out := tokens[:0:0]
	for i := range tokens {
		out = append(out, tokens[i])
		t := &tokens[i]
		if t.Kind.Has(Alt|Part) || i+1 == len(tokens) {
			continue
		}
		u := &tokens[i+1]
		if u.Kind.Has(Alt|Part) || u.Pos != t.Pos+1 || u.Start != t.End+1 || text[t.End] != ' ' {
			continue
		}
		if isNumber(t.Term) == isNumber(u.Term) && len(t.Term) > 1 || t.Kind.Has(Stop) {
			continue
		}
		e := a.atoms.analyze(text[t.Start:t.End] + "-" + text[u.Start:u.End])
		for _, j := range e.tokens {
			if j.kind.Has(Joined) && int(j.span) == 2 && e.positions == 2 {
				out = append(out, Token{Term: j.term, Pos: t.Pos, Start: t.Start, End: u.End, Span: 2, Kind: Joined | Alt, Weight: weightJoined})
			}
		}
	}
	return out
}

// Prefix gives what terms begin with that a word still being typed may become;
// of several words the last, of a compound its joined form ("gpt-4" is gpt4,
// which may become gpt4o). Terms are stems, so that it is what the word and its
// stem have in common: "transformers" is looked for as "transform". "" where
// there is nothing to look for.
func (a *Analyzer) Prefix(text string) string {
	from, to := 0, 0
	for i := 0; i < len(text); {
		var start, end int
		if start, end, i = nextChunk(text, i); start < end {
			from, to = start, end
		}
	}
	a.atoms.read(text[from:to])
	atoms := a.atoms.atoms
	if len(atoms) == 0 {
		return ""
	}
	first := len(atoms) - 1
	for first > 0 && atoms[first].glue && len(atoms)-first < maxJoined {
		first--
	}
	if atoms[first].glue { // more parts than are joined
		first = len(atoms) - 1
	}
	word := joined(atoms[first:]) + atoms[len(atoms)-1].suffix
	stem, n := Stem(word), 0
	for n < len(word) && n < len(stem) && word[n] == stem[n] {
		n++
	}
	return cut(word[:n])
}
