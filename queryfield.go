package broadsheet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// searchFields maps what may stand before a colon, arXiv's own names among it,
// to what it means.
var searchFields = map[string]string{
	"title": "title", "ti": "title", "intitle": "title",
	"abs": "abs", "abstract": "abs", "ab": "abs",
	"author": "author", "authors": "author", "au": "author", "by": "author",
	"cat": "cat", "category": "cat", "categories": "cat", "in": "cat", "subject": "cat",
	"id": "id", "org": "org", "organization": "org", "organisation": "org", "has": "has",
	"date": "date", "submitted": "date", "published": "date", "year": "date",
	"after": "after", "since": "after", "from": "after", "before": "before", "until": "until",
	"sort": "sort", "order": "sort", "mode": "mode",
}

// textFields are the fields that hold words.
var textFields = map[string]Field{"title": FieldTitle, "abs": FieldAbstract, "author": FieldAuthor}

// fieldNeeds says what a field without a value lacks.
var fieldNeeds = map[string]string{
	"title": "title: needs a word or a phrase", "abs": "abs: needs a word or a phrase", "author": "author: needs a name",
	"cat": "cat: needs a category such as cs.LG", "id": "id: needs a paper id such as 2503.02130",
	"org": "org: needs the key of an organisation", "has": "has: knows code only",
	"date": "date: needs a date such as 2025, 2025-03 or 2025-03-14", "after": "after: needs a date such as 2025-03",
	"before": "before: needs a date such as 2025-03", "until": "until: needs a date such as 2025-03",
	"sort": "sort: knows relevance and date", "mode": "mode: knows hybrid, lexical and semantic",
}

// field reads a field and its value.
func (p *queryParser) field(t queryPart) {
	if !p.room() || t.text == "" && !t.quoted && !p.borrow(&t) {
		return
	}
	_, isText := textFields[t.field]
	switch {
	case t.field == "author":
		p.author(t)
	case isText && t.quoted:
		p.phrase(t)
	case isText:
		p.words(t)
	default:
		p.condition(t)
	}
}

// borrow gives a field that ends in its colon ("author: Lovelace") the next
// part as value. Where that does not fit, the colon is one of a title ("Mode:
// Connectivity of …") and the name a word.
func (p *queryParser) borrow(t *queryPart) bool {
	name := strings.TrimSuffix(t.src, ":")
	if p.i < len(p.parts) {
		next := p.parts[p.i]
		if next.kind == partTerm && !next.open && next.sign == 0 && next.field == "" && next.text != "" {
			t.text, t.quoted, t.src = next.text, next.quoted, t.src+" "+next.src
			_, isText := textFields[t.field]
			trial := queryParser{}
			if !isText {
				trial.condition(*t)
			}
			if len(trial.q.Ignored) == 0 && (t.field != "cat" || strings.ContainsAny(t.text, ".-")) {
				p.i++
				return true
			}
		}
	}
	if p.i == len(p.parts) && name == strings.ToLower(name) { // nothing follows: it was to be a field
		p.ignore(t.src, fieldNeeds[t.field])
		return false
	}
	p.words(queryPart{sign: t.sign, text: trimWord(name)})
	return false
}

// condition reads a field that is no text.
func (p *queryParser) condition(t queryPart) {
	before := len(p.q.Ignored)
	value := strings.TrimSpace(t.text)
	not := t.sign == '-'
	switch t.field {
	case "cat":
		p.category(t, value, not)
	case "id":
		values := strings.Split(value, ",")
		if t.quoted {
			values = []string{value} // DOIs may have commas
		}
		for _, v := range values {
			if id, _, err := ParseID(v); err != nil {
				p.ignore(t.src, "is not a paper id: write id:2503.02130 or a DOI")
			} else if not {
				p.ignore(t.src, "id: cannot be excluded")
			} else {
				p.q.IDs = addOnce(p.q.IDs, id)
			}
		}
	case "org":
		key := strings.Join(strings.Fields(strings.ToLower(value)), "-")
		switch {
		case not:
			p.ignore(t.src, "org: cannot be excluded")
		case !hasWord(key):
			p.ignore(t.src, "org: needs the key of an organisation, as in the address of its page")
		default:
			p.q.Organizations = addOnce(p.q.Organizations, key)
		}
	case "has":
		switch {
		case !strings.EqualFold(value, "code"):
			p.ignore(t.src, "has: knows code only")
		case not:
			p.q.NoCode, p.q.HasCode = true, false
		default:
			p.q.HasCode, p.q.NoCode = true, false
		}
	case "sort":
		p.sort(t, value)
	case "mode":
		p.mode(t, value)
	default:
		p.date(t, value, not)
	}
	if len(p.q.Ignored) == before {
		p.add(operand{set: t.field, excluded: not})
	} else {
		p.or = false
	}
}

