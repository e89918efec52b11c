package app

import (
	"context"
	"fmt"
	"slices"

	"broadsheet"
)

// View is how a reader wants a list. The zero View is the list's own default.
type View struct {
	Sort     broadsheet.Sort // "" is hot for a day, top for a week or month, else new
	Category string          // "cs.LG", or an archive "cs"
	HasCode  bool
	Page     int // from 1; 0 is the first
	Limit    int // papers on a page, 0 is broadsheet.DefaultLimit
}

// Listing is a page of a list with what belongs around it.
type Listing struct {
	broadsheet.Page
	View     View                // as applied, defaults filled in
	Name     string              // of the author, organisation, category, submitter or keyword
	Also     []string            // of an author: other names of the same one, as printed
	Accounts []broadsheet.Person // of an author: whose claims were accepted

	From, To   broadsheet.Day // days of a list by time
	Prev, Next string         // keys of the nearest lists of that kind with papers, "" for none
	Latest     bool           // there is no newer day, week or month with papers
	Counts     DayCount       // of a list by day: what people chose and what was announced
	Sample     bool           // a list by time of chosen papers, all those on the page of the sample edition

	Ranks    map[string]int  // place by votes, 1 to 3, among the chosen papers of that time, of those on the page
	Voted    map[string]bool // papers on the page that who asks has voted for
	Curates  bool            // who asks may put papers on today's front page
	Pictures Gallery
	Avatar   *Picture // of the organisation or submitter
}

// Pages is how many pages the list has, at least 1.
func (l *Listing) Pages() int { return max(1, (l.Total+l.View.Limit-1)/l.View.Limit) }

func (v View) withDefaults(kind broadsheet.ListKind) (View, error) {
	var err error
	if v.Sort, err = broadsheet.ParseSort(string(v.Sort), DefaultSort(kind)); err != nil {
		return v, err
	}
	v.Category = categoryKey(v.Category)
	if v.Category != "" && !broadsheet.IsCategory(v.Category) {
		return v, broadsheet.InvalidField("cat", fmt.Sprintf("%.40q is not a category", v.Category), "write a category as cs.LG, or an archive as cs")
	}
	if v.Limit == 0 {
		v.Limit = broadsheet.DefaultLimit
	}
	if v.Page == 0 {
		v.Page = 1
	}
	if v.Page < 1 || (v.Page-1)*v.Limit > broadsheet.MaxOffset {
		return v, broadsheet.InvalidField("page", fmt.Sprintf("%d is out of range", v.Page), fmt.Sprint("use 1 to ", broadsheet.MaxOffset/v.Limit+1))
	}
	return v, nil
}

// DefaultSort is the order of a list that nobody asked to order. Over a week or
// a month Hot is little else than the newest first, because half a day outweighs
// ten times the votes; what a reader wants there is the best of it.
func DefaultSort(kind broadsheet.ListKind) broadsheet.Sort {
	switch kind {
	case broadsheet.ListDay, broadsheet.ListHot:
		return broadsheet.SortHot
	case broadsheet.ListWeek, broadsheet.ListMonth:
		return broadsheet.SortTop
	}
	return broadsheet.SortNew
}

// list reads a page of a list and the pictures of its papers.
func (a *App) list(ctx context.Context, kind broadsheet.ListKind, key string, v View) (*Listing, error) {
	v, err := v.withDefaults(kind)
	if err != nil {
		return nil, err
	}
	q := broadsheet.List{Kind: kind, Key: key, Sort: v.Sort, Limit: v.Limit, Offset: (v.Page - 1) * v.Limit,
		Filter: broadsheet.Filter{Category: v.Category, HasCode: v.HasCode}}
	page, err := a.store.List(ctx, q)
	if err != nil {
		return nil, err
	}
	if v.Page > 1 && len(page.Papers) == 0 {
		return nil, &broadsheet.Error{Kind: broadsheet.NotFound, Field: "page", Text: fmt.Sprintf("the list has no page %d", v.Page),
			Fix: fmt.Sprint("the last is ", max(1, (page.Total+v.Limit-1)/v.Limit))}
	}
	page.Categories = slices.DeleteFunc(page.Categories, func(c broadsheet.Count) bool { return !broadsheet.IsCategory(c.Name) })
	l := &Listing{Page: page, View: v, Curates: Allowed(ActorOf(ctx), RightCurate) == nil}
	if l.Voted, err = a.VotedFor(ctx, ActorOf(ctx), page.Papers); err != nil {
		return nil, err
	}
	l.Pictures, err = a.gallery(ctx, page.Papers)
	return l, err
}

// ranked is how many papers of a day, week or month bear their place.
const ranked = 3

// rank finds, of the papers on the page, those that are among the chosen ones
// with the most votes.
func (a *App) rank(ctx context.Context, l *Listing) error {
	if !l.Featured {
		return nil
	}
	top, err := a.store.Order(ctx, broadsheet.List{Kind: l.List.Kind, Key: l.List.Key, Sort: broadsheet.SortTop, Limit: ranked})
	if err != nil {
		return err
	}
	l.Ranks = map[string]int{}
	for i := range l.Papers {
		p := &l.Papers[i]
		if place := slices.Index(top, p.ID) + 1; place > 0 && p.VoteCount() > 0 {
			l.Ranks[p.ID] = place
		}
	}
	return nil
}
