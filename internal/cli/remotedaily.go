package cli

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/lib/hfwire"
	"broadsheet/internal/serve/address"
)

// anywhere lets a person reach what they name: the guard against private
// networks is for addresses that strangers wrote.
var anywhere = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}

// get asks the Daily Papers API.
func (r *remote) get(ctx context.Context, path string, q url.Values) ([]byte, error) {
	if r.daily == nil {
		r.daily = fetch.New(fetch.Options{Agent: fetch.Agent(Version(), "", ""), Allow: anywhere, MaxWait: remotePatience, Attempts: 2})
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	res, err := r.daily.Get(ctx, fetch.Request{URL: r.base + path, Accept: "application/json", Types: []string{"application/json"}})
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// cannot says that the API has no such thing.
func (r *remote) cannot(do string) error {
	return usage(broadsheet.InvalidField("--server", r.base+" has a Daily Papers API only, which cannot "+do, "name a Broadsheet site"))
}

func (r *remote) dailyList(ctx context.Context, q asked) (*listed, error) {
	v := url.Values{"limit": {strconv.Itoa(min(pageLimit, q.limit))}}
	title := "Papers"
	switch q.kind {
	case client.ListDay, client.ListWeek, client.ListMonth:
		name := map[client.Kind]string{client.ListDay: "date", client.ListWeek: "week", client.ListMonth: "month"}[q.kind]
		if q.key != "" {
			v.Set(name, q.key)
			title += " of " + q.key
		}
	case client.ListHot:
		v.Set("sort", "trending")
		title = "Hot papers"
	default:
		return nil, r.cannot("list papers by " + string(q.kind))
	}
	if q.view.Category != "" || q.view.HasCode {
		return nil, r.cannot("narrow lists")
	}
	body, err := r.get(ctx, "/api/daily_papers", v)
	if err != nil {
		return nil, err
	}
	return r.entries(title, body, q.limit)
}

func (r *remote) dailySearch(ctx context.Context, text string, limit int) (*listed, error) {
	body, err := r.get(ctx, "/api/papers/search", url.Values{"q": {text}, "limit": {strconv.Itoa(min(limit, 120))}})
	if err != nil {
		return nil, err
	}
	return r.entries("Search: "+text, body, limit)
}

// entries reads a list; entries that cannot be read are counted.
func (r *remote) entries(title string, body []byte, limit int) (*listed, error) {
	raw, err := hfwire.Split(body)
	if err != nil {
		return nil, &broadsheet.Error{Kind: broadsheet.Unavailable, Text: r.base + " does not answer as a Daily Papers API does", Err: err}
	}
	out := &listed{Title: title, Items: []client.Paper{}, Total: len(raw)}
	spoilt := 0
	for _, data := range raw[:min(len(raw), limit)] {
		e, err := hfwire.Parse(data)
		if err == nil {
			var p *client.Paper
			if p, err = r.entry(e); err == nil {
				out.Items = append(out.Items, *p)
				continue
			}
		}
		spoilt++
	}
	if spoilt > 0 {
		out.Total -= spoilt
		out.Notes = append(out.Notes, plural(spoilt, "paper")+" of the answer could not be read")
	}
	return out, nil
}

func (r *remote) dailyPaper(ctx context.Context, id string) (*client.Paper, error) {
	canonical, _, err := broadsheet.ParseID(id)
	if err != nil {
		return nil, err
	}
	body, err := r.get(ctx, "/api/papers/"+url.PathEscape(canonical), nil)
	var no *fetch.StatusError
	if errors.As(err, &no) && no.Status == http.StatusNotFound && saysError(no.Body) {
		return nil, &broadsheet.Error{Kind: broadsheet.NotFound, Field: "id", Text: "the paper " + canonical + " is not at " + r.base}
	}
	if err != nil {
		return nil, err
	}
	var e hfwire.Entry
	if err := json.Unmarshal(body, &e.Item); err != nil {
		return nil, &broadsheet.Error{Kind: broadsheet.Unavailable, Text: r.base + " does not answer as a Daily Papers API does", Err: err}
	}
	return r.entry(e)
}

// saysError tells an API's no from a web server's.
func saysError(body []byte) bool {
	var says struct{ Error string }
	return json.Unmarshal(body, &says) == nil && says.Error != ""
}

// entry gives an entry the API's form.
func (r *remote) entry(e hfwire.Entry) (*client.Paper, error) {
	day := broadsheet.Day("")
	if at := e.Item.SubmittedOnDailyAt; len(at) >= len("2026-07-01") {
		day = broadsheet.Day(at[:len("2026-07-01")])
	}
	p, err := e.Paper(day, 0)
	if err != nil {
		return nil, err
	}
	source := address.SourceOf(&p)
	out := &client.Paper{ID: p.ID, URL: r.base + "/papers/" + p.ID, Source: client.Source{Name: source.Name, Page: source.Page, PDF: source.PDF},
		Title: p.Title, TLDR: p.TLDR, Abstract: p.Abstract, AuthorCount: p.AuthorCount, Keywords: p.Keywords,
		PublishedAt: p.PublishedAt, FeaturedOn: client.Day(day), Votes: p.VoteCount(), Comments: p.CommentCount()}
	for _, a := range p.Authors {
		out.Authors = append(out.Authors, client.Author{Name: a.Name, Key: a.Key})
	}
	for _, o := range p.Organizations {
		out.Organizations = append(out.Organizations, client.Organization{Key: o.Key, Name: o.Name})
	}
	for _, l := range p.Links {
		if strings.HasPrefix(l.URL, "http") {
			out.Links = append(out.Links, client.Link{Kind: string(l.Kind), URL: l.URL, Stars: l.Stars})
		}
	}
	return out, nil
}
