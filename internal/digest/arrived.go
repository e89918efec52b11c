package digest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/store"
)

const (
	arrivalPage = 10_000 // that are read at once
	// keptWindows is how many windows of arrivals a run keeps: most subscriptions
	// stand at one of few places.
	keptWindows = 16
)

type windowKey struct {
	kind     broadsheet.ArrivalKind
	from, to int64
}

// window is what arrived in it.
type window struct{ papers []store.Arrived }

// arrived is all that became news of a kind after from up to to: a copy, which
// the caller may change. Many topics look at the same.
func (r *run) arrived(ctx context.Context, kind broadsheet.ArrivalKind, from, to int64) ([]store.Arrived, error) {
	k := windowKey{kind, from, to}
	w := r.arrivals[k]
	if w == nil {
		papers, err := pages(from, func(after int64) ([]store.Arrived, error) {
			return r.o.Store.Arrivals(ctx, kind, after, to, arrivalPage)
		})
		if err != nil {
			return nil, err
		}
		if len(r.arrivals) >= keptWindows {
			clear(r.arrivals)
		}
		w = &window{papers}
		r.arrivals[k] = w
	}
	return slices.Clone(w.papers), nil
}

// pages reads all pages of arrivals: whatever was left out of an edition's
// arrivals would count as told.
func pages(from int64, read func(after int64) ([]store.Arrived, error)) ([]store.Arrived, error) {
	var all []store.Arrived
	for {
		page, err := read(from)
		all = append(all, page...)
		if err != nil || len(page) < arrivalPage {
			return all, err
		}
		from = page[len(page)-1].Seq
	}
}

func (r *run) onList(ctx context.Context, key string, from, to int64) (papers []store.Arrived, title string, err error) {
	kind, name, _ := strings.Cut(key, ":")
	list := broadsheet.List{Kind: broadsheet.ListKind(kind), Key: name}
	arrival := broadsheet.ArrivalKnown
	title = name
	switch list.Kind {
	case broadsheet.ListAuthor:
		title, err = r.o.Store.AuthorName(ctx, name)
		title = "Papers by " + cmp.Or(title, name)
	case broadsheet.ListOrganization:
		var o broadsheet.Organization
		o, err = r.o.Store.Organization(ctx, name)
		title = "Papers of " + cmp.Or(o.Name, name)
	case broadsheet.ListSubmitter:
		var p broadsheet.Person
		p, err = r.o.Store.Person(ctx, name)
		title = "Papers submitted by " + cmp.Or(p.Name, name)
		arrival = broadsheet.ArrivalChosen
	case broadsheet.ListKeyword:
		title = "Papers on " + name
	}
	if err != nil && broadsheet.KindOf(err) != broadsheet.NotFound { // whose last paper went has no news
		return nil, title, err
	}
	papers, err = pages(from, func(after int64) ([]store.Arrived, error) {
		return r.o.Store.ArrivalsOn(ctx, list, arrival, after, to, arrivalPage)
	})
	return papers, title, err
}
