package trial

import (
	"broadsheet"
	"broadsheet/internal/judge"
	"broadsheet/internal/lib/analyze"
)

// Docs is the documents of a judged set as a shelf.
type Docs struct {
	docs   []judge.Doc
	number map[string]int
}

// NewDocs makes a shelf of documents.
func NewDocs(docs []judge.Doc) *Docs {
	d := &Docs{docs: docs, number: make(map[string]int, len(docs))}
	for i := range docs {
		d.number[docs[i].ID] = i
	}
	return d
}

// Len is the number of documents.
func (d *Docs) Len() int { return len(d.docs) }

// ID is that of document i.
func (d *Docs) ID(i int) string { return d.docs[i].ID }

// Paper fills p with document i: its title, and its text as the abstract.
func (d *Docs) Paper(i int, p *broadsheet.Paper) {
	*p = broadsheet.Paper{ID: d.docs[i].ID, Title: d.docs[i].Title, Abstract: d.docs[i].Text}
}

// Number is that of a document.
func (d *Docs) Number(id string) (int, bool) {
	i, ok := d.number[id]
	return i, ok
}

// Terms splits a text as the index does, for the reference: one term a word,
// of a compound its parts, without stop words.
func Terms() func(text string) []string {
	a := analyze.New()
	return func(text string) (out []string) {
		a.Document(text, func(t analyze.Token) {
			if !t.Kind.Has(analyze.Stop | analyze.Alt) {
				out = append(out, t.Term)
			}
		})
		return out
	}
}
