package mcp

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
)

// site reads this site's papers.
type site struct {
	app  *app.App
	base string // of addresses of pages
}

// Site is the source that reads a site's own use cases. base is the site's
// address, without a slash at the end.
func Site(a *app.App, base string) Source { return site{a, strings.TrimSuffix(base, "/")} }

// List reads a list. Its pages are numbered.
func (s site) List(ctx context.Context, q ListQuery) (*List, error) {
	v := app.View{Sort: q.Sort, Category: q.Category, HasCode: q.HasCode, Limit: q.Limit}
	if q.After != "" {
		var err error
		if v.Page, err = strconv.Atoi(q.After); err != nil || v.Page < 2 {
			return nil, errCursor
		}
	}
	key, err := s.key(ctx, q.Kind, q.Key)
	if err != nil {
		return nil, err
	}
	l, err := s.app.List(ctx, q.Kind, key, v)
	if err != nil {
		return nil, err
	}
	out := &List{Title: address.Title(l), Key: l.List.Key, Papers: s.papers(l.Papers), Total: l.Total, AtLeast: l.Total >= broadsheet.MaxOffset}
	if l.List.Kind == broadsheet.ListHot {
		out.Key = ""
	}
	if l.More && l.View.Page*l.View.Limit <= broadsheet.MaxOffset {
		out.Next = strconv.Itoa(l.View.Page + 1)
	}
	if l.Sample {
		out.Notes = append(out.Notes, "this is the sample edition that comes with the program; papers come with the first harvest or import")
	}
	return out, nil
}

// key reads what people and models write for a key: a name as well.
func (s site) key(ctx context.Context, kind broadsheet.ListKind, text string) (string, error) {
	switch kind {
	case broadsheet.ListAuthor:
		if key := broadsheet.AuthorKey(text); key != "" {
			return key, nil
		}
	case broadsheet.ListWeek, broadsheet.ListMonth:
		if text == "" {
			day, err := s.latest(ctx)
			if kind == broadsheet.ListWeek {
				return string(day.Week()), err
			}
			return string(day.Month()), err
		}
	case broadsheet.ListDay, broadsheet.ListAnnounced:
		if day, ok, err := address.Day(text); ok {
			return string(day), err
		}
		switch text {
		case "":
			day, err := s.latest(ctx)
			return string(day), err
		case "today":
			return string(s.app.Today()), nil
		case "yesterday":
			return string(s.app.Today().Add(-1)), nil
		}
	}
	return text, nil
}

// latest is the newest day with papers.
func (s site) latest(ctx context.Context) (broadsheet.Day, error) {
	l, err := s.app.Front(ctx, app.View{Limit: 1})
	if err != nil {
		return "", err
	}
	return broadsheet.Day(l.List.Key), nil
}

// Search asks as the search page does. What a whole text names (a paper's id, a
// date, a category) is given like what is found.
func (s site) Search(ctx context.Context, q SearchQuery) (*List, error) {
	f, err := s.app.Search(ctx, app.Search{Text: q.Text, Sort: q.Sort, Mode: q.Mode, Limit: q.Limit, After: q.After})
	if err != nil {
		return nil, err
	}
	if f.Target != nil {
		return s.target(ctx, *f.Target, q.Limit)
	}
	out := s.found(f)
	out.Title = "Search: " + q.Text
	return out, nil
}

func (s site) target(ctx context.Context, t app.Target, limit int) (*List, error) {
	switch t.Kind {
	case app.TargetPaper:
		papers, err := s.app.Whole(ctx, []string{t.Key})
		return &List{Title: "The paper " + t.Key, Papers: s.papers(papers), Total: len(papers)}, err
	case app.TargetYear:
		return nil, broadsheet.InvalidField("q", "a year alone is not a search", "write date:"+t.Key+" beside words")
	}
	l, err := s.List(ctx, ListQuery{Kind: broadsheet.ListKind(t.Kind), Key: t.Key, Limit: limit})
	if err == nil && l.Next != "" {
		l.Next = ""
		l.Notes = append(l.Notes, fmt.Sprintf("the query names a list: for more of it use the tool list with kind %q and key %q", t.Kind, l.Key))
	}
	return l, err
}

