package address

import (
	"net/http"
	"strings"

	"broadsheet"
)

// Form is the path of another form of a page: the suffix stands at the path's
// end, before what narrows and orders a list.
func Form(path, suffix string) string {
	p, query, ok := strings.Cut(path, "?")
	if !ok {
		return p + suffix
	}
	return p + suffix + "?" + query
}

// PaperID is what stands where the day's place has a paper's id in place of a
// day; ok is false for every list.
func (p Place) PaperID(r *http.Request) (id string, ok bool) {
	if p.Kind != broadsheet.ListDay || p.Value == "" {
		return "", false
	}
	id = r.PathValue(p.Value)
	_, day, _ := Day(id)
	return id, !day
}
