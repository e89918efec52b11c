package app

import (
	"context"
	"maps"
	"slices"

	"broadsheet"
)

// PeopleSay is what people here made of papers, for answers that else repeat what
// was recorded of them; all by the papers' ids.
type PeopleSay struct {
	Claims map[string][]broadsheet.Claim    // that were accepted
	Talks  map[string]bool                  // a claimed author takes part in the discussion
	Edited map[string][]broadsheet.EditKind // what claimed authors and curators changed
	Whole  map[string]*broadsheet.Paper     // those that were changed, with all that is known of them
}

// PeopleSay reads that of papers: two questions where nobody said anything.
func (a *App) PeopleSay(ctx context.Context, ids []string) (x PeopleSay, err error) {
	if x.Claims, err = a.store.ClaimedAuthors(ctx, ids); err != nil {
		return x, err
	}
	if len(x.Claims) > 0 {
		if x.Talks, err = a.store.Participating(ctx, ids); err != nil {
			return x, err
		}
	}
	if x.Edited, err = a.store.Edited(ctx, ids); err != nil || len(x.Edited) == 0 {
		return x, err
	}
	papers, err := a.Whole(ctx, slices.Sorted(maps.Keys(x.Edited)))
	x.Whole = make(map[string]*broadsheet.Paper, len(papers))
	for i := range papers {
		x.Whole[papers[i].ID] = &papers[i]
	}
	return x, err
}
