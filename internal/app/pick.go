package app

import (
	"context"
	"slices"

	"broadsheet"
	"broadsheet/internal/store"
)

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
