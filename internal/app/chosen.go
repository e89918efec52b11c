package app

import (
	"context"
	"slices"

	"broadsheet"
	"broadsheet/internal/store"
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

// Chosen is a paper with the feature that a list is about.
type Chosen struct {
	// Paper is whole, but where the feature was recorded it may be no more than id,
	// votes and comments: the recording tells the rest.
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
	store.Chosen // without a day where it is not known
	from, to     broadsheet.Day
}

func (p pick) exact() bool { return p.Day != "" }

func exactly(refs []store.Chosen) []pick {
	out := make([]pick, len(refs))
	for i, r := range refs {
		out[i] = pick{r, r.Day, r.Day}
	}
	return out
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
	if err != nil || len(refs) > 0 {
		return exactly(refs), err
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
	all, err := a.order(ctx, c, from, to)
	if err != nil {
		return nil, err
	}
	if c.Submitter != "" {
		theirs, err := a.theirs(ctx, c.Submitter, broadsheet.SortNew, 0, broadsheet.MaxOffset)
		if err != nil {
			return nil, err
		}
		slices.Sort(theirs)
		all = slices.DeleteFunc(all, func(p pick) bool { _, ok := slices.BinarySearch(theirs, p.ID); return !ok })
	}
	c.Offset = min(c.Offset, len(all))
	return all[c.Offset:min(c.Offset+c.Limit, len(all))], nil
}

// order is a whole list by time.
func (a *App) order(ctx context.Context, c Choice, from, to broadsheet.Day) ([]pick, error) {
	if c.Sort == broadsheet.SortTop {
		if refs, err := a.store.ChosenByVotes(ctx, from, to); err != nil || len(refs) > 0 {
			return exactly(refs), err
		}
	}
	ids, err := a.store.Order(ctx, broadsheet.List{Kind: c.Kind, Key: c.Key, Sort: c.Sort, Limit: broadsheet.MaxOffset})
	return among(ids, from, to), err
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
		out[i] = pick{store.Chosen{ID: id}, from, to}
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
	var refs []store.Chosen
	for _, p := range picks {
		if p.exact() && submitter == "" {
			refs = append(refs, p.Chosen)
		}
	}
	recorded, err := a.store.Recorded(ctx, refs)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range picks {
		if _, ok := recorded[p.Chosen]; !ok {
			ids = append(ids, p.ID)
		}
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
		if r, ok := recorded[at.Chosen]; ok {
			out = append(out, Chosen{broadsheet.Paper{ID: at.ID, Votes: r.Votes, Comments: r.Comments}, &r.Feature})
		} else if p := found[at.ID]; p != nil {
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
