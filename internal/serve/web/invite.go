package web

import (
	"net/http"
	"strconv"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

const invitesPath = "/account/invites"

// invitesPage lists invitations and makes them.
type invitesPage struct {
	Frame            frame
	Nav              []navItem
	Done             string
	Link             string // of one that was made just now
	Invites          []broadsheet.Invite
	Refusal          string // why none can be made
	Note, Uses, Days string
	Wrong            map[string]string
}

func (w *Web) invites(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.invitesPage(r)
	if err != nil {
		return err
	}
	if r.URL.Query().Has("ended") {
		p.Done = "The invitation is taken back."
	}
	return w.render(rw, "invites.html", p)
}

func (w *Web) invitesPage(r *http.Request) (p invitesPage, err error) {
	p = invitesPage{Frame: w.aside("Invitations"), Nav: accountNav(invitesPath), Uses: "1", Days: "14"}
	var may error
	if p.Invites, may, err = w.app.Invites(r.Context(), app.ActorOf(r.Context())); err != nil {
		return p, err
	}
	if may != nil {
		if p.Refusal = problemOf(may); p.Refusal == "" {
			return p, may
		}
	}
	return p, nil
}

func (w *Web) changeInvites(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	by, v := app.ActorOf(r.Context()), r.PostForm
	if id := v.Get("end"); id != "" {
		if err := w.app.EndInvite(r.Context(), by, id); err != nil {
			return err
		}
		return httpkit.Redirect(rw, r, invitesPath+"?ended=1", http.StatusSeeOther)
	}
	number := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSpace(v.Get(name)))
		if err != nil {
			return -1
		}
		return n
	}
	path, err := w.app.Invite(r.Context(), by, app.InviteDraft{Note: v.Get("note"), Uses: number("uses"), Days: number("days")})
	wrong := wrongFields(err)
	if err != nil && wrong == nil {
		return err
	}
	p, perr := w.invitesPage(r)
	if perr != nil {
		return perr
	}
	if err != nil {
		p.Wrong, p.Note, p.Uses, p.Days = wrong, clip(v.Get("note"), 400), clip(v.Get("uses"), 20), clip(v.Get("days"), 20)
		p.Frame.Title = "Error: " + p.Frame.Title
		rw.WriteHeader(http.StatusBadRequest)
	} else {
		p.Link = w.address + path
	}
	return w.render(rw, "invites.html", p)
}
