package app

import (
	"context"
	"fmt"

	"broadsheet"
)

// List is a page of the list of that kind and key: what Day, Week, Author and
// the other methods give, for who has kind and key in hand. A day without a key
// is Front; a hot list has none.
func (a *App) List(ctx context.Context, kind broadsheet.ListKind, key string, v View) (*Listing, error) {
	switch kind {
	case broadsheet.ListDay:
		if key == "" {
			return a.Front(ctx, v)
		}
		return a.Day(ctx, broadsheet.Day(key), v)
	case broadsheet.ListAnnounced:
		return a.Announced(ctx, broadsheet.Day(key), v)
	case broadsheet.ListWeek:
		return a.Week(ctx, broadsheet.Week(key), v)
	case broadsheet.ListMonth:
		return a.Month(ctx, broadsheet.Month(key), v)
	case broadsheet.ListHot:
		return a.Hot(ctx, v)
	case broadsheet.ListAuthor:
		return a.Author(ctx, key, v)
	case broadsheet.ListOrganization:
		return a.Organization(ctx, key, v)
	case broadsheet.ListCategory:
		return a.Category(ctx, key, v)
	case broadsheet.ListSubmitter:
		return a.Submitter(ctx, key, v)
	case broadsheet.ListKeyword:
		return a.Keyword(ctx, key, v)
	}
	return nil, broadsheet.InvalidField("kind", fmt.Sprintf("%.40q is not a kind of list", kind),
		"use day, announced, week, month, hot, author, organization, category, submitter or keyword")
}

// Hot is what readers look at now: the papers of the last broadsheet.HotDays
// days up to the newest with papers, by broadsheet.Hot.
func (a *App) Hot(ctx context.Context, v View) (*Listing, error) {
	day, err := a.store.LatestDay(ctx, a.Today())
	if err != nil {
		return nil, err
	}
	if day == "" {
		day = a.Today()
	}
	l, err := a.list(ctx, broadsheet.ListHot, string(day), v)
	if err != nil {
		return nil, err
	}
	l.From, l.To, l.Latest = day.Add(1-broadsheet.HotDays), day, true
	return l, nil
}

// Recent walks all papers, those that came here last first, at most limit of
// them; before is the next of the page before, 0 for the first, and next is 0 at
// the end.
func (a *App) Recent(ctx context.Context, before int64, limit int) (papers []broadsheet.Paper, next int64, err error) {
	if limit < 1 || limit > broadsheet.MaxLimit {
		return nil, 0, broadsheet.InvalidField("limit", fmt.Sprint(limit, " is out of range"), fmt.Sprint("use 1 to ", broadsheet.MaxLimit))
	}
	ids, next, err := a.store.Recent(ctx, before, limit)
	if err != nil {
		return nil, 0, err
	}
	papers, err = a.store.Papers(ctx, ids)
	return papers, next, err
}
