package search

import (
	"context"
	"math"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
)

// Bounds of offering.
const (
	// A word is rare where this part of the papers has it, or fewer than
	// leastRare; how a word is misspelt never has more than mostRare.
	rareTo              = 2e-4
	leastRare, mostRare = 10, 200
	// fieldLooked is how many papers that have a word are asked in which field.
	fieldLooked = 10_000
	fieldsTried = 8 // words, the likeliest
)

// offer says what was probably meant, where it is not searched for: a word far
// more frequent than a rare one, which some may mean as it is; and where
// nothing was found, what nobody has of the conditions and what is near it.
func (s *search) offer(ctx context.Context, r *broadsheet.Results) error {
	text := s.q0.Raw
	if r.Corrected != "" {
		text = r.Corrected
	}
	was := text
	for _, word := range s.rare() {
		better, err := s.instead(ctx, word, 0, cheap)
		if err != nil {
			return err
		}
		text = putFor(text, word, better)
	}
	if len(r.Hits) == 0 {
		var err error
		if text, err = s.lacking(ctx, r, text); err != nil {
			return err
		}
	}
	if text != was {
		r.Suggested = text
	}
	return nil
}

// rare are the first few ranking words that few papers have.
func (s *search) rare() (words []string) {
	most := max(leastRare, min(mostRare, int(rareTo*float64(s.view.docs))))
	for _, w := range s.q.Words {
		for i := range s.plan.terms {
			if t := &s.plan.terms[i]; t.typed == w.Text && !t.prefix && t.df > 0 && t.df <= most && !w.Prefix {
				words = append(words, w.Text)
				break
			}
		}
		if len(words) == mostCorrected {
			break
		}
	}
	return words
}

// instead is the word that was probably meant for one in a field, "" for none.
func (s *search) instead(ctx context.Context, word string, mask byte, most float64) (string, error) {
	folded, ok := s.spellable(word)
	if !ok {
		return "", nil
	}
	all, err := s.oneSlip(folded, most, s.anywhere)
	if err != nil {
		return "", err
	}
	if mask != 0 { // which the dictionary does not tell
		for i := range all[:min(fieldsTried, len(all))] {
			if all[i].df, err = s.within(all[i].term, mask); err != nil {
				return "", err
			}
		}
		all = slices.DeleteFunc(all[:min(fieldsTried, len(all))], func(g guess) bool { return g.df < 2 })
		s.rank(all, folded)
	}
	return s.firstWritten(ctx, all, folded)
}

// lacking names the words of conditions that no paper has in their fields, and
// puts what is near them into the text.
func (s *search) lacking(ctx context.Context, r *broadsheet.Results, text string) (string, error) {
	for _, group := range s.q.Require {
		var missing []broadsheet.Term
		for _, t := range group {
			word, err := s.missingWord(t)
			if err != nil {
				return text, err
			}
			if word == "" { // another of the group could have met it
				missing = nil
				break
			}
			missing = append(missing, broadsheet.Term{Text: word, Field: t.Field})
		}
		for _, t := range missing {
			mask, _, _ := fieldOf(t.Field)
			better, err := s.instead(ctx, t.Text, mask, dear)
			if err != nil {
				return text, err
			}
			text = putFor(text, t.Text, better)
		}
		r.Lacking = append(r.Lacking, missing...)
	}
	for _, key := range s.q.Authors {
		if n, err := s.view.tagged(TagAuthor + key); err != nil {
			return text, err
		} else if n > 0 {
			continue
		}
		var err error
		if text, err = s.nobody(ctx, r, text, key); err != nil {
			return text, err
		}
	}
	return text, nil
}

// missingWord is the first word of a term that no paper has in its field, as
// typed; "" where all are met.
func (s *search) missingWord(t broadsheet.Term) (string, error) {
	text := t.Text
	if t.Prefix {
		text = text[:strings.LastIndexByte(text, ' ')+1]
	}
	an := s.e.analyzers.Get().(*analyze.Analyzer)
	tokens := an.Query(text)
	s.e.analyzers.Put(an)
	mask, _, _ := fieldOf(t.Field)
	for _, tok := range tokens {
		if tok.Kind.Has(analyze.Alt) || tok.Kind.Has(analyze.Stop) {
			continue
		}
		if n, err := s.within(tok.Term, mask); n == 0 || err != nil {
			return text[tok.Start:tok.End], err
		}
	}
	return "", nil
}

// within is how many papers have a term in a field, of the first fieldLooked
// that have it; mask 0 is anywhere.
func (s *search) within(term string, mask byte) (n int, err error) {
	if mask == 0 {
		return s.anywhere(term)
	}
	looked := 0
	err = s.view.each(func(_ int, p *part) error {
		e, ok, err := p.Lookup(term)
		if err != nil || !ok || e.Tag {
			return err
		}
		l := p.Postings(e)
		for doc := l.Next(); doc < end && looked < fieldLooked; doc = l.Next() {
			if looked++; l.Code()&mask != 0 && p.live.has(doc) {
				n++
			}
		}
		return l.Err()
	})
	return n, err
}

// nobody names an author whom no paper has, or the part of the name that no
// author has, and puts the name that is one slip away into the text.
func (s *search) nobody(ctx context.Context, r *broadsheet.Results, text, key string) (string, error) {
	name := strings.ReplaceAll(key, "-", " ")
	written := nameIn(text, key)
	if written == "" {
		written = name
	}
	near, err := s.authorNear(ctx, key)
	if err != nil || near != "" {
		r.Lacking = append(r.Lacking, broadsheet.Term{Text: written, Field: broadsheet.FieldAuthor, Phrase: true})
		return putFor(text, written, near), err
	}
	for _, word := range strings.Fields(written) {
		missing, err := s.missingWord(broadsheet.Term{Text: word, Field: broadsheet.FieldAuthor})
		if err != nil {
			return text, err
		}
		if missing == "" {
			continue
		}
		r.Lacking = append(r.Lacking, broadsheet.Term{Text: missing, Field: broadsheet.FieldAuthor})
		better, err := s.instead(ctx, missing, maskAuthors, dear)
		return putFor(text, missing, better), err
	}
	r.Lacking = append(r.Lacking, broadsheet.Term{Text: written, Field: broadsheet.FieldAuthor, Phrase: true})
	return text, nil
}

// authorNear is the name of the author whose key is one slip away.
func (s *search) authorNear(ctx context.Context, key string) (string, error) {
	if len(key) > 2*maxSpelled || s.e.o.Papers == nil {
		return "", nil
	}
	best, most := "", math.Inf(-1)
	var failed error
	slipsOf(key, letters+"-", dear, func(f form) {
		n, err := s.view.tagged(TagAuthor + f.text)
		if err != nil {
			failed = err
		}
		if worth := math.Log(float64(n)) - perCost*f.cost; n > 0 && worth > most {
			best, most = f.text, worth
		}
	})
	if best == "" || failed != nil {
		return "", failed
	}
	ids, err := s.tagged(TagAuthor + best)
	if err != nil {
		return "", err
	}
	papers, err := s.e.o.Papers.Papers(ctx, ids)
	for i := range papers {
		for _, a := range papers[i].Authors {
			if a.Key == best {
				return a.Name, nil
			}
		}
	}
	return strings.ReplaceAll(best, "-", " "), err
}
