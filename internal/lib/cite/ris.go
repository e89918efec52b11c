package cite

import (
	"bytes"
	"fmt"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/tex"
)

// RIS writes a record for each paper: JOUR where the journal is plain, RPRT where a paper is known by its report number alone,
// else UNPB, the type by which programs know a preprint; PREP, which some write, is in no list and taken for anything. Lines
// end with CR LF. Text is plain Unicode: formulas as they read.
func RIS(papers []broadsheet.Paper) []byte {
	var b bytes.Buffer
	for _, w := range works(papers) {
		w.ris(&b)
	}
	return b.Bytes()
}

func (w *work) ris(b *bytes.Buffer) {
	// A value is one line: what follows a line break would be read as the next field.
	field := func(tag, value string) {
		if value = clean(value); value != "" {
			fmt.Fprintf(b, "%s  - %s\r\n", tag, value)
		}
	}
	field("TY", w.risType())
	field("ID", w.key)
	field("TI", titleOf(w.p))
	for _, n := range w.authors {
		if n.whole != "" {
			// A comma ends the name, so that no program looks for a first name in it.
			field("AU", strings.ReplaceAll(n.whole, ",", " ")+",")
			continue
		}
		s := strings.TrimSpace(n.particle+" "+n.family) + ", " + n.given
		if n.suffix != "" {
			s += ", " + n.suffix
		}
		field("AU", s)
	}
	if y := w.year(); y > 0 {
		field("PY", fmt.Sprint(y))
	}
	if w.dated() {
		field("DA", w.at.UTC().Format("2006/01/02"))
	}
	if w.journal.title != "" {
		first, last := w.journal.span()
		field("T2", w.journal.title)
		field("VL", w.journal.volume)
		field("IS", w.journal.issue)
		field("SP", first)
		field("EP", last)
	} else {
		field("N1", tex.Plain(w.p.JournalRef))
	}
	if w.arxiv != "" {
		field("AN", "arXiv:"+w.arxiv)
		field("PB", w.publisher())
	}
	field("SN", w.reportNo())
	field("DO", w.doi)
	field("UR", w.url)
	for _, k := range w.p.Keywords {
		field("KW", strings.ReplaceAll(k, ";", ","))
	}
	field("AB", tex.Plain(w.p.Abstract))
	b.WriteString("ER  - \r\n\r\n")
}

func (w *work) risType() string {
	switch {
	case w.journal.title != "":
		return "JOUR"
	case w.reportNo() != "":
		return "RPRT"
	}
	return "UNPB"
}

// reportNo is the number of what is known as a report and nothing else.
func (w *work) reportNo() string {
	if w.journal.title != "" || w.arxiv != "" {
		return ""
	}
	return clean(w.p.ReportNo)
}

// publisher is who published a preprint.
func (w *work) publisher() string {
	if w.arxiv != "" && w.journal.title == "" {
		return "arXiv"
	}
	return ""
}

// titleOf is a title to be read; of a paper without one, its id.
func titleOf(p *broadsheet.Paper) string {
	if t := clean(tex.Plain(p.Title)); t != "" {
		return t
	}
	return clean(p.ID)
}
