package address

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
)

// likeShown is how many papers a search for papers like others gives.
const likeShown = 20

// Search reads the parameters of a search.
func Search(q url.Values) (app.Search, error) {
	s := app.Search{Text: strings.TrimSpace(q.Get("q")), Sort: broadsheet.Sort(q.Get("sort")), Mode: broadsheet.Mode(q.Get("mode")), After: q.Get("after")}
	var err error
	for name, to := range map[string]*bool{"explain": &s.Explain, "plain": &s.Plain, "exact": &s.Exact} {
		if *to, err = Flag(q, name); err != nil {
			return s, err
		}
	}
	s.Limit, err = Number(q, "limit", 1, broadsheet.MaxLimit)
	return s, err
}

func search(ctx context.Context, a *app.App, q url.Values) (*Papers, error) {
	if like := q["like"]; len(like) > 0 {
		n, err := Number(q, "limit", 1, broadsheet.MaxLimit)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			n = likeShown
		}
		f, err := a.Like(ctx, like, n)
		if err != nil {
			return nil, err
		}
		ids := make([]string, len(f.Seeds)) // as they are called here, however they were written
		for i := range f.Seeds {
			ids[i] = f.Seeds[i].ID
		}
		return &Papers{Title: "Papers like " + strings.Join(ids, ", "), Path: with("/search", url.Values{"like": ids}), Papers: f.Papers, Found: f}, nil
	}
	s, err := Search(q)
	if err != nil {
		return nil, err
	}
	if s.Text == "" {
		return nil, broadsheet.InvalidField("q", "there is nothing to search for", "write words, a name or an id")
	}
	f, err := a.Search(ctx, s)
	if err != nil {
		return nil, err
	}
	if f.Target != nil {
		return target(ctx, a, *f.Target)
	}
	if s.Sort == broadsheet.SortRelevance {
		s.Sort = "" // the default: one search has one address
	}
	if s.Mode == broadsheet.ModeHybrid {
		s.Mode = ""
	}
	path := func(after string) string {
		v := url.Values{"q": {s.Text}}
		for name, value := range map[string]string{"sort": string(s.Sort), "mode": string(s.Mode), "after": after} {
			if value != "" {
				v.Set(name, value)
			}
		}
		for name, on := range map[string]bool{"exact": s.Exact, "plain": s.Plain} {
			if on {
				v.Set(name, "1")
			}
		}
		return with("/search", v)
	}
	out := &Papers{Title: "Search: " + s.Text, Path: path(s.After), Papers: f.Papers, Found: f}
	if f.Next != "" {
		out.Next = path(f.Next)
		if s.Limit > 0 {
			out.Next = withParam(out.Next, "limit", fmt.Sprint(s.Limit))
		}
	}
	return out, nil
}

// target is the list that a whole search text names, or the one paper.
func target(ctx context.Context, a *app.App, t app.Target) (*Papers, error) {
	switch t.Kind {
	case app.TargetPaper:
		papers, err := a.Whole(ctx, []string{t.Key})
		if err != nil {
			return nil, err
		}
		return &Papers{Title: "Search: " + t.Key, Path: Paper(t.Key), Papers: papers, Found: &app.Found{Target: &t}}, nil
	case app.TargetYear:
		return nil, broadsheet.InvalidField("q", "a year alone is not a search", "write date:"+t.Key+" beside words")
	}
	l, err := a.List(ctx, broadsheet.ListKind(t.Kind), t.Key, app.View{})
	if err != nil {
		return nil, err
	}
	return listed(l), nil
}
