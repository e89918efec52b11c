package cite

import (
	"time"

	"broadsheet"
	"broadsheet/internal/lib/tex"
)

// work is a paper as all formats see it.
type work struct {
	p        *broadsheet.Paper
	key      string
	authors  []name
	more     bool // authors are not all named
	arxiv    string
	doi, url string
	journal  journal // title "" where it is a preprint
	at       time.Time
}

// works reads papers with keys that are unique among them.
func works(papers []broadsheet.Paper) []work {
	keys := Keys(papers)
	out := make([]work, len(papers))
	for i := range papers {
		out[i] = read(&papers[i])
		out[i].key = keys[i]
	}
	return out
}

func read(p *broadsheet.Paper) work {
	w := work{p: p, at: p.PublishedAt, more: p.AuthorCount > len(p.Authors)}
	for i := range p.Authors {
		if n := parse(tex.Plain(p.Authors[i].Name)); n.last() != "" {
			w.authors = append(w.authors, n)
		}
	}
	for _, id := range append([]broadsheet.SourceID{broadsheet.SplitID(p.ID)}, p.IDs...) {
		switch {
		case id.Scheme == "arxiv" && w.arxiv == "":
			if value, _, ok := broadsheet.ParseArxivID(id.Value); ok {
				w.arxiv = value
			}
		case id.Scheme == "doi" && w.doi == "":
			w.doi, _ = broadsheet.ParseDOI(id.Value)
		}
	}
	if dois := broadsheet.DOIs(p.DOI); w.doi == "" && len(dois) > 0 {
		w.doi = dois[0].Value
	}
	w.doi = clean(w.doi)
	if j, ok := parseJournal(p.JournalRef); ok {
		w.journal = j
	}
	w.url = address(&w)
	return w
}

// address is where the paper is at its source.
func address(w *work) string {
	if w.arxiv != "" {
		return "https://arxiv.org/abs/" + w.arxiv
	}
	for _, kind := range []broadsheet.LinkKind{broadsheet.LinkPage, broadsheet.LinkPDF} {
		if l := w.p.Link(kind); l != nil && broadsheet.ValidURL(l.URL) {
			return clean(l.URL)
		}
	}
	return ""
}

// year is that of the journal, else of the first version; 0 unknown.
func (w *work) year() int {
	if w.journal.year != 0 {
		return w.journal.year
	}
	if w.at.IsZero() {
		return 0
	}
	return w.at.UTC().Year()
}

// dated tells whether month and day are those of what is cited: a journal's are not known.
func (w *work) dated() bool { return !w.at.IsZero() && w.journal.title == "" }
