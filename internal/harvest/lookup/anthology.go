package lookup

import (
	"context"
	"net/url"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/lib/xmldoc"
)

// anthology reads the record of a paper that the ACL Anthology gives as MODS
// (loc.gov/standards/mods): its page has no abstract in its tags.
func (l *Lookup) anthology(ctx context.Context, t Target) (broadsheet.Paper, error) {
	res, err := l.opt.Sources.Get(ctx, fetch.Request{URL: l.opt.ACL + "/" + url.PathEscape(broadsheet.SplitID(t.ID).Value) + ".xml", Accept: "application/xml", MaxBody: maxAnswer,
		Types: []string{"application/xml", "text/xml", "application/mods+xml"}})
	if err != nil {
		return broadsheet.Paper{}, explain(err, "the ACL Anthology")
	}
	root, err := xmldoc.Parse(res.Body)
	if err != nil {
		return broadsheet.Paper{}, explain(err, "the ACL Anthology")
	}
	n := root
	if root.Name == "modsCollection" {
		n = root.Child("mods")
	}
	return l.fromMODS(n, broadsheet.SplitID(t.ID).Value)
}

func (l *Lookup) fromMODS(n *xmldoc.Node, id string) (broadsheet.Paper, error) {
	p := broadsheet.Paper{Origin: broadsheet.OriginCatalog, Title: title(n.Child("titleInfo").Value("title")), Abstract: prose(n.Value("abstract"), maxAbstract),
		JournalRef: title(n.Child("relatedItem").Child("titleInfo").Value("title"))}
	if p.Title == "" {
		return p, broadsheet.Errorf(broadsheet.Unavailable, "the ACL Anthology tells no title of %s", id)
	}
	at := n.Child("location").Value("url")
	if got := strings.Trim(strings.TrimPrefix(at, DefaultACL), "/"); at != "" && !strings.EqualFold(got, id) {
		return p, another("the ACL Anthology", id, got)
	}
	for _, who := range n.All("name") {
		role := who.Child("role").Value("roleTerm")
		if role != "" && role != "author" {
			continue
		}
		var given, family string
		for _, part := range who.All("namePart") {
			if part.Attr("type") == "family" {
				family = part.Text
			} else {
				given = strings.TrimSpace(given + " " + part.Text)
			}
		}
		authored(&p, broadsheet.Author{Name: clean.Clip(clean.TeXName(strings.TrimSpace(given+" "+family)), maxName)})
	}
	p.PublishedAt = l.date(n.Child("originInfo").Value("dateIssued"))
	p.UpdatedAt = p.PublishedAt
	p.Withdrawn = takenBack(p.Title, p.Abstract)
	ids := []broadsheet.SourceID{{Scheme: "acl", Value: id}}
	for _, x := range n.All("identifier") {
		if x.Attr("type") == "doi" {
			p.DOI = clean.Line(x.Text)
			ids = append(ids, broadsheet.DOIs(p.DOI)...)
		}
	}
	linked(&p, broadsheet.LinkPage, DefaultACL+"/"+id+"/")
	linked(&p, broadsheet.LinkPDF, DefaultACL+"/"+id+".pdf")
	identified(&p, ids...)
	return p, nil
}