// Similar asks as the search page's like= does.
func (s site) Similar(ctx context.Context, ids []string, limit int) (*List, error) {
	f, err := s.app.Like(ctx, ids, limit)
	if err != nil {
		return nil, err
	}
	out := s.found(f)
	seeds := make([]string, len(f.Seeds))
	for i := range f.Seeds {
		seeds[i] = f.Seeds[i].ID
	}
	out.Title = "Papers like " + strings.Join(seeds, ", ")
	return out, nil
}

// found tells what a search found and what a reader of the page would be told.
func (s site) found(f *app.Found) *List {
	out := &List{Papers: s.papers(f.Papers), Total: f.Total, AtLeast: f.AtLeast, Next: f.Next}
	note := func(format string, args ...any) { out.Notes = append(out.Notes, fmt.Sprintf(format, args...)) }
	if f.Corrected != "" {
		note("searched for %q instead", f.Corrected)
	}
	if f.Suggested != "" {
		note("perhaps you mean %q", f.Suggested)
	}
	for _, i := range f.Query.Ignored {
		note("about %q: %s", i.Text, i.Why)
	}
	if len(f.Unknown) > 0 {
		note("no paper has the words: %s", strings.Join(f.Unknown, ", "))
	}
	switch {
	case f.NoWords:
		note("no paper has any of the words; these come nearest in meaning")
	case f.Nearest > 0:
		note("by meaning alone, with none of the words: %d of %d", f.Nearest, f.Total)
	}
	if f.Incomplete || f.Filling != nil {
		note("the index is not complete: papers may be missing")
	}
	for i, same := range f.Same {
		if same >= 0 && same < len(f.Papers) {
			note("%s is possibly the same work as %s", f.Papers[i].ID, f.Papers[same].ID)
		}
	}
	return out
}

// Paper reads a paper.
func (s site) Paper(ctx context.Context, id string) (*Paper, error) {
	v, err := s.app.Paper(ctx, id)
	if err != nil {
		return nil, err
	}
	p := s.paper(&v.Paper)
	return &p, nil
}

func (s site) papers(from []broadsheet.Paper) []Paper {
	out := make([]Paper, len(from))
	for i := range from {
		out[i] = s.paper(&from[i])
	}
	return out
}

func (s site) paper(p *broadsheet.Paper) Paper {
	source := address.SourceOf(p)
	out := Paper{ID: p.ID, Title: p.Title, TLDR: p.TLDR, Abstract: p.Abstract, AuthorCount: max(p.AuthorCount, len(p.Authors)),
		Categories: p.Categories, Keywords: p.Keywords, Published: day(p.PublishedAt), Updated: day(p.UpdatedAt), Announced: string(p.AnnouncedOn),
		Votes: p.VoteCount(), Comments: p.CommentCount(), Withdrawn: p.Withdrawn, Page: s.base + address.Paper(p.ID), Source: source.Page, PDF: source.PDF,
		DOI: p.DOI, Journal: p.JournalRef, Note: p.Note, License: p.License}
	for _, a := range p.Authors {
		out.Authors = append(out.Authors, a.Name)
	}
	for _, o := range p.Organizations {
		out.Organizations = append(out.Organizations, o.Name)
	}
	for _, l := range p.Links {
		switch l.Kind {
		case broadsheet.LinkCode:
			out.Code = append(out.Code, l.URL)
		case broadsheet.LinkProject:
			out.Project = append(out.Project, l.URL)
		}
	}
	if n := len(p.Features); n > 0 {
		out.Featured = string(p.Features[n-1].Day)
	}
	if n := len(p.Versions); n > 0 {
		out.Versions = slices.MaxFunc(p.Versions, func(a, b broadsheet.Version) int { return a.Number - b.Number }).Number
	}
	return out
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}
