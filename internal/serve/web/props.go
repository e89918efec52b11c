package web

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/hfwire"
)

// props is what programs look for in the page of a day: the list's entries as
// the Daily Papers API gives them, as recorded where they were.
func (w *Web) props(ctx context.Context, l *app.Listing) (string, error) {
	ids := make([]string, len(l.Papers))
	for i := range l.Papers {
		ids[i] = l.Papers[i].ID
	}
	papers, err := w.app.Whole(ctx, ids)
	if err != nil {
		return "", err
	}
	entries := make([]json.RawMessage, len(papers))
	for i := range papers {
		if entries[i], err = entry(&papers[i], l.From); err != nil {
			return "", fmt.Errorf("entry of %s: %w", papers[i].ID, err)
		}
	}
	out, err := json.Marshal(map[string]any{"dailyPapers": entries})
	return string(out), err
}

// entry is a paper as it was recorded on that day, else as it is known here.
func entry(p *broadsheet.Paper, day broadsheet.Day) (json.RawMessage, error) {
	var feature broadsheet.Feature
	for _, f := range p.Features {
		if f.Day == day {
			if len(f.Wire) > 0 {
				return f.Wire, nil
			}
			feature = f
		}
	}
	votes := p.VoteCount()
	e := hfwire.Entry{Title: p.Title, Summary: p.Abstract, PublishedAt: wireTime(feature.FeaturedAt), NumComments: p.CommentCount(), Upvotes: &votes,
		AISummary: p.TLDR, AIKeywords: p.Keywords}
	e.Item = hfwire.Paper{ID: p.ID, Title: p.Title, Summary: p.Abstract, PublishedAt: wireTime(p.PublishedAt), SubmittedOnDailyAt: wireTime(feature.FeaturedAt),
		Upvotes: votes, AISummary: p.TLDR, AIKeywords: p.Keywords}
	if e.PublishedAt == "" {
		e.PublishedAt = e.Item.PublishedAt
	}
	for _, a := range p.Authors {
		e.Item.Authors = append(e.Item.Authors, hfwire.Author{Name: a.Name})
	}
	if s := feature.Submitter; s != nil {
		e.SubmittedBy = &hfwire.User{ID: s.SourceID, Name: s.Key, User: s.Key, Fullname: s.Name, AvatarURL: s.AvatarURL}
		e.Item.SubmittedOnDailyBy = e.SubmittedBy
	}
	if len(p.Organizations) > 0 {
		o := p.Organizations[0]
		e.Organization = &hfwire.Organization{ID: o.SourceID, Name: o.Key, Fullname: o.Name, Avatar: o.AvatarURL, AvatarURL: o.AvatarURL}
		e.Item.Organization = e.Organization
	}
	if l := p.Link(broadsheet.LinkCode); l != nil {
		e.GithubRepo, e.Item.GithubRepo = l.URL, l.URL
	}
	return json.Marshal(e)
}

// wireTime writes a time as the format wants it, "" for the zero time.
func wireTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