func (p *queryParser) category(t queryPart, value string, not bool) {
	for v := range strings.SplitSeq(value, ",") {
		c := canonicalCategory(v)
		switch {
		case c == "":
			p.ignore(t.src, "cat: needs a category such as cs.LG")
		case not:
			p.q.NotCategories = addOnce(p.q.NotCategories, c)
		default:
			p.q.Categories = addOnce(p.q.Categories, c)
		}
	}
}

// canonicalCategory gives a category as arXiv writes it: "CS.lg" is "cs.LG",
// "cs.*" the archive "cs"; "" where it cannot be one.
func canonicalCategory(s string) string {
	s = strings.ToLower(strings.Trim(s, " "))
	s = strings.TrimSuffix(s, ".*")
	archive, subject, ok := strings.Cut(s, ".")
	if ok && len(subject) == 2 {
		s = archive + "." + strings.ToUpper(subject)
	}
	if !IsCategory(s) {
		return ""
	}
	return s
}

func (p *queryParser) sort(t queryPart, value string) {
	switch strings.ToLower(value) {
	case "date", "new", "newest", "recent", "latest":
		p.q.Sort = SortDate
	case "relevance", "best", "score":
		p.q.Sort = SortRelevance
	default:
		p.ignore(t.src, "sort: knows relevance and date")
	}
}

func (p *queryParser) mode(t queryPart, value string) {
	switch m := Mode(strings.ToLower(value)); m {
	case ModeHybrid, ModeLexical, ModeSemantic:
		p.q.Mode = m
	case "word", "words":
		p.q.Mode = ModeLexical
	case "meaning":
		p.q.Mode = ModeSemantic
	default:
		p.ignore(t.src, "mode: knows hybrid, lexical and semantic")
	}
}

// author reads a name. A full name is an author's key; a last name, or one
// with initials, is looked for among the words of names.
func (p *queryParser) author(t queryPart) {
	exact := !t.quoted && strings.HasPrefix(t.text, "=")
	name := t.text
	if last, first, ok := strings.Cut(name, ","); ok {
		name = first + " " + last
	}
	words := strings.Fields(strings.Map(nameRune, name))
	if full := slices.DeleteFunc(slices.Clone(words), isInitial); !exact && len(full) > 0 && len(full) < len(words) {
		p.ignore(t.src, "initials are not compared: looked for "+strings.Join(full, " "))
		words, t.quoted = full, false
		if t.sign == 0 && len(full) > 1 {
			t.sign = '+' // first and last name, with anything between them
		}
	}
	name = strings.Join(words, " ")
	key := AuthorKey(name)
	if key == "" {
		p.ignore(t.src, "author: needs a name")
		return
	}
	alone := !p.or && t.sign == 0 && !(p.i < len(p.parts) && p.parts[p.i].kind == partOr)
	if exact || alone && len(words) > 1 && !strings.HasSuffix(name, "*") {
		p.q.Authors = addOnce(p.q.Authors, key)
		p.add(operand{set: "author"})
		return
	}
	term := Term{Text: name, Field: FieldAuthor, Phrase: t.quoted}
	if before, ok := prefixOf(name); ok {
		term.Text, term.Prefix = before, true
	}
	p.add(operand{terms: []Term{term}, required: true, excluded: t.sign == '-'})
}

// isInitial tells whether a word of a name is one letter.
func isInitial(w string) bool { return utf8.RuneCountInString(strings.TrimRight(w, ".*")) == 1 }

// nameRune keeps what names are made of.
func nameRune(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("-.'’*", r) {
		return r
	}
	return ' '
}
