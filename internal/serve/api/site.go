package api

import (
	"net/http"
	"time"

	"broadsheet/client"
	"broadsheet/internal/serve/address"
)

func (a *API) archive(w http.ResponseWriter, r *http.Request) error {
	year, err := address.Number(r.URL.Query(), "year", yearLow, yearHigh)
	if err != nil {
		return err
	}
	ar, err := a.app.Archive(r.Context(), year)
	if err != nil {
		return err
	}
	out := client.Archive{Year: ar.Year, First: ar.First, Last: ar.Last, Papers: ar.Papers, Days: []client.ArchiveDay{}}
	for _, m := range ar.Months {
		for _, week := range m.Weeks {
			for _, d := range week.Days {
				if d.Papers > 0 {
					out.Days = append(out.Days, client.ArchiveDay{Day: client.Day(d.Day), Papers: d.Papers, Featured: d.Chosen})
				}
			}
		}
	}
	return write(w, out)
}

func (a *API) status(w http.ResponseWriter, r *http.Request) error {
	s, err := a.app.Status(r.Context())
	if err != nil {
		return err
	}
	out := client.Status{At: s.At.UTC().Truncate(time.Second), Papers: s.Stats.Papers, Latest: client.Day(s.Latest), Rejects: s.Rejects}
	if i := s.Index; i != nil {
		out.Index = &client.Index{Open: i.Open, Complete: i.Complete, Papers: i.Papers, Behind: i.Behind, Model: i.Model}
	}
	return write(w, out)
}

func (a *API) sources(w http.ResponseWriter, r *http.Request) error {
	s, err := a.app.Status(r.Context())
	if err != nil {
		return err
	}
	out := client.Sources{Items: make([]client.Harvested, len(s.Sources))}
	for i, src := range s.Sources {
		out.Items[i] = client.Harvested{Name: src.Name, Health: string(src.Health), LastAttempt: src.LastAttempt, LastSuccess: src.LastSuccess,
			NextRun: src.NextRun, LatestItem: src.LatestItem, Failures: src.Failures, Error: src.Error, Note: src.Note,
			Papers: src.Papers, Rejected: src.Rejected}
	}
	return write(w, out)
}
