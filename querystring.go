package broadsheet

import (
	"slices"
	"strings"
)

// String writes q as text that ParseQuery reads as an equal query: words first,
// then what must be there, then conditions. Raw, Ignored, Limit, After and the
// switches are no part of the text.
func (q Query) String() string {
	var out []string
	put := func(parts ...string) { out = append(out, strings.Join(parts, "")) }
	for _, w := range q.Words {
		put(w.String())
	}
	for _, g := range q.Require {
		put(groupText(g))
	}
	for _, t := range q.Exclude {
		put("-", t.String())
	}
	for _, a := range q.Authors {
		if strings.ContainsRune(a, '-') && !slices.ContainsFunc(strings.Split(a, "-"), isInitial) {
			put(`author:"`, strings.ReplaceAll(a, "-", " "), `"`)
		} else {
			put("author:=", a)
		}
	}
	for _, c := range q.Categories {
		put("cat:", c)
	}
	for _, c := range q.NotCategories {
		put("-cat:", c)
	}
	for _, o := range q.Organizations {
		put("org:", quotedWhere(o))
	}
	for _, id := range q.IDs {
		put("id:", quotedWhere(id))
	}
	if q.HasCode {
		put("has:code")
	}
	if q.NoCode {
		put("-has:code")
	}
	if d := dateText(q.From, q.To); d != "" {
		put("date:", d)
	}
	if q.Sort != "" {
		put("sort:", string(q.Sort))
	}
	if q.Mode != "" {
		put("mode:", string(q.Mode))
	}
	return strings.Join(out, " ")
}

// groupText writes a group of which one must be there.
func groupText(g []Term) string {
	if len(g) == 1 {
		many := g[0].Field == FieldAuthor && strings.ContainsRune(g[0].Text, ' ') // would be a key
		if !g[0].Phrase && (g[0].Field == FieldAny || many) {
			return "+" + g[0].String()
		}
		return g[0].String()
	}
	parts := make([]string, len(g))
	for i, t := range g {
		parts[i] = t.String()
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// String writes t as it is typed.
func (t Term) String() string {
	text := t.Text
	if t.Prefix {
		text += "*"
	}
	switch {
	case t.Phrase:
		text = `"` + text + `"`
	case t.Field == FieldAuthor:
		text = strings.ReplaceAll(text, " ", "_")
	case strings.ContainsRune(text, ' '):
		text = `"` + text + `"`
	}
	if t.Field != FieldAny {
		return string(t.Field) + ":" + text
	}
	return text
}

// quotedWhere quotes a value that would not stay whole.
func quotedWhere(v string) string {
	if strings.ContainsAny(v, " |(),") {
		return `"` + v + `"`
	}
	return v
}

// dateText writes a range of days as short as it can be.
func dateText(from, to Day) string {
	switch {
	case from == "" && to == "":
		return ""
	case from == to:
		return string(from)
	case from != "" && to != "":
		if from.Month() == to.Month() && from == from.Month().First() && to == to.Month().Last() {
			return string(from.Month())
		}
		if from[:4] == to[:4] && strings.HasSuffix(string(from), "-01-01") && strings.HasSuffix(string(to), "-12-31") {
			return string(from[:4])
		}
	}
	return string(from) + ".." + string(to)
}
