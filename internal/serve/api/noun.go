package api

import (
	"cmp"
	"net/http"
	"time"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
)

// newest asks for one paper of a list, the newest: what a profile shows of it.
var newest = app.View{Sort: broadsheet.SortNew, Limit: 1}

func (a *API) author(w http.ResponseWriter, r *http.Request) error {
	l, err := a.app.Author(r.Context(), r.PathValue("key"), newest)
	if err != nil {
		return err
	}
	return write(w, a.profile(l))
}

func (a *API) organization(w http.ResponseWriter, r *http.Request) error {
	l, err := a.app.Organization(r.Context(), r.PathValue("key"), newest)
	if err != nil {
		return err
	}
	return write(w, a.profile(l))
}

func (a *API) profile(l *app.Listing) client.Profile {
	p := client.Profile{Key: l.List.Key, Name: l.Name, Papers: l.Total, URL: a.base + address.List(l.List.Kind, l.List.Key)}
	if len(l.Papers) > 0 && !l.Papers[0].PublishedAt.IsZero() {
		p.Latest = client.Day(broadsheet.DayOf(l.Papers[0].PublishedAt, time.UTC))
	}
	return p
}

func (a *API) organizations(w http.ResponseWriter, r *http.Request) error {
	counts, err := a.app.Organizations(r.Context())
	if err != nil {
		return err
	}
	out := client.Profiles{Items: make([]client.Profile, len(counts))}
	for i, c := range counts {
		out.Items[i] = client.Profile{Key: c.Name, Name: cmp.Or(c.Label, c.Name), Papers: c.Count, URL: a.base + address.List(broadsheet.ListOrganization, c.Name)}
	}
	return write(w, out)
}

func (a *API) categories(w http.ResponseWriter, r *http.Request) error {
	counts, err := a.app.Categories(r.Context())
	if err != nil {
		return err
	}
	out := client.Categories{Items: make([]client.Category, len(counts))}
	for i, c := range counts {
		out.Items[i] = client.Category{Name: c.Name, Label: c.Label, Papers: c.Count, URL: a.base + address.List(broadsheet.ListCategory, c.Name)}
	}
	return write(w, out)
}
