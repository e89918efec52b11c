package markdown

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/cite"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

const (
	similar    = 5
	namedThere = 50 // authors on a paper's own page
)

func (s *Surface) paper(w http.ResponseWriter, r *http.Request, id string) error {
	v, err := s.app.Paper(r.Context(), id)
	if err != nil {
		return err
	}
	if id != v.ID {
		return httpkit.Redirect(w, r, address.Form(address.Paper(v.ID), suffix), http.StatusPermanentRedirect)
	}
	// Without a search engine, or while it rebuilds its index, a paper is only
	// shorter.
	company, err := s.app.Company(r.Context(), &v.Paper, similar)
	if err != nil {
		company = &app.Company{}
	}
	return s.send(w, address.Paper(v.ID), s.whole(v, company))
}

func (s *Surface) whole(v *app.PaperView, c *app.Company) []byte {
	p := &v.Paper
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n", plain(or(p.Title, p.ID), true))
	if p.Withdrawn {
		b.WriteString("The authors have withdrawn this paper.\n\n")
	}
	if by := byline(p, namedThere, true); by != "" {
		fmt.Fprintf(&b, "%s\n\n", by)
	}
	s.facts(&b, v)
	section := func(heading, text string) {
		if text = plain(text, true); text != "" {
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", heading, text)
		}
	}
	section("TL;DR", p.TLDR)
	section("Abstract", p.Abstract)
	s.others(&b, "Possibly the same work", c.Same)
	s.others(&b, "Similar papers", c.Similar)
	// A fence longer than any run of backticks within, so that none ends it.
	bib := strings.TrimSpace(string(cite.BibTeX([]broadsheet.Paper{*p})))
	fence := "```"
	for strings.Contains(bib, fence) {
		fence += "`"
	}
	fmt.Fprintf(&b, "\n## Cite\n\n%sbibtex\n%s\n%s\n", fence, bib, fence)
	return b.Bytes()
}

// facts are the lines between the authors and the text.
func (s *Surface) facts(b *bytes.Buffer, v *app.PaperView) {
	p := &v.Paper
	fact := func(name string, values ...string) {
		if text := strings.Join(values, ", "); text != "" {
			fmt.Fprintf(b, "- %s: %s\n", name, text)
		}
	}
	source := address.SourceOf(p)
	if source.Page != "" {
		fact("Source", bare(source.Page))
	}
	if source.PDF != "" {
		fact("PDF", bare(source.PDF))
	}
	for _, l := range p.Links {
		switch l.Kind {
		case broadsheet.LinkCode:
			stars := ""
			if l.Stars > 0 {
				stars = " (" + plural(l.Stars, "star") + ")"
			}
			fact("Code", bare(l.URL)+stars)
		case broadsheet.LinkProject:
			fact("Project", bare(l.URL))
		}
	}
	if !p.PublishedAt.IsZero() {
		fact("Published", p.PublishedAt.UTC().Format("2006-01-02")+versions(p))
	}
	if p.AnnouncedOn != "" {
		fact("Announced", string(p.AnnouncedOn))
	}
	for _, st := range v.Standings {
		place := ""
		if st.Rank > 0 {
			place = fmt.Sprintf(", #%d of %d by votes", st.Rank, st.Of)
		}
		if st.Submitter != nil && st.Submitter.Key != "" {
			place += ", brought by " + link(plain(or(st.Submitter.Name, st.Submitter.Key), false), s.base+address.Form(address.List(broadsheet.ListSubmitter, st.Submitter.Key), suffix))
		}
		if st.Title != "" {
			place += ", as “" + plain(st.Title, false) + "”"
		}
		fact("Edition", link(string(st.Day), s.base+address.Form(address.List(broadsheet.ListDay, string(st.Day)), suffix))+place)
	}
	fact("Id", escape(p.ID, false))
	fact("Categories", each(p.Categories)...)
	var orgs []string
	for _, o := range p.Organizations {
		orgs = append(orgs, escape(o.Name, false))
	}
	fact("Organisations", orgs...)
	fact("Keywords", each(p.Keywords)...)
	if n := p.VoteCount(); n > 0 {
		fact("Votes", fmt.Sprint(n))
	}
	if n := p.CommentCount(); n > 0 {
		fact("Comments", fmt.Sprint(n))
	}
	fact("Journal", plain(p.JournalRef, false))
	for _, d := range broadsheet.DOIs(p.DOI) {
		fact("DOI", bare(address.DOI(d.Value).Page))
	}
	fact("Authors' note", plain(p.Note, false))
	fact("Page", bare(s.base+address.Paper(p.ID)))
}

func versions(p *broadsheet.Paper) string {
	if len(p.Versions) < 2 {
		return ""
	}
	last := p.Versions[len(p.Versions)-1]
	if last.CreatedAt.IsZero() {
		return fmt.Sprintf(" (now v%d)", last.Number)
	}
	return fmt.Sprintf(" (v%d: %s)", last.Number, last.CreatedAt.UTC().Format("2006-01-02"))
}

func each(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = escape(t, false)
	}
	return out
}

func (s *Surface) others(b *bytes.Buffer, heading string, papers []broadsheet.Paper) {
	if len(papers) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", heading)
	for i := range papers {
		p := &papers[i]
		fmt.Fprintf(b, "- %s", link(plain(or(p.Title, p.ID), false), s.base+address.Form(address.Paper(p.ID), suffix)))
		if by := byline(p, 1, false); by != "" {
			fmt.Fprintf(b, ", %s", by)
		}
		if !p.PublishedAt.IsZero() {
			fmt.Fprintf(b, ", %d", p.PublishedAt.UTC().Year())
		}
		b.WriteByte('\n')
	}
}
