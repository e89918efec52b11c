package web

import (
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/cite"
	"broadsheet/internal/lib/tex"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

func plain(text string) string { return tex.Plain(text) }

// paperPage is a paper with everything that is known of it.
type paperPage struct {
	Frame     frame
	Paper     *broadsheet.Paper
	Title     template.HTML
	Abstract  template.HTML
	TLDR      template.HTML
	Note      template.HTML
	Orgs      []badge
	Authors   []author // the first of them
	Folded    []author // the others
	Unnamed   int      // authors that are counted but not named
	Subjects  []subject
	Keywords  []subject
	Source    address.Source
	Code      []codeLink
	Project   []outLink
	Media     []outLink
	DOIs      []outLink
	Picture   *app.Picture
	Standings []standing
	Same      []card // possibly the same work under another id
	Similar   []card
	Like      string // path of the search for more of them
	Ballot    ballot
	Pick      string // as of a card
	Voters    string // path of who voted, "" where nobody did here
	Comments  string // how many there are and where, "" for none
	BibTeX    string
	Forms     []fileForm
	Claim     choice // the form that claims it
	Edit      string // path of the form that adds to it, "" for who may not
	Claims    string // path of its claims, for moderators
	Talk      *talk
	ReportAt  string // path of the form that reports it, for who is signed in
	DecideAt  string // path where moderators decide about it, for them
}

// subject is a category or keyword with its page, "" where it has none.
type subject struct{ Code, Name, Path string }

// outLink leads to another site.
type outLink struct{ Name, URL string }

// standing is a day on which the paper was chosen.
type standing struct {
	Day, Path string
	Submitter *badge
	Rank, Of  int
	Title     string // as the submitter typed it
}

// foldAuthors is how many names stand before the fold of a paper's page.
const foldAuthors = 20

func (w *Web) paper(rw http.ResponseWriter, r *http.Request) error {
	text := r.PathValue("id")
	v, err := w.app.Paper(r.Context(), text)
	if err != nil {
		return err
	}
	if text != v.ID {
		return httpkit.Redirect(rw, r, address.Paper(v.ID), http.StatusPermanentRedirect)
	}
	p := &v.Paper
	title := plain(p.Title)
	f := w.frame(title, clip(plain(cmp.Or(p.TLDR, p.Abstract, p.Title)), 200), address.Paper(p.ID))
	f.Markdown, f.Card, f.Scholar = address.Form(address.Paper(p.ID), ".md"), w.canonical(address.PaperCard(p.ID)), w.scholar(p)
	page := paperPage{Frame: f, Paper: p, Title: w.typeset.inline(p.Title), Abstract: w.typeset.block(p.Abstract), TLDR: w.typeset.inline(p.TLDR),
		Note: w.typeset.block(p.Note), Source: address.SourceOf(p), Picture: v.Pictures.Thumbnail(p), BibTeX: strings.TrimSpace(string(cite.BibTeX([]broadsheet.Paper{*p}))),
		Forms: fileForms(address.Paper(p.ID))}
	for i := range p.Organizations {
		o := &p.Organizations[i]
		page.Orgs = append(page.Orgs, badge{Name: o.Name, Path: address.List(broadsheet.ListOrganization, o.Key), Picture: v.Pictures.Avatar(o.AvatarURL)})
	}
	page.people(p)
	page.claimed(v, app.ActorOf(r.Context()))
	page.links(p)
	for _, c := range p.Categories {
		sub := subject{Code: c, Name: app.CategoryName(c)}
		if broadsheet.IsCategory(c) {
			sub.Path = address.List(broadsheet.ListCategory, c)
		}
		page.Subjects = append(page.Subjects, sub)
	}
	for _, k := range p.Keywords {
		page.Keywords = append(page.Keywords, subject{Name: k, Path: address.List(broadsheet.ListKeyword, k)})
	}
	for _, s := range v.Standings {
		page.Standings = append(page.Standings, standing{Day: longDay(s.Day), Path: address.List(broadsheet.ListDay, string(s.Day)), Submitter: submitter(s.Submitter),
			Rank: s.Rank, Of: s.Of, Title: s.Title})
	}
	page.Ballot, page.Comments = ballotOf(p, v.Voted), commentsSaid(p)
	if app.ActorOf(r.Context()).Is(broadsheet.RoleCurator) {
		page.Pick = w.pick(p)
	}
	if p.VoteCount() > 0 {
		page.Voters = votersPath + "/" + httpkit.EscapePath(p.ID)
	}
	if by := app.ActorOf(r.Context()); by.SignedIn() {
		page.ReportAt = reportLink(broadsheet.ObjectPaper, p.ID)
		if by.Is(broadsheet.RoleModerator) {
			page.DecideAt = moderateLink(broadsheet.ObjectPaper, p.ID)
		}
	}
	w.company(r.Context(), &page)
	page.Frame.Sheet = w.talkSheet()
	if app.ActorOf(r.Context()).SignedIn() {
		page.Frame.Script = w.assets.URL("talk.js")
	}
	if page.Talk, err = w.discussion(r.Context(), r, p.ID); err != nil {
		return err
	}
	return w.render(rw, "paper.html", page)
}

func (page *paperPage) people(p *broadsheet.Paper) {
	for i := range p.Authors {
		a := authorOf(&p.Authors[i])
		if i > 0 && i != foldAuthors {
			a.Before = ", "
		}
		page.Authors = append(page.Authors, a)
	}
	page.Unnamed = max(0, p.AuthorCount-len(p.Authors))
	if len(page.Authors) > foldAuthors {
		page.Authors, page.Folded = page.Authors[:foldAuthors], page.Authors[foldAuthors:]
	}
}

func (page *paperPage) links(p *broadsheet.Paper) {
	for _, l := range p.Links {
		if !broadsheet.ValidURL(l.URL) {
			continue
		}
		switch l.Kind {
		case broadsheet.LinkCode:
			c := codeLink{URL: l.URL}
			if l.Stars > 0 {
				c.Stars = short(l.Stars)
			}
			page.Code = append(page.Code, c)
		case broadsheet.LinkProject:
			page.Project = append(page.Project, outLink{host(l.URL), l.URL})
		case broadsheet.LinkMedia:
			page.Media = append(page.Media, outLink{fmt.Sprint(mediaKind(l.URL), " ", len(page.Media)+1), l.URL})
		}
	}
	for doi := range strings.FieldsSeq(p.DOI) {
		if id, ok := broadsheet.ParseDOI(doi); ok {
			if u := address.DOI(id).Page; u != "" {
				page.DOIs = append(page.DOIs, outLink{doi, u})
			}
		}
	}
}

func mediaKind(url string) string {
	switch low := strings.ToLower(url); {
	case strings.HasSuffix(low, ".mp4"), strings.HasSuffix(low, ".qt"), strings.HasSuffix(low, ".mov"), strings.HasSuffix(low, ".webm"):
		return "Film"
	}
	return "Picture"
}
