package address

import (
	"strconv"

	"broadsheet"
	"broadsheet/internal/serve/httpkit"
)

// Source is where a paper stands at its source: never copied, always linked.
type Source struct{ Name, Page, PDF string }

// SourceOf finds a paper's source; its fields are "" where nothing is known.
func SourceOf(p *broadsheet.Paper) Source {
	for _, id := range p.IDs {
		if id.Scheme == "arxiv" {
			return ArXiv(id.Value)
		}
	}
	s := Source{Name: "the source"}
	if l := p.Link(broadsheet.LinkPage); l != nil {
		s.Page = Web(l.URL)
	}
	if l := p.Link(broadsheet.LinkPDF); l != nil {
		s.PDF = Web(l.URL)
	}
	if id := broadsheet.SplitID(p.ID); s.Page == "" && id.Scheme == "doi" {
		s.Name, s.Page = "doi.org", DOI(id.Value).Page
	}
	return s
}

// ArXiv is the source of an arXiv id.
func ArXiv(id string) Source {
	return Source{Name: "arXiv", Page: "https://arxiv.org/abs/" + id, PDF: "https://arxiv.org/pdf/" + id}
}

// Version is the page of one version there, "" where versions have none.
func (s Source) Version(n int) string {
	if s.Name != "arXiv" {
		return ""
	}
	return s.Page + "v" + strconv.Itoa(n)
}

// DOI is where a DOI leads.
func DOI(doi string) Source {
	return Source{Name: "doi.org", Page: Web("https://doi.org/" + httpkit.EscapePath(doi))}
}

// Web is s where it may stand in a link, else "".
func Web(s string) string {
	if broadsheet.ValidURL(s) {
		return s
	}
	return ""
}
