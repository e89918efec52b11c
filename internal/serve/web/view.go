package web

import (
	"fmt"
	"net/http"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
)

// viewLink is a list's path with a view, without what is default.
type viewLink struct {
	path      string
	feed      string // path whose feeds go on, where it is another
	announced bool
	def       broadsheet.Sort
}

func (b viewLink) to(v app.View) string {
	q := address.Values(v, b.def)
	if b.announced {
		q.Set("list", "announced")
	}
	if len(q) == 0 {
		return b.path
	}
	return b.path + "?" + q.Encode()
}

// choice is a link of which one in a row is where the reader stands.
type choice struct {
	Name, Path string
	Count      int
	Here       bool
}

var sortNames = []choice{{Name: "Hot", Path: "hot"}, {Name: "Top", Path: "top"}, {Name: "New", Path: "new"}}

// sorts are the orders of a list.
func (b viewLink) sorts(v app.View) []choice {
	out := make([]choice, 0, len(sortNames))
	for _, s := range sortNames {
		to := v
		to.Sort, to.Page = broadsheet.Sort(s.Path), 1
		out = append(out, choice{Name: s.Name, Path: b.to(to), Here: v.Sort == to.Sort})
	}
	return out
}

// categoriesShown bounds the choice of categories: a day of arXiv has 150.
const categoriesShown = 16

func (b viewLink) categories(v app.View, counts []broadsheet.Count) []choice {
	var out []choice
	for _, c := range counts[:min(categoriesShown, len(counts))] {
		to := v
		to.Category, to.Page = c.Name, 1
		out = append(out, choice{Name: c.Name, Path: b.to(to), Count: c.Count, Here: c.Name == v.Category})
	}
	return out
}

// code is the same list with or without papers that have no code.
func (b viewLink) code(v app.View) choice {
	to := v
	to.HasCode, to.Page = !v.HasCode, 1
	return choice{Name: "With code", Path: b.to(to), Here: v.HasCode}
}

// one reads a parameter that takes one of some values.
func one(r *http.Request, name string, values ...string) (string, error) {
	got := r.URL.Query().Get(name)
	if got == "" {
		return "", nil
	}
	for _, v := range values {
		if got == v {
			return v, nil
		}
	}
	return "", broadsheet.InvalidField(name, fmt.Sprintf("%.40q means nothing here", got), "use "+values[0]+", or leave it out")
}
