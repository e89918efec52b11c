package cite

import (
	"time"

	"broadsheet"
)

// Facts are what citations say of a paper beside its title and authors, for pages that tell the same in another form.
type Facts struct {
	ArXiv, DOI             string // "" where it has none
	Journal, Volume, Issue string // "" where the journal is not plain
	FirstPage, LastPage    string
	Year                   int       // of the journal, else of the first version; 0 unknown
	Day                    time.Time // of a preprint's first version; zero where it is not known or not what is cited
}

// FactsOf reads a paper's facts.
func FactsOf(p *broadsheet.Paper) Facts {
	w := read(p)
	f := Facts{ArXiv: w.arxiv, DOI: w.doi, Journal: w.journal.title, Volume: w.journal.volume, Issue: w.journal.issue, Year: w.year()}
	f.FirstPage, f.LastPage = w.journal.span()
	if w.dated() {
		f.Day = w.at.UTC()
	}
	return f
}
