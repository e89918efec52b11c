package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/app"
)

// similarDefault is how many similar papers come where nobody says how many.
const similarDefault = 20

var errFilling = &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "the index of the search is still being made", Fix: "try again in a minute"}

// similarOne answers the papers most like one.
func (a *API) similarOne(w http.ResponseWriter, r *http.Request) error {
	return a.similarTo(w, r, []string{r.PathValue("id")})
}

// similar answers the papers most like some.
func (a *API) similar(w http.ResponseWriter, r *http.Request) error {
	ids := r.URL.Query()["id"]
	if len(ids) == 0 {
		return broadsheet.InvalidField("id", "there is no paper to look beside", "name papers, as id=2503.02130&id=2503.01306")
	}
	return a.similarTo(w, r, ids)
}

func (a *API) similarTo(w http.ResponseWriter, r *http.Request, ids []string) error {
	q := r.URL.Query()
	sel, err := selection(q)
	if err != nil {
		return err
	}
	limit, err := limitOf(q, similarDefault)
	if err != nil {
		return err
	}
	f, err := a.app.Like(r.Context(), ids, limit)
	if err != nil {
		if broadsheet.KindOf(err) == broadsheet.NotFound && a.app.Filling(r.Context()) != nil {
			return errFilling // nothing is known yet of papers that the index has not read
		}
		return notHere(err)
	}
	out := client.Similar{Items: a.hits(f, sel), Total: len(f.Papers), Ignored: ignored(f.Query.Ignored)}
	page := url.Values{}
	for i := range f.Seeds {
		out.To = append(out.To, f.Seeds[i].ID)
		page.Add("like", f.Seeds[i].ID)
	}
	out.URL = a.base + "/search?" + page.Encode()
	if sel.fields == nil {
		return write(w, out)
	}
	items, err := picks(sel, out.Items)
	if err != nil {
		return err
	}
	return write(w, struct {
		*client.Similar
		Items []json.RawMessage `json:"items"`
	}{&out, items})
}

// notHere says of an error about the ids what it means here: the use case knows
// them as the parameter of the page.
func notHere(err error) error {
	var e *broadsheet.Error
	if errors.As(err, &e) && e.Field == "like" {
		return &broadsheet.Error{Kind: e.Kind, Field: "id", Text: e.Text, Fix: "name a paper by its id, as 2503.02130"}
	}
	return err
}

// suggest answers what a person may be about to type.
func (a *API) suggest(w http.ResponseWriter, r *http.Request) error {
	typed := r.URL.Query().Get("q")
	if typed == "" || len(typed) > app.MaxJump {
		return broadsheet.InvalidField("q", fmt.Sprintf("%d bytes cannot be completed", len(typed)), fmt.Sprint("write 1 to ", app.MaxJump))
	}
	all, err := a.app.Suggest(r.Context(), typed)
	if err != nil {
		return err
	}
	out := client.Suggestions{Items: suggestions(all)}
	if out.Items == nil {
		out.Items = []client.Suggestion{}
	}
	return write(w, out)
}
