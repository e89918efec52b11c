package app

import (
	"context"

	"broadsheet"
)

// EditionPapers is an edition with its papers as they are now.
type EditionPapers struct {
	broadsheet.Edition
	Papers   []broadsheet.Paper // in the edition's order, without those that are gone
	Pictures Gallery
}

// Edition finds an edition by its public name, NotFound where there is none.
// What it says of a paper is not frozen: a paper that was withdrawn since, or
// whose title was mended, is shown so.
func (a *App) Edition(ctx context.Context, token string) (*EditionPapers, error) {
	x, err := a.store.Edition(ctx, token)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(x.Picks))
	for i, p := range x.Picks {
		ids[i] = p.PaperID
	}
	e := &EditionPapers{Edition: x}
	if e.Papers, err = a.store.Papers(ctx, ids); err != nil {
		return nil, err
	}
	e.Pictures, err = a.gallery(ctx, e.Papers)
	return e, err
}
