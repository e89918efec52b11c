package store

import (
	"encoding/json"
	"strings"

	"broadsheet"
)

// details is what of a paper is only ever read with it, as JSON in one column:
// rows that nothing looks up would cost an import a tree insertion each.
type details struct {
	IDs           []broadsheet.SourceID `json:"ids,omitempty"`
	Keywords      []string              `json:"keywords,omitempty"`
	Organizations []string              `json:"organizations,omitempty"` // keys
	Versions      []version             `json:"versions,omitempty"`
	Links         []broadsheet.Link     `json:"links,omitempty"`
	AuthorCount   int                   `json:"authorCount,omitempty"`
	Note          string                `json:"note,omitempty"`
	JournalRef    string                `json:"journalRef,omitempty"`
	DOI           string                `json:"doi,omitempty"`
	ReportNo      string                `json:"reportNo,omitempty"`
	License       string                `json:"license,omitempty"`
	Submitter     string                `json:"submitter,omitempty"`
	ACMClass      string                `json:"acmClass,omitempty"`
	MSCClass      string                `json:"mscClass,omitempty"`
}

// version keeps its time as microseconds, 0 unknown: half the bytes of text
// and a tenth of the time to write.
type version struct {
	Number int    `json:"n"`
	At     int64  `json:"at,omitempty"`
	Size   string `json:"size,omitempty"`
}

func detailsOf(p *broadsheet.Paper) details {
	d := details{IDs: p.IDs, Keywords: p.Keywords, Links: p.Links, Note: p.Note, JournalRef: p.JournalRef,
		DOI: p.DOI, ReportNo: p.ReportNo, License: p.License, Submitter: p.Submitter, ACMClass: p.ACMClass, MSCClass: p.MSCClass}
	if p.AuthorCount > len(p.Authors) {
		d.AuthorCount = p.AuthorCount
	}
	for _, o := range p.Organizations {
		d.Organizations = append(d.Organizations, o.Key)
	}
	for _, v := range p.Versions {
		d.Versions = append(d.Versions, version{v.Number, sortMicros(v.CreatedAt), v.Size})
	}
	return d
}

func (d *details) into(p *broadsheet.Paper) {
	p.IDs, p.Keywords, p.Links = d.IDs, d.Keywords, d.Links
	p.AuthorCount = max(d.AuthorCount, len(p.Authors))
	p.Note, p.JournalRef, p.DOI, p.ReportNo = d.Note, d.JournalRef, d.DOI, d.ReportNo
	p.License, p.Submitter, p.ACMClass, p.MSCClass = d.License, d.Submitter, d.ACMClass, d.MSCClass
	for _, key := range d.Organizations {
		p.Organizations = append(p.Organizations, broadsheet.Organization{Key: key})
	}
	for _, v := range d.Versions {
		w := broadsheet.Version{Number: v.Number, Size: v.Size}
		if v.At != 0 {
			w.CreatedAt = microTime(v.At)
		}
		p.Versions = append(p.Versions, w)
	}
}

// author is broadsheet.Author with short names; the key is made anew.
type author struct {
	Name        string `json:"n"`
	Affiliation string `json:"a,omitempty"`
	ORCID       string `json:"o,omitempty"`
}

func authorsJSON(as []broadsheet.Author) (string, error) {
	if len(as) == 0 {
		return "[]", nil
	}
	out := make([]author, len(as))
	for i, a := range as {
		out[i] = author{a.Name, a.Affiliation, a.ORCID}
	}
	return jsonText(out)
}

func parseAuthors(s string) ([]broadsheet.Author, error) {
	var as []author
	if err := json.Unmarshal([]byte(s), &as); err != nil {
		return nil, err
	}
	if len(as) == 0 {
		return nil, nil
	}
	out := make([]broadsheet.Author, len(as))
	for i, a := range as {
		out[i] = broadsheet.Author{Name: a.Name, Key: broadsheet.AuthorKey(a.Name), Affiliation: a.Affiliation, ORCID: a.ORCID}
	}
	return out, nil
}

// jsonText is v as JSON without HTML escapes, so that the row stays readable.
func jsonText(v any) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// Kinds of list entries.
const (
	entryAuthor       = "a"
	entryCategory     = "c"
	entryOrganization = "o"
	entryKeyword      = "k"
	entrySubmitter    = "s"
)

// entry is one row of list_entries.
type entry struct {
	kind, key string
	at        int64
}

// entries are the lists that a paper is on. A category such as cs.LG puts it
// on the archive's list as well. A hidden paper is on none.
func entries(p *broadsheet.Paper) map[entry]bool {
	if p.Hidden {
		return nil
	}
	out := make(map[entry]bool, len(p.Authors)+2*len(p.Categories)+len(p.Keywords))
	at := sortMicros(p.PublishedAt)
	add := func(kind, key string, at int64) {
		if key != "" {
			out[entry{kind, key, at}] = true
		}
	}
	for _, a := range p.Authors {
		add(entryAuthor, a.Key, at)
	}
	for _, c := range p.Categories {
		add(entryCategory, c, at)
		if archive, _, ok := strings.Cut(c, "."); ok {
			add(entryCategory, archive, at)
		}
	}
	for _, o := range p.Organizations {
		add(entryOrganization, o.Key, at)
	}
	for _, k := range p.Keywords {
		add(entryKeyword, KeywordKey(k), at)
	}
	for _, f := range p.Features {
		if f.Submitter != nil {
			add(entrySubmitter, f.Submitter.Key, sortMicros(f.FeaturedAt))
		}
	}
	return out
}

// KeywordKey is the key of a keyword's list: lower case, single blanks.
func KeywordKey(word string) string { return strings.ToLower(strings.Join(strings.Fields(word), " ")) }
