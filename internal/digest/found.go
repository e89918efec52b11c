package digest

import (
	"context"
	"slices"

	"broadsheet"
	"broadsheet/internal/store"
)

var errNoFinder = &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "the search is not ready"}

// found searches among what arrived, best first, and gives how many papers it
// found in all.
func (r *run) found(ctx context.Context, text string, from, to int64) (papers []store.Arrived, total int, err error) {
	arrived, err := r.arrived(ctx, broadsheet.ArrivalKnown, from, to)
	if err != nil {
		return nil, 0, err
	}
	q := broadsheet.ParseQuery(text)
	at := make(map[string]int, len(arrived))
	ids := make([]string, 0, len(arrived))
	for i, a := range arrived {
		if len(q.IDs) == 0 || slices.Contains(q.IDs, a.ID) {
			at[a.ID] = i
			ids = append(ids, a.ID)
		}
	}
	if len(ids) == 0 {
		return nil, 0, nil
	}
	q.IDs, q.Exact, q.Limit, q.Mode = ids, true, maxPicks, broadsheet.ModeLexical
	found, err := r.o.Finder.Search(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	// The index may have lost something just now, or begun anew.
	if ok, err := r.held(r.search); err != nil || !ok || found.Incomplete {
		if err == nil {
			err = errBehind
		}
		return nil, 0, err
	}
	for _, h := range found.Hits {
		if i, ok := at[h.ID]; ok {
			papers = append(papers, arrived[i])
		}
	}
	return papers, found.Total, nil
}
