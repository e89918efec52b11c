package cli

import (
	"context"
	"errors"

	"broadsheet/client"
)

// asked is how a list is wanted.
type asked struct {
	kind  client.Kind
	key   string
	view  client.View
	limit int // papers in all; pages are followed
}

// pageSize is how many papers to ask for at a time, so that pages of one size,
// to which cursors belong, hold hardly more than limit.
func pageSize(limit int) int {
	pages := (limit + pageLimit - 1) / pageLimit
	return (limit + pages - 1) / pages
}

// listed is papers in order.
type listed struct {
	Title string         `json:"title"`
	Items []client.Paper `json:"items"`
	Total int            `json:"total"`
	Next  client.Cursor  `json:"-"`
	Notes []string       `json:"notes,omitempty"`
}

const pageLimit = 100 // of the API

func (r *remote) list(ctx context.Context, q asked) (*listed, error) {
	return ask(r, func() (*listed, error) {
		var out *listed
		q.view.Limit = pageSize(q.limit)
		for {
			l, err := r.api.List(ctx, q.kind, q.key, q.view)
			if no := (*client.Error)(nil); errors.As(err, &no) && no.Field == "key" {
				no.Field = string(q.kind) // what was typed
			}
			if err != nil {
				return nil, err
			}
			if out == nil {
				out = &listed{Title: l.Title, Total: l.Total, Items: []client.Paper{}}
			}
			out.Items, out.Next, q.view.Cursor = append(out.Items, l.Items...), l.Next, l.Next
			if l.Next == "" || len(l.Items) == 0 || len(out.Items) >= q.limit {
				out.Items = out.Items[:min(len(out.Items), q.limit)]
				return out, nil
			}
		}
	}, func() (*listed, error) { return r.dailyList(ctx, q) })
}

// search follows pages up to limit papers.
func (r *remote) search(ctx context.Context, q client.Search, limit int) (*listed, error) {
	return ask(r, func() (*listed, error) {
		var out *listed
		q.Limit = pageSize(limit)
		for {
			f, err := r.api.Search(ctx, q)
			if err != nil {
				return nil, err
			}
			if out == nil {
				out = &listed{Title: f.Title, Total: f.Total, Items: []client.Paper{}, Notes: notes(f)}
			}
			for _, h := range f.Items {
				out.Items = append(out.Items, h.Paper)
			}
			out.Next, q.Cursor = f.Next, f.Next
			if f.Next == "" || len(f.Items) == 0 || len(out.Items) >= limit {
				out.Items = out.Items[:min(len(out.Items), limit)]
				return out, nil
			}
		}
	}, func() (*listed, error) { return r.dailySearch(ctx, q.Text, limit) })
}

// notes is what the search page would say beside its results.
func notes(f *client.Found) (out []string) {
	if f.Corrected != "" {
		out = append(out, "searched for "+f.Corrected+" instead; --exact searches for what was typed")
	}
	for _, i := range f.Ignored {
		out = append(out, i.Text+": "+i.Why)
	}
	if f.Suggested != "" {
		out = append(out, "perhaps you mean "+f.Suggested)
	}
	for _, w := range f.Unknown {
		out = append(out, "no paper has "+w)
	}
	if f.Incomplete {
		out = append(out, "the index is not complete: papers may be missing")
	}
	return out
}

func (r *remote) similar(ctx context.Context, ids []string, limit int, part client.Select) (*listed, error) {
	return ask(r, func() (*listed, error) {
		s, err := r.api.Similar(ctx, ids, limit, part)
		if err != nil {
			return nil, err
		}
		out := &listed{Title: "Similar papers", Total: s.Total, Items: []client.Paper{}}
		for _, h := range s.Items {
			out.Items = append(out.Items, h.Paper)
		}
		for _, i := range s.Ignored {
			out.Notes = append(out.Notes, i.Text+": "+i.Why)
		}
		return out, nil
	}, func() (*listed, error) { return nil, r.cannot("find similar papers") })
}

func (r *remote) paper(ctx context.Context, id string) (*client.Paper, error) {
	return ask(r, func() (*client.Paper, error) { return r.api.Paper(ctx, id, client.Select{}) },
		func() (*client.Paper, error) { return r.dailyPaper(ctx, id) })
}
