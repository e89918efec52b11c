package search

import (
	"fmt"
	"time"

	"broadsheet"
)

// explanation takes a hit's score apart. Parts add up to what they are parts of.
func (s *search) explanation(f *found) *broadsheet.Explanation {
	x := &broadsheet.Explanation{Label: "score", Value: f.total}
	if s.plan.most > 0 && s.share() > 0 {
		x.Parts = append(x.Parts, s.wordsPart(f))
		if len(s.plan.phrase) > 1 {
			x.Parts = append(x.Parts, broadsheet.Explanation{Label: "nearness", Value: f.near,
				Note: fmt.Sprintf("how closely the words stand together, at most %.2f", s.share()*nearShare)})
		}
	}
	if s.share() < 1 {
		m := broadsheet.Explanation{Label: "meaning", Value: f.meaning, Note: "the paper has no vector"}
		if f.vector {
			m.Note = fmt.Sprintf("cosine %.4f, brought from %.2f..%.2f to 0..1, times %.2f", f.cosine, cosineLow, cosineHigh, 1-s.share())
		}
		x.Parts = append(x.Parts, m)
	}
	if !s.q.Plain {
		date := "date unknown"
		if t := TimeOf(f.time); !t.IsZero() {
			date = "published " + t.Format(time.DateOnly)
		}
		x.Parts = append(x.Parts,
			broadsheet.Explanation{Label: "prior date", Value: f.date, Note: date},
			broadsheet.Explanation{Label: "prior popularity", Value: f.popular})
	}
	return x
}

// wordsPart explains BM25F word by word.
func (s *search) wordsPart(f *found) broadsheet.Explanation {
	w := broadsheet.Explanation{Label: "words", Value: f.words,
		Note: fmt.Sprintf("bm25 %.4f of at most %.4f, times %.2f", float64(f.score)/unit, s.plan.most, s.share())}
	p := s.view.parts[f.seg]
	table := p.WeightTable()
	for _, g := range f.gains {
		t := &s.plan.terms[g.term]
		weighed := table[g.code]
		w.Parts = append(w.Parts, broadsheet.Explanation{
			Label: "bm25 " + t.label(),
			Value: s.share() * float64(g.score) / (s.plan.most * unit),
			Note: fmt.Sprintf("idf %.3f (in %d of %d), times in query %.2g, %s: weighed frequency %.2f, length %d, average %.1f, K %.3f",
				t.idf, t.df, s.view.docs, t.weight, codeText(g.code), weighed, g.norm, s.view.avg, p.curve.k(g.norm)),
		})
	}
	return w
}

// label is the term as shown.
func (t *term) label() string {
	l := t.text
	if t.prefix {
		l += "*"
	}
	switch t.mask {
	case maskTitle:
		l = "title:" + l
	case maskAbstract:
		l = "abs:" + l
	case maskAuthors:
		l = "author:" + l
	}
	return l
}

// codeText says where a document has a term; see segment.Code.
func codeText(c byte) string {
	s := fmt.Sprintf("title %d, abstract %d", c>>4&3, c&15)
	if c&(1<<6) != 0 {
		s += ", authors"
	}
	if c&(1<<7) != 0 {
		s += ", other"
	}
	return s
}
