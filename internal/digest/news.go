package digest

import (
	"context"
	"slices"
	"strconv"

	"broadsheet"
	"broadsheet/internal/store"
)

// knownUpTo is the cursor of the highest arrival up to which the site's news was
// all that is known, since people had chosen nothing for a while.
const knownUpTo = "digest.known"

// siteNews is what a site tells everybody: papers that people chose, or where
// they choose none, all that are known. A site may go from one to the other; a
// paper is news by the first of its arrivals that was told.
func (r *run) siteNews(ctx context.Context, from, to int64) ([]store.Arrived, error) {
	kind, err := r.newsKind(ctx)
	if err != nil {
		return nil, err
	}
	text, err := r.o.Store.Cursor(ctx, knownUpTo)
	if err != nil {
		return nil, err
	}
	known, _ := strconv.ParseInt(text, 10, 64) // "" is none
	papers, err := r.arrived(ctx, kind, from, to)
	if err != nil {
		return nil, err
	}
	if kind == broadsheet.ArrivalKnown {
		if to > known {
			err = r.o.Store.SetCursor(ctx, knownUpTo, strconv.FormatInt(to, 10))
		}
		return slices.DeleteFunc(papers, func(a store.Arrived) bool { return a.Other > 0 && a.Other <= from }), err
	}
	return slices.DeleteFunc(papers, func(a store.Arrived) bool { return a.Other > 0 && a.Other <= min(from, known) }), nil
}

// newsKind is what the site's own list is made of: papers that people chose, on
// a site where they do.
func (r *run) newsKind(ctx context.Context) (broadsheet.ArrivalKind, error) {
	last, err := r.o.Store.LatestArrivalAt(ctx, broadsheet.ArrivalChosen)
	if err != nil || r.o.Now().Sub(last) > choosesFor {
		return broadsheet.ArrivalKnown, err
	}
	return broadsheet.ArrivalChosen, nil
}
