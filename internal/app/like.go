package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"broadsheet"
)

// MaxLike is how many papers a search for similar ones may name: with more of
// them what they have in common says less and less.
const MaxLike = 10

// Like finds the papers most like those with the ids, in any spelling, best
// first, at most n. Ignored says which ids do not count. NotFound where none
// does.
func (a *App) Like(ctx context.Context, ids []string, n int) (*Found, error) {
	begin := time.Now()
	seeds, ignored, err := a.seeds(ctx, ids)
	if err != nil {
		return nil, err
	}
	own := make([]string, len(seeds))
	for i := range seeds {
		own[i] = seeds[i].ID
	}
	hits, err := a.finder.Similar(ctx, own, n)
	if err != nil {
		return nil, err
	}
	r := broadsheet.Results{Query: broadsheet.Query{Ignored: ignored}, Hits: hits, Total: len(hits), Took: time.Since(begin)}
	f := &Found{Results: r, Seeds: seeds, Filling: a.Filling(ctx)}
	return f, a.cards(ctx, f)
}

// seeds reads the papers that are asked about.
func (a *App) seeds(ctx context.Context, ids []string) (seeds []broadsheet.Paper, ignored []broadsheet.Ignored, err error) {
	ignore := func(id, why string) { ignored = append(ignored, broadsheet.Ignored{Text: id, Why: why}) }
	var over []string
	for _, text := range ids {
		id, _, err := broadsheet.ParseID(text)
		if err != nil {
			ignore(text, "this is not a paper id")
			continue
		}
		papers, err := a.store.Papers(ctx, []string{id})
		switch {
		case err != nil:
			return nil, nil, err
		case len(papers) == 0:
			ignore(text, "this paper is not here")
		case slices.ContainsFunc(seeds, func(p broadsheet.Paper) bool { return p.ID == papers[0].ID }): // named twice
		case len(seeds) == MaxLike:
			over = append(over, papers[0].ID)
		default:
			seeds = append(seeds, papers[0])
		}
	}
	if len(over) > 0 {
		ignore(strings.Join(over, ", "), fmt.Sprintf("only the first %d papers count", MaxLike))
	}
	if len(seeds) == 0 {
		return nil, nil, &broadsheet.Error{Kind: broadsheet.NotFound, Field: "like", Text: "none of these papers is here", Fix: "name a paper by its id, as like=2503.02130"}
	}
	return seeds, ignored, nil
}

// Company is what stands beside a paper on its page.
type Company struct {
	Similar []broadsheet.Paper // best first
	Same    []broadsheet.Paper // possibly the same work under another id; not among Similar
}

// Company finds what stands beside a paper, at most n similar ones. Whether
// there is the same work again is asked only where one of the nearest papers
// could be it: that is as dear as finding them (3.3 ms beside 3.5 among 48,000
// papers, where looking at the titles of 20 takes 0.5).
func (a *App) Company(ctx context.Context, p *broadsheet.Paper, n int) (*Company, error) {
	hits, err := a.finder.Similar(ctx, []string{p.ID}, max(n, sameAmong))
	if err != nil {
		return nil, err
	}
	f := &Found{Results: broadsheet.Results{Hits: hits}}
	if err := a.read(ctx, f); err != nil {
		return nil, err
	}
	c := &Company{}
	var ids []string
	if slices.ContainsFunc(f.Papers, func(o broadsheet.Paper) bool { return alike(p, &o) }) {
		if ids, err = a.finder.Duplicates(ctx, p.ID); err != nil {
			return nil, err
		}
	}
	for i := range f.Papers {
		switch o := f.Papers[i]; {
		case slices.Contains(ids, o.ID) && alike(p, &o), twin(p, &o): // or what a list says of them
			c.Same = append(c.Same, o)
		case len(c.Similar) < n:
			c.Similar = append(c.Similar, o)
		}
	}
	return c, nil
}

// sameAmong is how many of the nearest papers may be the same work; the engine
// looks no further either.
const sameAmong = 20
