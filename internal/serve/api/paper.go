package api

import (
	"net/http"
	"strings"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
)

// paper answers one paper with everything that is known of it.
func (a *API) paper(w http.ResponseWriter, r *http.Request) error {
	return a.onePaper(w, r, r.PathValue("id"))
}

func (a *API) onePaper(w http.ResponseWriter, r *http.Request, id string) error {
	sel, err := selection(r.URL.Query())
	if err != nil {
		return err
	}
	v, err := a.app.Paper(r.Context(), id)
	if err != nil {
		return err
	}
	p := a.wire(&v.Paper, sel.authors)
	stand(&p, v.Standings)
	if sel.fields == nil {
		return write(w, p)
	}
	raw, err := sel.pick(&p)
	if err != nil {
		return err
	}
	return write(w, raw)
}

// slashed answers for ids such as math/0309136 whose slash was not encoded.
func (a *API) slashed(w http.ResponseWriter, r *http.Request) error {
	whole := r.PathValue("id")
	for suffix, answer := range map[string]func(http.ResponseWriter, *http.Request, string) error{
		"/similar": func(w http.ResponseWriter, r *http.Request, id string) error { return a.similarTo(w, r, []string{id}) },
		"/votes":   a.votersOf, "/comments": a.commentsOf,
	} {
		if id, ok := strings.CutSuffix(whole, suffix); ok {
			return answer(w, r, id)
		}
	}
	return a.onePaper(w, r, whole)
}

// stand adds the places by votes that the paper has on its days.
func stand(p *client.Paper, standings []app.Standing) {
	for _, s := range standings {
		for i := range p.Features {
			if f := &p.Features[i]; string(f.Day) == string(s.Day) && s.Rank > 0 {
				f.Rank, f.Of = s.Rank, s.Of
			}
		}
	}
}

// wire is a paper as the API shows it, with the first authors only; 0 is all.
func (a *API) wire(p *broadsheet.Paper, authors int) client.Paper {
	source := address.SourceOf(p)
	out := client.Paper{
		ID: p.ID, URL: a.base + address.Paper(p.ID), Source: client.Source{Name: source.Name, Page: source.Page, PDF: source.PDF},
		Title: p.Title, TLDR: p.TLDR, Abstract: p.Abstract,
		AuthorCount: max(p.AuthorCount, len(p.Authors)), Categories: p.Categories, Keywords: p.Keywords,
		PublishedAt: p.PublishedAt, UpdatedAt: p.UpdatedAt, AnnouncedOn: client.Day(p.AnnouncedOn), SeenAt: p.SeenAt,
		Votes: p.VoteCount(), Comments: p.CommentCount(), Withdrawn: p.Withdrawn,
		Note: p.Note, JournalRef: p.JournalRef, DOI: p.DOI, ReportNo: p.ReportNo, License: p.License, Submitter: p.Submitter,
		ACMClass: p.ACMClass, MSCClass: p.MSCClass,
	}
	if n := len(p.Features); n > 0 {
		out.FeaturedOn = client.Day(p.Features[n-1].Day)
	}
	shown := p.Authors
	if authors > 0 && authors < len(shown) {
		shown = shown[:authors]
	}
	out.Authors = each(shown, func(v *broadsheet.Author) client.Author { return client.Author(*v) })
	out.IDs = each(p.IDs, func(v *broadsheet.SourceID) client.Identity { return client.Identity(*v) })
	out.Versions = each(p.Versions, func(v *broadsheet.Version) client.Version { return client.Version(*v) })
	out.Organizations = each(p.Organizations, func(v *broadsheet.Organization) client.Organization {
		return client.Organization{Key: v.Key, Name: v.Name, AvatarURL: v.AvatarURL}
	})
	out.Links = each(p.Links, func(v *broadsheet.Link) client.Link {
		return client.Link{Kind: string(v.Kind), URL: v.URL, Stars: v.Stars}
	})
	out.Features = each(p.Features, func(v *broadsheet.Feature) client.Feature {
		f := client.Feature{Day: client.Day(v.Day), Position: v.Position, FeaturedAt: v.FeaturedAt, Title: v.Title}
		if v.Submitter != nil {
			f.Submitter = &client.Person{Key: v.Submitter.Key, Name: v.Submitter.Name}
		}
		return f
	})
	return out
}

// wires are papers as the API shows them; never nil, so that a list without
// papers is [] and not null.
func (a *API) wires(papers []broadsheet.Paper, authors int) []client.Paper {
	out := make([]client.Paper, len(papers))
	for i := range papers {
		out[i] = a.wire(&papers[i], authors)
	}
	return out
}

func each[From, To any](in []From, to func(*From) To) []To {
	if len(in) == 0 {
		return nil
	}
	out := make([]To, len(in))
	for i := range in {
		out[i] = to(&in[i])
	}
	return out
}
