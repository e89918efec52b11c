package oaipmh

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"broadsheet/internal/lib/xmldoc"
)

// Name spaces of the formats read here.
const (
	spaceArXiv    = "http://arxiv.org/OAI/arXiv/"
	spaceArXivRaw = "http://arxiv.org/OAI/arXivRaw/"
)

// Name is an author's name as the format arXiv divides it.
type Name struct {
	Keyname, Forenames, Suffix string
	Affiliations               []string
}

// Version is a version as the format arXivRaw gives it.
type Version struct {
	Number string // "v2"
	Date   time.Time
	Size   string // "20kb"
}

// ArXiv holds what arXiv's own formats tell of a paper, as it stands there.
// Names come with the format arXiv, Authors, Submitter and Versions with
// arXivRaw.
type ArXiv struct {
	ID         string
	Submitter  string
	Versions   []Version
	Created    string // format arXiv: a date; of which version differs between the service's generations
	Updated    string
	Title      string
	Authors    string // all names in one
	Names      []Name
	Categories string // separated by blanks, primary first
	Comments   string
	Proxy      string
	ReportNo   string
	ACMClass   string
	MSCClass   string
	JournalRef string
	DOI        string
	License    string
	Abstract   string
}

// ArXiv reads metadata of the formats arXiv and arXivRaw.
func (r Record) ArXiv() (ArXiv, error) {
	m := r.Metadata
	if m == nil {
		return ArXiv{}, errors.New("the record has no metadata")
	}
	if m.Name != "arXiv" && m.Name != "arXivRaw" || m.Space != "" && m.Space != spaceArXiv && m.Space != spaceArXivRaw {
		return ArXiv{}, fmt.Errorf("metadata %q is not of arXiv's formats", m.Name)
	}
	a := ArXiv{
		ID: m.Value("id"), Submitter: m.Value("submitter"), Created: m.Value("created"), Updated: m.Value("updated"), Title: m.Value("title"),
		Categories: m.Value("categories"), Comments: m.Value("comments"), Proxy: m.Value("proxy"), ReportNo: m.Value("report-no"),
		ACMClass: m.Value("acm-class"), MSCClass: m.Value("msc-class"), JournalRef: m.Value("journal-ref"), DOI: m.Value("doi"),
		License: m.Value("license"), Abstract: m.Value("abstract"),
	}
	for _, v := range m.All("version") {
		date, err := time.Parse(time.RFC1123, v.Value("date"))
		if err != nil {
			return ArXiv{}, fmt.Errorf("version %s: %q is not a time", v.Attr("version"), v.Value("date"))
		}
		a.Versions = append(a.Versions, Version{Number: v.Attr("version"), Date: date.UTC(), Size: v.Value("size")})
	}
	if list := m.Child("authors"); list != nil && len(list.Children) > 0 {
		for _, n := range list.All("author") {
			a.Names = append(a.Names, name(n))
		}
	} else {
		a.Authors = m.Value("authors")
	}
	return a, nil
}

func name(n *xmldoc.Node) Name {
	out := Name{Keyname: n.Value("keyname"), Forenames: n.Value("forenames"), Suffix: n.Value("suffix")}
	for _, a := range n.All("affiliation") {
		out.Affiliations = append(out.Affiliations, strings.TrimSpace(a.Text))
	}
	return out
}

// DublinCore holds what the format oai_dc tells, which every server has: each
// element may come any number of times.
type DublinCore struct {
	Title, Creator, Subject, Description, Publisher, Date, Type, Identifier, Language, Rights, Source, Relation []string
}

// DublinCore reads metadata of the format oai_dc.
func (r Record) DublinCore() (DublinCore, error) {
	if r.Metadata == nil {
		return DublinCore{}, errors.New("the record has no metadata")
	}
	if r.Metadata.Name != "dc" {
		return DublinCore{}, fmt.Errorf("metadata %q is not oai_dc", r.Metadata.Name)
	}
	var d DublinCore
	into := map[string]*[]string{"title": &d.Title, "creator": &d.Creator, "subject": &d.Subject, "description": &d.Description,
		"publisher": &d.Publisher, "date": &d.Date, "type": &d.Type, "identifier": &d.Identifier, "language": &d.Language,
		"rights": &d.Rights, "source": &d.Source, "relation": &d.Relation}
	for _, c := range r.Metadata.Children {
		if list, text := into[c.Name], strings.TrimSpace(c.Text); list != nil && text != "" {
			*list = append(*list, text)
		}
	}
	return d, nil
}
