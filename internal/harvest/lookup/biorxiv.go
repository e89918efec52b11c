package lookup

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/clean"
)

// preprintVersion is one version of a preprint as api.biorxiv.org/details tells it.
type preprintVersion struct {
	DOI       string `json:"doi"`
	Title     string `json:"title"`
	Authors   string `json:"authors"` // "Family, G.; Other, B."
	Date      string `json:"date"`
	Version   string `json:"version"`
	Type      string `json:"type"`
	License   string `json:"license"`
	Abstract  string `json:"abstract"`
	Published string `json:"published"` // DOI of the article that it became, or "NA"
	Server    string `json:"server"`
}

// preprint asks bioRxiv, then medRxiv: a DOI does not tell which of them it is
// of. Where neither knows it, Crossref is asked: other journals share the prefix.
func (l *Lookup) preprint(ctx context.Context, t Target) (broadsheet.Paper, error) {
	doi := broadsheet.SplitID(t.ID).Value
	servers := []string{"biorxiv", "medrxiv"}
	if strings.Contains(strings.ToLower(t.URL), "medrxiv.org/") {
		servers = []string{"medrxiv", "biorxiv"}
	}
	for _, server := range servers {
		var answer struct {
			Collection []preprintVersion `json:"collection"`
		}
		err := l.json(ctx, l.opt.Biorxiv+"/details/"+server+"/"+escapeDOI(doi)+"/na/json", &answer)
		if refused(err) || err == nil && len(answer.Collection) == 0 {
			continue
		}
		if err != nil {
			return broadsheet.Paper{}, explain(err, "bioRxiv")
		}
		return l.fromPreprint(answer.Collection, doi, server)
	}
	return l.registered(ctx, doi)
}

func (l *Lookup) fromPreprint(versions []preprintVersion, doi, server string) (broadsheet.Paper, error) {
	p := broadsheet.Paper{Origin: broadsheet.OriginCatalog, DOI: doi}
	number := 0
	for i := range versions {
		v := &versions[i]
		if got, _ := broadsheet.ParseDOI(v.DOI); got != doi {
			return p, another(server, doi, v.DOI)
		}
		n, err := strconv.Atoi(v.Version)
		if err != nil || n < 1 || n > 999 {
			continue
		}
		at := l.date(v.Date)
		p.Versions = append(p.Versions, broadsheet.Version{Number: n, CreatedAt: at})
		if n == 1 {
			p.PublishedAt = at
		}
		if n > number {
			number, p.UpdatedAt = n, at
			l.describePreprint(&p, v)
		}
	}
	if p.Title == "" {
		return p, broadsheet.Errorf(broadsheet.Unavailable, "%s tells no title of %s", server, doi)
	}
	if p.PublishedAt.IsZero() {
		p.PublishedAt = p.UpdatedAt
	}
	page := fmt.Sprintf("https://www.%s.org/content/%sv%d", server, escapeDOI(doi), number)
	linked(&p, broadsheet.LinkPage, page)
	linked(&p, broadsheet.LinkPDF, page+".full.pdf")
	identified(&p, append([]broadsheet.SourceID{{Scheme: "doi", Value: doi}}, broadsheet.DOIs(p.DOI)...)...)
	return p, nil
}

func (l *Lookup) describePreprint(p *broadsheet.Paper, v *preprintVersion) {
	p.Title, p.Abstract = title(v.Title), prose(v.Abstract, maxAbstract)
	p.Authors = nil
	for name := range strings.SplitSeq(v.Authors, ";") {
		authored(p, broadsheet.Author{Name: person(name)})
	}
	p.License = clean.Clip(clean.Line(v.License), 100)
	if article, ok := broadsheet.ParseDOI(v.Published); ok {
		p.DOI += " " + article
	}
	p.Withdrawn = takenBack(p.Title, p.Abstract) || strings.Contains(strings.ToLower(v.Type), "withdrawn")
}
