package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
)

// search answers a page of what a search finds.
func (a *API) search(w http.ResponseWriter, r *http.Request) error {
	q, ctx := r.URL.Query(), r.Context()
	sel, err := selection(q)
	if err != nil {
		return err
	}
	s, err := address.Search(q)
	if err != nil {
		return err
	}
	if s.Facets, err = address.Flag(q, "facets"); err != nil {
		return err
	}
	if s.Text == "" {
		return broadsheet.InvalidField("q", "there is nothing to search for", "write words, a name or an id")
	}
	scope := fmt.Sprintf("search %q %q %q %d %t %t", s.Text, s.Sort, s.Mode, s.Limit, s.Exact, s.Plain)
	place, err := unseal(scope, q.Get("cursor"))
	if err != nil {
		return err
	}
	page, onTarget := strings.CutPrefix(place, targetPage)
	if !onTarget {
		s.After = place
	}
	f, err := a.app.Search(ctx, s)
	if err != nil {
		return rename(err, map[string]string{"after": "cursor", "id": "q"})
	}
	out := a.found(s, f, sel)
	next := f.Next
	if f.Target != nil {
		if next, err = a.target(ctx, out, f.Target, page, s.Limit, sel); err != nil {
			return err
		}
	}
	if next != "" {
		out.Next = seal(scope, next)
	}
	a.follow(w, r, out.Next)
	w.Header().Set("Server-Timing", "search;dur="+strconv.FormatFloat(float64(f.Took.Microseconds())/1000, 'f', 3, 64))
	if sel.fields == nil {
		return write(w, out)
	}
	items, err := picks(sel, out.Items)
	if err != nil {
		return err
	}
	return write(w, struct {
		*client.Found
		Items []json.RawMessage `json:"items"`
	}{out, items})
}

// found is what was found as the API shows it.
func (a *API) found(s app.Search, f *app.Found, sel selected) *client.Found {
	return &client.Found{
		Query: s.Text, Title: "Search: " + s.Text, URL: a.base + searchPath(s),
		Items: a.hits(f, sel), Total: f.Total, AtLeast: f.AtLeast, Corrected: f.Corrected, Suggested: f.Suggested,
		Ignored: ignored(f.Query.Ignored), Unknown: f.Unknown,
		ByMeaning: f.ByMeaning, Nearest: f.Nearest, Incomplete: f.Incomplete || f.Filling != nil,
		Facets: each(f.Facets, func(v *broadsheet.Facet) client.Facet {
			counts := make([]client.Count, len(v.Counts))
			for i, c := range v.Counts {
				counts[i] = client.Count(c)
			}
			return client.Facet{Name: v.Name, Counts: counts, Sampled: v.Sampled}
		}),
		Also: suggestions(f.Also),
	}
}

func ignored(in []broadsheet.Ignored) []client.Ignored {
	return each(in, func(v *broadsheet.Ignored) client.Ignored { return client.Ignored(*v) })
}

func suggestions(in []broadsheet.Suggestion) []client.Suggestion {
	return each(in, func(v *broadsheet.Suggestion) client.Suggestion { return client.Suggestion(*v) })
}

func (a *API) hits(f *app.Found, sel selected) []client.Hit {
	out := make([]client.Hit, len(f.Papers))
	for i := range f.Papers {
		h := client.Hit{Paper: a.wire(&f.Papers[i], sel.authors), Score: f.Hits[i].Score}
		if e := f.Hits[i].Explain; e != nil {
			parts := explain(*e)
			h.Explain = &parts
		}
		if i < len(f.Same) && f.Same[i] >= 0 {
			h.SameAs = f.Papers[f.Same[i]].ID
		}
		out[i] = h
	}
	return out
}

func explain(e broadsheet.Explanation) client.Explanation {
	return client.Explanation{Label: e.Label, Value: e.Value, Note: e.Note,
		Parts: each(e.Parts, func(v *broadsheet.Explanation) client.Explanation { return explain(*v) })}
}

// searchPath is the page of a search.
func searchPath(s app.Search) string {
	q := url.Values{"q": {s.Text}}
	for name, value := range map[string]string{"sort": string(s.Sort), "mode": string(s.Mode)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, on := range map[string]bool{"exact": s.Exact, "plain": s.Plain} {
		if on {
			q.Set(name, "1")
		}
	}
	return "/search?" + q.Encode()
}

// targetPage begins the places of cursors in the list that a whole query names.
const targetPage = "page "

// target puts into the answer what the whole query names: a paper, or a page of
// a list; next is the place of the page that follows.
func (a *API) target(ctx context.Context, out *client.Found, t *app.Target, page string, limit int, sel selected) (next string, err error) {
	out.Target = &client.Target{Kind: string(t.Kind), Key: t.Key, URL: a.base + address.Target(*t)}
	var papers []broadsheet.Paper
	switch t.Kind {
	case app.TargetYear:
	case app.TargetPaper:
		papers, err = a.app.Whole(ctx, []string{t.Key})
		out.Total = len(papers)
	default:
		v := app.View{Limit: limit}
		if page != "" {
			n, err := placeNumber(page, 10)
			if err != nil {
				return "", err
			}
			v.Page = int(min(n, broadsheet.MaxOffset+2))
		}
		var l *app.Listing
		if l, err = a.app.List(ctx, broadsheet.ListKind(t.Kind), t.Key, v); err != nil {
			return "", rename(err, map[string]string{"page": "cursor"})
		}
		papers, out.Total = l.Papers, l.Total
		if more(l) {
			next = targetPage + strconv.Itoa(l.View.Page+1)
		}
	}
	out.Items = make([]client.Hit, len(papers))
	for i := range papers {
		out.Items[i].Paper = a.wire(&papers[i], sel.authors)
	}
	return next, err
}
