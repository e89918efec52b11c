// Package arxiv harvests arXiv in the three ways it offers: OAI-PMH for the
// whole catalogue, the RSS feeds for what was announced today, and the API
// for a range of days or single papers.
//
// Of the OAI-PMH formats it takes arXivRaw. That one states each version with
// its time to the second; the format arXiv states one date, which is that of
// the first version in older answers and of the last in newer ones, so that
// the day of announcement could not be derived from it. The price is that
// names come as one line of TeX, which Authors reads. The format arXiv is read
// too, for servers that are told to send it.
package arxiv

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/arxivcal"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/lib/oaipmh"
)

// Names of the sources, as they are stored.
const (
	NameOAI = "arxiv-oai"
	NameRSS = "arxiv-rss"
	NameAPI = "arxiv-api"
)

// Bounds of text, in bytes.
const (
	maxLine     = 4 << 10
	maxAbstract = 64 << 10
)

// history is the age from which on an announcement is no news to readers.
const history = 14 * 24 * time.Hour

var mscForm = regexp.MustCompile(`^\d\d[A-Z-]`)

// finish gives p what all three ways have in common: identity, announcement
// day, and when readers could first see it.
func finish(p *broadsheet.Paper, id string, now time.Time) error {
	canonical, _, ok := broadsheet.ParseArxivID(id)
	if !ok {
		return broadsheet.InvalidField("id", fmt.Sprintf("%q is not an arXiv id", clean.Clip(id, 60)), "")
	}
	if p.Title == "" {
		return broadsheet.InvalidField("title", "empty", "")
	}
	p.ID, p.IDs = canonical, []broadsheet.SourceID{{Scheme: "arxiv", Value: canonical}}
	p.IDs = append(p.IDs, broadsheet.DOIs(p.DOI)...)
	p.AuthorCount = len(p.Authors)
	p.SeenAt = now
	if !p.PublishedAt.IsZero() {
		if p.AnnouncedOn == "" {
			p.AnnouncedOn = broadsheet.Day(arxivcal.AnnouncedOn(p.PublishedAt))
		}
		if at := arxivcal.Announcement(p.PublishedAt); now.Sub(at) > history {
			p.SeenAt = at.UTC()
		}
	}
	return nil
}

// FromOAI makes a paper of a record of the formats arXiv or arXivRaw.
func FromOAI(r oaipmh.Record, now time.Time) (broadsheet.Paper, error) {
	a, err := r.ArXiv()
	if err != nil {
		return broadsheet.Paper{}, &broadsheet.Error{Kind: broadsheet.Invalid, Field: "metadata", Text: "cannot be read", Err: err}
	}
	p := broadsheet.Paper{
		Origin: broadsheet.OriginCatalog, Title: line(a.Title), Abstract: clean.Clip(clean.Line(a.Abstract), maxAbstract),
		Categories: categories(strings.Fields(a.Categories)), Note: line(a.Comments), JournalRef: line(a.JournalRef), DOI: line(a.DOI),
		ReportNo: line(a.ReportNo), License: line(a.License), Submitter: clean.Clip(clean.TeXName(a.Submitter), maxLine),
		ACMClass: line(a.ACMClass), MSCClass: line(a.MSCClass),
	}
	if p.ACMClass == p.MSCClass && mscForm.MatchString(p.ACMClass) {
		p.ACMClass = "" // a known fault of the service
	}
	if len(a.Names) > 0 {
		p.Authors = divided(a.Names)
	} else {
		p.Authors = Authors(a.Authors)
	}
	if err := versions(&p, a); err != nil {
		return broadsheet.Paper{}, err
	}
	p.Withdrawn = isWithdrawn(&p)
	id := cmp.Or(a.ID, strings.TrimPrefix(r.Identifier, "oai:arXiv.org:"))
	if len(a.Versions) == 0 {
		created(&p, id, a.Created)
	}
	// Records are corrected without a new version, too; their date tells.
	if at, err := time.Parse(time.DateOnly, r.Datestamp[:min(10, len(r.Datestamp))]); err == nil && at.After(p.UpdatedAt) && !at.After(now) {
		p.UpdatedAt = at
	}
	if err := finish(&p, id, now); err != nil {
		return broadsheet.Paper{}, err
	}
	return p, nil
}

// versions puts the versions of arXivRaw into p.
func versions(p *broadsheet.Paper, a oaipmh.ArXiv) error {
	for _, v := range a.Versions {
		var n int
		if _, err := fmt.Sscanf(v.Number, "v%d", &n); err != nil || n < 1 || n > 999 {
			return broadsheet.InvalidField("version", fmt.Sprintf("%q is none", clean.Clip(v.Number, 20)), "")
		}
		p.Versions = append(p.Versions, broadsheet.Version{Number: n, CreatedAt: v.Date, Size: line(v.Size)})
		if n == 1 {
			p.PublishedAt = v.Date
		}
		if v.Date.After(p.UpdatedAt) {
			p.UpdatedAt = v.Date
		}
	}
	return nil
}

// created takes the date of the format arXiv where it can be that of the
// first version: where it falls into the month that the id names, or just
// before it.
func created(p *broadsheet.Paper, id, date string) {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return
	}
	p.UpdatedAt = t
	id, _, _ = broadsheet.ParseArxivID(id)
	digits := id[strings.IndexByte(id, '/')+1:]
	if len(digits) < 4 {
		return
	}
	month, err := time.Parse("0601", digits[:4])
	if err == nil && !t.Before(month.AddDate(0, -1, 0)) && t.Before(month.AddDate(0, 1, 0)) {
		p.PublishedAt = t
	}
}

// isWithdrawn tells whether the authors took the paper back: arXiv keeps it
// with a last version that has no text, and mostly a comment. Files for import
// tell no sizes of versions, so the comment alone must do there.
func isWithdrawn(p *broadsheet.Paper) bool {
	if n := len(p.Versions); n > 1 && p.Versions[n-1].Size == "0kb" {
		return true
	}
	return broadsheet.Withdrawn(p.Note, p.Abstract)
}

func line(s string) string { return clean.Clip(clean.Line(s), maxLine) }

// categories keeps what is a category, once each, in order.
func categories(list []string) []string {
	var out []string
	for _, c := range list {
		if broadsheet.IsCategory(c) && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// Set is the OAI-PMH set that holds a category or archive: "cs:cs:LG" for
// "cs.LG", "physics:hep-th" for "hep-th", "cs" for "cs". Sets are given back
// as they are.
func Set(c string) string {
	if strings.Contains(c, ":") {
		return c
	}
	archive, sub, divided := strings.Cut(c, ".")
	group := archive
	switch archive {
	case "astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nlin", "nucl-ex", "nucl-th", "physics", "quant-ph":
		group = "physics"
	}
	switch {
	case divided:
		return group + ":" + archive + ":" + sub
	case group == archive && archive != "physics": // the set "physics" holds all of the group
		return archive
	}
	return group + ":" + archive
}
