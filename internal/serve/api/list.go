package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
)

// list answers a page of a list.
func (a *API) list(w http.ResponseWriter, r *http.Request) error {
	q, ctx := r.URL.Query(), r.Context()
	sel, err := selection(q)
	if err != nil {
		return err
	}
	v, err := address.View(q)
	if err != nil {
		return err
	}
	kind, key, page, err := a.place(ctx, r, v)
	if err != nil {
		return err
	}
	v.Page = page
	l, err := a.app.List(ctx, kind, key, v)
	if err != nil {
		return rename(err, map[string]string{"date": "key", "week": "key", "month": "key", "page": "cursor"})
	}
	out := a.listed(l, page, sel)
	if more(l) {
		out.Next = seal(scopeOf(r.PathValue("kind"), r.PathValue("key"), v), fmt.Sprint(l.View.Page+1, " ", l.List.Key))
	}
	a.follow(w, r, out.Next)
	if sel.fields == nil {
		return write(w, out)
	}
	items, err := picks(sel, out.Items)
	if err != nil {
		return err
	}
	out.Items = nil
	return write(w, struct {
		*client.List
		Items []json.RawMessage `json:"items"`
	}{out, items})
}

func more(l *app.Listing) bool {
	return l.More && l.View.Page*l.View.Limit <= broadsheet.MaxOffset
}

// place is the list that a request means, and the page of it: without a key the
// latest, and on its further pages the one that the first page was of.
func (a *API) place(ctx context.Context, r *http.Request, v app.View) (kind broadsheet.ListKind, key string, page int, err error) {
	kind, key = broadsheet.ListKind(r.PathValue("kind")), r.PathValue("key")
	place, err := unseal(scopeOf(string(kind), key, v), r.URL.Query().Get("cursor"))
	if err != nil {
		return "", "", 0, err
	}
	if place != "" {
		number, key, _ := strings.Cut(place, " ")
		n, err := placeNumber(number, 10)
		return kind, key, int(min(n, broadsheet.MaxOffset+2)), err
	}
	switch kind {
	case broadsheet.ListDay, broadsheet.ListAnnounced:
		if day, ok, err := address.Day(key); err == nil && ok {
			key = string(day)
		}
	}
	if key != "" {
		return kind, key, 1, nil
	}
	switch kind {
	case broadsheet.ListDay, broadsheet.ListHot:
	case broadsheet.ListWeek, broadsheet.ListMonth:
		front, err := a.app.Front(ctx, app.View{Limit: 1})
		if err != nil {
			return "", "", 0, err
		}
		if key = string(front.From.Month()); kind == broadsheet.ListWeek {
			key = string(front.From.Week())
		}
	default:
		return "", "", 0, broadsheet.InvalidField("kind", fmt.Sprintf("%.40q is no list that goes without a key", kind),
			"use day, week, month or hot, or add a key to the path")
	}
	return kind, key, 1, nil
}

// scopeOf is what decides which papers come in which order.
func scopeOf(kind, key string, v app.View) string {
	return fmt.Sprintf("list %q %q %q %q %t %d", kind, key, v.Sort, v.Category, v.HasCode, v.Limit)
}

// listed is a page of a list as the API shows it.
func (a *API) listed(l *app.Listing, page int, sel selected) *client.List {
	out := &client.List{
		Kind: client.Kind(l.List.Kind), Key: l.List.Key, Title: address.Title(l), URL: a.base + listPath(l), Sort: string(l.View.Sort),
		Items: a.wires(l.Papers, sel.authors), Total: l.Total,
		From: client.Day(l.From), To: client.Day(l.To), PrevList: l.Prev, NextList: l.Next, Featured: l.Featured,
	}
	if page == 1 { // a day of arXiv has 150: once is enough
		out.Categories = each(l.Categories, func(c *broadsheet.Count) client.Count { return client.Count(*c) })
	}
	if l.Counts.Day != "" {
		out.Counts = &client.DayCounts{Featured: l.Counts.Featured, Announced: l.Counts.Announced}
	}
	return out
}

// listPath is the page of a list with its view.
func listPath(l *app.Listing) string {
	path, q := address.List(l.List.Kind, l.List.Key), address.Values(l.View, app.DefaultSort(l.List.Kind))
	q.Del("page") // which papers stand on a page there is another matter
	if len(q) == 0 {
		return path
	}
	if strings.Contains(path, "?") {
		return path + "&" + q.Encode()
	}
	return path + "?" + q.Encode()
}

const recentScope = "papers"

// recent answers a page of all papers.
func (a *API) recent(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	sel, err := selection(q)
	if err != nil {
		return err
	}
	limit, err := limitOf(q, broadsheet.DefaultLimit)
	if err != nil {
		return err
	}
	place, err := unseal(recentScope, q.Get("cursor"))
	if err != nil {
		return err
	}
	var before int64
	if place != "" {
		if before, err = placeNumber(place, 36); err != nil {
			return err
		}
	}
	papers, next, err := a.app.Recent(r.Context(), before, limit)
	if err != nil {
		return err
	}
	out := client.Papers{Items: a.wires(papers, sel.authors)}
	if next > 0 {
		out.Next = seal(recentScope, strconv.FormatInt(next, 36))
	}
	a.follow(w, r, out.Next)
	if sel.fields == nil {
		return write(w, out)
	}
	items, err := picks(sel, out.Items)
	if err != nil {
		return err
	}
	return write(w, struct {
		Items []json.RawMessage `json:"items"`
		Next  client.Cursor     `json:"next"`
	}{items, out.Next})
}

func limitOf(q url.Values, def int) (int, error) {
	n, err := address.Number(q, "limit", 1, broadsheet.MaxLimit)
	if n == 0 {
		n = def
	}
	return n, err
}
