package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
)

// searchLink makes addresses of a search with something changed.
type searchLink struct {
	text           string
	sort           broadsheet.Sort
	mode           broadsheet.Mode
	plain, explain bool
	exact          bool
}

func (l searchLink) values() url.Values {
	q := url.Values{"q": {l.text}}
	if l.sort != "" {
		q.Set("sort", string(l.sort))
	}
	if l.mode != "" {
		q.Set("mode", string(l.mode))
	}
	for name, on := range map[string]bool{"plain": l.plain, "explain": l.explain, "exact": l.exact} {
		if on {
			q.Set(name, "1")
		}
	}
	return q
}

// followed is how many papers a search's feed holds, which is asked for once a
// day by some and whose next pages hardly a reader follows.
const followed = "50"

// newest is the search as who subscribes to it wants it: the newest first, of
// what the page shows where a word was corrected.
func (l searchLink) newest(found *app.Found) string {
	l.text = cmp.Or(found.Corrected, l.text)
	l.sort, l.explain = broadsheet.SortDate, false
	q := l.values()
	q.Set("limit", followed)
	return "/search?" + q.Encode()
}

func (l searchLink) path(after string) string {
	q := l.values()
	if after != "" {
		q.Set("after", after)
	}
	return "/search?" + q.Encode()
}

// hidden are the fields that a new search from the page's box keeps.
func (l searchLink) hidden() []choice {
	var out []choice
	q := l.values()
	for _, name := range []string{"sort", "mode", "plain", "explain"} {
		if v := q.Get(name); v != "" {
			out = append(out, choice{Name: name, Path: v})
		}
	}
	return out
}

func (l searchLink) sorts(now broadsheet.Sort) []choice {
	now = cmp.Or(now, broadsheet.SortRelevance)
	var out []choice
	for _, s := range []struct {
		name string
		sort broadsheet.Sort
	}{{"Best", broadsheet.SortRelevance}, {"Newest", broadsheet.SortDate}} {
		to := l
		to.sort = s.sort
		if s.sort == broadsheet.SortRelevance {
			to.sort = ""
		}
		out = append(out, choice{Name: s.name, Path: to.path(""), Here: now == s.sort})
	}
	return out
}

// with is the search with a query in place of the text, which says of order and
// mode only what is neither default nor in a parameter of its own.
func (l searchLink) with(q broadsheet.Query) string {
	if q.Sort == broadsheet.SortRelevance || l.sort != "" {
		q.Sort = ""
	}
	if q.Mode == broadsheet.ModeHybrid || l.mode != "" {
		q.Mode = ""
	}
	l.text = q.String()
	return l.path("")
}

var facetNames = map[string]string{"category": "Category", "year": "Year", "organization": "Organisation", "code": "Code"}

// facetsShown bounds the choices of one facet.
const facetsShown = 10

// facets are the conditions that can be added, and those that can be taken back.
func (l searchLink) facets(found *app.Found) (facets []facet, chosen []choice) {
	q := found.Query
	for _, c := range q.Categories {
		to := q
		to.Categories = without(q.Categories, c)
		chosen = append(chosen, choice{Name: c, Path: l.with(to)})
	}
	for _, o := range q.Organizations {
		to := q
		to.Organizations = without(q.Organizations, o)
		chosen = append(chosen, choice{Name: o, Path: l.with(to)})
	}
	if q.HasCode {
		to := q
		to.HasCode = false
		chosen = append(chosen, choice{Name: "With code", Path: l.with(to)})
	}
	if q.From != "" || q.To != "" {
		to := q
		to.From, to.To = "", ""
		chosen = append(chosen, choice{Name: between(q.From, q.To), Path: l.with(to)})
	}
	for _, f := range found.Facets {
		out := facet{Name: cmp.Or(facetNames[f.Name], f.Name)}
		if f.Sampled > 0 {
			out.Note = fmt.Sprintf("among the best %s", number(f.Sampled))
		}
		for _, c := range f.Counts {
			if len(out.Choices) == facetsShown {
				break
			}
			if to, ok := narrow(q, f.Name, c.Name); ok {
				out.Choices = append(out.Choices, choice{Name: cmp.Or(c.Label, c.Name), Path: l.with(to), Count: c.Count})
			}
		}
		if len(out.Choices) > 0 {
			facets = append(facets, out)
		}
	}
	return facets, chosen
}

// narrow adds a condition to q; it is false where q has it.
func narrow(q broadsheet.Query, name, value string) (broadsheet.Query, bool) {
	switch name {
	case "category":
		if !broadsheet.IsCategory(value) || slices.Contains(q.Categories, value) {
			return q, false
		}
		q.Categories = []string{value}
	case "organization":
		if slices.ContainsFunc(q.Organizations, func(o string) bool { return strings.EqualFold(o, value) }) {
			return q, false
		}
		q.Organizations = []string{value}
	case "year":
		from, to := broadsheet.Day(value+"-01-01"), broadsheet.Day(value+"-12-31")
		if q.From == from && q.To == to {
			return q, false
		}
		q.From, q.To = from, to
	case "code":
		if q.HasCode || value != "yes" {
			return q, false
		}
		q.HasCode = true
	default:
		return q, false
	}
	return q, true
}

// between names a span of days.
func between(from, to broadsheet.Day) string {
	switch {
	case to == "":
		return "since " + mediumDay(from)
	case from == "":
		return "until " + mediumDay(to)
	case from[:4] == to[:4] && strings.HasSuffix(string(from), "-01-01") && strings.HasSuffix(string(to), "-12-31"):
		return string(from[:4])
	}
	return spanName(from, to)
}

func without(list []string, what string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == what })
}
