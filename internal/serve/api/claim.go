package api

import (
	"net/http"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/app"
)

const claimScope = "claims"

// claimOf is a claim as the API shows it.
func claimOf(c *broadsheet.Claim) client.Claim {
	return client.Claim{ID: c.Token, By: client.Person{Key: c.By.Key, Name: c.By.Name}, Paper: c.Paper, Position: c.Position, Name: c.Name, State: string(c.State),
		Proof: string(c.Proof), Evidence: c.Evidence, Reason: c.Reason, AskedAt: c.AskedAt, ClosedAt: c.ClosedAt}
}

func (a *API) newClaim(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightClaim); err != nil {
		return err
	}
	in, err := read[client.NewClaim](r)
	if err != nil {
		return err
	}
	c, err := a.app.Claim(r.Context(), by(r), app.NewClaim{Paper: in.Paper, Position: in.Position, Name: in.Name, Evidence: in.Evidence})
	if err != nil {
		return rename(err, map[string]string{"id": "paper", "author": "position"})
	}
	return status(w, http.StatusCreated, claimOf(&c))
}

func (a *API) claims(w http.ResponseWriter, r *http.Request) error {
	before, err := rowOf(claimScope, r.URL.Query().Get("cursor"))
	if err != nil {
		return err
	}
	list, more, err := a.app.OwnClaims(r.Context(), by(r), before)
	if err != nil {
		return err
	}
	out := client.Claims{Items: make([]client.Claim, len(list))}
	for i := range list {
		out.Items[i] = claimOf(&list[i])
	}
	if more {
		out.Next = rowCursor(claimScope, list[len(list)-1].ID)
	}
	a.follow(w, r, out.Next)
	return write(w, out)
}

func (a *API) withdrawClaim(w http.ResponseWriter, r *http.Request) error {
	_, err := a.app.WithdrawClaim(r.Context(), by(r), r.PathValue("id"))
	return done(w, err)
}

func (a *API) claimCases(w http.ResponseWriter, r *http.Request) error {
	list, err := a.app.ClaimCases(r.Context(), by(r), "")
	if err != nil {
		return err
	}
	out := client.Claims{Items: make([]client.Claim, len(list))}
	for i := range list {
		out.Items[i] = claimOf(&list[i].Claim)
		out.Items[i].Hints = list[i].Hints
	}
	return write(w, out)
}

// decideClaim accepts or rejects; what was accepted is revoked.
func (a *API) decideClaim(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightModerate); err != nil {
		return err
	}
	in, err := read[client.Decision](r)
	if err != nil {
		return err
	}
	token := r.PathValue("id")
	c, err := a.app.DecideClaim(r.Context(), by(r), token, in.Accept, in.Reason)
	if !in.Accept && broadsheet.KindOf(err) == broadsheet.Conflict {
		c, err = a.app.RevokeClaim(r.Context(), by(r), token, in.Reason)
	}
	if err != nil {
		return err
	}
	return write(w, claimOf(&c))
}

func (a *API) setLinks(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightClaim); err != nil {
		return err
	}
	in, err := read[client.Links](r)
	if err != nil {
		return err
	}
	p, err := a.app.EditPaper(r.Context(), by(r), app.PaperLinks{Paper: r.PathValue("id"), Code: lines(in.Code), Project: lines(in.Project), Media: lines(in.Media),
		Organizations: lines(in.Organizations), Reason: in.Reason})
	if err != nil {
		return rename(err, map[string]string{"organization": "organizations"})
	}
	return write(w, a.wire(p, 0))
}

// lines is a list that may be missing: nil where it is.
func lines(list *[]string) []string {
	if list == nil {
		return nil
	}
	return append([]string{}, *list...)
}
