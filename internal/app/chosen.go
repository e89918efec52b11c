package app

import (
	"context"
	"slices"

	"broadsheet"
)

// Choice asks for papers as people chose them.
type Choice struct {
	// Kind and Key are a day, a week, a month or the hot list, whose key is not
	// looked at; with none, all days, the newest first.
	Kind      broadsheet.ListKind
	Key       string
	Submitter string          // only papers that this person brought; "" is any
	Sort      broadsheet.Sort // "" is new, the only order of all days without a submitter

	Offset, Limit int // Limit is 1 to broadsheet.MaxLimit
}

// Chosen is a paper, whole, with the feature that a list is about.
type Chosen struct {
	broadsheet.Paper
	As *broadsheet.Feature // nil where the paper was announced only
}

// Chosen reads papers as they were featured: a program that asks for a day must
// not take all that arXiv announced for what people chose. A site on which
// nothing was ever featured gives what its pages show, the papers announced.
// Past the end of a list there are none; neither are there of somebody unknown.
// SortTop counts the votes recorded with the feature, and those given here.
func (a *App) Chosen(ctx context.Context, c Choice) ([]Chosen, error) {
	if c.Sort == "" {
		c.Sort = broadsheet.SortNew
	}
	picks, err := a.picks(ctx, c)
	if err != nil {
		return nil, err
	}
	list, err := a.chosen(ctx, picks, c.Submitter)
	if err != nil || len(list) == 0 || slices.ContainsFunc(list, func(p Chosen) bool { return p.As != nil }) {
		return list, err
	}
	if ever, err := a.store.Chosen(ctx, a.Today(), 0, 1); err != nil || len(ever) > 0 {
		return nil, err
	}
	return list, nil
}

// pick is a paper of a list, and the days among whose features it is there.
type pick struct {
	id       string
	from, to broadsheet.Day
}

// picks is a page of a list.
func (a *App) picks(ctx context.Context, c Choice) ([]pick, error) {
	switch {
	case c.Kind != "":
		return a.timed(ctx, c)
	case c.Submitter != "":
		ids, err := a.theirs(ctx, c.Submitter, c.Sort, c.Offset, c.Limit)
		return among(ids, "", lastDay), err
	}
	refs, err := a.store.Chosen(ctx, a.Today(), c.Offset, c.Limit)
	if err != nil {
		return nil, err
	}
	var out []pick
	for _, r := range refs {
		out = append(out, pick{r.ID, r.Day, r.Day})
	}
	if len(out) > 0 {
		return out, nil
	}
	c.Kind = broadsheet.ListDay // of a site without features: its front page
	day, err := a.newestDay(ctx)
	if c.Key = string(day); err != nil {
		return nil, err
	}
	return a.timed(ctx, c)
}

// timed is a page of a list by time.
func (a *App) timed(ctx context.Context, c Choice) ([]pick, error) {
	var from, to broadsheet.Day
	switch c.Kind {
	case broadsheet.ListDay:
		from, to = broadsheet.Day(c.Key), broadsheet.Day(c.Key)
	case broadsheet.ListWeek:
		w, err := broadsheet.ParseWeek(c.Key)
		if err != nil {
			return nil, err
		}
		from, to = w.First(), w.Last()
	case broadsheet.ListMonth:
		m, err := broadsheet.ParseMonth(c.Key)
		if err != nil {
			return nil, err
		}
		from, to = m.First(), m.Last()
	case broadsheet.ListHot:
		day, err := a.newestDay(ctx)
		if err != nil {
			return nil, err
		}
		from, to, c.Key = day.Add(1-broadsheet.HotDays), day, string(day)
	}
	ids, err := a.order(ctx, c, from, to)
	if err != nil {
		return nil, err
	}
	if c.Submitter != "" {
		theirs, err := a.theirs(ctx, c.Submitter, broadsheet.SortNew, 0, broadsheet.MaxOffset)
		if err != nil {
			return nil, err
		}
		slices.Sort(theirs)
		ids = slices.DeleteFunc(ids, func(id string) bool { _, ok := slices.BinarySearch(theirs, id); return !ok })
	}
	c.Offset = min(c.Offset, len(ids))
	return among(ids[c.Offset:min(c.Offset+c.Limit, len(ids))], from, to), nil
}

// order is a whole list by time.
func (a *App) order(ctx context.Context, c Choice, from, to broadsheet.Day) ([]string, error) {
	if c.Sort == broadsheet.SortTop {
		refs, err := a.store.ChosenByVotes(ctx, from, to)
		if err != nil || len(refs) > 0 {
			ids := make([]string, len(refs))
			for i := range refs {
				ids[i] = refs[i].ID
			}
			return ids, err
		}
	}
	return a.store.Order(ctx, broadsheet.List{Kind: c.Kind, Key: c.Key, Sort: c.Sort, Limit: broadsheet.MaxOffset})
}

// theirs is the papers that a person brought.
func (a *App) theirs(ctx context.Context, who string, by broadsheet.Sort, offset, limit int) ([]string, error) {
	if offset > broadsheet.MaxOffset {
		return nil, nil // the list ends there
	}
	return a.store.Order(ctx, broadsheet.List{Kind: broadsheet.ListSubmitter, Key: who, Sort: by, Offset: offset, Limit: limit})
}

// lastDay is after all days.
const lastDay = "9999-12-31"

func among(ids []string, from, to broadsheet.Day) []pick {
	out := make([]pick, len(ids))
	for i, id := range ids {
		out[i] = pick{id, from, to}
	}
	return out
}

// newestDay is the newest day with papers that is not in the future, else today.
func (a *App) newestDay(ctx context.Context) (broadsheet.Day, error) {
	day, err := a.store.LatestDay(ctx, a.Today())
	if day == "" {
		day = a.Today()
	}
	return day, err
}

// chosen reads papers with their features. One that went in the meantime is
// left out.
func (a *App) chosen(ctx context.Context, picks []pick, submitter string) ([]Chosen, error) {
	ids := make([]string, len(picks))
	for i := range ids {
		ids[i] = picks[i].id
	}
	papers, err := a.store.Whole(ctx, ids)
	if err != nil {
		return nil, err
	}
	found := make(map[string]*broadsheet.Paper, len(papers))
	for i := range papers {
		found[papers[i].ID] = &papers[i]
	}
	out := make([]Chosen, 0, len(picks))
	for _, at := range picks {
		if p := found[at.id]; p != nil {
			out = append(out, Chosen{*p, featureOf(p, at, submitter)})
		}
	}
	return out, nil
}

// featureOf is the paper's first feature among those that it was picked for, by
// the submitter if one is named.
func featureOf(p *broadsheet.Paper, at pick, submitter string) *broadsheet.Feature {
	for i := range p.Features {
		f := &p.Features[i]
		if f.Day >= at.from && f.Day <= at.to && (submitter == "" || f.Submitter != nil && f.Submitter.Key == submitter) {
			return f
		}
	}
	return nil
}
