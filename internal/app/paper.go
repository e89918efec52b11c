package app

import (
	"context"
	"slices"

	"broadsheet"
)

// PaperView is a paper with what its page needs beside it.
type PaperView struct {
	broadsheet.Paper
	Standings []Standing               // one for each of its features, the newest first
	Voted     bool                     // who asks has voted for it
	Claimed   map[int]broadsheet.Claim // accepted claims by the author's place, from 1
	Edits     bool                     // who asks may add to it
	Pictures  Gallery
}

// Standing is a paper's place by votes among the papers chosen on a day.
type Standing struct {
	broadsheet.Feature
	Rank, Of int // Rank is 0 for a paper without votes
}

// standingsShown bounds the work for one page: hardly a paper is chosen twice.
const standingsShown = 5

// Paper reads a paper by any of its ids in any spelling, or by the address of a
// page about it: what broadsheet.ParseID reads is read on every surface.
// PaperView.ID is the id under which it should be shown. NotFound says whether
// the id could exist.
func (a *App) Paper(ctx context.Context, id string) (*PaperView, error) {
	canonical, _, err := broadsheet.ParseID(id)
	if err != nil {
		return nil, err
	}
	p, err := a.store.Paper(ctx, canonical)
	if err != nil {
		return nil, err
	}
	v := &PaperView{Paper: p}
	for i := len(p.Features) - 1; i >= 0 && len(v.Standings) < standingsShown; i-- {
		s := Standing{Feature: p.Features[i]}
		if p.VoteCount() > 0 {
			if s.Rank, s.Of, err = a.standing(ctx, p.ID, s.Day); err != nil {
				return nil, err
			}
		}
		v.Standings = append(v.Standings, s)
	}
	voted, err := a.VotedFor(ctx, ActorOf(ctx), []broadsheet.Paper{p})
	if err != nil {
		return nil, err
	}
	v.Voted = voted[p.ID]
	if v.Claimed, err = a.AuthorsOf(ctx, &p); err != nil {
		return nil, err
	}
	if v.Edits, err = a.MayEdit(ctx, ActorOf(ctx), p.ID); err != nil {
		return nil, err
	}
	v.Pictures, err = a.gallery(ctx, []broadsheet.Paper{p})
	return v, err
}

func (a *App) standing(ctx context.Context, id string, day broadsheet.Day) (rank, of int, err error) {
	ids, err := a.store.Order(ctx, broadsheet.List{Kind: broadsheet.ListDay, Key: string(day), Sort: broadsheet.SortTop, Limit: broadsheet.MaxOffset})
	return slices.Index(ids, id) + 1, len(ids), err
}

// Whole reads papers with everything that is stored of them, in the order of
// ids; those that are not here are left out.
func (a *App) Whole(ctx context.Context, ids []string) ([]broadsheet.Paper, error) {
	return a.store.Whole(ctx, ids)
}
