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

// LastChosen reads papers as they were featured last, in the order of ids; those
// that are not here are left out.
func (a *App) LastChosen(ctx context.Context, ids []string) ([]Chosen, error) {
	refs, err := a.store.LastChosen(ctx, ids)
	if err != nil {
		return nil, err
	}
	return a.chosen(ctx, exactly(refs), "")
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
