package cite

import (
	"bytes"
	"encoding/json"
	"fmt"

	"broadsheet"
	"broadsheet/internal/lib/tex"
)

// cslItem is an item of CSL-JSON, with the fields used here.
type cslItem struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	Title     string    `json:"title"`
	Author    []cslName `json:"author,omitempty"`
	Issued    *cslDate  `json:"issued,omitempty"`
	Container string    `json:"container-title,omitempty"`
	Volume    string    `json:"volume,omitempty"`
	Issue     string    `json:"issue,omitempty"`
	Page      string    `json:"page,omitempty"`
	Number    string    `json:"number,omitempty"`
	Publisher string    `json:"publisher,omitempty"`
	Archive   string    `json:"archive,omitempty"`
	Location  string    `json:"archive_location,omitempty"`
	Genre     string    `json:"genre,omitempty"`
	DOI       string    `json:"DOI,omitempty"`
	URL       string    `json:"URL,omitempty"`
	Keyword   string    `json:"keyword,omitempty"`
	Note      string    `json:"note,omitempty"`
	Abstract  string    `json:"abstract,omitempty"`
}

type cslName struct {
	Family   string `json:"family,omitempty"`
	Particle string `json:"non-dropping-particle,omitempty"`
	Given    string `json:"given,omitempty"`
	Suffix   string `json:"suffix,omitempty"`
	Literal  string `json:"literal,omitempty"`
}

type cslDate struct {
	Parts [][]int `json:"date-parts"`
}

// CSL writes papers as a CSL-JSON array, an item a line: article-journal where the journal is plain, report where a paper is
// known by its report number alone, else article, which is CSL's type of preprints. Text is plain Unicode.
func CSL(papers []broadsheet.Paper) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('[')
	encode := json.NewEncoder(&b)
	encode.SetEscapeHTML(false) // it is no HTML, and programs show the text as it is
	for i, w := range works(papers) {
		if i > 0 {
			b.WriteByte(',')
		} else {
			b.WriteByte('\n')
		}
		if err := encode.Encode(w.csl()); err != nil {
			return nil, fmt.Errorf("write %s as CSL-JSON: %w", w.p.ID, err)
		}
	}
	b.WriteString("]\n")
	return b.Bytes(), nil
}

func (w *work) csl() cslItem {
	item := cslItem{ID: w.key, Type: "article", Title: titleOf(w.p), DOI: w.doi, URL: w.url, Abstract: clean(tex.Plain(w.p.Abstract)),
		Publisher: w.publisher()}
	for _, n := range w.authors {
		item.Author = append(item.Author, cslName{Family: n.family, Particle: n.particle, Given: n.given, Suffix: n.suffix, Literal: n.whole})
	}
	if len(item.Author) > 0 && w.more {
		item.Author = append(item.Author, cslName{Literal: "others"})
	}
	if y := w.year(); y > 0 {
		date := []int{y}
		if w.dated() {
			date = append(date, int(w.at.UTC().Month()), w.at.UTC().Day())
		}
		item.Issued = &cslDate{[][]int{date}}
	}
	if w.arxiv != "" {
		item.Archive, item.Location = "arXiv", w.arxiv
	}
	for i, k := range w.p.Keywords {
		if i > 0 {
			item.Keyword += ", "
		}
		item.Keyword += clean(k)
	}
	switch {
	case w.journal.title != "":
		j := w.journal
		item.Type, item.Container, item.Volume, item.Issue = "article-journal", j.title, j.volume, j.issue
		first, last := j.span()
		if item.Page = first; last != "" {
			item.Page += "-" + last
		}
		return item
	case w.reportNo() != "":
		item.Type, item.Number = "report", w.reportNo()
	case w.arxiv != "":
		item.Number, item.Genre = "arXiv:"+w.arxiv, "preprint"
	}
	item.Note = clean(tex.Plain(w.p.JournalRef))
	return item
}
