package httpkit

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"broadsheet"
)

// parameter is a query parameter that a page reads.
type parameter struct{ name, fallback string }

func parseParameters(decl []string) []parameter {
	ps := make([]parameter, 0, len(decl))
	for _, d := range decl {
		name, fallback, _ := strings.Cut(d, "=")
		ps = append(ps, parameter{name, fallback})
	}
	slices.SortFunc(ps, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	return ps
}

// maxValues is how often one parameter may be repeated; more are ignored.
const maxValues = 32

// canonicalQuery is the query with only the parameters that count: sorted by
// name, without empty values and defaults. What cannot be decoded is ignored.
func canonicalQuery(ps []parameter, raw string) string {
	if raw == "" || len(ps) == 0 {
		return ""
	}
	have, _ := url.ParseQuery(raw) // gives the good pairs of a bad query
	var b strings.Builder
	for _, p := range ps {
		values := slices.DeleteFunc(have[p.name], func(v string) bool { return v == "" })
		if len(values) == 1 && values[0] == p.fallback {
			continue
		}
		for _, v := range values[:min(len(values), maxValues)] {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(url.QueryEscape(p.name))
			b.WriteByte('=')
			b.WriteString(url.QueryEscape(v))
		}
	}
	return b.String()
}

// unknown is the first parameter by name that is not among ps, "" for none.
func unknown(ps []parameter, raw string) string {
	if raw == "" {
		return ""
	}
	have, _ := url.ParseQuery(raw)
	var found []string
	for name := range have {
		if !slices.ContainsFunc(ps, func(p parameter) bool { return p.name == name }) {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return slices.Min(found)
}

func unknownParameter(rt *route, name string) error {
	var names []string
	for _, p := range rt.params {
		names = append(names, p.name)
	}
	fix := "leave it out"
	if len(names) > 0 {
		fix = "use " + strings.Join(names, ", ")
	}
	return broadsheet.InvalidField(fmt.Sprintf("%.40s", name), "there is no such parameter here", fix)
}
