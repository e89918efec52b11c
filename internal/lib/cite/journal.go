package cite

import (
	"regexp"
	"strings"
)

// journal is where a paper was published, as far as its source says it plainly.
type journal struct {
	title, volume, issue, pages string
	year                        int
}

var (
	// A year in brackets, or at the end after a comma or blank.
	yearForm = regexp.MustCompile(`\(\s*((?:19|20)\d\d)\s*\)|[,\s]\s*((?:19|20)\d\d)\s*\.?$`)
	// A title without digits; a volume, which a letter may begin or end; an issue; pages, an article number or the first page.
	journalForm = regexp.MustCompile(`^(\pL[\pL\s.&'’:,-]*?[\pL.])[\s,:]*(?:[Vv]ol(?:ume|\.)?\s*)?` +
		`([A-Z]?\d{1,4}[A-Z]?)(?:\s*\(([\d/–-]{1,9})\)|[\s,]+(?:[Nn]o\.|[Ii]ssue|[Nn]umber)\s*([\d/–-]{1,9}))?` +
		`(?:[\s,:]+(?:(?:pp?|pages?|art(?:icle)?)\.?\s*)?([A-Z]?\d[\w.]{0,11}(?:\s*[-–—]+\s*[A-Z]?\d[\w.]{0,11})?))?[\s,.;]*$`)
	// Words of what is no journal: proceedings, books, theses, and promises.
	otherForm = regexp.MustCompile(`(?i)\b(?:proc\w*|conf\w*|workshop|symposium|lecture notes|thesis|dissertation|chapter|book|eds?\.|in:|accepted|submitted|appear|press|preprint|arxiv|report|meeting)\b`)
)

// parseJournal reads a journal reference such as "Phys. Rev. D 71, 063534 (2005)"; ok is false where it is not plain in every
// part.
func parseJournal(ref string) (j journal, ok bool) {
	ref = clean(ref)
	if len(ref) > 300 || strings.Contains(ref, ";") || otherForm.MatchString(ref) {
		return j, false
	}
	years := yearForm.FindAllStringSubmatchIndex(ref, -1)
	if len(years) != 1 {
		return j, false
	}
	y := years[0]
	from, to := y[2], y[3]
	if from < 0 {
		from, to = y[4], y[5]
	}
	for _, c := range ref[from:to] {
		j.year = 10*j.year + int(c-'0')
	}
	m := journalForm.FindStringSubmatch(strings.TrimSpace(ref[:y[0]] + " " + ref[y[1]:]))
	if m == nil {
		return journal{}, false
	}
	j.title, j.volume, j.issue, j.pages = strings.TrimRight(m[1], ", :"), m[2], m[3]+m[4], m[5]
	return j, true
}

// span is the first and last page, the last "" where there is one page or an article number.
func (j journal) span() (first, last string) {
	i := strings.IndexAny(j.pages, "-–—")
	if i < 0 {
		return j.pages, ""
	}
	return strings.TrimSpace(j.pages[:i]), strings.TrimLeft(j.pages[i:], " -–—")
}
