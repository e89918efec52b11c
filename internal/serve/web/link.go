package web

import (
	"net/url"
	"strconv"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// Paths of the site's pages. Keys are escaped; what they hold is checked where
// they are read.

func paperPath(id string) string      { return "/papers/" + httpkit.EscapePath(id) }
func dayPath(d broadsheet.Day) string { return "/papers/" + string(d) }
func weekPath(w string) string        { return "/papers/week/" + w }
func monthPath(m string) string       { return "/papers/month/" + m }
func yearPath(year int) string        { return "/papers/archive/" + strconv.Itoa(year) }
func authorPath(key string) string    { return "/authors/" + url.PathEscape(key) }
func orgPath(key string) string       { return "/orgs/" + url.PathEscape(key) }
func categoryPath(name string) string { return "/categories/" + url.PathEscape(name) }
func submitterPath(key string) string { return "/submitters/" + url.PathEscape(key) }
func keywordPath(word string) string  { return "/keywords/" + url.PathEscape(word) }

// listPath is the page of a list, without its view.
func listPath(kind broadsheet.ListKind, key string) string {
	switch kind {
	case broadsheet.ListWeek:
		return weekPath(key)
	case broadsheet.ListMonth:
		return monthPath(key)
	case broadsheet.ListAuthor:
		return authorPath(key)
	case broadsheet.ListOrganization:
		return orgPath(key)
	case broadsheet.ListCategory:
		return categoryPath(key)
	case broadsheet.ListSubmitter:
		return submitterPath(key)
	case broadsheet.ListKeyword:
		return keywordPath(key)
	}
	return dayPath(broadsheet.Day(key))
}

// targetPath is the page that a jump leads to.
func targetPath(t app.Target) string {
	switch t.Kind {
	case app.TargetDay:
		return dayPath(broadsheet.Day(t.Key))
	case app.TargetWeek:
		return weekPath(t.Key)
	case app.TargetMonth:
		return monthPath(t.Key)
	case app.TargetYear:
		return "/papers/archive/" + t.Key
	case app.TargetCategory:
		return categoryPath(t.Key)
	case app.TargetAuthor:
		return authorPath(t.Key)
	case app.TargetOrganization:
		return orgPath(t.Key)
	}
	return paperPath(t.Key)
}

// source is where a paper stands at its source: never copied, always linked.
type source struct{ Name, Page, PDF string }

func sourceOf(p *broadsheet.Paper) source {
	for _, id := range p.IDs {
		if id.Scheme == "arxiv" {
			return arxivSource(id.Value)
		}
	}
	s := source{Name: "the source"}
	if l := p.Link(broadsheet.LinkPage); l != nil {
		s.Page = webURL(l.URL)
	}
	if l := p.Link(broadsheet.LinkPDF); l != nil {
		s.PDF = webURL(l.URL)
	}
	if id := broadsheet.SplitID(p.ID); s.Page == "" && id.Scheme == "doi" {
		s.Name, s.Page = "doi.org", doiSource(id.Value).Page
	}
	return s
}

func arxivSource(id string) source {
	return source{Name: "arXiv", Page: "https://arxiv.org/abs/" + id, PDF: "https://arxiv.org/pdf/" + id}
}

// Version is the page of one version there, "" where versions have none.
func (s source) Version(n int) string {
	if s.Name != "arXiv" {
		return ""
	}
	return s.Page + "v" + strconv.Itoa(n)
}

func doiSource(doi string) source {
	return source{Name: "doi.org", Page: webURL("https://doi.org/" + httpkit.EscapePath(doi))}
}

// webURL is s where it may stand in a link, else "".
func webURL(s string) string {
	if broadsheet.ValidURL(s) {
		return s
	}
	return ""
}

// host is the name of the site that an address leads to.
func host(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
