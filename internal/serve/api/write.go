package api

import (
	"net/http"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// by is who asks: by API token only. Cookies count for nothing here, so that no
// page of another site can have a browser act for its reader.
func by(r *http.Request) app.Actor { return app.ProgramOf(r.Context()) }

// status sends an answer with a status of its own.
func status(w http.ResponseWriter, code int, answer any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	return write(w, answer)
}

// done answers what has been done and is nothing to tell of.
func done(w http.ResponseWriter, err error) error {
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// refuse shows the errors of an operation that asks for a right: what is missing
// stands in WWW-Authenticate as RFC 6750 has it.
func (a *API) refuse(right app.Right) httpkit.ErrorFunc {
	_, scope, _, _ := app.Rights(right)
	return func(w http.ResponseWriter, r *http.Request, err error) {
		challenge := `Bearer realm="` + a.base + `"`
		switch broadsheet.KindOf(err) {
		case broadsheet.Unauthenticated:
			if r.Header.Get("Authorization") != "" {
				challenge += `, error="invalid_token"`
				err = &broadsheet.Error{Kind: broadsheet.Unauthenticated, Text: "this API token opens nothing: it was ended, is over, or was never one",
					Fix: "make one at " + a.base + "/account/tokens and send it as Authorization: Bearer bs_…"}
			} else {
				err = &broadsheet.Error{Kind: broadsheet.Unauthenticated, Text: "this needs an API token",
					Fix: "make one at " + a.base + "/account/tokens and send it as Authorization: Bearer bs_…"}
			}
			w.Header().Set("WWW-Authenticate", challenge)
		case broadsheet.Denied:
			if by := by(r); scope != "" && by.SignedIn() && !by.Has(scope) {
				w.Header().Set("WWW-Authenticate", challenge+`, error="insufficient_scope", scope="`+string(scope)+`"`)
			}
		}
		a.Error(w, r, err)
	}
}
