package web

import (
	"net/http"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

const (
	dataPath   = "/account/data"
	deletePath = "/account/delete"
)

type dataPage struct {
	Frame frame
	Nav   []navItem
	Mail  bool
}

func (w *Web) ownData(rw http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(app.ActorOf(r.Context()), app.RightSession); err != nil {
		return err
	}
	return w.render(rw, "data.html", dataPage{w.aside("Your data"), accountNav(dataPath), w.app.Subscribes()})
}

// ownFile is all that is kept of the reader, as a file.
func (w *Web) ownFile(rw http.ResponseWriter, r *http.Request) error {
	by := app.ActorOf(r.Context())
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.Header().Set("Content-Disposition", `attachment; filename="`+by.Name()+"-"+w.app.Now().Format(time.DateOnly)+`.json"`)
	rw.Header().Set("X-Robots-Tag", "noindex")
	return w.app.ExportAccount(r.Context(), by, rw)
}

// leavePage asks what becomes of comments, and once more.
type leavePage struct {
	Frame   frame
	Nav     []navItem
	Name    string
	Problem string
	Typed   string
	Keep    string // what was chosen: "keep", "remove", or nothing
	Mail    bool
}

func (w *Web) leaving(rw http.ResponseWriter, r *http.Request) error {
	by := app.ActorOf(r.Context())
	// Asked before the form is filled in, not after.
	if err := app.Proven(by); err != nil {
		return err
	}
	return w.render(rw, "deleteaccount.html", w.leavePage(by))
}

func (w *Web) leavePage(by app.Actor) leavePage {
	return leavePage{Frame: w.aside("Delete your account"), Nav: accountNav(dataPath), Name: by.Name(), Mail: w.app.Subscribes()}
}

func (w *Web) leave(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	by := app.ActorOf(r.Context())
	if err := app.Proven(by); err != nil {
		return err
	}
	p := w.leavePage(by)
	p.Typed, p.Keep = clip(r.PostForm.Get("name"), 64), r.PostForm.Get("comments")
	var err error
	switch {
	case p.Keep != "keep" && p.Keep != "remove":
		err = &broadsheet.Error{Kind: broadsheet.Invalid, Text: "say what is to become of your comments"}
	case p.Typed != by.Name():
		err = &broadsheet.Error{Kind: broadsheet.Invalid, Text: "that is not the name of your account", Fix: "type " + by.Name()}
	default:
		err = w.app.EraseAccount(r.Context(), by, p.Keep == "keep")
	}
	if err != nil {
		if app.MustProve(err) || problemOf(err) == "" {
			return err
		}
		p.Problem, p.Frame.Title = problemOf(err), "Error: "+p.Frame.Title
		refused(rw, err)
		return w.render(rw, "deleteaccount.html", p)
	}
	for _, name := range []string{httpkit.SessionCookie, stepCookie, askedCookie} {
		w.cookies.Clear(rw, name)
	}
	rw.Header().Set("Clear-Site-Data", `"cache"`)
	return httpkit.Redirect(rw, r, leftPath, http.StatusSeeOther)
}

const leftPath = "/sign-in/left"

// left says that an account is gone, to whom it belonged.
func (w *Web) left(rw http.ResponseWriter, _ *http.Request) error {
	return w.notice(rw, noticePage{Kind: "Account", Heading: "Your account is deleted", Lines: []string{"Nothing here opens it any more, and nobody else can have its name.", "Thank you for having been here."},
		Links: []choice{{Name: "Back to the papers", Path: "/papers"}}})
}
