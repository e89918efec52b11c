package transfer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/arxivcal"
	"broadsheet/internal/lib/clean"
)

// snapshot is a line of arXiv's metadata snapshot.
type snapshot struct {
	ID            string     `json:"id"`
	Submitter     string     `json:"submitter"`
	Authors       string     `json:"authors"` // one text; used where AuthorsParsed is empty
	Title         string     `json:"title"`
	Comments      string     `json:"comments"`
	JournalRef    string     `json:"journal-ref"`
	DOI           string     `json:"doi"`
	ReportNo      string     `json:"report-no"`
	Categories    string     `json:"categories"` // blank-separated, primary first
	License       string     `json:"license"`
	Abstract      string     `json:"abstract"`
	Versions      []created  `json:"versions"`
	UpdateDate    string     `json:"update_date"`    // 2008-11-26
	AuthorsParsed [][]string `json:"authors_parsed"` // last name, first names, suffix, affiliations
}

type created struct {
	Version string `json:"version"` // v1
	Created string `json:"created"` // RFC 1123: Mon, 2 Apr 2007 19:18:42 GMT
}

// Bounds of text, in bytes: far above anything published.
const (
	maxTitle      = 4 << 10
	maxAbstract   = 64 << 10
	maxNote       = 4 << 10
	maxName       = 500
	maxCategories = 100
)

// snapshotPaper reads a line.
func snapshotPaper(line []byte) (broadsheet.Paper, error) {
	var s snapshot
	if !s.scan(line) {
		s = snapshot{}
		if err := json.Unmarshal(line, &s); err != nil {
			return broadsheet.Paper{}, jsonReason(line, err)
		}
	}
	id, _, ok := broadsheet.ParseArxivID(s.ID)
	if !ok {
		return broadsheet.Paper{}, fmt.Errorf("id: %s is not an arXiv id", quote(s.ID))
	}
	p := broadsheet.Paper{
		ID: id, IDs: []broadsheet.SourceID{{Scheme: "arxiv", Value: id}}, Origin: broadsheet.OriginCatalog,
		Title: text(s.Title, maxTitle), Abstract: text(s.Abstract, maxAbstract), Authors: s.authors(),
		Note: text(s.Comments, maxNote), JournalRef: text(s.JournalRef, maxNote), DOI: text(s.DOI, maxNote), ReportNo: text(s.ReportNo, maxNote),
		License: text(s.License, maxNote), Submitter: clean.Clip(clean.TeXName(s.Submitter), maxName),
	}
	if p.Title == "" {
		return p, errors.New("title: empty")
	}
	p.AuthorCount = len(p.Authors)
	p.Categories, p.ACMClass, p.MSCClass = broadsheet.Classify(firstN(strings.Fields(clean.Line(s.Categories)), maxCategories))
	p.IDs = append(p.IDs, broadsheet.DOIs(p.DOI)...)
	p.Withdrawn = broadsheet.Withdrawn(p.Note, p.Abstract)
	return p, s.dates(&p)
}

func firstN(words []string, n int) []string { return words[:min(len(words), n)] }

func text(s string, most int) string { return clean.Clip(clean.Line(s), most) }

// dates fills what the versions and the date of the last change tell.
func (s *snapshot) dates(p *broadsheet.Paper) error {
	for i, v := range s.Versions {
		n, err := strconv.Atoi(strings.TrimPrefix(v.Version, "v"))
		if err != nil || n < 1 || n > 999 {
			return fmt.Errorf("versions: %s is not a version", quote(v.Version))
		}
		at, err := time.Parse("Mon, 2 Jan 2006 15:04:05 MST", v.Created)
		if err != nil || at.Year() < 1900 {
			return fmt.Errorf("versions: %s is not a time", quote(v.Created))
		}
		p.Versions = append(p.Versions, broadsheet.Version{Number: n, CreatedAt: at.UTC()})
		if i > 0 && n <= p.Versions[i-1].Number {
			return fmt.Errorf("versions: %s stands after v%d", quote(v.Version), p.Versions[i-1].Number)
		}
	}
	if n := len(p.Versions); n > 0 {
		p.UpdatedAt = p.Versions[n-1].CreatedAt
		if p.Versions[0].Number == 1 {
			p.PublishedAt = p.Versions[0].CreatedAt
			p.AnnouncedOn = broadsheet.Day(arxivcal.AnnouncedOn(p.PublishedAt))
		}
	}
	if s.UpdateDate != "" {
		day, err := broadsheet.ParseDay(s.UpdateDate)
		if err != nil {
			return fmt.Errorf("update_date: %s is not a day", quote(s.UpdateDate))
		}
		p.UpdatedAt = day.Time()
	}
	if p.SeenAt = p.AnnouncedOn.Time(); p.SeenAt.IsZero() {
		p.SeenAt = p.PublishedAt
	}
	return nil
}

// authors gives the names in reading order.
func (s *snapshot) authors() []broadsheet.Author {
	out := make([]broadsheet.Author, 0, len(s.AuthorsParsed))
	add := func(name string) {
		if name = clean.Clip(clean.TeXName(name), maxName); name != "" {
			out = append(out, broadsheet.Author{Name: name, Key: broadsheet.AuthorKey(name)})
		}
	}
	for _, parts := range s.AuthorsParsed {
		if len(parts) > 1 {
			parts = slices.Concat(parts[1:2], parts[:1], parts[2:min(len(parts), 3)])
		}
		add(strings.Join(parts, " "))
	}
	if len(out) == 0 {
		for _, name := range splitAuthors(s.Authors) {
			add(name)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

var and = regexp.MustCompile(`\s*(?:,\s*and\s|,|;|\sand\s)\s*`)

// splitAuthors reads "A. One (1), B. Two and C. Three ((1) Somewhere)".
func splitAuthors(s string) []string {
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth = max(depth-1, 0)
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return and.Split(b.String(), -1)
}

// jsonReason says in a few words why a record cannot be read.
func jsonReason(rec []byte, err error) error {
	var te *json.UnmarshalTypeError
	switch {
	case asError(err, &te) && te.Field != "":
		return fmt.Errorf("%s: a JSON %s does not belong here", te.Field, te.Value)
	case !bytes.HasPrefix(bytes.TrimSpace(rec), []byte("{")):
		return errors.New("not a JSON object")
	}
	return fmt.Errorf("not JSON: %w", err)
}

func asError[T error](err error, target *T) bool { return errors.As(err, target) }
