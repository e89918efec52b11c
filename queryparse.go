package broadsheet

import (
	"slices"
	"strings"
	"unicode"
)

// ParseQuery reads what a person typed into the search box. It never fails:
// what cannot be followed is taken as words or left out, and Ignored says so.
//
//	word            a ranking word
//	word*           a word that begins so
//	"some words"    a phrase that must be there
//	+word           a word that must be there; also AND between two
//	-word           must not be there; also NOT; goes with phrases and fields
//	a OR b          one of both must be there; also a | b, also (a OR b OR c)
//	title: abs: author:   a word or "phrase" there; an author by full name
//	cat:cs.LG  org:  id:  has:code
//	date:2025  date:2025-03..2026  date:>=2025-03  year:2024
//	after:2025 (from its first day)  before:2025 (up to the day before)
//	sort:date  mode:lexical
//
// The result depends on the text alone, in time proportional to its length.
func ParseQuery(text string) Query {
	clean, cut := cleanQuery(text)
	p := &queryParser{}
	p.q.Raw = text
	if cut {
		p.q.Raw = clean // nobody needs a megabyte back
		p.ignore("…", "only the first 2,000 bytes are read")
	}
	p.q.Direct = directID(clean)
	p.parts = lexQuery(clean)
	for p.i < len(p.parts) {
		p.i++
		p.part(p.parts[p.i-1])
	}
	p.finish(clean)
	return p.q
}

// operand is a term, or several joined by OR.
type operand struct {
	terms    []Term
	required bool
	excluded bool
	set      string // the field of a condition, which has no terms
}

type queryParser struct {
	q        Query
	parts    []queryPart
	i        int // of the part that comes next
	operands []operand
	or, and  bool // stood before the part
	not      bool
	groups   []queryPart // open parentheses
	mixed    bool        // in this group operands stand beside each other without OR
	inGroup  int         // operands so far
	orBefore bool        // OR before this group
	count    int
	full     bool // over MaxQueryTerms
}

func (p *queryParser) ignore(text, why string) {
	if len(p.q.Ignored) < MaxQueryTerms {
		p.q.Ignored = append(p.q.Ignored, Ignored{Text: clip(text), Why: why})
	}
}

func (p *queryParser) part(t queryPart) {
	switch t.kind {
	case partOr:
		if len(p.operands) == 0 {
			p.ignore(t.src, "has nothing before it")
			return
		}
		p.or = true
	case partAnd:
		p.and = true
		if n := len(p.operands); n > 0 {
			p.operands[n-1].required = true
		}
	case partNot:
		p.not = true
	case partOpen:
		if p.not {
			t.sign, p.not = '-', false
		}
		if len(p.groups) > 0 {
			p.ignore("(", "parentheses within parentheses are not read")
			if outer := p.groups[len(p.groups)-1]; t.sign == 0 {
				t.sign = outer.sign
			}
		} else {
			p.mixed, p.inGroup, p.orBefore = false, 0, p.or
		}
		p.groups = append(p.groups, t)
	case partClose:
		p.groups = p.groups[:len(p.groups)-1]
		if next := p.i < len(p.parts) && p.parts[p.i].kind == partOr; p.mixed && (p.orBefore || next) {
			p.ignore("( )", "OR joins single words, phrases and fields: these parentheses were not read")
		}
	case partTerm:
		p.inherit(&t)
		p.term(t)
	}
}

// inherit gives a part what stands before it and before its parenthesis.
func (p *queryParser) inherit(t *queryPart) {
	if n := len(p.groups); n > 0 {
		if g := p.groups[n-1]; t.field == "" && t.sign == 0 {
			t.field, t.sign = g.field, g.sign
		} else if t.field == "" {
			t.field = g.field
		}
		if p.inGroup++; p.inGroup > 1 && !p.or {
			p.mixed = true
		}
	}
	if p.not {
		t.sign, p.not = '-', false
	}
	if p.and && t.sign == 0 {
		t.sign = '+'
	}
	p.and = false
}

// term reads a word, a phrase or a field with its value.
func (p *queryParser) term(t queryPart) {
	switch {
	case t.open:
		p.ignore(t.src, "there is no closing quotation mark: taken as words")
		return
	case t.quoted && t.text == "" && t.field == "":
		p.ignore(t.src, "nothing stands between the quotation marks")
		return
	case t.field != "":
		p.field(t)
		return
	case t.quoted:
		p.phrase(t)
		return
	}
	p.words(t)
}

// phrase adds words that stand together.
func (p *queryParser) phrase(t queryPart) {
	term := Term{Text: t.text, Field: textFields[t.field], Phrase: true}
	if before, ok := prefixOf(t.text); ok {
		term.Text, term.Prefix = before, true
	}
	if hasWord(term.Text) {
		p.add(operand{terms: []Term{term}, required: true, excluded: t.sign == '-'})
		return
	}
	p.ignore(t.src, "there is no word in it")
}

// words adds a word. One that looks like a field and is none is two.
func (p *queryParser) words(t queryPart) {
	p.complain(t)
	for _, text := range plainWords(t.text) {
		term := Term{Text: text, Field: textFields[t.field]}
		if before, ok := prefixOf(text); ok {
			term.Text, term.Prefix = before, true
		}
		p.add(operand{terms: []Term{term}, required: t.sign == '+' || t.field != "", excluded: t.sign == '-'})
	}
}

