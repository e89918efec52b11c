package web

import (
	"context"
	"html/template"
	"net/http"
	"net/url"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
)

// likeness is a paper as another is compared with it.
type likeness struct {
	ID, Path string
	Title    template.HTML
}

func (w *Web) likeness(p *broadsheet.Paper) *likeness {
	return &likeness{ID: p.ID, Path: address.Paper(p.ID), Title: w.typeset.inline(p.Title)}
}

func likePath(id string) string { return "/search?" + url.Values{"like": {id}}.Encode() }

// like shows the papers most like some.
func (w *Web) like(rw http.ResponseWriter, r *http.Request, ids []string) error {
	const shown = 50
	found, err := w.app.Like(r.Context(), ids, shown)
	if err != nil {
		return err
	}
	title := "Similar papers"
	if len(found.Seeds) == 1 {
		title = clip("Papers like "+plain(found.Seeds[0].Title), 80)
	}
	page := searchPage{Frame: w.searchFrame(title, "like"), Heading: "Papers like", Count: "The " + plural(found.Total, "nearest paper"), Took: took(found.Took),
		Ignored: notes(found.Query.Ignored), Results: w.results(found), Building: building(found.Filling)}
	same := url.Values{}
	for i := range found.Seeds {
		page.Like = append(page.Like, *w.likeness(&found.Seeds[i]))
		same.Add("like", found.Seeds[i].ID)
	}
	page.Frame.Feeds = feeds("/search?" + same.Encode())
	page.Frame.forms("/search?"+same.Encode(), len(found.Papers))
	return w.render(rw, "search.html", page)
}

// similarShown is how many similar papers stand on a paper's page.
const similarShown = 5

// company fills in what stands beside a paper. Without a search engine, or while
// it rebuilds its index, a paper's page is only shorter.
func (w *Web) company(ctx context.Context, page *paperPage) {
	c, err := w.app.Company(ctx, page.Paper, similarShown)
	if err != nil {
		return
	}
	cards := func(papers []broadsheet.Paper) []card {
		return w.cards(&app.Listing{Page: broadsheet.Page{Papers: papers}}, w.app.Now())
	}
	page.Same, page.Similar, page.Like = cards(c.Same), cards(c.Similar), likePath(page.Paper.ID)
}
