package cli

import (
	"context"

	"broadsheet/client"
	"broadsheet/internal/serve/mcp"
)

// List reads a page of a list for the tools of MCP.
func (r *remote) List(ctx context.Context, q mcp.ListQuery) (*mcp.List, error) {
	view := client.View{Sort: string(q.Sort), Category: q.Category, HasCode: q.HasCode, Limit: q.Limit, Cursor: client.Cursor(q.After)}
	return ask(r, func() (*mcp.List, error) {
		l, err := r.api.List(ctx, client.Kind(q.Kind), q.Key, view)
		if err != nil {
			return nil, err
		}
		// The site's cursor knows which day was the latest, and belongs to the key as
		// it was asked for.
		return &mcp.List{Title: l.Title, Key: q.Key, Total: l.Total, Next: string(l.Next), Papers: told(l.Items)}, nil
	}, func() (*mcp.List, error) {
		l, err := r.dailyList(ctx, asked{kind: client.Kind(q.Kind), key: q.Key, view: view, limit: q.Limit})
		return r.short(l, err)
	})
}

// Search reads a page of what a search finds.
func (r *remote) Search(ctx context.Context, q mcp.SearchQuery) (*mcp.List, error) {
	return ask(r, func() (*mcp.List, error) {
		f, err := r.api.Search(ctx, client.Search{Text: q.Text, Sort: string(q.Sort), Mode: string(q.Mode), Limit: q.Limit, Cursor: client.Cursor(q.After)})
		if err != nil {
			return nil, err
		}
		out := &mcp.List{Title: f.Title, Total: f.Total, AtLeast: f.AtLeast, Next: string(f.Next), Notes: notes(f)}
		for i := range f.Items {
			out.Papers = append(out.Papers, tell(&f.Items[i].Paper))
		}
		return out, nil
	}, func() (*mcp.List, error) {
		l, err := r.dailySearch(ctx, q.Text, q.Limit)
		return r.short(l, err)
	})
}

// Similar finds papers like others.
func (r *remote) Similar(ctx context.Context, ids []string, limit int) (*mcp.List, error) {
	l, err := r.similar(ctx, ids, limit, client.Select{})
	return r.short(l, err)
}

// Paper reads a paper.
func (r *remote) Paper(ctx context.Context, id string) (*mcp.Paper, error) {
	p, err := r.paper(ctx, id)
	if err != nil {
		return nil, err
	}
	out := tell(p)
	return &out, nil
}

func (r *remote) short(l *listed, err error) (*mcp.List, error) {
	if err != nil {
		return nil, err
	}
	return &mcp.List{Title: l.Title, Papers: told(l.Items), Total: l.Total, Notes: l.Notes}, nil
}

func told(from []client.Paper) []mcp.Paper {
	out := make([]mcp.Paper, len(from))
	for i := range from {
		out[i] = tell(&from[i])
	}
	return out
}

func tell(p *client.Paper) mcp.Paper {
	out := mcp.Paper{ID: p.ID, Title: p.Title, TLDR: p.TLDR, Abstract: p.Abstract, AuthorCount: p.AuthorCount, Categories: p.Categories, Keywords: p.Keywords,
		Published: dayText(p.PublishedAt), Updated: dayText(p.UpdatedAt), Announced: string(p.AnnouncedOn), Featured: string(p.FeaturedOn),
		Votes: p.Votes, Comments: p.Comments, Withdrawn: p.Withdrawn, Page: p.URL, Source: p.Source.Page, PDF: p.Source.PDF,
		DOI: p.DOI, Journal: p.JournalRef, Note: p.Note, License: p.License}
	for _, a := range p.Authors {
		out.Authors = append(out.Authors, a.Name)
	}
	for _, o := range p.Organizations {
		out.Organizations = append(out.Organizations, o.Name)
	}
	for _, l := range p.Links {
		switch l.Kind {
		case "code":
			out.Code = append(out.Code, l.URL)
		case "project":
			out.Project = append(out.Project, l.URL)
		}
	}
	for _, v := range p.Versions {
		out.Versions = max(out.Versions, v.Number)
	}
	return out
}