// complain tells that "autor:" is no field. A word that ends in a colon is how
// titles begin.
func (p *queryParser) complain(t queryPart) {
	name, value, ok := strings.Cut(t.text, ":")
	if !ok || len(name) < 2 || len(name) > 12 || value == "" || value[0] == ':' || value[0] == '/' {
		return
	}
	for _, r := range name {
		if r|0x20 < 'a' || r|0x20 > 'z' {
			return
		}
	}
	switch strings.ToLower(name) {
	case "arxiv", "doi", "oai", "http", "https", "openreview", "acl", "biorxiv", "medrxiv", "url", "mailto", "pmid", "isbn":
		return
	}
	p.ignore(name, "is not a field: taken as words")
}

// room tells whether another word or condition counts, and says once that none
// does.
func (p *queryParser) room() bool {
	if p.count >= MaxQueryTerms && !p.full {
		p.full = true
		p.ignore("…", "only the first 64 words and conditions count")
	}
	return p.count < MaxQueryTerms
}

// add adds an operand, joined with the one before where OR stood between.
func (p *queryParser) add(o operand) {
	or := p.or
	p.or = false
	if !p.room() {
		return
	}
	p.count++
	n := len(p.operands)
	if !or || n == 0 {
		p.operands = append(p.operands, o)
		return
	}
	last := &p.operands[n-1]
	switch {
	case last.set == "" && o.set == "" && !last.excluded && !o.excluded:
		last.terms = append(last.terms, o.terms...)
		last.required = true
		return
	case last.set != "" && last.set == o.set && (o.set == "cat" || o.set == "org" || o.set == "id"):
		// any of these, as they always are
	case last.excluded && o.excluded && len(p.groups) > 0 && p.groups[len(p.groups)-1].sign == '-':
		// -(a OR b): neither
	case last.excluded || o.excluded:
		p.ignore("OR", "does not go with what is excluded")
	default:
		p.ignore("OR", "joins words, phrases, title:, abs: and author: only")
	}
	p.operands = append(p.operands, o)
}

// finish puts the operands where they belong.
func (p *queryParser) finish(clean string) {
	if p.or {
		p.ignore("OR", "has nothing after it")
	}
	if p.not {
		p.ignore("NOT", "has nothing after it")
	}
	if len(p.groups) > 0 {
		p.ignore("(", "there is no closing parenthesis")
	}
	q := &p.q
	for _, o := range p.operands {
		switch {
		case o.set != "":
		case o.excluded:
			q.Exclude = append(q.Exclude, o.terms...)
		case o.required:
			q.Require = append(q.Require, o.terms)
		default:
			q.Words = append(q.Words, o.terms...)
		}
	}
	if q.From != "" && q.To != "" && q.From > q.To {
		q.From, q.To = q.To, q.From
		p.ignore(string(q.To)+".."+string(q.From), "the range ends before it begins: turned round")
	}
	if q.Positive() {
		return
	}
	switch {
	case q.Negative():
		p.ignore(clean, "everything is excluded and nothing looked for: add a word to look for")
	case clean != "" && len(q.Ignored) == 0 && q.Sort == "" && q.Mode == "":
		p.ignore(clean, "there is no word in it")
	}
}

// Positive tells whether q says what to find: a word or a condition.
func (q *Query) Positive() bool {
	return len(q.Words)+len(q.Require)+len(q.Categories)+len(q.Authors)+len(q.Organizations)+len(q.IDs) > 0 || q.HasCode || q.From != "" || q.To != ""
}

// Negative tells whether q says what not to find.
func (q *Query) Negative() bool { return len(q.Exclude)+len(q.NotCategories) > 0 || q.NoCode }

// prefixOf takes the star from a word of two letters or more; "A*" is a name.
func prefixOf(text string) (string, bool) {
	before := strings.TrimRight(text, "*")
	if len(before) == len(text) || before == "" || strings.HasSuffix(before, " ") {
		return text, false
	}
	last := []rune(before[strings.LastIndexByte(before, ' ')+1:])
	return before, len(last) > 1 && isWordRune(last[len(last)-1])
}

// plainWords gives the words that text holds. Each is read as itself by
// ParseQuery wherever it stands; text that is not so comes in pieces.
func plainWords(text string) []string {
	text = trimWord(text)
	if _, ok := queryOperators[text]; ok {
		text = strings.ToLower(text)
	}
	if !hasWord(text) {
		return nil
	}
	parts := lexQuery(text)
	if balanced := strings.Count(text, "(") == strings.Count(text, ")"); !strings.ContainsAny(text, "()|:") || balanced && len(parts) == 1 && parts[0].text == text && parts[0].kind == partTerm {
		return []string{text}
	}
	var out []string
	for piece := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("()|:", r) }) {
		out = append(out, plainWords(piece)...)
	}
	return out
}

// trimWord takes the punctuation from both ends of a word.
func trimWord(s string) string {
	s = strings.TrimLeft(s, ".,;:!?'`([{}])-−+|*/")
	for s != "" {
		cut := strings.TrimRight(s, ".,;:!?'`[{(|")
		if strings.HasSuffix(cut, ")") && strings.Count(cut, ")") > strings.Count(cut, "(") {
			cut = cut[:len(cut)-1]
		}
		if cut == s {
			return s
		}
		s = cut
	}
	return s
}

func hasWord(s string) bool { return strings.ContainsFunc(s, isWordRune) }

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsNumber(r) }

// addOnce adds a value that is not there.
func addOnce(to []string, value string) []string {
	if slices.Contains(to, value) {
		return to
	}
	return append(to, value)
}
