package address

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
)

// Place is where lists of a kind are found.
type Place struct {
	Pattern string // of the page's route, and of the routes of its other forms
	Kind    broadsheet.ListKind
	Value   string   // name of the pattern's value that holds the key, "" for none
	Params  []string // that its forms read
}

// ListParams are the parameters of lists other than searches.
var ListParams = append([]string{"limit"}, ViewParams...)

// SearchParams are those of searches.
var SearchParams = []string{"q", "like", "sort", "mode", "after", "exact", "plain", "limit"}

// Places are all places with a list of papers. The day's holds papers too: what
// is no day is a paper's id.
var Places = []Place{
	{"/papers", broadsheet.ListDay, "", dayParams},
	{"/papers/{id...}", broadsheet.ListDay, "id", dayParams},
	{"/papers/hot", broadsheet.ListHot, "", ListParams},
	{"/papers/week/{week}", broadsheet.ListWeek, "week", ListParams},
	{"/papers/month/{month}", broadsheet.ListMonth, "month", ListParams},
	{"/authors/{key}", broadsheet.ListAuthor, "key", ListParams},
	{"/orgs/{key}", broadsheet.ListOrganization, "key", ListParams},
	{"/categories/{name}", broadsheet.ListCategory, "name", ListParams},
	{"/submitters/{key}", broadsheet.ListSubmitter, "key", ListParams},
	{"/keywords/{word}", broadsheet.ListKeyword, "word", ListParams},
	{"/search", ListSearch, "", SearchParams},
}

var dayParams = append([]string{"list"}, ListParams...)

// ListSearch is the kind of the place of searches.
const ListSearch broadsheet.ListKind = "search"

// Papers is a page of a list as its address names it.
type Papers struct {
	Title  string // "Papers of 1 July 2026", "Machine Learning (cs.LG)", "Search: gulls"
	Path   string // of its page, with what narrows and orders it
	Next   string // Path of the page that follows, "" for none
	Papers []broadsheet.Paper

	Listing *app.Listing // nil for a search
	Found   *app.Found   // nil for all else
}

// Read gives the papers that a request to the place names.
func (p Place) Read(ctx context.Context, a *app.App, r *http.Request) (*Papers, error) {
	q := r.URL.Query()
	if p.Kind == ListSearch {
		return search(ctx, a, q)
	}
	kind, key := p.Kind, ""
	if p.Value != "" {
		key = r.PathValue(p.Value)
	}
	if kind == broadsheet.ListDay && key != "" {
		day, ok, err := Day(key)
		if err != nil {
			return nil, err
		}
		if id, _, err := broadsheet.ParseID(key); !ok && err == nil {
			return nil, &broadsheet.Error{Kind: broadsheet.NotFound, Text: fmt.Sprintf("%.60q is a paper, and a list of papers is asked for", id), Fix: "see " + Paper(id)}
		}
		if !ok {
			return nil, &broadsheet.Error{Kind: broadsheet.NotFound, Text: fmt.Sprintf("%.60q is no day with a list of papers", key), Fix: "write a day as 2026-07-01"}
		}
		key = string(day)
	}
	v, err := View(q)
	if err != nil {
		return nil, err
	}
	l, err := a.List(ctx, kind, key, v)
	if err != nil {
		return nil, err
	}
	switch which := q.Get("list"); which {
	case "":
	case "announced":
		if l, err = a.Announced(ctx, l.From, v); err != nil {
			return nil, err
		}
	default:
		return nil, broadsheet.InvalidField("list", fmt.Sprintf("%.40q means nothing here", which), "use announced, or leave it out")
	}
	return listed(l), nil
}

func listed(l *app.Listing) *Papers {
	def := app.DefaultSort(l.List.Kind)
	path := func(v app.View) string {
		q := Values(v, def)
		if l.List.Kind == broadsheet.ListAnnounced {
			q.Set("list", "announced")
			return with(List(broadsheet.ListDay, l.List.Key), q)
		}
		return with(List(l.List.Kind, l.List.Key), q)
	}
	out := &Papers{Title: Title(l), Path: path(l.View), Papers: l.Papers, Listing: l}
	if next := l.View; l.More && next.Page*next.Limit <= broadsheet.MaxOffset {
		next.Page++
		out.Next = path(next)
		if l.View.Limit != broadsheet.DefaultLimit {
			out.Next = withParam(out.Next, "limit", fmt.Sprint(l.View.Limit))
		}
	}
	return out
}

func with(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func withParam(path, name, value string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path // made here: it parses
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// Title names a list in a line of plain text.
func Title(l *app.Listing) string {
	long := func(d broadsheet.Day) string { return d.Time().Format("2 January 2006") }
	name := cmp.Or(l.Name, l.List.Key)
	switch l.List.Kind {
	case broadsheet.ListDay:
		return "Papers of " + long(l.From)
	case broadsheet.ListAnnounced:
		return "Papers announced on " + long(l.From)
	case broadsheet.ListWeek:
		return "Papers of the week of " + long(l.From)
	case broadsheet.ListMonth:
		return "Papers of " + l.From.Time().Format("January 2006")
	case broadsheet.ListHot:
		return "Hot papers"
	case broadsheet.ListAuthor:
		return "Papers by " + name
	case broadsheet.ListOrganization:
		return "Papers of " + name
	case broadsheet.ListSubmitter:
		return "Papers submitted by " + name
	case broadsheet.ListKeyword:
		return "Papers on " + name
	case broadsheet.ListCategory:
		if l.Name != "" && l.Name != l.List.Key {
			return l.Name + " (" + l.List.Key + ")"
		}
	}
	return name
}

var dayForm = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}$`)

// Day reads what may be a day, also without leading zeros (2024-6-3): ok says
// that it has the form of one, err that there is no such day.
func Day(text string) (day broadsheet.Day, ok bool, err error) {
	if !dayForm.MatchString(text) {
		return "", false, nil
	}
	if t, err := time.Parse("2006-1-2", text); err == nil {
		text = t.Format(time.DateOnly)
	}
	day, err = broadsheet.ParseDay(text)
	return day, true, err
}
